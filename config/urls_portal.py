"""Routes at the state portal."""

from django.urls import include, path

from config.urls_common import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls_common import urlpatterns as common

urlpatterns = [
    *common,
    path("", include("shared_apps.aufnahme.urls")),
    path("katalog/", include("shared_apps.catalogue.urls")),
    path("eingang/", include("shared_apps.inbox.urls")),
    path("mitglieder/", include("shared_apps.members.urls.portal", namespace="provider_members")),
    path("betrieb/zugaenge/", include("shared_apps.members.urls.betrieb")),
    path("betrieb/", include("shared_apps.operations.urls")),
    path("betrieb/", include("shared_apps.journal.urls")),
    path("api/v1/", include("shared_apps.inbox.api.urls")),
    path("api/v1/", include("shared_apps.providers.api.urls")),
    path("api/v1/", include("shared_apps.occupancy.api.urls")),
]
