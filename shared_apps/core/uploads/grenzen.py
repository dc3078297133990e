"""How large what people hand in may be. Pages say the same numbers."""

from __future__ import annotations

MB = 1024 * 1024
#: One picture, one document.
DATEI_MAX = 10 * MB
#: All files of one request; the proxy's `client_max_body_size` is the same, and the web server's own limit above it.
ANFRAGE_MAX = 20 * MB
#: Pictures in one request.
BILDER_JE_ANFRAGE = 10
PDF_SEITEN_MAX = 400
#: Pixels of a picture that is handed in, and the longest side of what is kept of it.
PIXEL_MAX = 64_000_000
GROSS, KLEIN = 1920, 480
