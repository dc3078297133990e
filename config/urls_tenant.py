"""Routes at a youth office's host."""

from django.urls import include, path

from config.urls_common import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls_common import urlpatterns as common
from shared_apps.oidc.urls import urlpatterns_tenant as oidc
from shared_apps.signin.urls import urlpatterns_tenant as signin

urlpatterns = [
    *common,
    *signin,
    *oidc,
    path("verwaltung/", include("shared_apps.members.urls.tenant")),
    path("verwaltung/aufnahmen/", include("shared_apps.aufnahme.urls.tenant")),
    path("", include("tenant_apps.placements.urls")),
    path("hilfefaelle/", include("tenant_apps.cases.urls")),
    path("anfragen/", include("tenant_apps.anfragen.urls")),
    path("abrechnung/", include("tenant_apps.billing.urls")),
    path("datenschutzrechte/", include("tenant_apps.privacy.urls")),
    path("controlling/", include("tenant_apps.controlling.urls")),
    path("rueckfragen/", include("tenant_apps.gespraeche.urls")),
    path("pflegestellen/", include("tenant_apps.foster.urls")),
    path("vorgaben/", include("tenant_apps.vorgaben.urls")),
    path("", include("tenant_apps.audit.urls")),
    path("api/v1/", include("tenant_apps.placements.api.urls")),
    path("api/v1/", include("tenant_apps.billing.api.urls")),
    path("api/v1/", include("tenant_apps.foster.api.urls")),
    path("api/v1/", include("tenant_apps.gespraeche.api.urls")),
    path("api/v1/", include("tenant_apps.anfragen.api.urls")),
]
