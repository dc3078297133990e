"""Writing, reading, and saying that no answer is needed."""

from tenant_apps.gespraeche.services.nachrichten import create_nachricht, mark_gelesen, settle_gespraech

__all__ = ["create_nachricht", "mark_gelesen", "settle_gespraech"]
