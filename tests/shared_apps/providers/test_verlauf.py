"""Every change of the register has a history: the database writes it, and each side reads what is its to read."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import DatabaseError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.catalogue.models import Spezialisierung, Sprache
from shared_apps.core.clock import now, today
from shared_apps.core.zeitraum import format_datum
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Angebotsmerkmal,
    Ausnahme,
    Bankverbindung,
    Betriebserlaubnis,
    Einrichtung,
    Entgelt,
    Entgeltvorschlag,
    Foto,
    Leistungsbeschreibung,
    LeqVereinbarung,
    Platz,
    Registeraenderung,
    Verlaufsbereich,
    list_verlaeufe,
)
from shared_apps.providers.models.verlauf import IMMER_OHNE
from shared_apps.providers.selectors.verlauf import LEER, NIE, build_zeilen, format_wert
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import at_sign_in, in_tenant, in_tenant_portal, on_portal
from tests.factories.register import create_angebot, create_einrichtung
from tests.shared_apps.einlesen.lists import read_in, take_back, zeile

pytestmark = pytest.mark.django_db
KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
TABLE = Registeraenderung._meta.db_table
#: Shared tables with a house in them that have no history here, and why.
KEIN_VERLAUF = {
    "accounts_membership": "people: the journal says who changed it, without values",
    "members_mitgliedschaftsantrag": "people, as above",
    "aufnahme_aufnahmeantrag": "the provider is not there yet; the row itself says who did what",
    "inbox_hinweis": "points to a matter of an office",
    "occupancy_luecke": "computed from holds, blocks and places",
    "occupancy_platzbindung": "an office's hold: whose it is, is not the house's to read",
    "providers_suchzeile": "what offer, house and provider say, once more",
    "providers_vakanzbestaetigung": "is only added to, and a record of its own",
    "providers_vakanzerinnerung": "who was reminded: nothing of the house",
    "providers_vakanzmeldung": "an office's report with its answer: a record of its own, and the office is not named",
    TABLE: "the history itself",
}
HAUS_SPALTEN = {"anbieter_id", "einrichtung_id", "angebot_id", "platz_id"}


@contextmanager
def house(cast, who: str = "ines"):
    """As a request of that provider's person."""
    akteur = cast.akteur(who)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids, einrichtung_ids=akteur.einrichtung_ids):
        yield akteur


def read(anbieter: Anbieter) -> list[Registeraenderung]:
    """The whole history of a provider, newest first."""
    with on_portal(anbieter_ids=[anbieter.pk]):
        return list(Registeraenderung.objects.filter(anbieter_id=anbieter.pk).order_by("-created_at", "-id"))


@pytest.fixture
def angebot(vg) -> Angebot:
    return create_angebot(
        einrichtung=create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer"), name="Wohngruppe Möwe", plaetze=3
    )


# --- what is declared -------------------------------------------------------------------------------------------------


def test_every_table_of_the_register_says_whether_it_has_a_history():
    """A new one: `verlauf` at its model (or `link_verlauf`), else a reason in KEIN_VERLAUF."""
    of_a_house = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name in settings.SHARED_APPS
        and model._meta.managed
        and (model._meta.app_label == "providers" or HAUS_SPALTEN & {f.column for f in model._meta.concrete_fields})
    }
    assert set(list_verlaeufe()) | set(KEIN_VERLAUF) == of_a_house
    assert not set(list_verlaeufe()) & set(KEIN_VERLAUF)


@pytest.mark.parametrize("table", sorted(list_verlaeufe()))
def test_every_column_is_in_one_of_the_four(table):
    """A new column: into `werte`, `haus` (no office reads it), `vermerkt` (no value is kept) or `ohne`."""
    model, said = list_verlaeufe()[table]
    declared = [*said.werte, *said.haus, *said.vermerkt, *said.ohne]
    assert sorted(declared) == sorted({f.column for f in model._meta.concrete_fields} - set(IMMER_OHNE)), table
    assert len(set(declared)) == len(declared)
    named = {said.bezeichnung, said.zeit, said.bis, said.reihe, *said.ab, *said.geld} - {""}
    assert named <= set(declared), table


def test_no_account_and_no_person_is_kept_with_a_value():
    kept = {c for _, said in list_verlaeufe().values() for c in (*said.werte, *said.haus)}
    assert not kept & {"iban", "ansprechpartner", "telefon", "email", "kontoinhaber", "notiz", "begruendung"}
    assert not [c for c in kept if c.endswith("_von_id")], "no user is a value"


# --- applied backwards it gives the first state -----------------------------------------------------------------------


def _world(cast) -> dict[str, models.Model]:
    """A row of each table that is noted, by its table."""
    house_ = create_einrichtung(anbieter="Probe gGmbH", name="Haus Probe")
    offer = create_angebot(einrichtung=house_, plaetze=1, spezialisierungen=("autismus",))
    offer.sprachen.set(Sprache.objects.all()[:1])
    ines = cast.user("ines")
    kriterium = offer.hilfeart.modul.kriterien.first()
    period = DateRange(date(2027, 1, 1), date(2027, 6, 1))
    with on_portal():
        rows = [
            house_.anbieter, house_, offer, offer.plaetze.get(), offer.entgelte.get(),
            Betriebserlaubnis.objects.get(einrichtung=house_),
            Bankverbindung.objects.create(anbieter=house_.anbieter, iban="DE02120300000000202051"),
            Angebotsmerkmal.objects.create(angebot=offer, kriterium=kriterium),
            Ausnahme.objects.create(
                einrichtung=house_, aktenzeichen="A 1", datum=date(2026, 1, 1), gueltig=period, plaetze_mehr=1
            ),
            Leistungsbeschreibung.objects.create(einrichtung=house_, datum=date(2026, 1, 1)),
            LeqVereinbarung.objects.create(einrichtung=house_, datum=date(2026, 1, 1)),
            Foto.objects.create(einrichtung=house_, titel="Küche", alternativtext="Eine Küche"),
            Entgeltvorschlag.objects.create(
                angebot=offer, grundleistung="90.00", ab=date(2027, 1, 1), vereinbart_am=date(2026, 11, 1),
                rechtsgrundlage="78b", vorgeschlagen_von=ines,
            ),
        ]  # fmt: skip
    with on_portal(user_id=ines.pk, anbieter_ids=[house_.anbieter_id]):
        stamp = {"zeitraum": period, "geaendert_von": ines, "geaendert_at": now()}
        rows.append(Platzsperre.objects.create(platz=rows[3], grund="RENOVIERUNG", **stamp))
        rows.append(Aufnahmestopp.objects.create(angebot=offer, grund="PERSONAL", **stamp))
    return {row._meta.db_table: row for row in rows}


def _other(field: Any, chance: random.Random) -> Any:
    """A value such a column could have."""
    if field.flatchoices:
        return chance.choice([key for key, _ in field.flatchoices])
    if field.is_relation:
        return chance.choice([None, *field.related_model._default_manager.values_list("pk", flat=True)[:5]])
    match field:
        case DateRangeField():
            first = date.fromordinal(date(2027, 7, 1).toordinal() + chance.randrange(300))
            return DateRange(first, chance.choice([None, date(2029, 1, 1)]))
        case models.DateTimeField():
            return datetime.fromisoformat(f"2027-0{chance.randrange(1, 9)}-01T10:00:00+00:00")
        case models.DateField():
            return date.fromordinal(date(2026, 1, 1).toordinal() + chance.randrange(900))
        case models.BooleanField():
            return chance.choice([True, False])
        case models.DecimalField():
            return Decimal(chance.randrange(100, 600)) / 100
        case models.IntegerField():
            return chance.randrange(0, 40)
        case ArrayField():
            return [f"w{chance.randrange(9)}"]
    return f"Text {chance.randrange(10**6)}"[: field.max_length or 99]


def _state(rows: dict[str, models.Model], fences: dict[str, dict]) -> dict[str, dict[str, Any]]:
    """All that is declared of these rows, as JSON of the database."""
    found = {}
    for table, row in rows.items():
        _, said = list_verlaeufe()[table]
        with on_portal(**fences.get(table, {})), connection.cursor() as cursor:
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE id = %s", [row.pk])
            (value,) = cursor.fetchone()
        value = json.loads(value, parse_float=Decimal) if isinstance(value, str) else value
        found[table] = {column: value[column] for column in (*said.werte, *said.haus)}
    return found


#: Held by triggers whoever writes.
BLEIBT = {("providers_einrichtung", "gebietskoerperschaft_id"), ("providers_angebot", "hilfeart_id")}


@hypothesis_settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_applied_backwards_it_gives_every_earlier_state__of_every_column(vg, cast, seed):
    chance = random.Random(seed)
    with transaction.atomic():
        rows = _world(cast)
        anbieter = rows[Anbieter._meta.db_table]
        ihre = {"user_id": cast.user("ines").pk, "anbieter_ids": [anbieter.pk]}
        fences = {model._meta.db_table: ihre for model in (Platzsperre, Aufnahmestopp)}
        before, changed = _state(rows, fences), set()
        columns = [
            (table, column)
            for table in rows
            for column in (*list_verlaeufe()[table][1].werte, *list_verlaeufe()[table][1].haus)
        ]
        known = {e.pk for e in read(anbieter)}
        for table, column in [*chance.sample(columns, len(columns)), *chance.choices(columns, k=40)]:
            field = next(f for f in rows[table]._meta.concrete_fields if f.column == column)
            try:
                with on_portal(**fences.get(table, {})), transaction.atomic():
                    type(rows[table])._base_manager.filter(pk=rows[table].pk).update(
                        **{field.attname: _other(field, chance)}
                    )
            except DatabaseError:
                continue  # the register refuses it, and then nothing is noted
            changed.add((table, column))
        state = _state(rows, fences)
        neue = [e for e in read(anbieter) if e.pk not in known]
        for e in neue:
            here, vorher, nachher = state[e.tabelle], e.vorher | e.haus_vorher, e.nachher | e.haus_nachher
            assert e.art == "AENDERN" and vorher.keys() == nachher.keys()
            assert {column: here[column] for column in nachher} == nachher, "what it says came is what was there"
            here |= vorher
        assert state == before
        noted = {(e.tabelle, column) for e in neue for column in e.vorher | e.haus_vorher}
        assert noted <= changed and len(noted) > len(columns) / 2
        transaction.set_rollback(True)
    assert not BLEIBT & noted


def test_what_came_is_noted_with_all_it_said_and_what_went_with_all_it_had(cast, angebot):
    traum = Spezialisierung.objects.get(code="autismus")
    with house(cast):
        angebot.spezialisierungen.add(traum)
        angebot.spezialisierungen.remove(traum)
    weg, da = (e for e in read(angebot.einrichtung.anbieter) if e.tabelle.endswith("spezialisierungen"))
    assert (da.art, da.vorher, da.nachher) == ("ANLEGEN", {}, {"spezialisierung_id": str(traum.pk)})
    assert (weg.art, weg.vorher, weg.nachher) == ("LOESCHEN", {"spezialisierung_id": str(traum.pk)}, {})
    assert da.angebot_id == angebot.pk and da.einrichtung_id == angebot.einrichtung_id
    (neu,) = (e for e in read(angebot.einrichtung.anbieter) if e.tabelle == Angebot._meta.db_table)
    assert neu.nachher["name"] == "Wohngruppe Möwe" and "hinweis" not in neu.nachher, "nothing empty"


# --- the page ---------------------------------------------------------------------------------------------------------


def urls(angebot) -> tuple[str, str]:
    haus = angebot.einrichtung
    return f"/anbieter/einrichtungen/{haus.pk}/verlauf/", f"/anbieter/{haus.anbieter_id}/verlauf/"


def test_a_rate_proposed_by_one_and_confirmed_by_another__both_pages_say_so(angebot, sign_in):
    ines, frieda, (haus, alle) = sign_in("ines"), sign_in("frieda"), urls(angebot)
    typed = {
        "grundleistung": "80,10", "investition": "9,90", "sonderleistung": "2,00", "ab": "2026-07-01",
        "vereinbart_am": "2026-06-12", "rechtsgrundlage": "78b",
    }  # fmt: skip
    assert ines.post(f"/anbieter/entgelte/angebote/{angebot.pk}/", typed).status_code == 302
    vorschlag = Entgeltvorschlag.objects.get()
    frieda.post(f"/anbieter/entgelte/{vorschlag.pk}/", {"entscheidung": "bestaetigen"})
    for url in (haus, alle):
        ihre, des_amts = ines.get(url).text, frieda.get(url).text
        for page in (ihre, des_amts):
            assert "Grundleistung: 80,10\xa0€" in page and "01.07.2026" in page
            assert "wartet auf das Jugendamt" in page and "bestätigt" in page
            assert "88,00\xa0€" in page and "Wohngruppe Möwe" in page
        assert "Ines Ihde" in ihre and "Jugendamt Vorpommern-Greifswald" in ihre and "Fink" not in ihre
        assert "Frieda Fink" in des_amts and KUESTE in des_amts and "Ihde" not in des_amts
    assert "/verlauf/" in ines.get(f"/anbieter/einrichtungen/{angebot.einrichtung_id}/").text
    assert "/verlauf/" in frieda.get(f"/anbieter/{angebot.einrichtung.anbieter_id}/").text


def test_places_that_came_with_one_statement_are_one_line__and_their_names_the_houses_own(cast, angebot, sign_in):
    haus, _ = urls(angebot)
    with house(cast):
        angebot.plaetze.filter(nummer=2).update(name="Zimmer am Meer")
    ihre, des_amts = sign_in("ines").get(haus).text, sign_in("frieda").get(haus).text
    for page in (ihre, des_amts):
        assert page.count("Plätze 1 bis 3 angelegt") == 1 and "Platz 1 angelegt" not in page
    assert "Zimmer am Meer" in ihre and "Platz 2 geändert" in ihre
    assert "Zimmer" not in des_amts and "Platz 2" not in des_amts


def test_what_only_changed_is_said_without_what_it_was(cast, angebot, sign_in):
    haus, alle = urls(angebot)
    anbieter = angebot.einrichtung.anbieter
    with house(cast):
        Einrichtung.objects.filter(pk=angebot.einrichtung_id).update(
            ansprechpartner="Petra Person", telefon="0151 23456", email="petra@example.org", ort="Anklam"
        )
    with on_portal():
        Bankverbindung.objects.create(anbieter=anbieter, iban="DE02120300000000202051")
        Bankverbindung.objects.update(iban="DE02500105170137075030")
    kept = json.dumps([[e.vorher, e.nachher, e.haus_vorher, e.haus_nachher] for e in read(anbieter)], default=str)
    assert not [word for word in ("Petra", "petra", "0151", "DE02") if word in kept]
    ihre, des_amts = sign_in("ines"), sign_in("frieda")
    for page in (ihre.get(haus).text, des_amts.get(haus).text):
        assert "Ansprechpartner: geändert" in page and "Telefon: geändert" in page and "Anklam" in page
        assert "Petra" not in page and "0151" not in page
    assert "Bankverbindung" in ihre.get(alle).text and "DE02" not in ihre.get(alle).text
    assert "Bankverbindung" not in des_amts.get(alle).text, "an account is not the office's to read of"


def test_pictures_and_papers_are_named__also_when_they_had_no_words_yet(cast, angebot, sign_in):
    """Pictures are sent first and described later: their first entries had nothing to call them by."""
    haus, _ = urls(angebot)
    with house(cast):
        kueche, garten, _ = (
            Foto.objects.create(einrichtung=angebot.einrichtung, titel="", alternativtext="", reihenfolge=n)
            for n in range(3)
        )
        Foto.objects.filter(pk=kueche.pk).update(titel="Küche", alternativtext="Ein Herd und ein Tisch")
        Foto.objects.filter(pk=garten.pk).update(alternativtext="Ein Garten mit Schaukel")
        papier = Leistungsbeschreibung.objects.create(einrichtung=angebot.einrichtung, datum=date(2026, 1, 15))
        Leistungsbeschreibung.objects.filter(pk=papier.pk).update(gueltig_bis=date(2027, 1, 1))
    for page in (sign_in("ines").get(haus).text, sign_in("frieda").get(haus).text):
        for name in ("Küche", "Ein Garten mit Schaukel", "Nr. 3"):
            assert f"Foto {name} angelegt" in page, name
        assert "Foto angelegt" not in page and "Foto geändert" not in page
        assert page.count("Leistungsbeschreibung vom 15.01.2026") == 2


def test_blocks_are_read_by_the_house_alone__stops_by_both(cast, angebot, sign_in):
    haus, _ = urls(angebot)
    with house(cast) as akteur:
        stamp = {"geaendert_von_id": akteur.user_id, "geaendert_at": now()}
        platz = angebot.plaetze.get(nummer=2)
        woche = DateRange(date(2027, 3, 1), date(2027, 3, 8))
        Platzsperre.objects.create(platz=platz, zeitraum=woche, grund="RENOVIERUNG", notiz="wegen Max", **stamp)
        Aufnahmestopp.objects.create(angebot=angebot, zeitraum=woche, grund="PERSONAL", **stamp)
    ihre, des_amts = sign_in("ines").get(haus).text, sign_in("frieda").get(haus).text
    assert "Sperre Platz 2 angelegt" in ihre and "01.03.2027 bis 07.03.2027" in ihre and "Max" not in ihre
    assert "Notiz, nur für Ihr Haus: eingetragen" in ihre, "a new row has not changed"
    assert "Sperre Platz" not in des_amts and "Aufnahmestopp angelegt" in des_amts and "Aufnahmestopp" in ihre


def test_what_a_list_brings_is_named_with_its_day__and_what_is_taken_back(cast, vg, sign_in):
    liste = read_in(cast, [zeile(anbieter=KUESTE)])
    haus = Einrichtung.objects.get(anbieter__name=KUESTE)
    url, tag = f"/anbieter/einrichtungen/{haus.pk}/verlauf/", f"Liste vom {format_datum(today())}"
    ihre, des_amts = sign_in("ines"), sign_in("frieda")
    assert tag in ihre.get(url).text and "Ebert" not in ihre.get(url).text
    assert tag in des_amts.get(url).text and "Emil Ebert" in des_amts.get(url).text
    take_back(cast, liste)
    assert NIE in json.dumps([str(a) for z in _lines(haus) for a in z.angaben], ensure_ascii=False)


def _lines(haus: Einrichtung) -> list[Any]:
    with on_portal(anbieter_ids=[haus.anbieter_id]):
        rows = list(Registeraenderung.objects.filter(einrichtung_id=haus.pk, kopf=None))
        return build_zeilen(rows, anbieter=haus.anbieter, tenant=None)


def test_filter_by_thing_and_day__file__empty(cast, angebot, sign_in):
    with house(cast):
        Angebot.objects.filter(pk=angebot.pk).update(hinweis="=1+1", alter_bis=17)
    ines, (haus, _) = sign_in("ines"), urls(angebot)
    heute = today().isoformat()
    page = ines.get(haus, {"bereich": "angebote", "von": heute, "bis": heute}).text
    assert "Hinweis" in page and "Plätze 1 bis 3" not in page
    assert "Plätze 1 bis 3" in ines.get(haus, {"bereich": "plaetze"}).text
    assert "Keine Änderungen" in ines.get(haus, {"bereich": "stopps"}).text
    assert ines.get(haus, {"bereich": "x", "von": "gestern"}).status_code == 200
    datei = ines.get(haus, {"format": "csv", "bereich": "angebote"})
    assert "Aufnahmealter bis einschließlich;20;17" in datei.text and ";'=1+1;" in datei.text
    assert "Ines Ihde" in datei.text and datei["Content-Type"].startswith("text/csv")


def test_many_changes_are_paged_with_the_same_number_of_statements(
    cast, angebot, sign_in, django_assert_max_num_queries
):
    ines, (haus, alle) = sign_in("ines"), urls(angebot)

    def count() -> int:
        with django_assert_max_num_queries(60) as sent:
            assert ines.get(alle).status_code == 200
        return len(sent)

    with house(cast):
        Angebot.objects.filter(pk=angebot.pk).update(hinweis="0")
    ines.get(haus)
    few = count()
    with house(cast):
        for n in range(60):
            Angebot.objects.filter(pk=angebot.pk).update(hinweis=f"Hinweis {n}")
    assert count() <= few
    assert "Hinweis 59" in ines.get(haus).text and "Hinweis 0" not in ines.get(haus).text
    assert "Hinweis 0" in ines.get(haus, {"seite": "2"}).text


# --- whose it is not --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "at", "status"),
    [
        ("ines", "PORTAL", 200), ("frieda", "VG", 200), ("emil", "VG", 200),
        ("fritz", "PORTAL", 404),  # of another house of the same provider
        ("jan", "PORTAL", 404), ("frieda", "PORTAL", 404), ("anna", "VG", 403), ("karla", "PORTAL", 403),
        ("lars", "PORTAL", 403),
    ],
)  # fmt: skip
def test_who_opens_the_page_of_a_house(vg, sign_in, cast, who, at, status):
    create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer")
    haus = create_einrichtung(anbieter=KUESTE, name="Haus Düne")
    create_angebot(anbieter=SEE)
    answer = sign_in(who, at=at).get(f"/anbieter/einrichtungen/{haus.pk}/verlauf/")
    assert answer.status_code == status, answer.text[:300]


def test_an_office_reads_of_its_own_district_only(vg, hro, cast, sign_in):
    hier = create_angebot(anbieter=KUESTE, kreis="VG")
    dort = create_angebot(anbieter=KUESTE, kreis="HRO", name="Rostocker Gruppe")
    nur_dort = create_angebot(anbieter=SEE, kreis="HRO")
    frieda = sign_in("frieda")
    assert frieda.get(urls(hier)[0]).status_code == 200
    assert {frieda.get(url).status_code for url in (urls(dort)[0], *urls(nur_dort))} == {404}
    page = frieda.get(urls(hier)[1]).text
    assert hier.name in page and "Rostocker" not in page, "of the provider's other houses it reads nothing"


def test_staff_of_one_house_reads_of_it_alone(vg, cast, sign_in):
    ihres = create_angebot(einrichtung=create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer"))
    fritz = sign_in("fritz")
    assert ihres.name in fritz.get(urls(ihres)[0]).text
    assert fritz.get(urls(ihres)[1]).status_code == 404
    other = create_angebot(anbieter=KUESTE)
    with house(cast, "fritz"):
        assert not Registeraenderung.objects.filter(einrichtung_id=other.einrichtung_id).exists()
        assert not Registeraenderung.objects.filter(einrichtung_id__isnull=True).exists()
        assert Registeraenderung.objects.filter(einrichtung_id=ihres.einrichtung_id).exists()


def test_at_an_offices_host_a_provider_is_sent_to_the_portal(angebot, sign_in):
    ines = sign_in("ines", at="VG")
    assert "//portal." in ines.get(urls(angebot)[0])["Location"]
    assert "/verlauf/" not in ines.get(f"/anbieter/einrichtungen/{angebot.einrichtung_id}/").text


def test_database__each_role_reads_its_own_and_writes_nothing(vg, hro, cast, angebot):
    rival = create_angebot(anbieter=SEE)
    with house(cast):
        Angebot.objects.filter(pk=angebot.pk).update(hinweis="x")
        assert set(Registeraenderung.objects.values_list("anbieter_id", flat=True)) == {angebot.einrichtung.anbieter_id}
        assert not Registeraenderung.objects.filter(anbieter_id=rival.einrichtung.anbieter_id).exists()
    with on_portal():
        assert not Registeraenderung.objects.exists(), "who acts for no provider reads nothing"
    with in_tenant(hro):
        assert not Registeraenderung.objects.exists(), "nothing of theirs is there"
    with in_tenant(vg):
        assert Registeraenderung.objects.filter(anbieter_id=angebot.einrichtung.anbieter_id).exists()
        assert not Registeraenderung.objects.filter(fuer_amt=False).exists()
    anna, ines = cast.user("anna").pk, cast.akteur("ines")
    eigen = {"user_id": ines.user_id, "anbieter_ids": ines.anbieter_ids}
    for fence, secret in (
        (lambda: in_tenant(vg, user_id=anna), ("haus_person_id", "haus_vorher", "haus_nachher")),
        (lambda: on_portal(**eigen), ("amt_person_id",)),
        (lambda: in_tenant_portal(vg, **eigen), ("id",)),
        (lambda: at_sign_in(user_id=anna), ("id",)),
    ):
        statements = [f"SELECT {column} FROM {TABLE}" for column in secret] + [
            f"UPDATE {TABLE} SET vorher = '{{}}'",
            f"DELETE FROM {TABLE}",
            f"TRUNCATE {TABLE}",
            f"INSERT INTO {TABLE} (id, created_at, tabelle, zeile, art, anbieter_id, bezeichnung, vorher, nachher,"
            " haus_vorher, haus_nachher, vermerkt, fuer_amt, wer, amt, transaktion) VALUES (gen_random_uuid(), now(),"
            f" 'x', 'x', 'AENDERN', '{angebot.einrichtung.anbieter_id}', '', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}',"
            " true, 'HAUS', '', 1)",
        ]
        for statement in statements:
            with fence(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def test_database__who_it_was_is_what_the_fence_says(vg, cast, angebot):
    """Whoever acts for the provider is the house; a member of an office is it; of neither, the operator; nobody: us."""
    ines, frieda, lars = (cast.user(who).pk for who in ("ines", "frieda", "lars"))
    anbieter = angebot.einrichtung.anbieter
    ways: list[tuple[dict[str, Any], tuple[str, str, UUID | None]]] = [
        ({"user_id": ines, "anbieter_ids": [anbieter.pk]}, ("HAUS", "", ines)),
        ({"user_id": ines}, ("HAUS", "", ines)),  # a link in a mail acts for no provider
        ({"user_id": frieda}, ("AMT", "VG", None)),
        ({"user_id": lars}, ("BETRIEB", "", None)),
        ({"user_id": UUID(int=0)}, ("SYSTEM", "", None)),
        ({"request_id": "keine-liste"}, ("SYSTEM", "", None)),
    ]
    for n, (fence, expected) in enumerate(ways):
        with on_portal(**fence):
            Angebot.objects.filter(pk=angebot.pk).update(hinweis=f"Weg {n}")
        e = read(anbieter)[0]
        assert (e.wer, e.amt, e.haus_person_id) == expected, fence
        assert (e.vorher, e.nachher) == ({"hinweis": f"Weg {n - 1}" if n else ""}, {"hinweis": f"Weg {n}"})


def test_from_which_day_a_change_holds(vg, cast, angebot):
    anbieter, ende = angebot.einrichtung.anbieter, date(2027, 5, 1)
    with on_portal():
        Angebot.objects.filter(pk=angebot.pk).update(hinweis="heute")
        assert read(anbieter)[0].gilt_ab is None, "the day of the entry says it"
        Angebot.objects.filter(pk=angebot.pk).update(gueltig=DateRange(date(2015, 1, 1), ende))
        assert read(anbieter)[0].gilt_ab == ende
        Entgelt.objects.filter(angebot=angebot).update(gueltig=DateRange(date(2016, 1, 1), None))
        assert read(anbieter)[0].gilt_ab == date(2016, 1, 1)
        Betriebserlaubnis.objects.create(
            einrichtung=create_einrichtung(anbieter=KUESTE), nummer="B", datum=date(2026, 1, 1), plaetze=1,
            gueltig_ab=date(2026, 2, 1),
        )  # fmt: skip
        assert read(anbieter)[0].gilt_ab == date(2026, 2, 1)
        Platz.objects.create(angebot=angebot, nummer=9, gueltig=DateRange(date(2026, 12, 24), ende))
        assert read(anbieter)[0].gilt_ab == date(2026, 12, 24)


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "name", "wert", "wort"),
    [
        (Angebot, "gueltig", "[2026-01-01,2026-02-01)", "01.01.2026 bis 31.01.2026"),
        (Angebot, "gueltig", "[2026-01-01,)", "ab 01.01.2026"),
        (Angebot, "gueltig", "[1900-01-01,1900-01-02)", NIE),
        (Angebot, "geschlecht", "w", "Nur weiblich"),
        (Angebot, "stunden_je_woche", Decimal("7.50"), "7,5"),
        (Angebot, "alter_bis", 20, "20"),
        (Einrichtung, "gueltig_bis", "2026-02-01", "31.01.2026"),
        (Einrichtung, "gueltig_bis", "1900-01-02", NIE),
        (LeqVereinbarung, "vom_anbieter", True, "ja"),
        (Platzsperre, "aufgehoben_at", "2026-07-01T22:30:00+00:00", "02.07.2026, 00:30 Uhr"),
        (Entgeltvorschlag, "zustand", "BESTAETIGT", "bestätigt"),
    ],
)
def test_values_are_said_in_german(model, name, wert, wort):
    assert format_wert(model._meta.get_field(name), wert) == wort


def test_what_is_emptied_says_so(cast, angebot, sign_in):
    with house(cast):
        Angebot.objects.filter(pk=angebot.pk).update(hinweis="x")
        Angebot.objects.filter(pk=angebot.pk).update(hinweis="")
    assert LEER in sign_in("ines").get(urls(angebot)[0]).text
    assert len(Verlaufsbereich.choices) == len({said.bereich for _, said in list_verlaeufe().values()})


def test_a_rate_for_one_office_alone_is_no_history_of_the_office_at_the_place(vg, hro):
    """§ 77, ADR 0073: the house is in VG; what it agreed with HRO is read there by nobody."""
    angebot = create_angebot(anbieter=KUESTE, kreis="VG", hilfeart="A31", stunden_je_woche=40, entgelt=None)
    ort = {kuerzel: Gebietskoerperschaft.objects.get(kuerzel=kuerzel) for kuerzel in ("VG", "HRO")}
    for jugendamt, betrag in ((None, "61.00"), (ort["VG"], "62.00"), (ort["HRO"], "63.00")):
        Entgelt.je_amt.create(
            angebot=angebot, jugendamt=jugendamt, betrag=Decimal(betrag), einheit="STUNDE",
            gueltig=DateRange(date(2026, 1, 1), None),
        )  # fmt: skip

    def rates(office) -> set[str]:
        with in_tenant(office):
            rows = Registeraenderung.objects.filter(tabelle=Entgelt._meta.db_table, angebot_id=angebot.pk)
            return {str(row.nachher["betrag"]) for row in rows}

    assert rates(vg) == {"61.00", "62.00"}
    assert rates(hro) == set(), "the house is in another district"
    ihre = [e for e in read(angebot.einrichtung.anbieter) if e.tabelle == Entgelt._meta.db_table]
    assert len(ihre) == 3, "the house reads all of its own"
