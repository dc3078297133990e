"""The trail is read by people: no code without its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLResolver

from config import urls_portal, urls_tenant
from shared_apps.accounts.enums import Rolle
from shared_apps.journal.enums import SupportZustand
from tenant_apps.audit.enums import FreigabeZustand
from tenant_apps.audit.labels import VORGAENGE, label_grund, label_rollen, label_vorgang
from tenant_apps.cases.models import FreigabeArt
from tenant_apps.placements.enums import Ablehnungsgrund
from tenant_apps.privacy.enums import Einschraenkungsgrund, Versagungsgrund

ROOT = Path(__file__).resolve().parents[3]
_CODE = re.compile(r"[a-z]+(_[a-z]+)*([._][a-z]+(_[a-z]+)*)*")
_WRITERS = {"record_access", "_record", "_save", "_save_decision", "record"}


def _written() -> set[str]:
    """Every code that is in a call which writes an entry."""
    codes = set()
    for folder in ("tenant_apps", "shared_apps"):
        for path in (ROOT / folder).rglob("*.py"):
            for call in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)):
                given = [k.value for k in call.keywords if k.arg == "vorgang"]
                if getattr(call.func, "id", "") in _WRITERS and "audit" in path.read_text():
                    given += call.args[1:3]
                codes |= {v.value for v in given if isinstance(v, ast.Constant) and isinstance(v.value, str)}
    return {code for code in codes if _CODE.fullmatch(code) and ("." in code or "_" in code)}


def test_every_code_that_is_written_has_words():
    codes = _written()
    assert {"klient.berichtigen", "approve_rechnung", "protokoll.lesen", "confirm_reservierung"} <= codes
    composed = {f"freigabe.{art.lower()}{end}" for art in FreigabeArt.values for end in ("", ".beenden")}
    decided = {z.lower() for z in FreigabeZustand.values} - {"beantragt", "abgelaufen"}
    composed |= {f"freigabe.{z}" for z in decided}
    composed |= {f"support.{z.lower()}" for z in SupportZustand.values if z != "BEANTRAGT"}
    columns = {"festgestellt_at", "festgestellt_von"}
    assert sorted((codes | composed) - set(VORGAENGE) - columns) == []


@pytest.mark.parametrize("text", [*VORGAENGE.values(), label_vorgang("placements:list")])
def test_words_are_no_codes(text):
    assert not re.search(r"_|\w[:.]\w", text)
    assert text[0].isupper()


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
    assert label_rollen("SYSTEM") == "Verfahren (automatisch)"
    assert label_rollen("t_vg_portal") == "t_vg_portal"
