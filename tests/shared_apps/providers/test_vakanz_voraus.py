"""A confirmation of a day that is to come says nothing, wherever freshness is read; nobody of a provider writes one.

Before, `vakanz_bestaetigt_at` of next year, written by a provider's own statement, read "heute bestätigt" for ever.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.core.clock import now, real_now, today
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.providers.models import Angebot, Vakanzbestaetigung, Vakanzmeldung
from shared_apps.providers.querysets import confirmed_on, never_confirmed_on, unconfirmed_on
from shared_apps.providers.rules import Vakanzstufe, vakanzstand
from shared_apps.providers.selectors import vakanz
from tenants.context import in_tenant, on_portal
from tests.factories.register import create_angebot, create_einrichtung
from tests.mails import remind

pytestmark = pytest.mark.django_db
KUESTE = "Jugendhilfe Küste gGmbH"
MORGEN, NAECHSTES_JAHR = timedelta(days=1), timedelta(days=400)

#: Moments that no statement of a provider can put anywhere, and why.
NICHT_IHRE = {
    ("providers_angebot", "vakanz_gemeldet_at"): "trigger providers_gemeldet_bleibt: only an answer changes it",
    ("providers_vakanzmeldung", "gemeldet_at"): "granted to offices alone",
    ("providers_vakanzerinnerung", "expires_at"): "granted to nobody who acts for a provider",
    ("providers_kontovorschlag", "gilt_bis"): "lies ahead on purpose; trigger providers_konto_geprueft bounds it",
    ("providers_suchzeile", "vakanz_gemeldet_at"): "derived by a trigger from the offer",
    ("providers_suchzeile", "vakanz_bestaetigt_at"): "derived by a trigger from the offer",
    ("occupancy_platzbindung", "ablauf_at"): "lies ahead on purpose, and holds are written by offices",
}


@pytest.mark.parametrize("gemeldet", [False, True])
@pytest.mark.parametrize("tage", [None, -400, -1, 0, 1, 7, 8, 30])
def test_the_rule_and_the_queries_say_the_same_of_every_age(tage: int | None, gemeldet: bool):
    at = None if tage is None else now() - timedelta(days=tage)
    angebot = create_angebot(vakanz_bestaetigt_at=at, vakanz_gemeldet_at=now() if gemeldet else None)
    mine = Angebot.objects.filter(pk=angebot.pk)
    frisch = mine.filter(confirmed_on(today())).exists()
    assert frisch == angebot.vakanzstand.ist_frisch == (tage in {0, 1, 7} and not gemeldet)
    assert mine.filter(unconfirmed_on(today())).exists() is not frisch
    nie = mine.filter(never_confirmed_on(today())).exists()
    assert nie == (angebot.bestaetigt_at is None) == (tage is None or tage < 0)
    if not gemeldet:
        assert nie == (angebot.vakanzstand.stufe is Vakanzstufe.NIE)


def test_a_day_to_come_is_no_confirmation():
    heute = date(2026, 11, 30)
    assert vakanzstand(heute + MORGEN, heute).text == "nie bestätigt"


def test_no_reader_believes_it(cast, vg):
    haus = create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer")
    angebot = create_angebot(einrichtung=haus, plaetze=2, vakanz_bestaetigt_at=now() + NAECHSTES_JAHR)
    mine = Angebot.objects.filter(pk=angebot.pk)
    assert list(vakanz.list_unbestaetigte(mine)) == [angebot], "whom an office chases"
    assert vakanz.compute_anteil(mine) == vakanz.Anteil(0, 1), "share confirmed within seven days"
    assert vakanz.compute_anteile()[""].frisch == 0
    assert vakanz.list_faellige_seit(today())[haus.anbieter_id, haus.pk] <= today(), "since when a reminder is due"
    assert vakanz.list_vakanzstaende([angebot.pk])[angebot.pk].text == "nie bestätigt"
    cast.user("ines")
    assert remind() == 1
    lage = cast.api("ines").get(f"/api/v1/einrichtungen/{haus.pk}/vakanzen/").json()["angebote"][0]
    assert (lage["stufe"], lage["bestaetigt_at"]) == ("nie", None)
    body = {
        "hilfeart": "S34", "region": "VG", "beginn": str(today() + timedelta(days=3)), "tage_je_woche": "7",
        "ende": str(today() + timedelta(days=20)), "spezialisierungen": [],
    }  # fmt: skip
    answer = cast.api("anna").post("/api/v1/suchen/?alle=1", body, content_type="application/json")
    assert answer.status_code == 201, answer.text
    assert [t["vakanz_stand"] for t in answer.json()["angebote"]] == [None]
    kopf = cast.sign_in("frieda").get("/anbieter/unbestaetigt/").text
    assert angebot.name in kopf and "nie bestätigt" in kopf and "heute bestätigt" not in kopf


def _statements(angebot: Angebot, akteur) -> dict[str, object]:
    """What somebody who acts for the provider may write, each with a moment that is to come."""
    platz, wann = angebot.plaetze.first(), real_now() + timedelta(minutes=30)
    sperre = {"platz": platz, "zeitraum": DateRange(today(), None), "grund": "RENOVIERUNG"}
    stopp = {"angebot": angebot, "zeitraum": DateRange(today(), None), "grund": "PERSONAL"}
    wer = {"geaendert_von_id": akteur.user_id}
    offers = Angebot.objects.filter(pk=angebot.pk)
    return {
        "offer": lambda: offers.update(vakanz_bestaetigt_at=wann),
        "confirmation": lambda: Vakanzbestaetigung.objects.create(
            angebot=angebot, bestaetigt_at=wann, bestaetigt_von_id=akteur.user_id, frei=1, gesamt=2
        ),
        "answer": lambda: Vakanzmeldung.objects.filter(angebot=angebot).update(
            zustand="STIMMT", beantwortet_von_id=akteur.user_id, beantwortet_at=wann
        ),
        "block": lambda: Platzsperre.objects.create(**sperre, **wer, geaendert_at=wann),
        "lifted block": lambda: Platzsperre.objects.create(
            **sperre, **wer, geaendert_at=real_now(), aufgehoben_at=wann
        ),
        "stop": lambda: Aufnahmestopp.objects.create(**stopp, **wer, geaendert_at=wann),
    }


@pytest.mark.parametrize("what", ["offer", "confirmation", "answer", "block", "lifted block", "stop"])
def test_under_a_providers_role_the_database_refuses_a_moment_to_come(cast, vg, what):
    angebot = create_angebot(anbieter=KUESTE, plaetze=2)
    with in_tenant(vg):
        Vakanzmeldung.objects.create(mandant="vg", angebot=angebot, tag=today(), grund="BELEGT", gemeldet_at=now())
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        write = _statements(angebot, ines)[what]
        with pytest.raises(DatabaseError, match="still to come"), transaction.atomic():
            write()


def test_every_moment_a_provider_may_write_is_asked():
    """A new column with a moment in `providers` or `occupancy`: into a trigger `…_nicht_voraus`, or into the list."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, encode(tgargs, 'escape') FROM pg_trigger"
            " WHERE tgname LIKE '%nicht\\_voraus'"
        )
        asked = {(table, column) for table, args in cursor.fetchall() for column in args.split("\\000") if column}
    moments = {
        (model._meta.db_table, column.column)
        for app in ("providers", "occupancy")
        for model in apps.get_app_config(app).get_models()
        for column in model._meta.local_fields
        if isinstance(column, models.DateTimeField) and column.name != "created_at" and model._meta.managed
    }
    assert moments - asked - set(NICHT_IHRE) == set()
    assert set(NICHT_IHRE) <= moments - asked, "what is asked, or gone, needs no reason"
