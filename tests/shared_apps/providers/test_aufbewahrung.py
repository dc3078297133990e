"""Names that are of no more use are kept nowhere: contacts of houses that ended, and reasons somebody typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from inspect import getmembers, isclass

import pytest
from django import forms
from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.core import felder
from shared_apps.core.clock import now, today
from shared_apps.core.felder import OHNE_NAMEN
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.services import sperren
from shared_apps.occupancy.tasks import clear_notes
from shared_apps.providers.models import (
    Anbieter,
    Einrichtung,
    Entgeltvorschlag,
    Kontakt,
    Registeraenderung,
    Stammdatenvorschlag,
)
from shared_apps.providers.rules import NACHLAUF, NIE
from shared_apps.providers.services.aufbewahrung import clear_gruende, clear_kontakte
from tenants.context import on_portal
from tests.factories.register import create_angebot, create_einrichtung

pytestmark = pytest.mark.django_db
KUESTE = "Jugendhilfe Küste gGmbH"
ZITA = {"ansprechpartner": "Zita Zwirn", "telefon": "03834 4711", "email": "zz@example.org"}
LEER = dict.fromkeys(ZITA, "")
FORMULARE = (
    "shared_apps.aufnahme.forms", "shared_apps.einlesen.forms", "shared_apps.occupancy.forms.plan",
    "shared_apps.providers.forms.entgelte", "shared_apps.providers.forms.erlaubnis",
    "shared_apps.providers.forms.konto", "shared_apps.providers.forms.stammdaten",
)  # fmt: skip
GETIPPT = {"grund", "begruendung", "notiz"}


# --- what is said where somebody types --------------------------------------------------------------------------------


def _reasons() -> list[tuple[str, forms.Field]]:
    found = []
    for module in map(import_module, FORMULARE):
        for name, form in getmembers(module, lambda x: isclass(x) and issubclass(x, forms.BaseForm)):
            if form.__module__ == module.__name__:
                found += [(f"{module.__name__}.{name}.{n}", f) for n, f in form.base_fields.items() if _is_typed(n, f)]
    return found


def _is_typed(name: str, field: forms.Field) -> bool:
    return isinstance(field, felder.GrundField) or (name in GETIPPT and isinstance(field, felder.TextField))


def test_every_reason_typed_at_the_market_says_that_it_names_nobody():
    reasons = _reasons()
    assert len(reasons) >= 9, "the forms were found"
    assert [where for where, field in reasons if OHNE_NAMEN not in str(field.help_text)] == []


# --- reasons ----------------------------------------------------------------------------------------------------------


def _decided(cast, angebot, days: int) -> tuple[Stammdatenvorschlag, Entgeltvorschlag]:
    """Two proposals that were declined this many days ago, each with words in it."""
    ines, emil = cast.user("ines"), cast.user("emil")
    wann = now() - timedelta(days=days)
    haus = angebot.einrichtung
    offen = {"vorgeschlagen_von": ines}
    decided = {"zustand": "ABGELEHNT", "entschieden_von": emil, "entschieden_at": wann, "grund": "Mia wohnt dort"}
    akteur = cast.akteur("ines")
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        stamm = Stammdatenvorschlag.objects.create(
            anbieter=haus.anbieter, gebietskoerperschaft=haus.gebietskoerperschaft, name="Neu", bisher={},
            begruendung="Wegen Mia", **offen,
        )  # fmt: skip
        satz = Entgeltvorschlag.objects.create(
            angebot=angebot, grundleistung="90.00", ab=date(2027, 1, 1), vereinbart_am=date(2026, 11, 1),
            rechtsgrundlage="78b", **offen,
        )  # fmt: skip
    with on_portal():
        Stammdatenvorschlag.objects.filter(pk=stamm.pk).update(**decided)
        Entgeltvorschlag.objects.filter(pk=satz.pk).update(**decided)
    return stamm, satz


def _history(cast, anbieter: Anbieter) -> str:
    """All that it keeps of this provider, as its own people read it."""
    columns = ("zeile", "bezeichnung", "vorher", "nachher", "haus_vorher", "haus_nachher", "vermerkt")
    with on_portal(user_id=cast.user("ines").pk, anbieter_ids=[anbieter.pk]):
        return str(list(Registeraenderung.objects.values_list(*columns)))


@pytest.fixture
def angebot(cast):
    return create_angebot(einrichtung=create_einrichtung(anbieter=KUESTE, name="Haus Möwe"), plaetze=1)


@pytest.mark.parametrize(("days", "left"), [(NACHLAUF.days - 1, True), (NACHLAUF.days + 1, False)])
def test_reasons_are_emptied_when_nobody_asks_about_them_any_more(cast, vg, angebot, days, left):
    stamm, satz = _decided(cast, angebot, days)
    with on_portal():
        assert clear_gruende() == (0 if left else 2)
        assert clear_gruende() == 0, "again, or after a crash: nothing is left to do"
        stamm.refresh_from_db()
        satz.refresh_from_db()
    kept = (stamm.begruendung, stamm.grund, satz.grund)
    assert kept == (("Wegen Mia", "Mia wohnt dort", "Mia wohnt dort") if left else ("", "", ""))
    assert (stamm.name, stamm.zustand, satz.zustand) == ("Neu", "ABGELEHNT", "ABGELEHNT"), "what was decided stays"


@pytest.mark.parametrize(
    ("columns", "person"),
    [
        ({"grund": "anders"}, False),
        ({"grund": "", "entschieden_at": datetime(2020, 1, 1, tzinfo=UTC)}, False),
        ({"grund": "", "zustand": "ZURUECKGEZOGEN"}, False),
        ({"grund": ""}, True),
    ],
)
def test_database__of_what_was_decided_a_job_empties_the_reason_and_nothing_else(cast, vg, angebot, columns, person):
    stamm, satz = _decided(cast, angebot, 400)
    who = {"user_id": cast.user("emil").pk} if person else {}
    for row in (stamm, satz):
        extra = {"begruendung": ""} if row is stamm else {}
        with (
            pytest.raises(DatabaseError, match=r"stays as it is|row-level security"),
            transaction.atomic(),
            on_portal(**who),
        ):
            type(row).objects.filter(pk=row.pk).update(**columns, **extra)


def test_history_marks_a_reason_and_never_keeps_its_words(cast, vg, angebot):
    """They would outlive the row by nine years."""
    _decided(cast, angebot, 1)
    text = _history(cast, angebot.einrichtung.anbieter)
    assert "begruendung" in text and "Mia" not in text


# --- notes of blocks and stops ----------------------------------------------------------------------------------------


def _blocks(cast, angebot, period: DateRange) -> tuple[Platzsperre, Aufnahmestopp]:
    ines = cast.akteur("ines")
    stamp = {"zeitraum": period, "geaendert_von_id": ines.user_id, "geaendert_at": now()}
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        return (
            Platzsperre.objects.create(platz=angebot.plaetze.get(), grund="RENOVIERUNG", notiz="wegen Mia", **stamp),
            Aufnahmestopp.objects.create(angebot=angebot, grund="PERSONAL", hinweis="wegen Mia", **stamp),
        )


@pytest.mark.parametrize(("days", "left"), [(NACHLAUF.days - 1, True), (NACHLAUF.days, False)])
def test_notes_of_blocks_and_stops_are_emptied_a_year_after_their_end(cast, angebot, days, left):
    ende = today() - timedelta(days=days)
    sperre, stopp = _blocks(cast, angebot, DateRange(ende - timedelta(days=7), ende))
    assert clear_notes(timestamp=0) == (0 if left else 2)
    assert clear_notes(timestamp=0) == 0
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        sperre.refresh_from_db()
        stopp.refresh_from_db()
    assert (sperre.notiz, stopp.hinweis) == (("wegen Mia", "wegen Mia") if left else ("", ""))
    assert (sperre.grund, stopp.grund) == ("RENOVIERUNG", "PERSONAL")


def test_the_note_of_what_never_held_goes_at_once(cast, angebot):
    sperre, stopp = _blocks(cast, angebot, DateRange(today() + timedelta(days=1), None))
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        sperren.lift_sperre(akteur=ines, sperre=sperre)
        sperren.lift_stopp(akteur=ines, stopp=stopp)
        sperre.refresh_from_db()
        stopp.refresh_from_db()
    assert sperre.aufgehoben_at and stopp.aufgehoben_at
    assert (sperre.notiz, stopp.hinweis) == ("", "")


# --- contacts ---------------------------------------------------------------------------------------------------------


def _known(name: str, ende: date | None, *, mit_anbieter: bool = False) -> Einrichtung:
    """A house that ends, and whom to call there; its provider, too, when that one ends."""
    haus = create_einrichtung(anbieter=f"{name} gGmbH", name=name)
    with on_portal():
        Einrichtung.objects.filter(pk=haus.pk).update(**ZITA, web="https://haus.example", strasse="Weg 1")
        Kontakt.objects.create(einrichtung=haus, funktion="LEITUNG", name="Zita Zwirn", telefon="03834 4711")
        Kontakt.objects.create(anbieter=haus.anbieter, funktion="LEITUNG", name="Zita Zwirn", telefon="03834 4711")
        Anbieter.objects.filter(pk=haus.anbieter_id).update(**ZITA)
        ended = Anbieter.objects.filter(pk=haus.anbieter_id) if mit_anbieter else Einrichtung.objects.filter(pk=haus.pk)
        ended.update(gueltig_bis=ende)
    haus.refresh_from_db()
    return haus


def _kept(row: Anbieter | Einrichtung) -> tuple[dict[str, str], int]:
    row.refresh_from_db()
    return {name: getattr(row, name) for name in ZITA}, row.kontakte.count()


def test_contacts_of_an_ended_house_are_removed_and_those_of_its_provider_stay(cast):
    over, soon, runs = today() - NACHLAUF, today() - NACHLAUF + timedelta(days=1), None
    old, young, living = _known("Alt", over), _known("Jung", soon), _known("Offen", runs)
    never = _known("Nie", NIE + timedelta(days=1))
    with on_portal():
        assert clear_kontakte() == 4, "a contact and an address of two houses"
        assert clear_kontakte() == 0, "again, or after a crash: nothing is left to do"
        assert _kept(old) == _kept(never) == (LEER, 0)
        assert _kept(young) == _kept(living) == _kept(old.anbieter) == (ZITA, 1)
        assert (old.web, old.strasse) == ("https://haus.example", "Weg 1"), "which name nobody"


def test_with_the_provider_its_houses_are_over_too(cast):
    haus = _known("Alt", today() - NACHLAUF, mit_anbieter=True)
    with on_portal():
        assert clear_kontakte() == 4
        assert _kept(haus) == _kept(haus.anbieter) == (LEER, 0)


def test_the_history_has_none_of_the_contacts_that_are_gone(cast):
    haus = _known("Alt", today() - NACHLAUF, mit_anbieter=True)
    with on_portal():
        clear_kontakte()
    text = _history(cast, haus.anbieter)
    assert str(haus.pk) in text, "that there were some, it says"
    assert not [word for word in ("Zwirn", "4711", "zz@example") if word in text]


def test_every_table_of_the_market_has_a_time_that_is_stated():
    """docs/security.md, How long the market keeps what: a new table needs its row there."""
    from deploy.embedded_postgres import PROJECT

    text = (PROJECT / "docs" / "security.md").read_text()
    section = text[text.index("## How long the market keeps what") :].split("\n## ")[0]
    named = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    found = sorted(name.strip(" `") for cell in named for name in cell.split(","))
    market = [
        model.__name__
        for label in ("providers", "occupancy", "einlesen", "aufnahme")
        for model in apps.get_app_config(label).get_models()
        if model._meta.managed
    ]
    assert found == sorted(market)
    assert Registeraenderung.__name__ in found
