"""Sperrfall: named persons know of it, for everybody else it is as if it were not there."""

from __future__ import annotations

import re
from zlib import crc32

import pytest
from django.db import connection

from config.access_table import walk
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.billing.models import Rechnung
from tenant_apps.cases.models import Fallfreigabe, FreigabeArt, Hilfefall, Klient
from tenant_apps.cases.policies import visible_hilfefaelle, visible_stammdaten, visible_vorgaenge
from tenant_apps.cases.services.freigabe import create_freigabe, end_freigabe
from tenant_apps.cases.services.sperre import seal_hilfefall, unseal_hilfefall
from tenants.context import in_tenant
from tests.api.test_suchen import ANFRAGE
from tests.factories.cases import create_hilfefall, create_klient
from tests.security.sizes import FULL
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell

pytestmark = pytest.mark.django_db

GRUND = "Kind einer Kollegin aus dem Team Wolgast"
ROLES = ("anna", "bernd", "clara", "doris", "emil", "frieda", "anton", "paula")


@pytest.fixture
def story(cast, vg) -> Story:
    for name in ROLES:
        cast.user(name)
    return tell(cast, vg)


@pytest.fixture
def fall(story) -> Hilfefall:
    anna = story.cast.user("anna")
    with story.at_vg():
        klient = create_klient(vorname="Ophelia", nachname="Farbtupfer", pkz="PKZ-FARBE")
        return create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer="FARB-1", team="Anklam")


def seal(story, fall, *namen: str, by: str = "anna") -> Hilfefall:
    akteur, benannte = story.akteur(by), [story.cast.user(name).pk for name in namen]
    with in_tenant(story.vg, user_id=akteur.user_id):
        return seal_hilfefall(akteur=akteur, hilfefall=fall, benannte=benannte, grund=GRUND)


def unseal(story, fall, by: str) -> Hilfefall:
    akteur = story.akteur(by)
    with in_tenant(story.vg, user_id=akteur.user_id):
        return unseal_hilfefall(akteur=akteur, hilfefall=fall, grund=GRUND)


def sees(story, name: str) -> tuple[bool, bool, bool]:
    akteur = story.akteur(name)
    with in_tenant(story.vg, user_id=akteur.user_id):
        return tuple(
            visible(akteur).filter(fallnummer="FARB-1").exists()
            for visible in (visible_hilfefaelle, visible_stammdaten, visible_vorgaenge)
        )


def test_only_named_persons_see_it(story, fall):
    assert sees(story, "clara")[0]
    seal(story, fall, "bernd")
    assert sees(story, "anna") == sees(story, "bernd") == (True, True, True)
    for name in ("clara", "doris", "emil", "frieda", "anton", "paula"):
        assert sees(story, name) == (False, False, False), name
    assert "hilfefall.sperren" in story.trail(fall)


def test_named_wjh_person_pays_and_reads_no_file(story, fall):
    story.book(hilfefall=fall)
    seal(story, fall, "doris")
    assert sees(story, "doris") == (False, True, True)


def test_worker_in_charge_is_named_by_her_team_lead(story, fall):
    seal(story, fall, by="clara")
    assert sees(story, "anna")[0] and sees(story, "clara")[0] and not sees(story, "bernd")[0]


@pytest.mark.parametrize("name", ["bernd", "doris", "emil", "frieda"])
def test_others_may_not_seal(story, fall, name):
    with pytest.raises(Verweigert):
        seal(story, fall, by=name)


@pytest.mark.parametrize("name", ["frieda", "anton", "paula", "gerd"])
def test_nobody_is_named_who_has_nothing_to_do_with_cases(story, fall, name):
    with pytest.raises(RegelVerletzt):
        seal(story, fall, name)
    with story.at_vg():
        assert not Fallfreigabe.objects.exists()


def test_database_hides_the_rows_from_a_query_without_any_policy(story, fall):
    seal(story, fall, "bernd")
    for name in ROLES:
        with in_tenant(story.vg, user_id=story.cast.user(name).pk), connection.cursor() as cursor:
            zahlen = (Hilfefall.objects.count(), Klient.objects.count())
            cursor.execute("SELECT count(*) FROM cases_hilfefall h JOIN cases_klient k ON k.id = h.klient_id")
            assert (*zahlen, cursor.fetchone()[0]) == ((1, 1, 1) if name in {"anna", "bernd"} else (0, 0, 0)), name
    with in_tenant(story.vg, user_id="00000000-0000-0000-0000-000000000000"):
        assert Hilfefall.objects.count() == 0  # a stranger
    with in_tenant(story.vg):
        assert Hilfefall.objects.count() == 1  # a job


def test_nobody_unnamed_changes_it_in_the_database(story, fall):
    seal(story, fall)
    with in_tenant(story.vg, user_id=story.cast.user("clara").pk):
        assert Hilfefall.objects.filter(pk=fall.pk).update(gesperrt=False) == 0
        assert Klient.objects.all().delete()[0] == 0


def test_unseal_shows_it_again(story, fall):
    seal(story, fall, "bernd")
    for name in ("clara", "bernd"):  # not named; named, but not in charge
        with pytest.raises(Verweigert):
            unseal(story, fall, name)
    unseal(story, fall, "anna")
    assert sees(story, "clara")[0] and not sees(story, "bernd")[0]
    with story.at_vg():
        assert not Fallfreigabe.objects.filter(beendet_at=None).exists()


def test_named_later_and_taken_back(story, fall):
    seal(story, fall)
    anna, bernd = story.akteur("anna"), story.akteur("bernd")
    with in_tenant(story.vg, user_id=anna.user_id):
        freigabe = create_freigabe(
            akteur=anna, hilfefall=fall, user_id=bernd.user_id, art=FreigabeArt.SPERRFALL, grund=GRUND
        )
    assert sees(story, "bernd")[0]
    with in_tenant(story.vg, user_id=anna.user_id):
        end_freigabe(akteur=anna, freigabe=freigabe)
        eigene = Fallfreigabe.objects.get(user_id=anna.user_id, beendet_at=None)
        with pytest.raises(Konflikt):
            end_freigabe(akteur=anna, freigabe=eigene)
    assert not sees(story, "bernd")[0]


def test_taken_numbers_do_not_tell(story, fall):
    """The same PKZ, name and case number as the sealed one: entered without a word."""
    seal(story, fall)
    eingabe = {
        "klient": {
            "pkz": "PKZ-FARBE", "vorname": "Ophelia", "nachname": "Farbtupfer", "geburtsdatum": "2007-03-14",
            "geschlecht": "w", "fallnummer": "FARB-1",
        },
    }  # fmt: skip
    angebot = story.angebot
    api = story.cast.api("bernd")
    anfrage = ANFRAGE | {"hilfeart": angebot.hilfeart.code, "beginn": "2027-01-01", "ende": "2027-06-30"}
    suche = api.post("/api/v1/suchen/", anfrage, content_type="application/json").json()
    antwort = api.post(
        "/api/v1/reservierungen/",
        eingabe | {"suche": suche["uuid"], "angebot": str(angebot.pk), "begruendung": "Nähe zur Schule"},
        content_type="application/json",
    )
    assert antwort.status_code == 201, antwort.text
    with pytest.raises(Konflikt, match="zweites Mal"):
        unseal(story, fall, "anna")


# --- the side channel ---

QUERIES = (
    "",
    "?q=FARB",
    "?q=Farbtupfer",
    "?q=PKZ-FARBE",
    "?zustand=LAUFEND",
    "?sort=-kosten",
    "?seite=2",
    "?jahr=2017",
)
#: `make security` asks every path everything; otherwise each is asked one of them beside the plain one, in turn.
#: What differs between any two answers: tokens against forgery, nonces, request ids, the minute at the foot of a page.
_NOISE = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken[^}]+|nonce="[^"]+"|nonce-[\w+/=-]+|[0-9a-f]{32}'
    r'|suche(?:=|%3D)[0-9a-f-]{36}|data-sitzung-\w+="\d+"|class="sojus-stand">[^<]*'
)


#: Her own account: sessions, keys, accesses of hers, challenges. It changes with every sign-in: its words are compared.
OWN = ("/konto/", "/anmelden/", "/passwort/", "/sitzung/")
#: Which beds are free is the market's, for all offices the same: a taken one shows, whoever has it. Words are compared.
MARKT = {"/heute-nacht/"}


def queries_of(path: str) -> tuple[str, ...]:
    """What this path is asked; the same each time, so that before and after can be compared."""
    return QUERIES if FULL else ("", QUERIES[1 + crc32(path.encode()) % (len(QUERIES) - 1)])


def look(story, names) -> dict:
    """Every list, page and number of the office as each person sees it."""
    seen = {}
    paths = sorted({r.fill({}) for r in walk("config.urls_tenant") if not r.arguments} - {"/abmelden/"})
    for name in names:
        for client, kind in ((story.cast.sign_in(name), "web"), (story.cast.api(name), "api")):
            client.raise_request_exception = False
            for path in paths:
                if path.startswith("/api/") != (kind == "api") or "schema" in path:
                    continue
                for query in queries_of(path):
                    answer = client.get(path + query)
                    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                    seen[name, path + query] = (answer.status_code, _NOISE.sub("", body.decode(errors="replace")))
            for suchtext in ("", "Farbtupfer", "PKZ-FARBE", "FARB-1"):
                if kind == "web":
                    answer = client.post("/hze-auswahl/personen/", {"person-suchtext": suchtext})
                    seen[name, "personen", suchtext] = (answer.status_code, _NOISE.sub("", answer.text))
                    for liste in ("/faelle/suchen/", "/hilfefaelle/suchen/"):
                        answer = client.post(liste, {"q": suchtext}, follow=True)
                        seen[name, liste, suchtext] = (answer.status_code, _NOISE.sub("", answer.text))
    return seen


def _dye(key: tuple, body: str) -> int:
    """How often a page says a word of the sealed case. Own accesses grow by this walk, and so do their page links."""
    if str(key[1]).startswith(OWN):
        body = re.sub(r"([?&;])q=[\w-]+", r"\1", body)
    return sum(body.count(word) for word in ("FARB", "Farbtupfer", "Ophelia"))


def test_no_answer_differs_with_and_without_the_sealed_case(story, vg):
    """Cases, reservations, bookings, invoices of one sealed case: not a byte for those who are not named."""
    anna = story.cast.user("anna")
    story.book(hilfefall=None)
    others = ("bernd", "clara", "doris", "emil", "anton", "frieda", "paula")
    for name in (*others, "anna"):
        story.cast.user(name)
    before = look(story, others)
    with in_tenant(vg, user_id=anna.pk):
        klient = create_klient(vorname="Ophelia", nachname="Farbtupfer", pkz="PKZ-FARBE")
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer="FARB-1", team="Anklam")
    seal(story, fall)
    buchung = story.book(hilfefall=fall, zustand="LAUFEND")
    story.reserve(hilfefall=fall)
    bill(story, buchung)
    with story.at_vg():
        assert Rechnung.objects.count() == 1
    after = look(story, others)
    differs = [key for key in before if before[key] != after[key] and not key[1].startswith(OWN)]
    differs = [key for key in differs if key[1].partition("?")[0] not in MARKT]
    # Sums without any case behind them stay whole for those who see nothing but sums (ADR 0019).
    assert [key for key in differs if key[0] not in {"frieda", "paula"} or "/controlling/" not in key[1]] == []
    # A page echoes the filter it was asked for, before as after; it says nothing of the case beyond that echo.
    assert [key for key in after if _dye(key, after[key][1]) != _dye(key, before[key][1])] == []
    assert "FARB-1" in story.cast.sign_in("anna").get("/faelle/").text
