"""API routes of vacancies, at the portal."""

from django.urls import path

from shared_apps.occupancy.api.vakanzen import SperreViewSet, StoppViewSet, VakanzViewSet

_EINRICHTUNG = "einrichtungen/<uuid:uuid>/"
_SPERRE = "sperren/<uuid:uuid>/"
_STOPP = "aufnahmestopps/<uuid:uuid>/"

urlpatterns = [
    path(f"{_EINRICHTUNG}vakanzen/", VakanzViewSet.as_view({"get": "retrieve", "put": "replace"}), name="api-vakanzen"),
    path(f"{_EINRICHTUNG}plaetze/", VakanzViewSet.as_view({"get": "board"}), name="api-plaetze"),
    path("plaetze/<uuid:platz>/sperren/", SperreViewSet.as_view({"post": "create"}), name="api-sperren"),
    path(_SPERRE, SperreViewSet.as_view({"put": "update"}), name="api-sperre"),
    path(f"{_SPERRE}aufheben/", SperreViewSet.as_view({"post": "lift"}), name="api-sperre-aufheben"),
    path("angebote/<uuid:angebot>/aufnahmestopps/", StoppViewSet.as_view({"post": "create"}), name="api-stopps"),
    path(_STOPP, StoppViewSet.as_view({"put": "update"}), name="api-stopp"),
    path(f"{_STOPP}aufheben/", StoppViewSet.as_view({"post": "lift"}), name="api-stopp-aufheben"),
]
