"""Routes at a youth office's host."""

from django.urls import include, path

from config.urls_common import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls_common import urlpatterns as common

urlpatterns = [
    *common,
    path("", include("tenant_apps.placements.urls")),
    path("abrechnung/", include("tenant_apps.billing.urls")),
    path("controlling/", include("tenant_apps.controlling.urls")),
    path("api/v1/", include("tenant_apps.placements.api.urls")),
    path("api/v1/", include("tenant_apps.billing.api.urls")),
]
