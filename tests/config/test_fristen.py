"""A figure is written once: pages, forms and mails say the number the rule keeps."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.template import engines
from django.test import RequestFactory

from config.fristen import _FRISTEN, Fristen
from shared_apps.core.dauer import Einheit, write_anzahl, write_dauer
from tests.bootstrap import ROOT

_ZAHL = r"(?:\d[\d.]*|ein(?:e|en|em|er)?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|vierzehn)"
_EINHEIT = r"(?:Tage?n?|Stunden?|Minuten?|Sekunden?|Wochen?|Monaten?|Zeichen)"
FIGUR = re.compile(rf"\b{_ZAHL} {_EINHEIT}\b", re.I)

#: Figures that no setting and no constant of ours keeps, or that a script replaces.
FREMD = {
    "factors/security/overview.html": {"30 Sekunden"},  # the standard of authenticator apps
    "core/components/session_dialog.html": {"zwei Minuten"},  # sitzung.js writes what is left
}


def _name(path: Path) -> str:
    return path.as_posix().rpartition("templates/")[2]


def _templates() -> list[Path]:
    return [p for floor in ("shared_apps", "tenant_apps", "tenants", "config") for p in (ROOT / floor).rglob("*.html")]


def test_templates__no_length_of_time_and_no_limit_is_typed() -> None:
    getippt = {
        (_name(path), figur)
        for path in _templates()
        for figur in FIGUR.findall(re.sub(r"\{[{%#].*?[#%}]\}", "", path.read_text(encoding="utf-8")))
        if figur not in FREMD.get(_name(path), ())
    }
    assert getippt == set()


@pytest.mark.parametrize("text", ["wird sieben Tage gehalten", "höchstens 20.000 Zeichen", "nach 24 Stunden"])
def test_search_for_typed_figures__finds_them(text: str) -> None:
    assert FIGUR.search(text)


def test_every_frist_of_a_template__is_known() -> None:
    genannt = {n for path in _templates() for n in re.findall(r"\bfristen\.(\w+)", path.read_text(encoding="utf-8"))}
    assert genannt <= set(_FRISTEN)
    assert all(Fristen()[name] for name in _FRISTEN)


@pytest.mark.parametrize(
    ("setting", "wert", "name", "text"),
    [
        ("RESERVIERUNG_TAGE", 9, "reservierung", "neun Tage"),
        ("RESERVIERUNG_TAGE", 1, "reservierung", "einen Tag"),
        ("PASSWORD_RESET_TIMEOUT", 5 * 86400, "einladung", "fünf Tage"),
        ("CONFIRMATION_SECONDS", 300, "bestaetigung", "fünf Minuten"),
        ("SESSION_ABSOLUTE_SECONDS", 8 * 3600, "sitzung_hoechstens_dativ", "acht Stunden"),
    ],
)
def test_frist__another_setting__another_word(settings, setting: str, wert: int, name: str, text: str) -> None:
    setattr(settings, setting, wert)
    vorlage = engines["django"].from_string("{{ fristen." + name + " }}")
    assert vorlage.render({"fristen": Fristen()}, RequestFactory().get("/")) == text


@pytest.mark.parametrize(
    ("dauer", "text", "dativ"),
    [
        (timedelta(days=3), "drei Tage", "drei Tagen"),
        (timedelta(days=1), "24 Stunden", "24 Stunden"),
        (timedelta(hours=1), "eine Stunde", "einer Stunde"),
        (timedelta(minutes=15), "15 Minuten", "15 Minuten"),
        (90, "90 Sekunden", "90 Sekunden"),
    ],
)
def test_write_dauer(dauer: timedelta | int, text: str, dativ: str) -> None:
    assert (write_dauer(dauer), write_dauer(dauer, dativ=True)) == (text, dativ)


def test_write_anzahl__from_thirteen_on_in_figures() -> None:
    assert [write_anzahl(n, Einheit.TAG) for n in (2, 12, 13)] == ["zwei Tage", "zwölf Tage", "13 Tage"]
