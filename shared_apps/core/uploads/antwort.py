"""A file from outside, given out: what people handed in runs nothing, loads nothing and has no origin."""

from __future__ import annotations

import logging
from typing import Any

from django.http import FileResponse, Http404

from shared_apps.core.errors import Gestoert

logger = logging.getLogger(__name__)

#: Should a browser take it for a page after all.
EINGESPERRT = "default-src 'none'; sandbox"
NICHT_LESBAR = "Die Datei lässt sich gerade nicht öffnen. Bitte versuchen Sie es in einigen Minuten noch einmal."
BILDER = {"webp": "image/webp", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


def build_antwort(datei: Any, **kwargs: Any) -> FileResponse:
    """The file of a row that may be given out; Http404 where there is none, `Gestoert` where it cannot be read now."""
    if not datei:
        raise Http404
    try:
        response = FileResponse(datei.open("rb"), **kwargs)
    except FileNotFoundError as error:
        raise Http404 from error
    except Exception as error:  # each storage has errors of its own
        logger.exception("a file could not be read")
        raise Gestoert(NICHT_LESBAR) from error
    response["Content-Security-Policy"] = EINGESPERRT
    return response


def build_pdf(datei: Any, *, name: str) -> FileResponse:
    """A PDF, to be saved: shown inside the browser it would be a page of ours (ADR 0062)."""
    return build_antwort(datei, as_attachment=True, filename=name, content_type="application/pdf")


def build_bild(datei: Any) -> FileResponse:
    """A picture of rooms or grounds. No person is on it: a browser may keep it an hour."""
    content_type = BILDER.get((datei.name or "").rpartition(".")[2].lower())
    if content_type is None:
        raise Http404
    response = build_antwort(datei, content_type=content_type)
    response["Cache-Control"] = "private, max-age=3600"
    return response
