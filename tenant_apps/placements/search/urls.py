"""Routes: searching, choosing, reserving."""

from django.urls import path

from tenant_apps.placements.search.views import angebot as angebot_views
from tenant_apps.placements.search.views import (
    auftrag,
    ausschluss,
    auswahl,
    ergebnis,
    fremd,
    geschwister,
    vergleich,
    vermerk,
)

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
    path("hze-auswahl/<uuid:uuid>/ausserhalb/", fremd.choose, name="fremde_auswaehlen"),
    path("hze-auswahl/<uuid:uuid>/ausserhalb/<uuid:einrichtung>/", fremd.book, name="fremde_buchen"),
    path("ausserhalb/", fremd.list_fremde, name="fremde"),
    path("ausserhalb/neu/", fremd.create, name="fremde_neu"),
    path("ausserhalb/<uuid:uuid>/", fremd.show_fremde, name="fremde_einrichtung"),
    path("ausserhalb/<uuid:uuid>/aendern/", fremd.edit, name="fremde_aendern"),
    path("ausserhalb/<uuid:uuid>/entgelt/", fremd.add_entgelt, name="fremde_entgelt"),
    path("ausserhalb/<uuid:uuid>/vorschlagen/", fremd.propose, name="fremde_vorschlagen"),
    path("suchauftraege/", auftrag.list_auftraege, name="suchauftraege"),
    path("suchauftraege/<uuid:uuid>/ansehen/", auftrag.open_auftrag, name="suchauftrag_ansehen"),
    path("suchauftraege/<uuid:uuid>/beenden/", auftrag.end, name="suchauftrag_beenden"),
    path("auswahlvermerke/<uuid:uuid>/", vermerk.show_vermerk, name="vermerk"),
    path("auswahlvermerke/<uuid:uuid>/nachtrag/", vermerk.add_nachtrag, name="vermerk_nachtrag"),
]
