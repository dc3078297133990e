"""API routes of one's own register, at the portal."""

from django.urls import path

from shared_apps.providers.api.register import (
    AngebotViewSet,
    EinrichtungViewSet,
    EntgeltvorschlagViewSet,
    ErlaubnisViewSet,
    KontaktViewSet,
)

_EINRICHTUNG = "einrichtungen/<uuid:einrichtung>/"
_ANGEBOT = "angebote/<uuid:uuid>/"

urlpatterns = [
    path("einrichtungen/", EinrichtungViewSet.as_view({"get": "list", "post": "create"}), name="api-einrichtungen"),
    path(
        "einrichtungen/<uuid:uuid>/",
        EinrichtungViewSet.as_view({"get": "retrieve", "patch": "update"}),
        name="api-einrichtung",
    ),
    path(f"{_EINRICHTUNG}angebote/", AngebotViewSet.as_view({"post": "create"}), name="api-neues-angebot"),
    path(f"{_EINRICHTUNG}erlaubnisse/", ErlaubnisViewSet.as_view({"post": "create"}), name="api-neue-erlaubnis"),
    path("erlaubnisse/<uuid:uuid>/", ErlaubnisViewSet.as_view({"patch": "update"}), name="api-erlaubnis"),
    path(f"{_EINRICHTUNG}kontakte/", KontaktViewSet.as_view({"post": "create"}), name="api-neuer-kontakt"),
    path("kontakte/<uuid:uuid>/", KontaktViewSet.as_view({"patch": "update"}), name="api-kontakt"),
    path("angebote/", AngebotViewSet.as_view({"get": "list"}), name="api-angebote"),
    path(_ANGEBOT, AngebotViewSet.as_view({"get": "retrieve", "patch": "update"}), name="api-angebot"),
    path(f"{_ANGEBOT}platzzahl/", AngebotViewSet.as_view({"put": "places"}), name="api-platzzahl"),
    path(
        "angebote/<uuid:angebot>/entgeltvorschlaege/",
        EntgeltvorschlagViewSet.as_view({"post": "create"}),
        name="api-entgeltvorschlaege",
    ),
]
