"""Routes: searching, choosing, reserving."""

from django.urls import path

from tenant_apps.placements.search.views import angebot as angebot_views
from tenant_apps.placements.search.views import auftrag, ausschluss, auswahl, ergebnis, geschwister, vergleich, vermerk

urlpatterns: list = [
    path("hze-auswahl/", auswahl.search, name="search"),
    path("hze-auswahl/zaehlen/", auswahl.count, name="search_count"),
    path("hze-auswahl/personen/", auswahl.list_personen, name="search_personen"),
    path("hze-auswahl/<uuid:uuid>/", ergebnis.show_suche, name="suche"),
    path("hze-auswahl/<uuid:uuid>/nicht-passend/", ausschluss.list_nicht_passend, name="nicht_passend"),
    path("hze-auswahl/<uuid:uuid>/geschwister/", geschwister.reserve, name="geschwister"),
    path("hze-auswahl/<uuid:uuid>/merken/", vergleich.keep_gemerkte, name="merken"),
    path("hze-auswahl/<uuid:uuid>/vergleich/", vergleich.show_vergleich, name="vergleich"),
    path("hze-auswahl/<uuid:uuid>/erneut/", ergebnis.repeat_suche, name="suche_erneut"),
    path("hze-auswahl/<uuid:uuid>/angebote/<uuid:angebot>/", angebot_views.show_angebot, name="angebot"),
    path("hze-auswahl/<uuid:uuid>/weitersuchen/", auftrag.create, name="suchauftrag_anlegen"),
    path("suchauftraege/", auftrag.list_auftraege, name="suchauftraege"),
    path("suchauftraege/<uuid:uuid>/ansehen/", auftrag.open_auftrag, name="suchauftrag_ansehen"),
    path("suchauftraege/<uuid:uuid>/beenden/", auftrag.end, name="suchauftrag_beenden"),
    path("auswahlvermerke/<uuid:uuid>/", vermerk.show_vermerk, name="vermerk"),
    path("auswahlvermerke/<uuid:uuid>/nachtrag/", vermerk.add_nachtrag, name="vermerk_nachtrag"),
]
