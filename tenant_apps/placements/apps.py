from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "tenant_apps.placements"
    label = "placements"
    verbose_name = "HzE-Auswahl und Buchung"

    def ready(self) -> None:
        # Cases is below placements and may not import it; it asks through its hooks: before a case ends, and for what
        # there is to be read about it. So are the talks of office and house, for what they are about.
        from tenant_apps.cases.hooks import register_laufendes, register_verweise
        from tenant_apps.gespraeche.hooks import register_bezuege, register_bezug
        from tenant_apps.placements.anzeige import find_bezug, list_bezuege_of, list_naechte_of, list_vermerke_of
        from tenant_apps.placements.faelle.selectors.laufendes import list_laufende_hilfen

        register_laufendes(list_laufende_hilfen)
        register_verweise(list_vermerke_of)
        register_verweise(list_naechte_of)
        register_bezug(find_bezug)
        register_bezuege(list_bezuege_of)
