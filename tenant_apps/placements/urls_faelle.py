"""Routes: Fallmanager, one reservation, one booking."""

from django.urls import path

from tenant_apps.placements.views import faelle_aktionen as aktionen
from tenant_apps.placements.views import faelle_detail as detail
from tenant_apps.placements.views import faelle_liste as liste

urlpatterns: list = [
    path("faelle/", liste.list_faelle, name="list"),
    path("faelle/suchen/", liste.search_faelle, name="list_search"),
    path("faelle/csv/", liste.export_faelle, name="list_csv"),
    path("reservierungen/<uuid:uuid>/", detail.show_reservierung, name="reservierung"),
    path("reservierungen/<uuid:uuid>/zustimmen/", aktionen.confirm, name="confirm"),
    path("reservierungen/<uuid:uuid>/ablehnen/", aktionen.reject, name="reject"),
    path("reservierungen/<uuid:uuid>/buchen/", aktionen.book, name="book"),
    path("buchungen/<uuid:uuid>/", detail.show_buchung, name="buchung"),
    path("buchungen/<uuid:uuid>/beginnen/", aktionen.begin, name="begin"),
    path("buchungen/<uuid:uuid>/beenden/", aktionen.end, name="end"),
    path("buchungen/<uuid:uuid>/stornieren/", aktionen.cancel, name="cancel"),
]
