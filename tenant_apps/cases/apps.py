from __future__ import annotations

from uuid import UUID

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tenant_apps.cases"
    label = "cases"
    verbose_name = "Fälle"

    def ready(self) -> None:
        """The trail can be searched by the number of a case; whoever ends a role hears how many cases it leaves."""
        from shared_apps.members.hooks import register_offene_faelle
        from tenant_apps.audit.hooks import register_finder
        from tenant_apps.cases.abschied import count_hinterlassene
        from tenant_apps.cases.models import Hilfefall

        def by_fallnummer(text: str) -> UUID | None:
            return Hilfefall.objects.filter(fallnummer=text).values_list("klient_id", flat=True).first()

        register_finder(by_fallnummer)
        register_offene_faelle(count_hinterlassene)
