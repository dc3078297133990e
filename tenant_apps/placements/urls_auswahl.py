"""Routes: searching, choosing, reserving, and the time of a reservation."""

from django.urls import path

from tenant_apps.placements.views import angebot as angebot_views
from tenant_apps.placements.views import auswahl, ergebnis, fristen, vermerk

urlpatterns: list = [
    path("hze-auswahl/", auswahl.search, name="search"),
    path("hze-auswahl/zaehlen/", auswahl.count, name="search_count"),
    path("hze-auswahl/personen/", auswahl.list_personen, name="search_personen"),
    path("hze-auswahl/<uuid:uuid>/", ergebnis.show_suche, name="suche"),
    path("hze-auswahl/<uuid:uuid>/erneut/", ergebnis.repeat_suche, name="suche_erneut"),
    path("hze-auswahl/<uuid:uuid>/angebote/<uuid:angebot>/", angebot_views.show_angebot, name="angebot"),
    path("auswahlvermerke/<uuid:uuid>/", vermerk.show_vermerk, name="vermerk"),
    path("reservierungen/<uuid:uuid>/verlaengern/", fristen.extend, name="extend"),
    path("reservierungen/<uuid:uuid>/zurueckziehen/", fristen.withdraw, name="withdraw"),
]
