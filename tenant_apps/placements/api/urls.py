"""API routes of placements: a path, a method, an action."""

from django.urls import path

from tenant_apps.placements.api.buchungen import BuchungViewSet
from tenant_apps.placements.api.faelle import HilfefallViewSet
from tenant_apps.placements.api.fremd import FremdbuchungViewSet, FremdeinrichtungViewSet
from tenant_apps.placements.api.klienten import KlientViewSet
from tenant_apps.placements.api.reservierungen import ReservierungViewSet
from tenant_apps.placements.api.suchen import SucheViewSet

_HILFEFALL = "hilfefaelle/<uuid:uuid>/"
_RESERVIERUNG = "reservierungen/<uuid:uuid>/"
_FREMD = "ausserhalb/<uuid:uuid>/"
_BUCHUNG = "buchungen/<uuid:uuid>/"

urlpatterns: list = [
    path("klienten/", KlientViewSet.as_view({"get": "list"}), name="api-klienten"),
    path("klienten/suchen/", KlientViewSet.as_view({"post": "search"}), name="api-klienten-suchen"),
    path(f"{_HILFEFALL}abschliessen/", HilfefallViewSet.as_view({"post": "close"}), name="api-abschliessen"),
    path(f"{_HILFEFALL}wieder-oeffnen/", HilfefallViewSet.as_view({"post": "reopen"}), name="api-wieder-oeffnen"),
    path("suchen/", SucheViewSet.as_view({"get": "list", "post": "create"}), name="api-suchen"),
    path("suchen/<uuid:uuid>/", SucheViewSet.as_view({"get": "retrieve"}), name="api-suche"),
    path(
        "suchen/<uuid:uuid>/ausserhalb-buchen/", FremdbuchungViewSet.as_view({"post": "book"}), name="api-fremdbuchung"
    ),
    path(
        "ausserhalb/", FremdeinrichtungViewSet.as_view({"get": "list", "post": "create"}), name="api-fremdeinrichtungen"
    ),
    path(_FREMD, FremdeinrichtungViewSet.as_view({"get": "retrieve"}), name="api-fremdeinrichtung"),
    path(f"{_FREMD}aendern/", FremdeinrichtungViewSet.as_view({"post": "edit"}), name="api-fremdeinrichtung-aendern"),
    path(f"{_FREMD}entgelte/", FremdeinrichtungViewSet.as_view({"post": "add_entgelt"}), name="api-fremdentgelte"),
    path("reservierungen/", ReservierungViewSet.as_view({"get": "list", "post": "create"}), name="api-reservierungen"),
    path(
        "reservierungen/geschwister/",
        ReservierungViewSet.as_view({"post": "create_geschwister"}),
        name="api-geschwister",
    ),
    path(_RESERVIERUNG, ReservierungViewSet.as_view({"get": "retrieve"}), name="api-reservierung"),
    path(f"{_RESERVIERUNG}zurueckziehen/", ReservierungViewSet.as_view({"post": "withdraw"}), name="api-zurueckziehen"),
    path(f"{_RESERVIERUNG}verlaengern/", ReservierungViewSet.as_view({"post": "extend"}), name="api-verlaengern"),
    path(f"{_RESERVIERUNG}zustimmen/", ReservierungViewSet.as_view({"post": "confirm"}), name="api-zustimmen"),
    path(f"{_RESERVIERUNG}ablehnen/", ReservierungViewSet.as_view({"post": "reject"}), name="api-ablehnen"),
    path(f"{_RESERVIERUNG}buchen/", ReservierungViewSet.as_view({"post": "book"}), name="api-buchen"),
    path("buchungen/", BuchungViewSet.as_view({"get": "list"}), name="api-buchungen"),
    path(_BUCHUNG, BuchungViewSet.as_view({"get": "retrieve"}), name="api-buchung"),
    path(f"{_BUCHUNG}verlaengern/", BuchungViewSet.as_view({"post": "extend"}), name="api-buchung-verlaengern"),
    path(f"{_BUCHUNG}beenden/", BuchungViewSet.as_view({"post": "end"}), name="api-beenden"),
    path(f"{_RESERVIERUNG}beenden/", BuchungViewSet.as_view({"post": "end"}), name="api-reservierung-beenden"),
]
