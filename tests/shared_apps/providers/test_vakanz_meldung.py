"""„War nicht frei“: an office reports, all see it at once, the provider answers; one office cannot harm a rival."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from shared_apps.core.clock import now, today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.providers import services
from shared_apps.providers.models import Angebot, Kontakt, Vakanzbestaetigung, Vakanzmeldung
from shared_apps.providers.selectors.vakanz import compute_anteile, compute_zuverlaessigkeit
from shared_apps.providers.services.vakanz import (
    settle_vakanzmeldung,
    submit_vakanzmeldung,
    withdraw_vakanzmeldung,
)
from shared_apps.providers.states import MeldungAktion
from tenants.context import in_tenant, in_tenant_portal, on_portal
from tests.factories.register import create_angebot
from tests.shared_apps.providers.test_own import KUESTE, OWN, SEE

pytestmark = pytest.mark.django_db
MELDUNGEN = "/anbieter/meldungen/"


@pytest.fixture
def angebot(vg) -> Angebot:
    return create_angebot(anbieter=KUESTE, name="Möwennest", vakanz_bestaetigt_at=now(), plaetze=2)


def report(cast, angebot, *, at="VG", name="anna", tag=None) -> Vakanzmeldung:
    akteur = cast.akteur(name, at=at)
    with in_tenant(cast.tenant_of(name), user_id=akteur.user_id):
        return submit_vakanzmeldung(akteur=akteur, angebot=angebot, tag=tag or today(), grund="BELEGT")


def test_from_the_report_to_the_answer(cast, sign_in, angebot):
    anna = sign_in("anna")
    facility = f"/anbieter/einrichtungen/{angebot.einrichtung_id}/"
    assert "heute bestätigt" in anna.get(facility).content.decode()
    url = f"/anbieter/angebote/{angebot.pk}/war-nicht-frei/"
    assert url in anna.get(facility).content.decode()
    assert '<option value="" selected>Bitte wählen' in anna.get(url).content.decode(), "nobody is blamed by a slip"
    unsaid = anna.post(url, {"tag": today().isoformat(), "grund": ""})
    assert unsaid.status_code == 422 and "heute bestätigt" in anna.get(facility).content.decode()
    asked = anna.post(url, {"tag": today().isoformat(), "grund": "BELEGT"}, follow=True)
    assert "antwortet auf Ihre Meldung" in asked.content.decode()
    assert "gemeldet: war nicht frei" in sign_in("gerd").get(facility).content.decode()
    twice = anna.post(url, {"tag": today().isoformat(), "grund": "STOPP"})
    assert twice.status_code == 409 and "schon gemeldet" in twice.content.decode()

    ines = sign_in("ines")
    assert "1 Meldung wartet auf Ihre Antwort" in ines.get("/eingang/").text, "her first page says so"
    page = ines.get(OWN).content.decode()
    assert "gemeldet: war nicht frei" in page and "wartet auf Ihre Antwort" in page
    ines.post(f"{OWN}bestaetigen/")
    angebot.refresh_from_db()
    assert angebot.vakanzstand.text == "gemeldet: war nicht frei"  # a tap does not wipe it away
    listed = ines.get(MELDUNGEN).content.decode()
    assert f"War am {today():%d.%m.%Y} nicht frei" in listed
    assert "Landkreis Vorpommern-Greifswald" in listed or "Vorpommern-Greifswald" in listed
    meldung = Vakanzmeldung.objects.get()
    detail = f"{MELDUNGEN}{meldung.pk}/"
    offer, board = f'href="{facility}#angebot-{angebot.pk}"', f"/plan/einrichtungen/{angebot.einrichtung_id}/"
    page = ines.get(detail).text
    assert "Die Meldung stimmt nicht" in page
    assert offer in page and board in page and offer in listed, "it leads to what has to be put right"
    asked = anna.get(detail).text
    assert offer in asked and board not in asked, "an office has no board"
    assert ines.post(detail, {"entscheidung": "quatsch"}).status_code == 422
    done = ines.post(detail, {"entscheidung": "beheben"}, follow=True)
    assert "Das Jugendamt liest Ihre Antwort" in done.content.decode()
    angebot.refresh_from_db()
    assert angebot.vakanzstand.text == "heute bestätigt"
    assert Vakanzbestaetigung.objects.get().weg == "ANTWORT"
    assert "auf Ihre Antwort" not in ines.get("/eingang/").text
    again = ines.post(detail, {"entscheidung": "bestreiten"})
    assert again.status_code == 409
    assert "stimmte, inzwischen behoben" in anna.get(MELDUNGEN).content.decode()


def test_database__no_statement_of_the_house_takes_a_report_away(cast, angebot):
    report(cast, angebot)
    ines, rows = cast.akteur("ines"), Angebot.objects.filter(pk=angebot.pk)
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        for gesagt in (None, now()):
            with pytest.raises(DatabaseError, match="until it is answered"), transaction.atomic():
                rows.update(vakanz_gemeldet_at=gesagt)
        rows.update(hinweis="Neues Bad", vakanz_gemeldet_at=F("vakanz_gemeldet_at"))
    assert rows.get().vakanzstand.text == "gemeldet: war nicht frei"


def test_the_office_takes_a_mistake_back(cast, sign_in, angebot):
    meldung = report(cast, angebot)
    anna = sign_in("anna")
    detail = f"{MELDUNGEN}{meldung.pk}/"
    assert "Meldung zurücknehmen" in anna.get(detail).content.decode()
    anna.post(detail, {"entscheidung": "zuruecknehmen"})
    angebot.refresh_from_db()
    assert angebot.vakanzstand.text == "heute bestätigt"
    with on_portal():
        assert compute_zuverlaessigkeit([angebot.einrichtung_id])[angebot.einrichtung_id].aemter == 0
    assert anna.post(detail, {"entscheidung": "zuruecknehmen"}).status_code == 409


def test_a_second_report_keeps_it_marked_until_both_are_answered(cast, angebot):
    first, second = report(cast, angebot), report(cast, angebot, name="gerd", at="HRO")
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        settle_vakanzmeldung(akteur=ines, meldung=first, aktion=MeldungAktion.EINRAEUMEN)
    angebot.refresh_from_db()
    assert angebot.vakanzstand.text == "gemeldet: war nicht frei"
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        settle_vakanzmeldung(akteur=ines, meldung=second, aktion=MeldungAktion.BESTREITEN)
    angebot.refresh_from_db()
    assert angebot.vakanzstand.ist_frisch


def test_reliability_counts_offices_not_clicks(cast, angebot):
    for n in range(5):
        report(cast, angebot, tag=today() - timedelta(days=n))
    hers = report(cast, angebot, name="gerd", at="HRO")
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        settle_vakanzmeldung(akteur=ines, meldung=hers, aktion=MeldungAktion.BESTREITEN)
    with on_portal():
        z = compute_zuverlaessigkeit([angebot.einrichtung_id])[angebot.einrichtung_id]
    assert (z.aemter, z.bestritten) == (1, 1)


@pytest.mark.parametrize(
    ("tage", "error"), [(-1, RegelVerletzt), (15, RegelVerletzt), (14, None)], ids=["tomorrow", "long ago", "last day"]
)
def test_only_what_was_lately(cast, angebot, tage, error):
    tag = today() - timedelta(days=tage)
    if error is None:
        assert report(cast, angebot, tag=tag).tag == tag
    else:
        with pytest.raises(error):
            report(cast, angebot, tag=tag)


def test_who_may_not(cast, sign_in, angebot):
    meldung = report(cast, angebot)
    url = f"/anbieter/angebote/{angebot.pk}/war-nicht-frei/"
    assert sign_in("doris").get(url).status_code == 403
    assert sign_in("karla").get(url).status_code == 403
    assert sign_in("ines").get(url).status_code == 403
    gerd = sign_in("gerd")
    assert gerd.get(f"{MELDUNGEN}{meldung.pk}/").status_code == 404
    assert "Möwennest" not in gerd.get(MELDUNGEN).content.decode()
    foreign = cast.akteur("ines")
    other = create_angebot(anbieter=SEE)
    theirs = report(cast, other)
    assert sign_in("ines").get(f"{MELDUNGEN}{theirs.pk}/").status_code == 404
    with pytest.raises(Verweigert), on_portal(user_id=foreign.user_id, anbieter_ids=foreign.anbieter_ids):
        settle_vakanzmeldung(akteur=foreign, meldung=theirs, aktion=MeldungAktion.BESTREITEN)
    with pytest.raises(Verweigert), on_portal(user_id=foreign.user_id, anbieter_ids=foreign.anbieter_ids):
        settle_vakanzmeldung(akteur=foreign, meldung=meldung, aktion=MeldungAktion.ZURUECKNEHMEN)
    anna = cast.akteur("anna")
    with pytest.raises(Verweigert), in_tenant(cast.tenant_of("gerd")):
        withdraw_vakanzmeldung(akteur=anna, meldung=meldung)


# --- the database itself --------------------------------------------------------------------------------------------


def _refused(sql: str, *args: object) -> bool:
    """Refused, or nothing there to change."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, args)
            return cursor.rowcount == 0
    except DatabaseError:
        return True


def test_database__offices_write_their_own_open_reports_and_nothing_else(cast, vg, hro, angebot):
    mine, other = report(cast, angebot), report(cast, angebot, name="gerd", at="HRO")
    insert = (
        "INSERT INTO providers_vakanzmeldung (id, created_at, mandant, angebot_id, tag, grund, zustand, gemeldet_at)"
        " VALUES (gen_random_uuid(), now(), %s, %s, current_date - 3, 'BELEGT', %s, now())"
    )
    with in_tenant(vg):
        assert list(Vakanzmeldung.objects.values_list("pk", flat=True)) == [mine.pk]
        assert _refused(insert, "hro", angebot.pk, "OFFEN")
        assert _refused(insert, "vg", angebot.pk, "STIMMT")
        assert _refused("UPDATE providers_vakanzmeldung SET zustand = 'STIMMT'")
        assert _refused("UPDATE providers_vakanzmeldung SET tag = tag - 1")
        assert _refused("UPDATE providers_vakanzmeldung SET zustand = 'ZURUECKGENOMMEN' WHERE id = %s", other.pk)
        assert _refused("DELETE FROM providers_vakanzmeldung")
        assert _refused("UPDATE providers_angebot SET vakanz_gemeldet_at = NULL")
        assert not _refused(insert, "vg", angebot.pk, "OFFEN")


def test_database__a_provider_answers_in_her_own_name_and_sees_her_own_alone(cast, vg, angebot):
    meldung, foreign = report(cast, angebot), report(cast, create_angebot(anbieter=SEE))
    ines, inge = cast.akteur("ines"), cast.user("inge")
    answer = (
        "UPDATE providers_vakanzmeldung SET zustand = %s, beantwortet_von_id = %s, beantwortet_at = now() WHERE id = %s"
    )
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        assert list(Vakanzmeldung.objects.values_list("pk", flat=True)) == [meldung.pk]
        assert _refused(answer, "BESTRITTEN", inge.pk, meldung.pk)
        assert _refused(answer, "BESTRITTEN", ines.user_id, foreign.pk)
        assert _refused("UPDATE providers_vakanzmeldung SET zustand = 'ZURUECKGENOMMEN' WHERE id = %s", meldung.pk)
        assert _refused("DELETE FROM providers_vakanzmeldung")
        assert not _refused(answer, "BESTRITTEN", ines.user_id, meldung.pk)
        assert _refused(answer, "STIMMT", ines.user_id, meldung.pk)
    with in_tenant_portal(vg, user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        assert _refused("SELECT * FROM providers_vakanzmeldung")


def test_database__who_confirmed_is_the_providers_to_know(cast, vg, angebot):
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        assert services.confirm_vakanzen(akteur=ines) == 1
        assert _refused("UPDATE providers_vakanzbestaetigung SET frei = 0")
        assert _refused("DELETE FROM providers_vakanzbestaetigung")
    with in_tenant(vg):
        assert not _refused("SELECT id, angebot_id, bestaetigt_at FROM providers_vakanzbestaetigung")
        assert _refused("SELECT bestaetigt_von_id FROM providers_vakanzbestaetigung")
        assert _refused("SELECT frei FROM providers_vakanzbestaetigung")
    see = cast.anbieter(SEE)
    with on_portal(user_id=ines.user_id, anbieter_ids=[see.pk]):
        assert not Vakanzbestaetigung.objects.exists()


def test_database__nobody_is_told_of_a_rivals_reports(cast, vg, angebot):
    """`providers_meldungen` runs with the owner's rights: whoever asks for others' facilities gets nothing."""
    report(cast, angebot)
    see = cast.anbieter(SEE)
    ask = "SELECT * FROM providers_meldungen(%s::uuid[], current_date - 90)"
    ids = [[str(angebot.einrichtung_id)]]

    def rows() -> list:
        with connection.cursor() as cursor:
            cursor.execute(ask, ids)
            return cursor.fetchall()

    with in_tenant(vg):
        assert rows() == [(angebot.einrichtung_id, 1, 0)]
    with on_portal(anbieter_ids=[see.pk]):
        assert rows() == []
    with on_portal(anbieter_ids=[angebot.einrichtung.anbieter_id], einrichtung_ids=[see.pk]):
        assert rows() == []
    with on_portal(anbieter_ids=[angebot.einrichtung.anbieter_id]):
        assert rows() == [(angebot.einrichtung_id, 1, 0)]
    with in_tenant_portal(vg, anbieter_ids=[angebot.einrichtung.anbieter_id]):
        assert _refused(ask, *ids)


# --- whom to chase --------------------------------------------------------------------------------------------------


def test_the_office_chases_in_its_district_and_the_state_everywhere(cast, sign_in, angebot):
    old = create_angebot(
        anbieter=SEE, name="Seeblick", kreis="VG", vakanz_bestaetigt_at=now() - timedelta(days=9), plaetze=4
    )
    old.einrichtung.telefon = "03834 123"
    old.einrichtung.save(update_fields=["telefon"])
    create_angebot(anbieter=SEE, name="Rostocker Haus", kreis="HRO")
    url = "/anbieter/unbestaetigt/"
    page = sign_in("anna").get(url).content.decode()
    assert "seit 9 Tagen unbestätigt" in page and "03834 123" in page
    assert "Möwennest" not in page and "Rostocker Haus" not in page
    assert "1 von 2 Angeboten" in page and "50 %" in page and "1 von 3 Angeboten" in page and "33 %" in page
    land = sign_in("karla").get(url).content.decode()
    assert land.index("Rostocker Haus") < land.index("Seeblick")  # never confirmed comes first
    assert "Seeblick" not in sign_in("karla").get(f"{url}?kreis=HRO").content.decode()
    csv = sign_in("anna").get(f"{url}?format=csv").content.decode()
    assert "Seeblick" in csv and "03834 123" in csv and "Rostocker" not in csv
    assert sign_in("ines").get(url).status_code == 403
    assert compute_anteile()[""].gesamt == 3


def test_whoever_chases_is_told_a_telephone_wherever_one_was_entered(cast, sign_in, angebot):
    """By function first, for that is who knows; the telephone of the night last."""
    url, haus = "/anbieter/unbestaetigt/", create_angebot(anbieter=SEE, name="Seeblick").einrichtung
    haus.anbieter.telefon, haus.anbieter.ansprechpartner = "0000 1", "Frau Träger"
    haus.anbieter.save(update_fields=["telefon", "ansprechpartner"])
    anna = sign_in("anna")

    def said() -> str:
        datei = anna.get(f"{url}?format=csv").text
        telefon, name = (teil for nr, teil in enumerate(datei.splitlines()[1].split(";")) if nr in {4, 6})
        assert telefon in anna.get(url).text and name in anna.get(url).text
        return f"{telefon} {name}".strip()

    assert said() == "0000 1 Frau Träger"
    for kontakt in (
        {"funktion": "BEREITSCHAFT", "telefon": "0000 2", "ist_notruf": True},
        {"funktion": "VERWALTUNG", "telefon": "0000 3", "name": "Frau Amt"},
    ):
        Kontakt.objects.create(einrichtung=haus, **kontakt)
        assert said() == f"{kontakt['telefon']} {kontakt.get('name', '')}".strip()
    haus.telefon = "0000 4"
    haus.save(update_fields=["telefon"])
    assert said() == "0000 4"
    Kontakt.objects.create(einrichtung=haus, funktion="AUFNAHME", telefon="0000 5", name="Herr Auf")
    assert said() == "0000 5 Herr Auf"
