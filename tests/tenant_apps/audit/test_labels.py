"""The trail is read by people: no code without its words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLResolver

from config import urls_portal, urls_tenant
from shared_apps.accounts.enums import Rolle
from tenant_apps.audit.labels import label_grund, label_rollen, label_vorgang
from tenant_apps.placements.enums import Ablehnungsgrund
from tenant_apps.privacy.enums import Einschraenkungsgrund, Versagungsgrund


def test_entries_of_former_releases_stay_readable():
    """Codes were names of functions once, or the words themselves."""
    assert label_vorgang("approve_rechnung") == label_vorgang("rechnung.anordnen") == "Rechnung anordnen"
    assert label_vorgang("Hilfefall ansehen") == label_vorgang("hilfefall.ansehen") == "Hilfefall ansehen"
    assert label_vorgang("onboarding") == "Jugendamt einrichten"
    assert label_vorgang("support.lesen") == "Technische Daten ansehen (Betrieb)"


def test_words_of_a_page_are_no_codes():
    assert label_vorgang("placements:list") == "Seite im Bereich Fallmanager und HzE-Auswahl"


def _view_names(patterns, praefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            innen = f"{praefix}{pattern.namespace}:" if pattern.namespace else praefix
            yield from _view_names(pattern.url_patterns, innen)
        elif pattern.name:
            yield praefix + pattern.name


def test_every_page_has_words_for_the_people_it_notes():
    """tenants.door.middleware notes them under the name of the view when the view says nothing itself."""
    namen = {*_view_names(urls_tenant.urlpatterns), *_view_names(urls_portal.urlpatterns)}
    assert {"home", "cases:list", "operations:jobs"} <= namen
    assert sorted(name for name in namen if re.search(r"_|\w[:.]\w|\(", label_vorgang(name))) == []


def test_coded_reasons_in_words_and_what_a_person_wrote_as_it_is():
    assert label_grund("PROTOKOLL_LESEN") == "Protokoll einsehen"
    assert label_grund(Ablehnungsgrund.SONSTIGES) == Ablehnungsgrund.SONSTIGES.label
    assert label_grund(Versagungsgrund.DRITTE) == Versagungsgrund.DRITTE.label
    assert label_grund(Einschraenkungsgrund.AUFBEWAHRUNG) == Einschraenkungsgrund.AUFBEWAHRUNG.label
    assert label_grund("Beschwerde vom 3. März") == "Beschwerde vom 3. März"


def test_roles_by_their_names_also_when_the_column_cut_the_last_one():
    assert label_rollen("ASD,TEAMLEITUNG") == f"{Rolle.ASD.label}, {Rolle.TEAMLEITUNG.label}"
    assert label_rollen("ANBIETER,ANBIETER_ABRECH") == f"{Rolle.ANBIETER.label}, {Rolle.ANBIETER_ABRECHNUNG.label}"
    assert label_rollen("SYSTEM") == "automatisch (SoJuS)"
    assert label_rollen("t_vg_portal") == "t_vg_portal"
