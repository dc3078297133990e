"""Office and house ask and answer each other about one case, in one thread, and nobody else reads along."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils.html import escape

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import now, today
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.inbox.models import Hinweis
from shared_apps.providers.models import Einrichtung
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import Klient
from tenant_apps.gespraeche.enums import TEXT_HOECHSTENS
from tenant_apps.gespraeche.models import Gespraech, Gespraechsnachricht, Gespraechsstand
from tenant_apps.placements.models import Buchung, Reservierung
from tenants.context import in_tenant, in_tenant_portal
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.gespraeche import create_nachricht
from tests.factories.register import create_angebot
from tests.people import appoint
from tests.tenant_apps.placements.story import Story, tell
from tests.trail import reading

FRAGE = "Kann das Kind am Freitag einziehen? Es hat einen Hund."
NEU = "ges-nachricht--neu"
ANTWORT = "Freitag geht, der Hund leider nicht."


@pytest.fixture
def story(cast, vg) -> Story:
    for name in ("anna", "bernd", "clara", "doris", "ines", "jan", "bille"):
        cast.user(name)
    User.objects.filter(username="anna").update(telefon="03834 8760-1")
    return tell(cast, vg)


def schreiben(zu: Reservierung | Buchung) -> str:
    return f"/rueckfragen/zu/{zu.platzbindung_id}/schreiben/"


def faden(story: Story) -> str:
    with story.at_vg():
        return f"/rueckfragen/{Gespraech.objects.get().pk}/"


def send(client: Client, zu: Reservierung | Buchung, text: str, einmal: str = ""):
    return client.post(schreiben(zu), {"text": text, "einmal": einmal})


def says(response) -> str:
    """The page as somebody reads it, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def stand(story: Story) -> Gespraechsstand:
    with story.at_vg():
        return Gespraechsstand.objects.get()


# --- a question and its answer --------------------------------------------------------------------------------------


def test_talk__a_question_its_answer_and_who_has_read_it(story, sign_in):
    reservierung = story.reserve()
    anna, ines = sign_in("anna"), sign_in("ines", at="VG")
    nummer = format_vorgangsnummer(reservierung.platzbindung_id)

    sent = send(anna, reservierung, FRAGE)
    assert sent.status_code == 302 and sent["Location"] == faden(story)
    assert "Noch nicht gelesen" in says(anna.get(faden(story)))
    with story.at_vg():
        hinweis = Hinweis.objects.get(art="RUECKFRAGE")
    assert hinweis.nummer == nummer and hinweis.erledigt_at is None
    eingang = sign_in("ines", at="PORTAL").get("/eingang/").text
    assert "Nachricht des Jugendamtes" in eingang and "Freitag" not in eingang, "the pointer never says what"

    seite = says(ines.get(f"/reservierungen/{reservierung.pk}/"))
    assert FRAGE in seite and nummer in seite and "03834 8760-1" in seite, "text, number, the worker's telephone"
    anfang = ines.get(f"/reservierungen/{reservierung.pk}/").text.partition("<main")[2]
    assert anfang.count(nummer) == 1 and anfang.count('href="tel:038348760-1"') == 1, "each once, on top"
    assert anfang.index(nummer) < anfang.index('href="#rueckfragen"') < anfang.index('id="rueckfragen"')
    with story.at_vg():
        hinweis.refresh_from_db()
    assert (hinweis.erledigt_at is not None, hinweis.ausgang) == (True, "GESEHEN")
    assert "Gelesen am" in says(anna.get(faden(story))) and "von Ines Ihde" in says(anna.get(faden(story)))

    send(ines, reservierung, ANTWORT)
    assert stand(story).ungelesen_seit and stand(story).wartet_seit
    gezeigt = anna.get(f"/reservierungen/{reservierung.pk}/")
    assert NEU in gezeigt.text
    seite = says(gezeigt)
    assert ANTWORT in seite and story.angebot.einrichtung.name in seite
    assert stand(story).ungelesen_seit is None and stand(story).wartet_seit, "read, and not answered yet"
    assert NEU not in anna.get(faden(story)).text, "it was, on the page before"
    with reading(story.vg):
        entries = set(
            Protokoll.objects.filter(personen__contains=[reservierung.klient_id]).values_list("vorgang", flat=True)
        )
    assert {"gespraech.nachricht", "gespraech.ansehen", "reservierung.ansehen"} <= entries


def test_talk__one_thread_through_reservation_booking_and_the_next_reservation(story, sign_in):
    buchung = story.book()
    with story.at_vg():
        fall = buchung.hilfefall
    anna = sign_in("anna")
    send(anna, buchung, FRAGE)
    zweite = story.reserve("2027-01-01", "2027-02-28", hilfefall=fall)
    send(anna, zweite, "Und im neuen Jahr?")
    with story.at_vg():
        (gespraech,) = Gespraech.objects.all()
        assert gespraech.nachrichten.count() == 2
    seite = says(anna.get(faden(story)))
    assert FRAGE in seite and "Und im neuen Jahr?" in seite
    assert {format_vorgangsnummer(m.platzbindung_id) for m in (buchung, zweite)} <= set(
        re.findall(r"\w{3}-\w{3}-\w{3}", seite)
    )
    akte = says(anna.get(f"/hilfefaelle/{fall.pk}/"))
    assert f"Rückfragen mit {story.angebot.einrichtung.name} (2 Nachrichten)" in akte, "it is part of the file"


def test_send__twice_the_same_form_is_one_message_and_another_text_is_told(story, sign_in):
    reservierung = story.reserve()
    anna = sign_in("anna")
    first, second = (send(anna, reservierung, FRAGE, einmal="form-1") for _ in range(2))
    assert first["Location"] == second["Location"]
    other = send(anna, reservierung, "Etwas anderes", einmal="form-1")
    assert other.status_code == 409 and "schon gesendet" in other.text and "Etwas anderes" in other.text
    with story.at_vg():
        assert [n.text for n in Gespraechsnachricht.objects.all()] == [FRAGE]


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "bitte"), ("   \n ", "bitte"), ("x" * 100_000, f"{TEXT_HOECHSTENS}")],
    ids=["nothing", "blank", "100,000 characters"],
)
def test_send__what_cannot_be_sent_comes_back_with_what_was_typed(story, sign_in, text, message):
    reservierung = story.reserve()
    response = send(sign_in("anna"), reservierung, text)
    assert response.status_code == 422 and message in response.text.lower()
    assert text.strip() in response.text
    with story.at_vg():
        assert not Gespraech.objects.exists()


def test_send__markup_is_text(story, sign_in):
    reservierung = story.reserve()
    boese = "<script>alert('x')</script>"
    send(sign_in("ines", at="VG"), reservierung, boese)
    seite = sign_in("anna").get(f"/reservierungen/{reservierung.pk}/").text
    assert escape(boese) in seite and boese not in seite


def test_send__nothing_more_about_what_came_to_nothing(story, sign_in):
    reservierung = story.reserve(zustand="ZURUECKGEZOGEN")
    anna = sign_in("anna")
    assert send(anna, reservierung, FRAGE).status_code == 409
    assert 'name="text"' not in anna.get(f"/reservierungen/{reservierung.pk}/").text
    with story.at_vg():
        assert not Gespraechsnachricht.objects.exists()


# --- who the child is -----------------------------------------------------------------------------------------------


def _of(story: Story):
    """Her case, in Anna's hands."""
    anna = story.cast.user("anna")
    with story.at_vg():
        klient = create_klient(vorname="Ottilie", nachname="Farbtupfer", pkz="PKZ-4711-XY")
        return create_hilfefall(fachkraft_id=anna.pk, klient=klient)


@pytest.mark.parametrize("wort", ["Ottilie", "Farbtupfer", "14.03.2007", "PKZ-4711-XY"])
def test_name__before_the_booking_the_word_is_marked_and_the_text_kept(story, sign_in, wort):
    reservierung = story.reserve(hilfefall=_of(story))
    text = f"Es geht um {wort} aus Anklam."
    response = send(sign_in("anna"), reservierung, text)
    assert response.status_code == 422
    assert f"<mark>{wort}</mark>" in response.text and escape(text) in response.text
    unter = response.text.partition("<textarea")[2]
    assert unter.index("Diese Stellen sind gemeint") < unter.index("Nachricht senden"), "below the field"
    with story.at_vg():
        assert not Gespraechsnachricht.objects.exists()


def test_name__after_the_booking_it_may_be_said_and_with_a_cancelled_booking_it_is_gone(story, sign_in):
    buchung = story.book(hilfefall=_of(story))
    anna, ines, wer = sign_in("anna"), sign_in("ines", at="VG"), story.cast.user("anna").pk
    with story.at_vg():
        create_nachricht(buchung, verfasser_id=wer, text="Vor der Buchung.", absender="JUGENDAMT")
    assert send(anna, buchung, "Ottilie bringt den Roller mit.").status_code == 302
    assert "Ottilie bringt" in says(ines.get(faden(story)))
    with story.at_vg():
        Buchung.objects.filter(pk=buchung.pk).update(zustand="STORNIERT")
    danach = says(ines.get(faden(story)))
    assert "Vor der Buchung." in danach and "Ottilie" not in danach
    assert "Ottilie bringt" in says(anna.get(faden(story))), "the office keeps its file"


# --- who reads and writes -------------------------------------------------------------------------------------------


def test_strangers__another_house_another_office_and_who_only_pays_read_nothing(story, sign_in):
    reservierung = story.reserve()
    send(sign_in("anna"), reservierung, FRAGE)
    ziel = faden(story)
    for name, at in (("jan", "VG"), ("bernd", "VG"), ("gerd", "HRO")):
        client = sign_in(name, at=at)
        assert client.get(ziel).status_code == 404, name
        assert send(client, reservierung, "Hallo").status_code == 404, name
    for name in ("doris", "bille"):
        client = sign_in(name, at="VG")
        assert client.get(ziel).status_code == 403, name
        seite = client.get(f"/reservierungen/{reservierung.pk}/")
        assert seite.status_code == 200 and FRAGE not in seite.text and 'id="rueckfragen"' not in seite.text, name
    assert "Nachricht des Jugendamtes" not in sign_in("bille", at="PORTAL").get("/eingang/").text
    with story.at_vg():
        assert Gespraechsnachricht.objects.count() == 1


def test_house__staff_of_another_facility_of_the_same_provider_reads_nothing(story, sign_in, cast):
    sign_in("fritz", at="VG")
    seines = Story(cast, story.vg, create_angebot(einrichtung=Einrichtung.objects.get(name="Haus Strandläufer")))
    assert seines.angebot.einrichtung.anbieter_id == story.angebot.einrichtung.anbieter_id
    for wo, sieht in ((story, False), (seines, True)):
        reservierung = wo.reserve()
        send(sign_in("anna"), reservierung, FRAGE)
        with story.at_vg():
            (nachricht,) = Gespraechsnachricht.objects.filter(bezug_id=reservierung.platzbindung_id)
        answer = sign_in("fritz", at="VG").get(f"/rueckfragen/{nachricht.gespraech_id}/")
        assert (answer.status_code, FRAGE in answer.text) == ((200, True) if sieht else (404, False))
        assert send(sign_in("fritz", at="VG"), reservierung, ANTWORT).status_code == (302 if sieht else 404)


def test_house__who_has_left_reads_and_writes_no_more(story, sign_in):
    reservierung = story.reserve()
    ines = sign_in("ines", at="VG")
    send(ines, reservierung, ANTWORT)
    Membership.objects.filter(user__username="ines").update(gueltig_bis=today())
    for answer in (ines.get(faden(story)), send(ines, reservierung, "Noch etwas")):
        assert answer.status_code != 200 and ANTWORT not in answer.text
    with story.at_vg():
        assert Gespraechsnachricht.objects.count() == 1


def test_house__of_a_restricted_person_nothing_is_left_when_her_help_is_over(story, sign_in):
    buchung = story.book(hilfefall=_of(story))
    ines = sign_in("ines", at="VG")
    send(ines, buchung, ANTWORT)
    ziel = faden(story)
    with story.at_vg():
        Klient.objects.update(eingeschraenkt_seit=today(), eingeschraenkt_grund="WIDERSPRUCH")
    assert ines.get(ziel).status_code == 200, "the help still runs"
    with story.at_vg():
        Buchung.objects.update(zustand="BEENDET", beendigungsgrund="10", ende_tatsaechlich=buchung.letzter_tag)
    assert ines.get(ziel).status_code == 404
    assert sign_in("anna").get(ziel).status_code == 404, "in the office only data protection still reads"


def test_office__the_lead_and_a_second_worker_who_look_take_no_news_from_the_worker(story, sign_in, cast, vg):
    reservierung = story.reserve()
    send(sign_in("ines", at="VG"), reservierung, ANTWORT)
    ziel = faden(story)
    assert ANTWORT in says(sign_in("clara").get(ziel)) and stand(story).ungelesen_seit
    appoint(
        user=cast.user("bernd"), tenant=vg, rolle=Rolle.ASD, team="Anklam", gueltig_ab=today(),
        gueltig_bis=today() + timedelta(days=7), deputy_of=cast.user("anna"),
    )  # fmt: skip
    assert ANTWORT in says(sign_in("bernd").get(ziel)) and stand(story).ungelesen_seit is None


def test_office__no_answer_is_needed(story, sign_in):
    reservierung = story.reserve()
    send(sign_in("ines", at="VG"), reservierung, "Danke, alles klar.")
    anna = sign_in("anna")
    assert "Keine Antwort nötig" in anna.get(faden(story)).text
    anna.post(f"{faden(story)}ohne-antwort/")
    assert (stand(story).wartet_seit, stand(story).ungelesen_seit) == (None, None)
    assert "Keine Antwort nötig" not in anna.get(faden(story)).text
    assert "wartet keine Nachricht" in anna.post(f"{faden(story)}ohne-antwort/", follow=True).text
    send(sign_in("ines", at="VG"), reservierung, "Doch noch etwas.")
    assert stand(story).wartet_seit


# --- programs -------------------------------------------------------------------------------------------------------


def test_api__a_program_asks_once_for_each_key_and_reads_the_thread(story, cast):
    reservierung = story.reserve(hilfefall=_of(story))
    url = f"/api/v1/vorgaenge/{reservierung.platzbindung_id}/nachrichten/"
    anna, ines, jan = cast.api("anna"), cast.api("ines", at="VG"), cast.api("jan", at="VG")
    assert ines.get(url).status_code == 404, "nobody has written"

    def post(client: Client, text: str, **headers):
        return client.post(url, {"text": text}, content_type="application/json", headers=headers)

    verraet = post(anna, "Ottilie hat einen Hund.")
    assert (verraet.status_code, verraet.json()["code"]) == (422, "nennt_person")
    first, second = (post(anna, FRAGE, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201) and first.json() == second.json()
    assert post(ines, ANTWORT).status_code == 201
    rows = ines.get(url).json()["results"]
    assert [(row["absender"], row["text"]) for row in rows] == [("ANBIETER", ANTWORT), ("JUGENDAMT", FRAGE)]
    assert rows[1]["gelesen_at"] and not rows[0]["gelesen_at"], "who answers has read"
    assert jan.get(url).status_code == post(jan, "Hallo").status_code == 404


# --- what the database refuses --------------------------------------------------------------------------------------


def _refused(work) -> bool:
    with pytest.raises(DatabaseError), transaction.atomic():
        work()
    return True


def test_database__the_office_alters_and_deletes_no_message(story):
    reservierung = story.reserve()
    anna = story.cast.user("anna")
    with in_tenant(story.vg, user_id=anna.pk):
        row = create_nachricht(reservierung, verfasser_id=anna.pk, absender="JUGENDAMT")
        rows = Gespraechsnachricht.objects.filter(pk=row.pk)
        assert _refused(lambda: rows.update(absender="ANBIETER")) and _refused(rows.delete)
        row.text = "umgeschrieben"
        assert _refused(lambda: row.save(update_fields=["text"]))
        rows.update(gelesen_at=now(), gelesen_von_id=anna.pk)
        assert _refused(lambda: rows.update(gelesen_at=now() + timedelta(days=1)))


def test_database__a_house_writes_for_its_side_about_its_own_matters_alone(story):
    eigene = story.reserve()
    anna, ines, jan = (story.akteur(name) for name in ("anna", "ines", "jan"))
    with story.at_vg():
        nachricht = create_nachricht(eigene, verfasser_id=anna.user_id, absender="JUGENDAMT", text=FRAGE)

    def new(**fields):
        defaults = {
            "gespraech": nachricht.gespraech, "bezug_id": eigene.platzbindung_id, "absender": "ANBIETER",
            "verfasser_id": ines.user_id, "text": "Ja",
        }  # fmt: skip
        return lambda: Gespraechsnachricht.objects.create(**(defaults | fields))

    with in_tenant_portal(story.vg, user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        assert _refused(new(absender="JUGENDAMT")) and _refused(new(verfasser_id=anna.user_id))
        assert _refused(new(bezug_id=story.angebot.pk)), "under another matter's number"
        assert _refused(new(nach_buchung=True)), "the house does not know the name"
        own = new()()
        assert _refused(lambda: Gespraechsnachricht.objects.filter(pk=own.pk).update(gelesen_at=now()))
        rows = Gespraechsnachricht.objects.filter(pk=nachricht.pk)
        assert _refused(lambda: rows.update(gelesen_at=now(), gelesen_von_id=anna.user_id))
        assert rows.update(gelesen_at=now(), gelesen_von_id=ines.user_id) == 1
        assert _refused(Gespraechsstand.objects.count), "where it stands is the office's"
    with in_tenant_portal(story.vg, user_id=jan.user_id, anbieter_ids=jan.anbieter_ids):
        assert not Gespraech.objects.exists() and not Gespraechsnachricht.objects.exists()
        assert _refused(new(verfasser_id=jan.user_id))
        assert _refused(
            lambda: Gespraech.objects.create(
                hilfefall_id=eigene.hilfefall_id,
                einrichtung_id=eigene.einrichtung_id,
                anbieter_id=next(iter(jan.anbieter_ids)),
            )
        )


def test_stand__follows_whoever_writes(story):
    """The trigger computes it of the messages; what it needs of a caller is the message alone."""
    reservierung = story.reserve()
    anna, ines = story.akteur("anna"), story.akteur("ines")
    with in_tenant_portal(story.vg, user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        frage = create_nachricht(reservierung, verfasser_id=ines.user_id)
    assert (stand(story).ungelesen_seit, stand(story).wartet_seit) == (frage.created_at, frage.created_at)
    with in_tenant(story.vg, user_id=anna.user_id):
        create_nachricht(reservierung, verfasser_id=anna.user_id, absender="JUGENDAMT")
    assert (stand(story).ungelesen_seit, stand(story).wartet_seit) == (frage.created_at, None)
    with in_tenant(story.vg, user_id=anna.user_id):
        Gespraechsnachricht.objects.filter(pk=frage.pk).update(gelesen_at=now(), gelesen_von_id=anna.user_id)
    assert (stand(story).ungelesen_seit, stand(story).bezug_id) == (None, reservierung.platzbindung_id)
