"""Routes on every host."""

from django.urls import include, path

import shared_apps.accounts.api.schema  # noqa: F401  how the document describes the key
from config.health import health
from config.home import home
from config.schema import Schema
from config.schnittstelle import show_schnittstelle
from shared_apps.accounts.guards import public
from tenants.door.middleware import runs_without_fence

schema = public("Beschreibung des API für Entwickler, keine Daten.")(runs_without_fence(Schema.as_view()))
urlpatterns = [
    path("", home, name="home"),
    path("gesundheit/", health, name="health"),
    path("", include("shared_apps.signin.urls")),
    path("", include("shared_apps.factors.urls")),
    path("", include("shared_apps.oidc.urls")),
    path("", include("shared_apps.members.urls")),
    path("", include("tenant_apps.drafts.urls")),
    path("kennzahlen/", include("shared_apps.comparison.urls")),
    path("anbieter/eigene/", include("shared_apps.occupancy.urls")),
    path("anbieter/einlesen/", include("shared_apps.einlesen.urls")),
    path("anbieter/", include("shared_apps.providers.urls")),
    path("gebietskoerperschaften/", include("shared_apps.regions.urls")),
    path("schnittstelle/", show_schnittstelle, name="api_docs"),
    path("api/v1/schema/", schema, name="schema"),
    path("api/v1/", include("shared_apps.comparison.api.urls")),
]
handler400 = "config.error_views.bad_request"
handler403 = "config.error_views.permission_denied"
handler404 = "config.error_views.not_found"
handler500 = "config.error_views.server_error"
