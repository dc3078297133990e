from django.apps import AppConfig


class AnfragenConfig(AppConfig):
    name = "tenant_apps.anfragen"
    label = "anfragen"
    verbose_name = "Anfragen"

    def ready(self) -> None:
        # Cases and placements are below and may not import this app; they ask through their hooks.
        from tenant_apps.anfragen import anzeige, gespraech
        from tenant_apps.anfragen.selectors import list_laufende_anfragen
        from tenant_apps.cases.hooks import register_laufendes, register_verweise
        from tenant_apps.gespraeche.hooks import register_bezuege, register_bezug
        from tenant_apps.placements.hooks import (
            register_absagen,
            register_herkunft,
            register_offene_wege,
            register_suchwege,
            register_vorgang,
        )

        register_bezug(gespraech.find_bezug_of)
        register_bezuege(gespraech.list_bezuege_of)
        register_laufendes(list_laufende_anfragen)
        register_verweise(anzeige.list_anfragen_of)
        register_suchwege(anzeige.list_wege_of)
        register_absagen(anzeige.list_absagen_of)
        register_herkunft(anzeige.list_herkunft_of)
        register_offene_wege(anzeige.list_offene_of)
        register_vorgang(anzeige.find_vorgang_of)
