"""API routes of placements."""

from django.urls import path

from tenant_apps.placements.api import aktionen, buchungen, faelle, klienten, reservierungen, suchen

_RESERVIERUNG = "reservierungen/<uuid:uuid>/"
_HILFEFALL = "hilfefaelle/<uuid:uuid>/"
_BUCHUNG = "buchungen/<uuid:uuid>/"

urlpatterns: list = [
    path("klienten/", klienten.KlientenView.as_view(), name="api-klienten"),
    path("klienten/suchen/", klienten.KlientenSuchenView.as_view(), name="api-klienten-suchen"),
    path(f"{_HILFEFALL}abschliessen/", faelle.AbschliessenView.as_view(), name="api-abschliessen"),
    path(f"{_HILFEFALL}wieder-oeffnen/", faelle.WiederOeffnenView.as_view(), name="api-wieder-oeffnen"),
    path("suchen/", suchen.SuchenView.as_view(), name="api-suchen"),
    path("suchen/<uuid:uuid>/", suchen.SucheView.as_view(), name="api-suche"),
    path("reservierungen/", reservierungen.ReservierungenView.as_view(), name="api-reservierungen"),
    path(_RESERVIERUNG, reservierungen.ReservierungView.as_view(), name="api-reservierung"),
    path(f"{_RESERVIERUNG}zurueckziehen/", reservierungen.ZurueckziehenView.as_view(), name="api-zurueckziehen"),
    path(f"{_RESERVIERUNG}verlaengern/", reservierungen.VerlaengernView.as_view(), name="api-verlaengern"),
    path(f"{_RESERVIERUNG}zustimmen/", aktionen.ZustimmenView.as_view(), name="api-zustimmen"),
    path(f"{_RESERVIERUNG}ablehnen/", aktionen.AblehnenView.as_view(), name="api-ablehnen"),
    path(f"{_RESERVIERUNG}buchen/", aktionen.BuchenView.as_view(), name="api-buchen"),
    path("buchungen/", buchungen.BuchungListView.as_view(), name="api-buchungen"),
    path(_BUCHUNG, buchungen.BuchungDetailView.as_view(), name="api-buchung"),
    path(f"{_BUCHUNG}beenden/", aktionen.BeendenView.as_view(), name="api-beenden"),
    path(f"{_RESERVIERUNG}beenden/", aktionen.BeendenView.as_view(), name="api-reservierung-beenden"),
]
