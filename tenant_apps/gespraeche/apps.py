from django.apps import AppConfig


class GespraecheConfig(AppConfig):
    name = "tenant_apps.gespraeche"
    label = "gespraeche"
    verbose_name = "Rückfragen"

    def ready(self) -> None:
        # Cases is below and may not import it: its page lists the talks of a case through a hook.
        from tenant_apps.cases.hooks import register_verweise
        from tenant_apps.gespraeche.anzeige import list_gespraeche_of

        register_verweise(list_gespraeche_of)
