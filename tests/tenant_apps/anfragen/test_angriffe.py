"""What an attack on enquiries found: each of these went through once, or ended in an error."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from shared_apps.core.clock import real_now, real_today, today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.anfragen.forms import ZusageForm
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.selectors import list_absagen
from tenant_apps.anfragen.services.answer import confirm_hausanfrage, reject_hausanfrage
from tenant_apps.anfragen.services.ask import FRIST_TAGE, Anfrageangaben, create_anfrage
from tenant_apps.anfragen.services.decide import expire_anfragen, reserve_hausanfrage
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.models import Suche
from tenants.context import in_tenant
from tests.factories.anfragen import create_hausanfrage
from tests.factories.placements import create_buchung
from tests.factories.register import create_angebot, period
from tests.factories.suchen import search_for
from tests.tenant_apps.anfragen.story import BEDARF, HEUTE, Anfragestory, tell
from tests.trail import reading

YES = "UPDATE anfragen_hausanfrage SET zustand = 'ZUGESAGT', antwort_at = now(), antwort_von_id = sojus_user()"


@pytest.fixture
def story(cast, vg, settings) -> Anfragestory:
    settings.FIXED_TODAY = HEUTE
    return tell(cast, vg)


def _say_yes(story: Anfragestory, name: str, tage: int = 0) -> Hausanfrage:
    haus = story.haus(story.kueste if name == "ines" else story.see)
    with story.as_house(name) as wer:
        confirm_hausanfrage(hausanfrage=haus, akteur=wer, tage=tage)
    return haus


def _second_search(story: Anfragestory, *angebote, **fields) -> Anfrage:
    """The same child once more, out of another search."""
    with story.at_vg() as anna:
        suche = Suche.objects.select_related("klient", "hilfefall").get(pk=search_for(anna, story.fall, **fields).pk)
        return create_anfrage(
            akteur=anna, suche=suche, angebote=[a.pk for a in angebote], angaben=Anfrageangaben(bedarf=BEDARF)
        )


# --- holding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tage", [wert for wert, _ in ZusageForm.base_fields["tage"].choices])
def test_every_number_of_days_that_is_offered_can_be_held(story, sign_in, tage) -> None:
    story.ask(story.kueste)
    haus = story.haus(story.kueste)
    ziel = f"/anfragen/haeuser/{haus.pk}/"
    assert sign_in("ines", at="VG").post(ziel, {"entscheidung": "zusagen", "tage": tage}).status_code == 302
    bindung = story.bindung(haus)
    assert (bindung is not None) == (int(tage) > 0)


def test_a_hold_that_has_lapsed_does_not_keep_the_house_from_its_own_bed(story, sign_in, hro) -> None:
    story.ask(story.kueste)
    erste = _say_yes(story, "ines", tage=1)
    anna = sign_in("anna", at="VG")
    seite = f"/anfragen/{erste.anfrage_id}/"
    assert "hält einen Platz bis" in anna.get(seite).text
    vorbei = real_now() - timedelta(minutes=1)
    with in_tenant(story.vg):
        Platzbindung.objects.filter(pk=erste.pk).update(ablauf_at=vorbei)
        Hausanfrage.objects.filter(pk=erste.pk).update(haelt_bis_at=vorbei)
    assert "hält einen Platz bis" not in anna.get(seite).text
    anna.post(f"{seite}zurueckziehen/", {"grund": "Wir fragen noch einmal"})
    with in_tenant(story.vg):  # as if nobody had freed it: the office's own step did
        Platzbindung.objects.filter(pk=erste.pk).update(zustand="RESERVIERT")
    story.ask(story.kueste)
    zweite = _say_yes(story, "ines", tage=3)
    assert story.bindung(zweite).zustand == "RESERVIERT" and story.bindung(erste).zustand == "FREIGEGEBEN"


# --- overtaken ----------------------------------------------------------------------------------------------------


def test_a_child_who_is_placed_another_way_leaves_no_house_waiting(story) -> None:
    anfrage = story.ask(story.see)
    haus = _say_yes(story, "jan", tage=7)
    with story.at_vg():
        assert expire_anfragen() == 0
        create_buchung(
            fachkraft_id=story.fall.fachkraft_id, angebot=story.kueste, hilfefall=story.fall,
            zeitraum=story.suche.zeitraum,
        )  # fmt: skip
        assert expire_anfragen() == 1 and expire_anfragen() == 0
        assert Anfrage.objects.get(pk=anfrage.pk).zustand == "BEENDET"
    assert story.haus(story.see).zustand == "GESCHLOSSEN" and story.bindung(haus).zustand == "FREIGEGEBEN"
    assert story.hinweis(haus).ausgang == "ANDERWEITIG"
    with story.as_house("jan"), connection.cursor() as cursor:
        cursor.execute("SELECT bedarf, alter_von, geschlecht FROM anfragen_anfrage")
        assert cursor.fetchall() == [(None, None, None)]


def test_a_yes_accepted_in_one_search_closes_what_another_search_asked_for_the_same_child(story) -> None:
    story.ask(story.kueste)
    zweite = _second_search(story, story.see)
    haus, andere = _say_yes(story, "ines"), _say_yes(story, "jan", tage=7)
    with story.at_vg() as anna:
        reserve_hausanfrage(akteur=anna, hausanfrage=haus)
        assert expire_anfragen() == 1
        assert Anfrage.objects.get(pk=zweite.pk).zustand == "BEENDET"
    assert story.bindung(andere).zustand == "FREIGEGEBEN"


def test_a_help_for_other_days_closes_nothing(story) -> None:
    story.ask(story.kueste)
    with story.at_vg():
        create_buchung(
            fachkraft_id=story.fall.fachkraft_id, angebot=story.see, hilfefall=story.fall,
            zeitraum=period("2018-01-01", "2018-06-30"),
        )  # fmt: skip
        assert expire_anfragen() == 0


def test_a_restricted_person_leaves_no_enquiry_that_nobody_can_end(story) -> None:
    anfrage = story.ask(story.kueste)
    haus = _say_yes(story, "ines", tage=7)
    with in_tenant(story.vg):
        Klient.objects.update(eingeschraenkt_seit=today(), eingeschraenkt_grund="WIDERSPRUCH")
        assert expire_anfragen() == 1
        assert Anfrage.objects.get(pk=anfrage.pk).zustand == "BEENDET"
    assert story.haus(story.kueste).zustand == "ZURUECKGEZOGEN" and story.bindung(haus).zustand == "FREIGEGEBEN"
    assert story.hinweis(haus).ausgang == "ZURUECKGENOMMEN"


def test_after_a_handover_the_house_reads_who_leads_the_case_now(story, sign_in) -> None:
    story.ask(story.kueste)
    bernd = story.cast.user("bernd")
    with in_tenant(story.vg):
        Hilfefall.objects.filter(pk=story.fall.pk).update(fachkraft_id=bernd.pk)
    seite = sign_in("ines", at="VG").get(f"/anfragen/haeuser/{story.haus(story.kueste).pk}/").text
    assert bernd.name in seite and "Anna Ahlers" not in seite


# --- what the database takes of a house ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "satz",
    [
        YES.replace("now()", "timestamptz '1990-01-01'"),
        YES.replace("now()", "NULL"),
        f"{YES}, haelt_bis_at = '9998-01-01'",
        f"{YES}, haelt_bis_at = 'infinity'",
        f"{YES}, absagegrund = 'QUATSCH'",
        YES.replace("ZUGESAGT", "ABGESAGT") + ", absagegrund = 'QUATSCH'",
    ],
)
def test_the_database_takes_no_time_hold_or_reason_that_is_not_so(story, satz) -> None:
    story.ask(story.kueste)
    with story.as_house("ines"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(satz)
        with connection.cursor() as cursor:
            cursor.execute(YES)
            assert cursor.rowcount == 1


def test_the_database_takes_no_step_back_and_none_after_the_deadline(story) -> None:
    story.ask()
    _say_yes(story, "ines")
    with story.as_house("ines"):
        _refuse(YES.replace("ZUGESAGT", "ANRUF"))
    with in_tenant(story.vg):
        spaet = create_hausanfrage(
            hilfefall=story.fall, angebot=story.kueste, antwort_bis_at=real_now() - timedelta(hours=1)
        )
    with story.as_house("ines"):
        _refuse(f"{YES} WHERE id = '{spaet.pk}'")


def _refuse(satz: str) -> None:
    with pytest.raises(DatabaseError, match="may not write"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(satz)


HOLD = """INSERT INTO occupancy_platzbindung (id, created_at, mandant, platz_id, zeitraum, zustand, ablauf_at)
    VALUES (%s, now(), 'vg', %s, %s::daterange, 'RESERVIERT', now() + interval '1 day')"""


def test_a_house_holds_only_what_it_was_asked_for(story) -> None:
    story.ask(story.kueste)
    haus, platz = story.haus(story.kueste), story.kueste.plaetze.get().pk
    andere = create_angebot(entgelt="77.00", einrichtung=story.kueste.einrichtung).plaetze.get().pk
    tage = "[2017-06-01,2017-12-01)"
    with story.as_house("ines"):
        for werte in (
            (uuid4(), platz, tage),
            (haus.pk, andere, tage),
            (haus.pk, platz, "[2030-01-01,)"),
            (haus.pk, platz, "[2017-06-01,)"),
        ):
            with pytest.raises(DatabaseError, match="row-level"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(HOLD, werte)
        with connection.cursor() as cursor:
            cursor.execute(HOLD, (haus.pk, platz, tage))
            assert cursor.rowcount == 1


def test_two_enquiries_for_one_child_have_nothing_in_common_for_a_house(story) -> None:
    story.ask(story.kueste)
    with story.as_house("ines"), connection.cursor() as cursor:
        cursor.execute("SELECT klient_id, hilfefall_id, suche_id FROM anfragen_anfrage")
        assert cursor.fetchall() == [(None, None, None)]


def test_the_trail_says_whose_enquiry_a_house_has_read(story, sign_in) -> None:
    story.ask(story.kueste)
    haus = story.haus(story.kueste)
    assert sign_in("ines", at="VG").get(f"/anfragen/haeuser/{haus.pk}/").status_code == 200
    with reading(story.vg):
        eintrag = Protokoll.objects.get(vorgang="hausanfrage.ansehen", objekt_id=haus.pk)
        assert eintrag.personen == [story.fall.klient_id]


def test_an_unknown_reason_of_a_later_release_is_read_as_it_is(story, monkeypatch) -> None:
    story.ask(story.kueste)
    with story.as_house("ines") as ines:
        reject_hausanfrage(hausanfrage=story.haus(story.kueste), akteur=ines, grund="PERSONAL")
    monkeypatch.setattr("tenant_apps.placements.enums.Ablehnungsgrund", _Weniger)
    with story.at_vg():
        assert list_absagen(story.fall.pk)[story.kueste.pk].grund == "PERSONAL"


class _Weniger:
    """A release that does not know it yet."""

    SONSTIGES = "SONSTIGES"
    values = ("SONSTIGES",)


# --- asking and accepting -----------------------------------------------------------------------------------------


def test_a_deadline_is_a_day_on_which_an_answer_still_helps(story) -> None:
    with pytest.raises(RegelVerletzt, match="höchstens 28 Tage") as error:
        story.ask(antwort_bis=real_today() + timedelta(days=FRIST_TAGE + 1))
    assert error.value.feld == "antwort_bis"
    beginn = real_today() + timedelta(days=10)
    with story.at_vg() as anna:
        story.suche = search_for(anna, story.fall, beginn=beginn, ende=beginn + timedelta(days=90))
    with pytest.raises(RegelVerletzt, match="nach dem ersten Tag"):
        story.ask(antwort_bis=beginn + timedelta(days=1))
    story.ask(antwort_bis=beginn)


def test_days_that_are_over_are_asked_for_no_more(story, settings) -> None:
    settings.FIXED_TODAY = "2017-12-01"
    with pytest.raises(RegelVerletzt, match="ist vorbei"):
        story.ask()


def test_a_house_is_asked_once_for_a_child_out_of_whichever_search(story) -> None:
    story.ask(story.kueste)
    with pytest.raises(Konflikt, match="schon gefragt"):
        _second_search(story, story.kueste, story.see)
    with story.as_house("ines") as ines:
        reject_hausanfrage(hausanfrage=story.haus(story.kueste), akteur=ines, grund="PERSONAL")
    _second_search(story, story.kueste, story.see)


def test_accepting_says_which_price_was_seen(story, sign_in) -> None:
    story.ask(story.kueste)
    haus = _say_yes(story, "ines")
    annehmen = f"/anfragen/haeuser/{haus.pk}/annehmen/"
    anna = sign_in("anna", at="VG")
    ohne = anna.post(annehmen, {})
    assert ohne.status_code == 422 and "welches Entgelt" in ohne.text
    assert anna.post(annehmen, {"gezeigt": "1"}).status_code == 409
    assert story.haus(story.kueste).zustand == "ZUGESAGT"
    assert anna.post(annehmen, {"gezeigt": "13832"}).status_code == 302
