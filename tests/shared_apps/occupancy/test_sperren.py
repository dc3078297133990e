"""A house corrects its vacancies on the board, and every office's search obeys at the next request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from shared_apps.accounts.enums import Rolle
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import now
from shared_apps.core.errors import KeinPlatzFrei, Konflikt
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzbindung, Platzsperre
from shared_apps.occupancy.selectors import count_vakanzen
from shared_apps.occupancy.selectors.stopps import list_nichtaufnahmen
from shared_apps.occupancy.services import bind_platz, book_platz
from shared_apps.occupancy.services import sperren as services
from shared_apps.providers.models import Angebot, Platz
from tenants.context import in_tenant, in_tenant_portal, on_portal
from tenants.models import Tenant
from tests.factories.register import create_angebot, occupy_platz
from tests.formulare import gelesen
from tests.people import Cast, appoint

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
PLAN = "/anbieter/eigene/plan/"
HEUTE = date.today()


def tag(n: int) -> date:
    return HEUTE + timedelta(days=n)


MONAT = Zeitraum(tag(3), tag(33))


@pytest.fixture
def angebot(db) -> Angebot:
    angebot = create_angebot(anbieter=KUESTE, plaetze=2, name="Wohngruppe Möwe")
    Platz.objects.filter(angebot=angebot, nummer=1).update(name="Zimmer 3")
    return angebot


def frei(office: Tenant, angebot: Angebot, zeitraum: Zeitraum = MONAT) -> int:
    with in_tenant(office):
        return count_vakanzen([angebot.pk], zeitraum)[angebot.pk]


def reserve(office: Tenant, angebot: Angebot, zeitraum: Zeitraum = MONAT, tage: int = 5) -> Platzbindung:
    with in_tenant(office):
        return bind_platz(angebot_id=angebot.pk, zeitraum=zeitraum, ablauf_at=timezone.now() + timedelta(days=tage))


def blocks(cast: Cast) -> list[Platzsperre]:
    """As their house sees them; nobody else does."""
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        return list(Platzsperre.objects.all())


def urls(angebot: Angebot) -> list[str]:
    return [f"{PLAN}plaetze/{platz.pk}/" for platz in angebot.plaetze.order_by("nummer")]


def test_a_place_is_blocked_shortened_and_freed_and_every_office_sees_it_at_once(vg, hro, angebot, cast, sign_in):
    ines, (erster, _) = sign_in("ines"), urls(angebot)
    assert "ab sofort frei" in ines.get(f"{PLAN}einrichtungen/{angebot.einrichtung_id}/").text
    sperre = {"beginn": str(HEUTE), "letzter_tag": str(tag(20)), "grund": "BELEGT_AUSSERHALB", "notiz": "Selbstzahler"}
    page = ines.post(erster, sperre, follow=True)
    assert "Platz 1, Zimmer 3 ist gesperrt" in page.text and "Selbstzahler" in page.text
    assert (frei(vg, angebot), frei(hro, angebot)) == (1, 1)
    assert frei(vg, angebot, Zeitraum(tag(21), tag(40))) == 2, "it is announced as free from the day after"
    assert reserve(hro, angebot).platz.nummer == 2
    with pytest.raises(KeinPlatzFrei, match="anderweitig reserviert"):
        reserve(vg, angebot)

    (row,) = blocks(cast)
    url = f"{PLAN}sperren/{row.pk}/"
    seen = gelesen(ines.get(url).text)
    kurz = {"entscheidung": "aendern", "letzter_tag": str(tag(2)), "grund": "BELEGT_AUSSERHALB", "notiz": ""} | seen
    assert ines.post(url, kurz).status_code == 302
    assert frei(vg, angebot) == 1
    page = ines.post(url, kurz | {"letzter_tag": str(tag(9))})
    assert page.status_code == 409 and "Inzwischen geändert" in page.text, "an old form takes nothing back"
    assert reserve(vg, angebot).platz.nummer == 1
    lang = kurz | gelesen(ines.get(url).text) | {"letzter_tag": str(tag(9))}
    page = ines.post(url, lang)
    assert page.status_code == 409
    assert "Landkreis Vorpommern-Greifswald: 1 Platz reserviert oder gebucht, bis" in page.text
    assert "ändert nur das Jugendamt" in page.text
    assert ines.post(url, {"entscheidung": "aufheben"}, follow=True).status_code == 200
    assert ines.get(url).status_code == 404, "what is lifted is past"
    page = ines.get(erster).text
    assert "Landkreis Vorpommern-Greifswald" in page and "Rufen Sie dort an" in page


def test_pages_of_a_place_a_block_and_a_stop_lead_on(angebot, cast, sign_in):
    """To offer, facility, board, bookings: nobody goes the whole way back for them."""
    ines, haus = sign_in("ines"), angebot.einrichtung_id
    weiter = f'href="/anbieter/einrichtungen/{haus}/#angebot-{angebot.pk}"'
    page = ines.get(urls(angebot)[0]).text
    for url in (f"{PLAN}einrichtungen/{haus}/", f"/anbieter/eigene/buchungen/?einrichtung={haus}"):
        assert f'href="{url}"' in page and ines.get(url).status_code == 200, url
    sperre = ines.post(urls(angebot)[0], {"beginn": str(HEUTE), "letzter_tag": "", "grund": "RENOVIERUNG", "notiz": ""})
    assert sperre.status_code == 302
    (row,) = blocks(cast)
    for url in (urls(angebot)[0], f"{PLAN}sperren/{row.pk}/", f"{PLAN}angebote/{angebot.pk}/aufnahmestopp/"):
        assert weiter in ines.get(url).text, url
    assert f'id="angebot-{angebot.pk}"' in ines.get(f"/anbieter/einrichtungen/{haus}/").text


def test_what_is_held_is_not_blocked_and_what_has_lapsed_is(vg, angebot, cast, sign_in):
    ines, (erster, zweiter) = sign_in("ines"), urls(angebot)
    places = list(angebot.plaetze.order_by("nummer"))
    occupy_platz(platz=places[0], tenant=vg, zeitraum=DateRange(tag(10), None))
    offen = {"beginn": str(HEUTE), "letzter_tag": "", "grund": "RENOVIERUNG", "notiz": ""}
    page = ines.post(erster, offen)
    assert page.status_code == 409
    assert "Landkreis Vorpommern-Greifswald: 1 Platz reserviert oder gebucht, ohne Ende" in page.text
    assert ines.post(erster, offen | {"letzter_tag": str(tag(9))}).status_code == 302, "until the day before it is"
    page = ines.post(erster, offen | {"letzter_tag": str(tag(5))})
    assert (page.status_code, "schon gesperrt" in page.text) == (409, True)
    for wrong, said in (
        ({"beginn": str(tag(-1))}, "frühestens von heute an"),
        ({"letzter_tag": str(tag(-1))}, "vor dem ersten"),
        ({"grund": ""}, "Bitte"),
    ):
        page = ines.post(zweiter, offen | wrong)
        assert page.status_code == 422 and said in page.text
    bindung = reserve(vg, angebot, Zeitraum(HEUTE, tag(5)))
    with in_tenant(vg):
        Platzbindung.objects.filter(pk=bindung.pk).update(ablauf_at=now() - timedelta(minutes=1))
    assert ines.post(zweiter, offen).status_code == 302
    with in_tenant(vg), pytest.raises(DatabaseError, match="has blocked is not held"), transaction.atomic():
        Platzbindung.objects.filter(pk=bindung.pk).update(zustand="GEBUCHT", ablauf_at=None)


def test_a_stop_says_who_may_come_and_not_who_may_stay(vg, hro, angebot, cast, sign_in):
    early = reserve(vg, angebot)
    ines = sign_in("ines")
    url = f"{PLAN}angebote/{angebot.pk}/aufnahmestopp/"
    stopp = {"beginn": str(HEUTE), "letzter_tag": str(tag(14)), "grund": "PERSONAL", "hinweis": "Nachtdienst"}
    assert "nimmt nicht auf" in ines.post(url, stopp, follow=True).text
    assert frei(hro, angebot) == 0
    with pytest.raises(KeinPlatzFrei, match=r"nimmt zu dieser Zeit nicht auf: Personal, bis .*Nachtdienst"):
        reserve(hro, angebot)
    with in_tenant(hro), pytest.raises(DatabaseError, match="takes nobody in"), transaction.atomic():
        Platzbindung.objects.create(
            mandant="hro",
            platz=angebot.plaetze.exclude(pk=early.platz_id).get(),
            zeitraum=DateRange(tag(3), tag(9)),
            zustand="GEBUCHT",
        )
    with in_tenant(vg):
        book_platz(bindung_id=early.pk)  # who was reserved before comes
    assert frei(hro, angebot, Zeitraum(tag(15), tag(20))) == 1
    assert reserve(hro, angebot, Zeitraum(tag(15), tag(20)))
    page = sign_in("anna").get(f"/anbieter/einrichtungen/{angebot.einrichtung_id}/").text
    assert "Nimmt zurzeit nicht auf" in page and "Personal, bis" in page
    assert "nimmt zurzeit nicht auf: Personal" in ines.get("/anbieter/eigene/").text
    assert ines.post(url, stopp).status_code == 409
    change = f"{PLAN}aufnahmestopps/{Aufnahmestopp.objects.get().pk}/"
    neu = {"entscheidung": "aendern", "letzter_tag": "", "grund": "BELEGUNGSSTOPP", "hinweis": ""}
    assert ines.post(change, neu | gelesen(ines.get(change).text)).status_code == 302
    with pytest.raises(KeinPlatzFrei, match="Belegungsstopp, bis auf Weiteres"):
        reserve(hro, angebot, Zeitraum(tag(60), tag(90)))
    assert ines.post(change, {"entscheidung": "aufheben"}, follow=True).status_code == 200
    assert frei(hro, angebot, Zeitraum(tag(60), tag(90))) == 2


def test_the_search_shows_a_stopped_offer_as_not_available_with_its_reason(vg, angebot, cast, sign_in):
    anna = sign_in("anna")
    suche = {
        "beginn": str(tag(3)), "ende": str(tag(90)), "hilfeart": "S34", "reichweite": "EIGENE", "tage_je_woche": "7,00",
    }  # fmt: skip
    page = anna.post("/hze-auswahl/", suche, follow=True)
    found = page.request["PATH_INFO"]
    assert "1 verfügbares Angebot" in page.text
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        services.create_stopp(akteur=ines, angebot=angebot, zeitraum=Zeitraum(HEUTE, tag(15)), grund="GRUPPENMISCHUNG")
    now = anna.get(found).text
    assert "Kein freies Angebot" in now and "?zeige=alle" in now, "a search of a minute ago, too"
    assert "nimmt zurzeit nicht auf: Gruppenmischung, bis" in anna.get(f"{found}?zeige=alle").text
    offer = anna.get(f"{found}angebote/{angebot.pk}/").text
    assert "Das Angebot nimmt zu dieser Zeit nicht auf: Gruppenmischung" in offer
    again = anna.post("/hze-auswahl/", suche, follow=True)
    assert "Kein freies Angebot" in again.text or "0 verfügbare" in again.text
    assert "nimmt zurzeit nicht auf: Gruppenmischung" in anna.get(f"{again.request['PATH_INFO']}?zeige=alle").text


def test_the_board_is_anonymous_and_asks_the_same_number_of_questions(vg, hro, angebot, cast, sign_in):
    erster, _ = angebot.plaetze.order_by("nummer")
    occupy_platz(platz=erster, tenant=hro, zeitraum=DateRange(tag(-30), tag(40)))
    reserve(vg, angebot, Zeitraum(tag(5), tag(9)))
    ines = sign_in("ines")

    def ask() -> tuple[int, str]:
        with connection.execute_wrapper(lambda execute, *rest: (counted.append(1), execute(*rest))[1]):
            page = ines.get(PLAN)
        assert page.status_code == 200
        return len(counted), page.text

    counted: list[int] = []
    ask()
    counted.clear()
    few, page = ask()
    assert "Zimmer 3" in page and "belegt bis" in page and "reserviert vom" in page and "gehalten bis" in page
    board = page.partition("<table")[2].partition("</table>")[0]
    board = board.replace("Greifswald, Vorpommern-Greifswald", "")  # the house's own place
    assert board and "Rostock" not in board and "Vorpommern" not in board, "no office"
    for _ in range(6):
        more = create_angebot(einrichtung=None, anbieter=KUESTE, plaetze=5)
        occupy_platz(platz=more.plaetze.first(), tenant=vg, zeitraum=DateRange(tag(-30), tag(40)))
    counted.clear()
    assert ask()[0] == few
    other = Hilfeart.objects.exclude(code="S34")[0]
    assert "Keine Einrichtung gefunden" in ines.get(f"{PLAN}?hilfeart={other.code}").text
    for platz in angebot.plaetze.filter(nummer=2):
        occupy_platz(platz=platz, tenant=vg, zeitraum=DateRange(tag(-30), tag(4)))
    assert "Wohngruppe Möwe" not in ines.get(f"{PLAN}?frei=on").text
    assert "Wohngruppe Möwe" in ines.get(f"{PLAN}?wochen=4&ab={tag(40)}").text


def test_billing_staff_reads_the_board_and_facility_staff_keeps_its_own_house(vg, angebot, cast, sign_in):
    bille = sign_in("bille")
    board = f"{PLAN}einrichtungen/{angebot.einrichtung_id}/"
    page = bille.get(board)
    assert page.status_code == 200 and "Aufnahme stoppen" not in page.text
    erster, _ = urls(angebot)
    writes = [
        erster,
        f"{PLAN}angebote/{angebot.pk}/aufnahmestopp/",
        f"/anbieter/eigene/angebote/{angebot.pk}/platznamen/",
    ]
    assert [bille.get(url).status_code for url in writes] == [403] * 3
    next_door = create_angebot(anbieter=KUESTE)
    appoint(
        user=cast.user("nora"), anbieter_id=cast.anbieter_id("ines"), einrichtung_id=angebot.einrichtung_id,
        rolle=Rolle.EINRICHTUNG, gueltig_ab="2015-01-01",
    )  # fmt: skip
    nora = sign_in("nora", at="PORTAL")
    assert [nora.get(url).status_code for url in [board, *writes]] == [200] * 4
    foreign = create_angebot(anbieter=SEE)
    for other in (next_door, foreign):
        for url in (
            urls(other)[0],
            f"{PLAN}angebote/{other.pk}/aufnahmestopp/",
            f"{PLAN}einrichtungen/{other.einrichtung_id}/",
            f"/anbieter/eigene/angebote/{other.pk}/platznamen/",
        ):
            assert nora.get(url).status_code == 404


def test_places_get_names_that_are_told_apart(vg, angebot, sign_in):
    ines, url = sign_in("ines"), f"/anbieter/eigene/angebote/{angebot.pk}/platznamen/"
    old = gelesen(ines.get(url).text)

    def names() -> list[str]:
        return list(angebot.plaetze.order_by("nummer").values_list("name", flat=True))

    assert ines.post(url, {"platz_1": "Zimmer 3", "platz_2": "Gruppe Möwe, Platz 2"} | old).status_code == 302
    page = ines.post(url, {"platz_1": "Dach", "platz_2": "Dach"} | gelesen(ines.get(url).text))
    assert page.status_code == 422 and "So heißt schon ein anderer Platz" in page.text
    swapped = {"platz_1": "Gruppe Möwe, Platz 2", "platz_2": "Zimmer 3"}
    assert ines.post(url, swapped | gelesen(ines.get(url).text)).status_code == 302
    assert names() == ["Gruppe Möwe, Platz 2", "Zimmer 3"]
    assert ines.post(url, {"platz_1": "Zimmer 3", "platz_2": "Keller"} | old).status_code == 409
    assert names() == ["Gruppe Möwe, Platz 2", "Zimmer 3"]
    assert "Gruppe Möwe, Platz 2" not in sign_in("anna").get(f"/anbieter/einrichtungen/{angebot.einrichtung_id}/").text


def test_the_database_keeps_a_house_to_its_own_whatever_a_page_forgets(vg, hro, angebot, cast):
    ines, jan = cast.akteur("ines"), cast.akteur("jan")
    platz, foreign = angebot.plaetze.first(), create_angebot(anbieter=SEE)
    said = {"zeitraum": DateRange(tag(0), tag(9)), "geaendert_at": now()}
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        own = Platzsperre.objects.create(
            platz=platz, grund="SONSTIGES", notiz="geheim", geaendert_von_id=ines.user_id, **said
        )
        Aufnahmestopp.objects.create(angebot=angebot, grund="PERSONAL", geaendert_von_id=ines.user_id, **said)
        for lie in (
            lambda: Platzsperre.objects.create(
                platz=foreign.plaetze.get(), grund="SONSTIGES", geaendert_von_id=ines.user_id, **said
            ),
            lambda: Aufnahmestopp.objects.create(
                angebot=foreign, grund="PERSONAL", geaendert_von_id=ines.user_id, **said
            ),
            lambda: Platzsperre.objects.filter(pk=own.pk).update(platz=foreign.plaetze.get()),
            lambda: Platzsperre.objects.filter(pk=own.pk).update(geaendert_von=jan.user_id),
            lambda: Aufnahmestopp.objects.update(geaendert_von=jan.user_id),
            lambda: Platzsperre.objects.filter(pk=own.pk).update(zeitraum=DateRange(tag(1), tag(9))),
            lambda: Platzsperre.objects.filter(pk=own.pk).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                lie()
    with on_portal(user_id=jan.user_id, anbieter_ids=jan.anbieter_ids):
        assert not Platzsperre.objects.exists() and Aufnahmestopp.objects.exists()
        assert Platzsperre.objects.filter(pk=own.pk).update(notiz="x") == 0
        assert Aufnahmestopp.objects.update(hinweis="x") == 0
    with on_portal():
        assert not Platzsperre.objects.exists(), "nobody without a house reads why"
    for door in (in_tenant(vg), in_tenant_portal(hro, user_id=ines.user_id, anbieter_ids=ines.anbieter_ids)):
        with door:
            assert list_nichtaufnahmen([angebot.pk], tag(1))[angebot.pk].grund == "Personal"
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                Platzsperre.objects.exists()
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                Aufnahmestopp.objects.update(hinweis="x")


@pytest.mark.slow
def test_fifty_who_hold_block_and_stop_at_once_never_meet_on_a_place(own_database):
    """Holds of two offices, blocks and their end, in any order: no double use, no deadlock."""
    vg, hro = Tenant.objects.get(kuerzel="VG"), Tenant.objects.get(kuerzel="HRO")
    angebot = create_angebot(anbieter=KUESTE, plaetze=6)
    places = list(angebot.plaetze.order_by("nummer"))
    ines = Cast().akteur("ines")

    def hold(n: int) -> str:
        reserve((vg, hro)[n % 2], angebot)
        return "held"

    def block(n: int) -> str:
        with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
            services.create_sperre(akteur=ines, platz=places[n % 6], zeitraum=MONAT, grund="RENOVIERUNG")
        return "blocked"

    def stop(n: int) -> str:
        with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
            services.create_stopp(akteur=ines, angebot=angebot, zeitraum=Zeitraum(tag(0), tag(9)), grund="PERSONAL")
        return "stopped"

    def act(n: int) -> str:
        try:
            return (stop if n == 40 else (hold, block)[n % 2])(n // 2)
        except (KeinPlatzFrei, Konflikt) as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(act, range(50)))
        list(pool.map(lambda _: connections.close_all(), range(50)))
    blocked = [row.platz_id for row in blocks(Cast())]
    held = []
    for office in (vg, hro):
        with in_tenant(office):
            held += Platzbindung.objects.filter(platz__angebot=angebot).values_list("platz", flat=True)
    assert set(told) <= {"held", "blocked", "stopped", "KeinPlatzFrei", "Konflikt"}, told
    assert (told.count("held"), told.count("blocked")) == (len(held), len(blocked))
    assert len({*held, *blocked}) == len(held) + len(blocked) <= 6
    assert told[40] == "stopped"
    assert held or blocked
