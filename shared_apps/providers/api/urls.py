"""API routes of one's own register, at the portal."""

from django.urls import path

from shared_apps.providers.api.anbieter import AnbieterViewSet, StammdatenvorschlagViewSet
from shared_apps.providers.api.dateien import DokumentViewSet, FotoViewSet
from shared_apps.providers.api.entgelte import EntgeltvorschlagViewSet
from shared_apps.providers.api.erlaubnis import AusnahmeViewSet, ErlaubnisViewSet
from shared_apps.providers.api.kontakte import KontaktViewSet
from shared_apps.providers.api.register import AngebotViewSet, EinrichtungViewSet

_IN_ANBIETER = "anbieter/<uuid:anbieter>/"
_IN_EINRICHTUNG = "einrichtungen/<uuid:einrichtung>/"
_ANBIETER = "anbieter/<uuid:uuid>/"
_EINRICHTUNG = "einrichtungen/<uuid:uuid>/"
_ANGEBOT = "angebote/<uuid:uuid>/"
_KONTAKT = "kontakte/<uuid:uuid>/"
_VORSCHLAG = "entgeltvorschlaege/<uuid:uuid>/"
_AENDERUNG = "stammdatenvorschlaege/<uuid:uuid>/"
_BILD = "bilder/<uuid:uuid>/"
_DOKUMENT = "dokumente/<slug:kind>/<uuid:uuid>/"

_anbieter, _einrichtung, _angebot = AnbieterViewSet.as_view, EinrichtungViewSet.as_view, AngebotViewSet.as_view
_vorschlag, _aenderung = EntgeltvorschlagViewSet.as_view, StammdatenvorschlagViewSet.as_view
_erlaubnis, _ausnahme, _kontakt = ErlaubnisViewSet.as_view, AusnahmeViewSet.as_view, KontaktViewSet.as_view
_foto, _dokument = FotoViewSet.as_view, DokumentViewSet.as_view

urlpatterns = [
    # the provider itself
    path("anbieter/", _anbieter({"get": "list"}), name="api-anbieter-liste"),
    path(_ANBIETER, _anbieter({"get": "retrieve", "patch": "update"}), name="api-anbieter"),
    path(f"{_ANBIETER}beenden/", _anbieter({"post": "end"}), name="api-anbieter-beenden"),
    path(f"{_ANBIETER}ende-zuruecknehmen/", _anbieter({"post": "reopen"}), name="api-anbieter-wieder-oeffnen"),
    path(f"{_IN_ANBIETER}kontakte/", _kontakt({"post": "create_of_anbieter"}), name="api-anbieter-kontakt"),
    path(f"{_IN_ANBIETER}stammdatenvorschlaege/", _aenderung({"post": "create"}), name="api-neue-aenderung"),
    path("stammdatenvorschlaege/", _aenderung({"get": "list"}), name="api-aenderungen"),
    path(_AENDERUNG, _aenderung({"get": "retrieve"}), name="api-aenderung"),
    path(f"{_AENDERUNG}zurueckziehen/", _aenderung({"post": "withdraw"}), name="api-aenderung-zurueckziehen"),
    # facilities, and what is theirs
    path("einrichtungen/", _einrichtung({"get": "list", "post": "create"}), name="api-einrichtungen"),
    path(_EINRICHTUNG, _einrichtung({"get": "retrieve", "patch": "update"}), name="api-einrichtung"),
    path(f"{_EINRICHTUNG}beenden/", _einrichtung({"post": "end"}), name="api-einrichtung-beenden"),
    path(f"{_EINRICHTUNG}ende-zuruecknehmen/", _einrichtung({"post": "reopen"}), name="api-einrichtung-wieder-oeffnen"),
    path(f"{_IN_EINRICHTUNG}angebote/", _angebot({"post": "create"}), name="api-neues-angebot"),
    path(f"{_IN_EINRICHTUNG}erlaubnisse/", _erlaubnis({"post": "create"}), name="api-neue-erlaubnis"),
    path("erlaubnisse/<uuid:uuid>/", _erlaubnis({"patch": "update"}), name="api-erlaubnis"),
    path(f"{_IN_EINRICHTUNG}ausnahmen/", _ausnahme({"post": "create"}), name="api-neue-ausnahme"),
    path("ausnahmen/<uuid:uuid>/", _ausnahme({"patch": "update"}), name="api-ausnahme"),
    path(f"{_IN_EINRICHTUNG}kontakte/", _kontakt({"post": "create"}), name="api-neuer-kontakt"),
    path(_KONTAKT, _kontakt({"patch": "update"}), name="api-kontakt"),
    path(f"{_KONTAKT}entfernen/", _kontakt({"post": "end"}), name="api-kontakt-entfernen"),
    path(f"{_IN_EINRICHTUNG}bilder/", _foto({"get": "list", "post": "create"}), name="api-bilder"),
    path(_BILD, _foto({"patch": "update"}), name="api-bild"),
    path(f"{_BILD}verschieben/", _foto({"post": "move"}), name="api-bild-verschieben"),
    path(f"{_BILD}entfernen/", _foto({"post": "end"}), name="api-bild-entfernen"),
    path(f"{_BILD}datei/", _foto({"get": "download"}), name="api-bild-datei"),
    path(f"{_IN_EINRICHTUNG}dokumente/", _dokument({"get": "list"}), name="api-dokumente"),
    path(f"{_IN_EINRICHTUNG}dokumente/<slug:kind>/", _dokument({"post": "create"}), name="api-neues-dokument"),
    path(f"{_DOKUMENT}datei/", _dokument({"get": "download", "put": "replace"}), name="api-dokument-datei"),
    path(f"{_DOKUMENT}beenden/", _dokument({"post": "end"}), name="api-dokument-beenden"),
    # offers, and what is theirs
    path("angebote/", _angebot({"get": "list"}), name="api-angebote"),
    path(_ANGEBOT, _angebot({"get": "retrieve", "patch": "update"}), name="api-angebot"),
    path(f"{_ANGEBOT}beenden/", _angebot({"post": "end"}), name="api-angebot-beenden"),
    path(f"{_ANGEBOT}ende-zuruecknehmen/", _angebot({"post": "reopen"}), name="api-angebot-wieder-oeffnen"),
    path(f"{_ANGEBOT}platzzahl/", _angebot({"put": "places"}), name="api-platzzahl"),
    path(f"{_ANGEBOT}platznamen/", _angebot({"get": "names", "put": "rename"}), name="api-platznamen"),
    path("angebote/<uuid:angebot>/entgeltvorschlaege/", _vorschlag({"post": "create"}), name="api-entgeltvorschlaege"),
    path("entgeltvorschlaege/", _vorschlag({"get": "list"}), name="api-vorschlaege"),
    path(_VORSCHLAG, _vorschlag({"get": "retrieve"}), name="api-vorschlag"),
    path(f"{_VORSCHLAG}zurueckziehen/", _vorschlag({"post": "withdraw"}), name="api-vorschlag-zurueckziehen"),
]
