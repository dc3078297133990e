"""Routes: Fallmanager, one reservation with its deadline, one booking."""

from django.urls import path

from tenant_apps.placements.faelle.views import aktionen, detail, fristen, liste, verlaengern

urlpatterns: list = [
    path("faelle/", liste.list_faelle, name="list"),
    path("faelle/suchen/", liste.search_faelle, name="list_search"),
    path("faelle/csv/", liste.export_faelle, name="list_csv"),
    path("vorgaenge/<uuid:uuid>/", detail.show_vorgang, name="vorgang"),
    path("reservierungen/<uuid:uuid>/", detail.show_reservierung, name="reservierung"),
    path("reservierungen/<uuid:uuid>/zustimmen/", aktionen.confirm, name="confirm"),
    path("reservierungen/<uuid:uuid>/ablehnen/", aktionen.reject, name="reject"),
    path("reservierungen/<uuid:uuid>/buchen/", aktionen.book, name="book"),
    path("reservierungen/<uuid:uuid>/verlaengern/", fristen.extend, name="extend"),
    path("reservierungen/<uuid:uuid>/zurueckziehen/", fristen.withdraw, name="withdraw"),
    path("buchungen/<uuid:uuid>/", detail.show_buchung, name="buchung"),
    path("buchungen/<uuid:uuid>/beginnen/", aktionen.begin, name="begin"),
    path("buchungen/<uuid:uuid>/verlaengern/", verlaengern.extend, name="extend_booking"),
    path("buchungen/<uuid:uuid>/beenden/", aktionen.end, name="end"),
    path("buchungen/<uuid:uuid>/stornieren/", aktionen.cancel, name="cancel"),
]
