"""Anna asks two houses for one child at once; both answer, she takes one at its word, the other one is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from shared_apps.core.clock import real_now, real_today, today
from shared_apps.core.errors import Fehlt, KeinPlatzFrei, Konflikt, RegelVerletzt
from shared_apps.occupancy.models import Aufnahmestopp, Platzbindung
from tenant_apps.anfragen import rules, selectors
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.policies import visible_hausanfragen
from tenant_apps.anfragen.selectors import count_absagegruende, list_absagen
from tenant_apps.anfragen.services import decide
from tenant_apps.anfragen.services.answer import (
    confirm_hausanfrage,
    reject_hausanfrage,
    request_anruf,
    submit_rueckfrage,
)
from tenant_apps.anfragen.services.decide import expire_anfragen, reserve_hausanfrage, withdraw_anfrage
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.services.abschluss import close_hilfefall
from tenant_apps.placements.models import Reservierung
from tenant_apps.placements.services.book import book_reservierung
from tenants.context import in_tenant
from tests.factories.anfragen import create_hausanfrage
from tests.factories.cases import create_hilfefall
from tests.factories.register import occupy_platz
from tests.tenant_apps.anfragen.story import BEDARF, HEUTE, Anfragestory, tell
from tests.trail import reading

GRUND = "Das Haus am See liegt nahe der Schule und des Bruders."


@pytest.fixture
def story(cast, vg, settings) -> Anfragestory:
    settings.FIXED_TODAY = HEUTE
    return tell(cast, vg)


def _say_yes(story: Anfragestory, name: str = "ines", tage: int = 0) -> None:
    haus = story.haus(story.kueste if name == "ines" else story.see)
    with story.as_house(name) as wer:
        confirm_hausanfrage(hausanfrage=haus, akteur=wer, tage=tage)


def _accept(story: Anfragestory, haus: Hausanfrage, **mehr) -> Reservierung:
    with story.at_vg() as anna:
        return reserve_hausanfrage(akteur=anna, hausanfrage=haus, **mehr)


# --- asking -------------------------------------------------------------------------------------------------------


def test_create_anfrage__both_houses_get_a_pointer_and_no_person(story) -> None:
    anfrage = story.ask()
    assert (anfrage.alter_von, anfrage.alter_bis, anfrage.geschlecht) == (12, 14, "w")
    assert anfrage.altersband == "12 bis 14 Jahre"
    for angebot in (story.kueste, story.see):
        haus, hinweis = story.haus(angebot), story.hinweis(story.haus(angebot))
        assert hinweis.platzbindung_id == haus.pk and hinweis.nummer == haus.nummer
        assert (hinweis.beginn, hinweis.frist_at) == (date(2017, 6, 1), anfrage.antwort_bis_at)
        assert hinweis.anbieter_id == angebot.einrichtung.anbieter_id
    with reading(story.vg):
        eintraege = Protokoll.objects.filter(vorgang="anfrage.anlegen", personen__contains=[story.fall.klient_id])
        assert set(eintraege.values_list("aktion", flat=True)) == {"ANLEGEN", "UEBERMITTELN"}


def test_create_anfrage__a_text_that_says_who_she_is_is_refused_before_anything_is_written(story) -> None:
    for wort in ("Mia", "Mias", "Wrobels", "Wrobek", "14.3.2004", "M i a", story.fall.fallnummer):
        with pytest.raises(RegelVerletzt, match="Der Text verrät, um wen es geht") as error:
            story.ask(bedarf=f"Für {wort} suchen wir eine Gruppe.")
        assert error.value.feld == "bedarf" and wort in error.value.message
    with story.at_vg():
        assert not Anfrage.objects.exists() and not Hausanfrage.objects.exists()


def test_create_anfrage__what_else_is_refused(story) -> None:
    for bedarf, feld in (("", "bedarf"), ("Eins. Zwei. Drei. Vier.", "bedarf")):
        with pytest.raises(RegelVerletzt) as error:
            story.ask(bedarf=bedarf)
        assert error.value.feld == feld
    with pytest.raises(RegelVerletzt) as error:
        story.ask(antwort_bis=today() - timedelta(days=1))
    assert error.value.feld == "antwort_bis"
    story.ask(story.kueste)
    with pytest.raises(Konflikt, match="läuft schon eine Anfrage"):
        story.ask(story.see)


def test_create_anfrage__an_offer_that_is_gone_meanwhile_is_not_asked(story, hro) -> None:
    occupy_platz(platz=story.kueste.plaetze.get(), tenant=hro, zeitraum=story.suche.zeitraum)
    with pytest.raises(Konflikt, match="nicht mehr frei"):
        story.ask()
    with story.at_vg():
        assert not Anfrage.objects.exists()


def test_rules__bands_sentences_deadlines() -> None:
    assert [rules.compute_altersband(alter) for alter in (0, 2, 3, 13, 17)] == [
        (0, 2),
        (0, 2),
        (3, 5),
        (12, 14),
        (15, 17),
    ]
    for text, zahl in (
        ("", 0), ("Ein Satz", 1), ("Ein Satz. Noch einer!", 2), ("Z. B. ca. 3 Tage, ggf. Mehr. Ende.", 2),
        ("Eine Zeile\nnoch eine", 2), ("Am 3. Mai um 10 Uhr?", 1), (BEDARF, 2),
    ):  # fmt: skip
        assert rules.count_saetze(text) == zahl, text
    jetzt = real_now()
    fristen = [rules.compute_antwortfrist(wie, jetzt) for wie in rules.Dringlichkeit]
    assert fristen == sorted(fristen) and fristen[0] == jetzt + timedelta(hours=3)


# --- answering ----------------------------------------------------------------------------------------------------


def test_answer__ines_reads_what_is_asked_and_nothing_that_says_who_it_is(story) -> None:
    story.ask()
    with story.as_house("ines") as ines:
        (haus,) = visible_hausanfragen(ines).select_related("anfrage")
        assert haus.angebot_id == story.kueste.pk
        assert haus.anfrage.bedarf == BEDARF and haus.anfrage.altersband == "12 bis 14 Jahre"
        assert (haus.anfrage.suche_id, haus.anfrage.hilfefall_id) == (None, None)
        assert (haus.soll_entgelt, haus.passung, haus.entfernung_km) == (None, None, None)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM anfragen_hausanfrage")
            assert cursor.fetchone() == (1,), "which other houses are asked no database tells her"
            cursor.execute("SELECT count(*) FROM cases_klient")
            assert cursor.fetchone() == (0,)


def test_answer__a_yes_holds_the_place_under_the_common_number(story) -> None:
    story.ask(story.kueste)
    _say_yes(story, tage=3)
    haus, bindung = story.haus(story.kueste), story.bindung(story.haus(story.kueste))
    assert haus.zustand == "ZUGESAGT" and haus.antwort_von_id == story.cast.user("ines").pk
    assert bindung is not None and bindung.zustand == "RESERVIERT" and bindung.ablauf_at == haus.haelt_bis_at
    assert story.hinweis(haus).wartet_auf == "AMT"


def test_answer__a_place_that_is_not_there_is_not_held(story, hro) -> None:
    story.ask(story.kueste)
    occupy_platz(platz=story.kueste.plaetze.get(), tenant=hro, zeitraum=story.suche.zeitraum)
    with pytest.raises(KeinPlatzFrei):
        _say_yes(story, tage=3)
    assert story.haus(story.kueste).zustand == "ANGEFRAGT"


def test_answer__no_has_a_coded_reason_and_frees_what_was_held(story) -> None:
    story.ask(story.kueste)
    _say_yes(story, tage=3)
    haus = story.haus(story.kueste)
    with story.as_house("ines") as ines:
        with pytest.raises(RegelVerletzt, match="Grund"):
            reject_hausanfrage(hausanfrage=haus, akteur=ines, grund="")
        with pytest.raises(RegelVerletzt, match="erläutern"):
            reject_hausanfrage(hausanfrage=haus, akteur=ines, grund="SONSTIGES")
        reject_hausanfrage(hausanfrage=haus, akteur=ines, grund="PERSONAL")
    assert story.bindung(haus).zustand == "FREIGEGEBEN"
    assert story.hinweis(haus).ausgang == "ABGELEHNT"
    with story.at_vg():
        assert list_absagen(story.fall.pk)[story.kueste.pk].text.endswith("abgesagt: Personal fehlt")
        assert count_absagegruende(von=real_today(), bis=real_today()) == {"Personal fehlt": 1}


def test_answer__a_question_and_a_call_are_open_answers(story, sign_in) -> None:
    story.ask()
    with story.as_house("ines") as ines:
        haus = visible_hausanfragen(ines).get()
        request_anruf(hausanfrage=haus, akteur=ines)
        with pytest.raises(RegelVerletzt, match="wissen möchten"):
            submit_rueckfrage(hausanfrage=haus, akteur=ines, frage=" ")
        submit_rueckfrage(hausanfrage=haus, akteur=ines, frage="Gibt es Allergien?")
    fresh = story.haus(story.kueste)
    assert (fresh.zustand, fresh.antwort_text) == ("RUECKFRAGE", "Gibt es Allergien?")
    assert story.hinweis(fresh).wartet_auf == "AMT", "it is the office's turn"
    seite = sign_in("anna", at="VG").get(f"/anfragen/{fresh.anfrage_id}/").text
    assert "Ja, mit Rückfrage" in seite and "Gibt es Allergien?" in seite


def test_answer__after_the_deadline_it_is_too_late(story, monkeypatch) -> None:
    story.ask()
    _days_later(monkeypatch, 3)
    with pytest.raises(Konflikt, match="Frist"):
        _say_yes(story)


def _days_later(monkeypatch: pytest.MonkeyPatch, tage: int) -> None:
    """That number of days has passed, for whoever asks about a deadline."""
    for modul in (selectors, decide):
        monkeypatch.setattr(modul, "real_now", lambda: timezone.now() + timedelta(days=tage))


# --- attacks ------------------------------------------------------------------------------------------------------


def test_attack__another_house_sees_and_answers_nothing(story, sign_in) -> None:
    story.ask(story.kueste)
    haus = story.haus(story.kueste)
    jan = sign_in("jan", at="VG")
    adresse = f"/anfragen/haeuser/{haus.pk}/"
    assert jan.get(adresse).status_code == 404
    assert jan.post(adresse, {"entscheidung": "absagen", "grund": "PERSONAL"}).status_code == 404
    with story.as_house("jan") as wer, pytest.raises(Fehlt):
        confirm_hausanfrage(hausanfrage=haus, akteur=wer)
    assert story.haus(story.kueste).zustand == "ANGEFRAGT"
    for name in ("ines", "jan"):
        assert sign_in(name, at="VG").get(f"/anfragen/{haus.anfrage_id}/").status_code == 403


def test_attack__the_database_takes_no_state_that_is_not_hers(story) -> None:
    story.ask()
    haus = story.haus(story.kueste)
    with story.as_house("ines"):
        for satz in (
            "UPDATE anfragen_hausanfrage SET zustand = 'ANGENOMMEN'",
            "UPDATE anfragen_hausanfrage SET soll_entgelt = 1",
            "UPDATE anfragen_hausanfrage SET zustand = 'ZUGESAGT'",
            "UPDATE anfragen_anfrage SET bedarf = 'x'",
            "INSERT INTO anfragen_hausanfrage (id) VALUES (gen_random_uuid())",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(satz)
    assert story.haus(story.kueste).zustand == haus.zustand


def test_attack__a_colleague_of_another_team_accepts_nothing(story, sign_in) -> None:
    story.ask(story.kueste)
    _say_yes(story)
    haus = story.haus(story.kueste)
    assert sign_in("gerd", at="HRO").get(f"/anfragen/{haus.anfrage_id}/").status_code == 404
    assert story.haus(story.kueste).zustand == "ZUGESAGT"


def test_attack__a_house_holds_its_own_places_for_this_office_and_for_a_time_only(story) -> None:
    halten = """INSERT INTO occupancy_platzbindung (id, created_at, mandant, platz_id, zeitraum, zustand, ablauf_at)
        VALUES (gen_random_uuid(), now(), %s, %s, daterange('2017-06-01', '2017-12-01'), %s, now() + %s::interval)"""
    ihrer, fremder = (str(angebot.plaetze.get().pk) for angebot in (story.kueste, story.see))
    with story.as_house("ines"):
        for werte in (
            ("vg", fremder, "RESERVIERT", "1 day"),
            ("hro", ihrer, "RESERVIERT", "1 day"),
            ("vg", ihrer, "GEBUCHT", "1 day"),
            ("vg", ihrer, "RESERVIERT", "15 days"),
        ):
            with pytest.raises(DatabaseError, match="row-level"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(halten, werte)


# --- deciding -----------------------------------------------------------------------------------------------------


def test_reserve_hausanfrage__one_yes_becomes_a_reservation_the_other_house_is_told(story) -> None:
    anfrage = story.ask()
    _say_yes(story, "ines", tage=3)
    _say_yes(story, "jan", tage=3)
    haus, andere = story.haus(story.see), story.haus(story.kueste)
    reservierung = _accept(story, haus, begruendung=GRUND)
    assert reservierung.zustand == "ZUGESTIMMT" and reservierung.entschieden_von_id == story.cast.user("jan").pk
    assert reservierung.platzbindung_id == haus.pk and reservierung.nummer == haus.nummer
    fresh, other = story.haus(story.see), story.haus(story.kueste)
    assert (fresh.zustand, fresh.reservierung_id) == ("ANGENOMMEN", reservierung.pk)
    assert other.zustand == "GESCHLOSSEN" and story.bindung(andere).zustand == "FREIGEGEBEN"
    assert story.hinweis(haus).ausgang == "ANGENOMMEN" and story.hinweis(andere).ausgang == "ANDERWEITIG"
    with story.at_vg() as anna:
        assert Anfrage.objects.get(pk=anfrage.pk).zustand == "ANGENOMMEN"
        assert reservierung.auswahlvermerk.anzahl == 2, "what Jan held was free for our own eyes"
        buchung = book_reservierung(reservierung=reservierung, akteur=anna)
        assert buchung.nummer == haus.nummer, "one number from the enquiry to the booking"
    with story.as_house("ines") as ines:
        closed = visible_hausanfragen(ines).select_related("anfrage").get()
        assert closed.anfrage.bedarf is None, "what is over says no more what the child needs"
        with pytest.raises(Konflikt, match="anderweitig besetzt"):
            confirm_hausanfrage(hausanfrage=closed, akteur=ines)


def test_reserve_hausanfrage__without_a_hold_a_place_is_taken_now(story) -> None:
    story.ask(story.kueste)
    _say_yes(story)
    haus = story.haus(story.kueste)
    assert story.bindung(haus) is None
    assert _accept(story, haus).platzbindung_id == haus.pk
    assert story.bindung(haus).zustand == "RESERVIERT"
    with pytest.raises(Konflikt):
        _accept(story, haus)


def test_reserve_hausanfrage__a_hold_that_has_lapsed_is_taken_up_again_under_its_number(story) -> None:
    story.ask(story.kueste)
    _say_yes(story, tage=1)
    haus = story.haus(story.kueste)
    with in_tenant(story.vg):
        Platzbindung.objects.filter(pk=haus.pk).update(ablauf_at=real_now() - timedelta(hours=1))
    assert _accept(story, haus).platzbindung_id == haus.pk
    bindung = story.bindung(haus)
    assert bindung.zustand == "RESERVIERT" and bindung.ablauf_at > real_now()


def test_reserve_hausanfrage__a_place_that_is_gone_leaves_everything_as_it_was(story, hro) -> None:
    story.ask()
    _say_yes(story, "ines")
    haus = story.haus(story.kueste)
    occupy_platz(platz=story.kueste.plaetze.get(), tenant=hro, zeitraum=story.suche.zeitraum)
    with pytest.raises(KeinPlatzFrei):
        _accept(story, haus)
    assert [story.haus(a).zustand for a in (story.kueste, story.see)] == ["ZUGESAGT", "ANGEFRAGT"]


def test_reserve_hausanfrage__a_house_that_takes_nobody_any_more_is_said_to(story) -> None:
    story.ask(story.kueste)
    _say_yes(story)
    haus = story.haus(story.kueste)
    Aufnahmestopp.objects.create(
        angebot=story.kueste, zeitraum=story.suche.zeitraum, grund="PERSONAL", geaendert_at=real_now(),
        geaendert_von=story.cast.user("ines"),
    )  # fmt: skip
    with pytest.raises(KeinPlatzFrei, match="nimmt zu dieser Zeit nicht auf"):
        _accept(story, haus)


def test_withdraw_anfrage__every_open_house_is_told(story, settings) -> None:
    settings.FIXED_TODAY = "2017-05-22"
    anfrage = story.ask()
    _say_yes(story, "ines", tage=3)
    with story.at_vg() as anna:
        with pytest.raises(RegelVerletzt, match="warum"):
            withdraw_anfrage(akteur=anna, anfrage=anfrage, grund=" ")
        withdraw_anfrage(akteur=anna, anfrage=anfrage, grund="Das Kind bleibt bei der Tante")
    for angebot in (story.kueste, story.see):
        haus = story.haus(angebot)
        assert timezone.localdate(haus.beendet_at) == timezone.localdate(), "on a fixed day, too"
        assert haus.zustand == "ZURUECKGEZOGEN" and story.hinweis(haus).ausgang == "ZURUECKGENOMMEN"
    assert story.bindung(story.haus(story.kueste)).zustand == "FREIGEGEBEN"


def test_expire_anfragen__silence_lapses_first_a_yes_later(story, monkeypatch) -> None:
    anfrage = story.ask()
    _say_yes(story, "ines", tage=3)
    with story.at_vg():
        assert expire_anfragen() == 0
    _days_later(monkeypatch, 3)
    with story.at_vg():
        assert expire_anfragen() == 1 and expire_anfragen() == 0
    assert [story.haus(a).zustand for a in (story.kueste, story.see)] == ["ZUGESAGT", "VERFALLEN"]
    assert story.hinweis(story.haus(story.see)).ausgang == "ABGELAUFEN"
    _days_later(monkeypatch, 10)
    with story.at_vg():
        assert expire_anfragen() == 1
        assert Anfrage.objects.get(pk=anfrage.pk).zustand == "BEENDET"
    assert story.bindung(story.haus(story.kueste)).zustand == "FREIGEGEBEN"


def test_expire_anfragen__a_yes_that_waits_for_the_office_keeps_nobody_behind_it_waiting(story, monkeypatch) -> None:
    story.ask(story.kueste)
    _say_yes(story, "ines")
    with story.at_vg() as anna:
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        spaeter = timezone.now() + timedelta(days=2, hours=1)
        create_hausanfrage(hilfefall=fall, angebot=story.see, antwort_bis_at=spaeter)
    monkeypatch.setattr(decide, "STAPEL", 1)
    _days_later(monkeypatch, 3)
    with story.at_vg():
        assert expire_anfragen() == 1, "the newer one, whose house says nothing"
    assert [story.haus(a).zustand for a in (story.kueste, story.see)] == ["ZUGESAGT", "VERFALLEN"]


def test_when_all_have_declined_further_houses_are_asked_out_of_the_same_search(story) -> None:
    erste = story.ask(story.kueste)
    with story.as_house("ines") as ines:
        reject_hausanfrage(hausanfrage=visible_hausanfragen(ines).get(), akteur=ines, grund="GRUPPE_PASST_NICHT")
    story.ask(story.see)
    with story.at_vg():
        assert Anfrage.objects.get(pk=erste.pk).zustand == "BEENDET"


def test_a_case_with_an_open_enquiry_is_not_closed(story) -> None:
    story.ask()
    with story.at_vg() as anna, pytest.raises(Konflikt):
        close_hilfefall(akteur=anna, hilfefall=story.fall, letzter_tag=today(), grund="Die Hilfe ist zu Ende")
