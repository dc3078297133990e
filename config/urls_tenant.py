"""Routes at a youth office's host."""

from django.urls import include, path

from config.urls_common import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls_common import urlpatterns as common
from shared_apps.accounts.views import keys, sign_in_server

urlpatterns = [
    *common,
    path("konto/schluessel/amt/", keys.list_office_keys, name="office_keys"),
    path("konto/schluessel/amt/<uuid:pk>/widerrufen/", keys.revoke_office_key, name="office_key_revoke"),
    path("konto/anmeldedienst/", sign_in_server.settings_page, name="signin_server"),
    path("konto/anmeldedienst/bestaetigen/", sign_in_server.confirm, name="signin_server_confirm"),
    path("verwaltung/", include("shared_apps.members.urls_tenant")),
    path("", include("tenant_apps.placements.urls")),
    path("hilfefaelle/", include("tenant_apps.cases.urls")),
    path("abrechnung/", include("tenant_apps.billing.urls")),
    path("datenschutzrechte/", include("tenant_apps.privacy.urls")),
    path("controlling/", include("tenant_apps.controlling.urls")),
    path("", include("tenant_apps.audit.urls")),
    path("api/v1/", include("tenant_apps.placements.api.urls")),
    path("api/v1/", include("tenant_apps.billing.api.urls")),
]
