"""Search, choice and the night, asked for by people they are not for: nothing is shown, changed or left behind.

Each story is one attack: another person's child of the night, foreign brothers and sisters,
numbers made up for a comparison, a sealed note, another office's house, a booking that is not hers, hostile counts,
another office's foster families. What refuses is named: a status that says who, a privilege, not any error at all.
"""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import psycopg
import pytest
from django.contrib.auth import SESSION_KEY
from django.db import ProgrammingError, connection, transaction

from shared_apps.accounts.models import Membership
from shared_apps.core.clock import now, today
from shared_apps.core.eingabe import PFLICHT
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.cases.models import Hilfefall
from tenant_apps.foster.models import Pflegegeldsatz, Pflegestelle
from tenant_apps.placements.models import (
    Auswahlvermerk,
    Buchung,
    Fremdeinrichtung,
    Fremdentgelt,
    Nachtaufnahme,
    Nachtschritt,
    Reservierung,
    Suchauftrag,
    Suche,
)
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenant_apps.placements.services.book import ENDE_FEHLT
from tenant_apps.placements.services.decide import confirm_reservierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenants.context import in_tenant
from tenants.db import roles
from tenants.db.base import SessionStatementRefused
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.foster import create_pflegegeldsatz, create_pflegestelle
from tests.factories.placements import create_buchung, create_fremdeinrichtung, create_reservierung
from tests.factories.register import create_angebot, period
from tests.factories.suchen import create_markt, search_for
from tests.formulare import gelesen

pytestmark = pytest.mark.django_db

DYE = "Farbstoffkind"
#: Everything that a choice writes.
TABLES = (
    Auswahlvermerk, Buchung, Fremdeinrichtung, Fremdentgelt, Hilfefall, Nachtaufnahme, Nachtschritt, Pflegegeldsatz,
    Pflegestelle, Platzbindung, Reservierung, Suchauftrag, Suche,
)  # fmt: skip
#: Not 405: that an address has no such method says nothing about who may use it.
REFUSED = {403, 404}
NACHT = "/heute-nacht/"
#: In a form that asks for whom it is.
KIND = "person-klient"
JUNGE = {"alter": "9", "geschlecht": "m"}


def _all_rows(*tenants) -> dict[tuple[str, str], list]:
    """Every column of every row that a choice writes."""
    rows = {}
    for tenant in tenants:
        with in_tenant(tenant):
            rows |= {(tenant.kuerzel, model.__name__): sorted(map(str, model.objects.values())) for model in TABLES}
    return rows


def _ask(client, urls, *, data=None, refused=REFUSED) -> None:
    """By each method that the address has: one at least is judged by whoever asks, and none tells of the child."""
    client.raise_request_exception = False
    for url in urls:
        answers = {method: getattr(client, method)(url, data or {}) for method in ("get", "post")}
        gehabt = {method: answer.status_code for method, answer in answers.items() if answer.status_code != 405}
        assert gehabt and set(gehabt.values()) <= refused, (url, gehabt)
        assert all(DYE not in answer.content.decode(errors="replace") for answer in answers.values()), url


def _lacks_privilege(befehl: str, what: str) -> None:
    """The database refuses this for want of a privilege on `what`; a misspelt name would be another error."""
    with pytest.raises(ProgrammingError) as error, transaction.atomic():
        connection.cursor().execute(befehl)
    assert isinstance(error.value.__cause__, psycopg.errors.InsufficientPrivilege), (befehl, error.value)
    assert str(error.value).partition("\n")[0].endswith(what), (befehl, error.value)


def _dyed(akteur, **fields) -> Hilfefall:
    """A case whose child and number are called by the dye."""
    klient = create_klient(nachname=DYE, vorname=DYE, pkz=f"PKZ-{uuid4().hex[:8]}")
    return create_hilfefall(fachkraft_id=akteur.user_id, klient=klient, **fields)


def _bed():
    return create_angebot(hilfeart="S42", plaetze=3, vakanz_bestaetigt_at=now())


def test_night__another_persons_child_is_nobodys_business(vg, hro, cast, sign_in, caplog):
    """A colleague, the other one on call, who pays, another office here and at its own host, a provider."""
    bett, rufina = _bed(), sign_in("rufina")
    url = rufina.post(f"{NACHT}reservieren/", JUNGE | {"angebot": str(bett.pk)}).headers["Location"]
    urls = [url, *(f"{url}{weg}/" for weg in ("anderer-platz", "zugesagt", "freigeben", "pflicht"))]
    tat = {"angebot": str(bett.pk), "pflicht": "VERTRAUENSPERSON", "erledigt": "on", "zurueck": "on"}
    vorher = _all_rows(vg, hro)
    for wer, wo in (("bernd", None), ("doris", None), ("frieda", None), ("gerd", None), ("ines", "VG")):
        _ask(sign_in(wer, at=wo), urls, data=tat)
    for wer in ("anna", "doris", "gerd"):
        assert sign_in(wer).get(f"{NACHT}von-ihnen/").status_code == 403, "nor her list"
    assert _all_rows(vg, hro) == vorher
    Membership.objects.filter(user=cast.user("rufina")).update(gueltig_bis=today() - timedelta(days=1))
    _ask(rufina, urls, data=tat, refused={302, *REFUSED})
    assert _all_rows(vg, hro) == vorher, "her appointment is over"
    assert "Junge" not in caplog.text and "9 Jahre" not in caplog.text


def test_night__what_was_given_back_is_not_undone_by_an_old_page(vg, sign_in):
    """The hold is gone and its case closed: no yes of the house, no tick, no other place revives it."""
    bett, anna = _bed(), sign_in("anna")
    url = anna.post(f"{NACHT}reservieren/", JUNGE | {"angebot": str(bett.pk)}).headers["Location"]
    anna.post(f"{url}freigeben/")
    vorher = _all_rows(vg)
    tat = {"angebot": str(bett.pk), "pflicht": "VERTRAUENSPERSON", "erledigt": "on"}
    for weg in ("anderer-platz", "zugesagt", "freigeben", "pflicht"):
        assert anna.post(f"{url}{weg}/", tat).status_code in {302, 404, 409, 422}, weg
    assert _all_rows(vg) == vorher


def test_siblings__no_foreign_child_and_no_foreign_house(vg, hro, cast, sign_in):
    """Cases of a colleague and of another office, ticked and by number; six more than allowed; a house made up."""
    markt, anna, bernd, gerd = create_markt(), *map(cast.akteur, ("anna", "bernd", "gerd"))
    with in_tenant(hro):
        in_rostock = _dyed(gerd, fallnummer="F-HRO-1")
    with in_tenant(vg):
        url = f"/hze-auswahl/{search_for(anna, create_hilfefall(fachkraft_id=anna.user_id)).pk}/geschwister/"
        bernds = _dyed(bernd, fallnummer="F-BERND-1")
        eigene = [create_hilfefall(fachkraft_id=anna.user_id) for _ in range(6)]
    client, haus = sign_in("anna"), {"einrichtung": str(markt[0].einrichtung_id), "zweiter_platz": "on"}
    vorher = _all_rows(vg, hro)
    fuehrt_sie_nicht = "Diesen Fall gibt es nicht, oder Sie führen ihn nicht: "
    for frage, gesagt in (
        ({"kinder": [str(bernds.pk)]}, "keine gültige Auswahl"),
        ({"kinder": [str(in_rostock.pk)]}, "keine gültige Auswahl"),
        ({"kinder": [str(eigene[0].pk), str(in_rostock.pk)]}, "keine gültige Auswahl"),
        ({"fallnummern": "F-BERND-1"}, f"{fuehrt_sie_nicht}F-BERND-1."),
        ({"fallnummern": f"{eigene[0].fallnummer}, F-HRO-1"}, f"{fuehrt_sie_nicht}F-HRO-1."),
        ({"kinder": [str(fall.pk) for fall in eigene]}, "höchstens fünf weitere Kinder"),
        ({"kinder": [str(eigene[0].pk)], "einrichtung": str(uuid4())}, ""),
        ({"kinder": ["-1", "1' OR '1'='1", ""], "fallnummern": "%"}, "keine gültige Auswahl"),
    ):
        answer = client.post(url, haus | frage)
        assert answer.status_code == 422 and gesagt in answer.text, frage
        assert DYE not in answer.text
    _ask(sign_in("bernd"), [url], data=haus)
    _ask(sign_in("gerd"), [url], data=haus)
    assert _all_rows(vg, hro) == vorher


def test_comparison__only_offers_there_are_however_many_are_sent(vg, hro, cast, sign_in):
    """A thousand numbers, negative ones, SQL, more than four: refused, and what is kept are offers there are."""
    markt, anna = create_markt(), cast.akteur("anna")
    with in_tenant(vg):
        suche = search_for(anna, _dyed(anna))
    client, url = sign_in("anna"), f"/hze-auswahl/{suche.pk}/"
    tausend = [str(uuid4()) for _ in range(1_000)]
    assert client.post(f"{url}merken/", {"gezeigt": tausend, "angebot": tausend}).status_code == 400, "at the door"
    erfunden = [*tausend[:400], "-1", "0", "' OR 1=1 --", "9" * 400]
    alle = [str(angebot.pk) for angebot in markt]
    wenige = tausend[:2]  # as many as may be kept, and none of them is there
    for gezeigt, angebot in (
        (erfunden, erfunden), (alle, erfunden), (alle, alle), ([], alle), (wenige, wenige), (wenige, alle[:2]),
    ):  # fmt: skip
        assert client.post(f"{url}merken/", {"gezeigt": gezeigt, "angebot": angebot}).status_code == 302
        with in_tenant(vg):
            assert Suche.objects.get().gemerkt == []
    client.post(f"{url}merken/", {"gezeigt": alle[:4], "angebot": alle[:4]})
    for query in ("?preis=-1", "?preis=101", "?sort=%27%3B--", f"?{'a' * 3000}", "?preise=alle"):
        assert client.get(f"{url}vergleich/{query}").status_code == 200, query
    vorher = _all_rows(vg, hro)
    for wer in ("bernd", "gerd", "doris"):
        _ask(sign_in(wer), [f"{url}merken/", f"{url}vergleich/"], data={"gezeigt": alle, "angebot": []})
    assert _all_rows(vg, hro) == vorher


def test_vermerk__sealed_against_every_method_and_against_the_offices_own_role(vg, hro, cast, sign_in):
    """By number from another office, by each verb of HTTP, and by SQL as the role the office's pages run under."""
    anna, angebot = cast.akteur("anna"), create_angebot()
    with in_tenant(vg):
        fremd = create_reservierung(fachkraft_id=anna.user_id, angebot=angebot, hilfefall=_dyed(anna)).auswahlvermerk
    url = f"/auswahlvermerke/{fremd.pk}/"
    text = {"begruendung": "Das war ganz anders, sagt der Angreifer."}
    vorher = _all_rows(vg, hro)
    _ask(sign_in("gerd"), [url, f"{url}nachtrag/"], data=text)
    _ask(sign_in("bernd"), [url, f"{url}nachtrag/"], data=text)
    _ask(sign_in("doris"), [f"{url}nachtrag/"], data=text)
    assert sign_in("anna").get(url).status_code == 200, "who may read it"
    for method in ("post", "put", "patch", "delete"):
        assert getattr(sign_in("anna"), method)(url, text).status_code == 405, method
    assert _all_rows(vg, hro) == vorher
    for befehl, what in (
        ("UPDATE placements_auswahlvermerk SET begruendung = 'x'", "for table placements_auswahlvermerk"),
        ("UPDATE placements_auswahlvermerk SET nummer = nummer + 1", "for table placements_auswahlvermerk"),
        ("DELETE FROM placements_auswahlvermerk", "for table placements_auswahlvermerk"),
        ("TRUNCATE placements_auswahlvermerk CASCADE", "for table placements_auswahlvermerk"),
        ("ALTER TABLE placements_auswahlvermerk DISABLE TRIGGER ALL", "owner of table placements_auswahlvermerk"),
        ("SELECT begruendung FROM hro.placements_auswahlvermerk", "for schema hro"),
    ):
        with in_tenant(vg, user_id=anna.user_id):
            _lacks_privilege(befehl, what)
    with in_tenant(vg):
        assert all(is_unveraendert(vermerk) for vermerk in Auswahlvermerk.objects.all())
    assert _all_rows(vg, hro) == vorher


def test_outside__another_offices_house_its_rates_and_its_bookings(vg, hro, cast, sign_in):
    anna, gerd = cast.akteur("anna"), cast.akteur("gerd")
    with in_tenant(hro):
        haus = create_fremdeinrichtung(name=f"Haus {DYE}", eingetragen_von_id=gerd.user_id)
    with in_tenant(vg):
        suche = search_for(anna, create_hilfefall(fachkraft_id=anna.user_id))
    hier = f"/ausserhalb/{haus.pk}/"
    urls = [hier, *(f"{hier}{weg}/" for weg in ("aendern", "entgelt", "vorschlagen"))]
    urls.append(f"/hze-auswahl/{suche.pk}/ausserhalb/{haus.pk}/")
    tat = {
        "name": "Meins", "hilfeart": "S34", "betrag": "1", "ab": "2017-01-01", "quelle": "keine",
        "zugesagt_am": "2017-05-20", "begruendung": "Keines im Land nimmt sie auf.",
    }  # fmt: skip
    vorher = _all_rows(vg, hro)
    _ask(sign_in("anna"), urls, data=tat)
    assert DYE not in sign_in("anna").get("/ausserhalb/?alte=1").text
    api = cast.api("anna", at="VG")
    assert api.get(f"/api/v1{hier}").status_code == 404
    for weg, felder in (
        ("aendern/", {"name": "Meins", "anbieter": "Meiner", "ort": "Hamburg", "land": "Hamburg"}),
        ("entgelte/", {name: tat[name] for name in ("hilfeart", "betrag", "ab", "quelle")}),
    ):
        answer = api.post(f"/api/v1{hier}{weg}", data=felder, content_type="application/json")
        assert answer.status_code == 404, (weg, answer.content)
    with in_tenant(vg, user_id=anna.user_id):
        _lacks_privilege("SELECT name FROM hro.placements_fremdeinrichtung", "for schema hro")
    with in_tenant(vg, user_id=anna.user_id), pytest.raises(SessionStatementRefused):
        connection.cursor().execute(f"SET LOCAL ROLE {roles.tenant('hro')}")
    assert _all_rows(vg, hro) == vorher


def test_outside__the_last_day_of_an_open_help_is_one_that_can_be_granted(vg, hro, cast, sign_in):
    """Before the first day, in the year 9999, no day at all, longer than a childhood, into another stay of hers: each
    is said in German at its field with all that was typed, by page and API. In the address of a page it is nothing."""
    anna, angebot = cast.akteur("anna"), create_angebot()
    with in_tenant(vg):
        haus, fall = create_fremdeinrichtung(eingetragen_von_id=anna.user_id), _dyed(anna)
        im_sommer = period("2018-06-01", "2018-08-31")
        create_buchung(fachkraft_id=anna.user_id, angebot=angebot, hilfefall=fall, zeitraum=im_sommer)
        suche = search_for(anna, fall, ohne_ende=True)
    url, api_url = f"/hze-auswahl/{suche.pk}/ausserhalb/{haus.pk}/", f"/api/v1/suchen/{suche.pk}/ausserhalb-buchen/"
    tat = {"zugesagt_am": "2017-05-20", "begruendung": "Keines im Land nimmt sie auf.", "wuensche": "Mit dem Hund."}
    client, api = sign_in("anna"), cast.api("anna", at="VG")

    def book_by_api(tag):
        data = tat | {"fremdeinrichtung": str(haus.pk), "letzter_tag": tag}
        return api.post(api_url, data=data, content_type="application/json")

    vorher = _all_rows(vg, hro)
    kein_tag, ausserhalb, zu_lang = "ein gültiges Datum", "ein Datum vom 01.01.1990 bis", "höchstens 27 Jahre"
    for tag, gesagt in (
        ("infinity", kein_tag), ("2017-02-30", kein_tag), ("1;DROP TABLE x", kein_tag), ("9999-12-31", ausserhalb),
        ("1900-01-01", ausserhalb), ("2017-05-31", "vor dem Beginn"), ("2045-01-01", zu_lang),
    ):  # fmt: skip
        answer = client.post(url, tat | {"letzter_tag": tag, "gezeigt_bis": tag})
        assert answer.status_code == 422 and gesagt in answer.text, (tag, answer.status_code)
        assert all(typed in unescape(answer.text) for typed in (tag, tat["begruendung"], tat["wuensche"])), tag
        answer = book_by_api(tag)
        assert answer.status_code == 422 and gesagt in answer.json()["felder"]["letzter_tag"][0], (tag, answer.content)
        page = client.get(url, {"letzter_tag": tag})
        assert page.status_code == 200 and "34.580" in page.text and gesagt not in page.text, tag
    for leer, gesagt in ((client.post(url, tat | {"letzter_tag": ""}), PFLICHT), (book_by_api(None), ENDE_FEHLT)):
        assert leer.status_code == 422 and gesagt in leer.text, leer.content
    bis = {"letzter_tag": "2018-07-15", "gezeigt_bis": "2018-07-15"}
    for answer in (client.post(url, tat | bis), book_by_api("2018-07-15")):
        assert answer.status_code == 422 and "schon einen Platz" in answer.text, answer.content
    for wer in ("bernd", "gerd", "doris"):
        _ask(sign_in(wer), [url], data=tat | {"letzter_tag": str(suche.letzter_tag)})
    assert _all_rows(vg, hro) == vorher
    gut = {"letzter_tag": str(suche.letzter_tag), "gezeigt_bis": str(suche.letzter_tag), "gezeigt": "34580"}
    assert client.post(url, tat | gut).status_code == 302, "all of it was good but for the day"


def test_deadlines__neither_another_persons_nor_without_end(vg, hro, cast, sign_in):
    anna, angebot = cast.akteur("anna"), create_angebot(plaetze=2)
    with in_tenant(vg):
        offen = create_reservierung(fachkraft_id=anna.user_id, angebot=angebot, hilfefall=_dyed(anna))
        gebucht = create_buchung(fachkraft_id=anna.user_id, angebot=angebot, hilfefall=_dyed(anna))
    urls = [f"/reservierungen/{offen.pk}/verlaengern/", f"/buchungen/{gebucht.pk}/verlaengern/"]
    urls += [f"/reservierungen/{offen.pk}/zurueckziehen/", f"/buchungen/{gebucht.pk}/stornieren/"]
    vorher = _all_rows(vg, hro)
    tat = {"tage": "1", "letzter_tag": "2027-12-31", "begruendung": "Weil ich will."}
    for wer, wo in (("bernd", None), ("gerd", None), ("jan", "VG")):
        _ask(sign_in(wer, at=wo), urls, data=tat)
    client = sign_in("anna")
    for tage in ("28", "0", "-1", "1e9", "999999999999", "1.5", "NaN", "\x00", "1;DROP TABLE x"):
        assert client.post(urls[0], {"tage": tage}).status_code == 422, tage
    for bis in ("1900-01-01", "9999-12-31", "0000-00-00", "morgen", str(gebucht.letzter_tag)):
        assert client.post(urls[1], {"letzter_tag": bis, "begruendung": "Sie braucht es."}).status_code == 422, bis
    assert _all_rows(vg, hro) == vorher
    assert client.post(urls[0], {"tage": "1"}).status_code == 302, "with a good number of days it is one"


def test_live_counts__hostile_input_is_a_sentence_and_nothing_is_kept(vg, hro, cast, sign_in):
    create_markt()
    bernd = cast.akteur("bernd")
    anna = cast.akteur("anna")
    with in_tenant(vg):
        fremd, ihres = _dyed(bernd), create_hilfefall(fachkraft_id=anna.user_id)
    gut = {"hilfeart": "S34", "beginn": "2017-06-01", "ende": "2017-11-30", "reichweite": "LAND", "tage_je_woche": "7"}
    client = sign_in("anna")
    vorher = _all_rows(vg, hro)
    for falsch in (
        {"hilfeart": "' OR 1=1 --"}, {"beginn": "9999-99-99"}, {"ende": "-infinity"}, {"reichweite": "WELT"},
        {"tage_je_woche": "NaN"}, {"tage_je_woche": "1e400"}, {"alter": "-9"}, {"alter": "9" * 400},
        {"umkreis_plz": "1748%", "reichweite": "UMKREIS", "umkreis_km": "1e9"}, {"spezialisierungen": ["x"] * 500},
        {KIND: str(fremd.klient_id)}, {KIND: str(uuid4())}, {KIND: "1 UNION SELECT"}, {"region": "HRO"},
        {"ohne_ende": "' OR 1=1 --", "ende": "-infinity"}, {"ohne_ende": "on", "beginn": "9999-12-31"},
        {"weitere_hilfearten": "' OR 1=1 --"}, {"weitere_hilfearten": ["S33", "x"] * 250},
        {"weitere_hilfearten": ["S33", "A31"]}, {"weitere_hilfearten": str(uuid4())},
    ):  # fmt: skip
        answer = client.post("/hze-auswahl/zaehlen/", gut | falsch)
        assert answer.status_code in {200, 422}, falsch
        assert DYE not in answer.text and "Traceback" not in answer.text and "psycopg" not in answer.text, falsch
    ihrs, fremdes, keines = (
        client.post("/hze-auswahl/zaehlen/", gut | {KIND: str(pk)}).text
        for pk in (ihres.klient_id, fremd.klient_id, uuid4())
    )
    assert "10 Jahre" in ihrs and fremdes == keines, "of another person's child no age is told and nothing narrowed"
    _ask(sign_in("doris"), ["/hze-auswahl/zaehlen/"], data=gut)
    assert _all_rows(vg, hro) == vorher


def test_saved_searches__another_persons_are_not_there(vg, hro, cast, sign_in):
    create_markt()
    anna = cast.akteur("anna")
    with in_tenant(vg):
        beginn = today() + timedelta(days=10)
        suche = search_for(anna, _dyed(anna), beginn=beginn, ende=beginn + timedelta(days=90))
    sign_in("anna").post(f"/hze-auswahl/{suche.pk}/weitersuchen/")
    with in_tenant(vg):
        auftrag = Suchauftrag.objects.get()
    urls = [f"/suchauftraege/{auftrag.pk}/{weg}/" for weg in ("ansehen", "beenden")]
    urls += [f"/hze-auswahl/{suche.pk}/{weg}" for weg in ("", "erneut/", "weitersuchen/", "nicht-passend/")]
    vorher = _all_rows(vg, hro)
    for wer in ("bernd", "gerd", "doris", "frieda"):
        _ask(sign_in(wer), urls)
        liste = sign_in(wer).get("/suchauftraege/")
        assert DYE not in liste.text and not re.search(str(auftrag.pk), liste.text), wer
    assert _all_rows(vg, hro) == vorher


def test_programs__another_persons_search_reserves_nothing(vg, hro, cast):
    """The same by the API: a key of a colleague, and of another office, with the numbers of Anna's search and case."""
    angebot, anna, bernd = create_angebot(), cast.akteur("anna"), cast.akteur("bernd")
    with in_tenant(vg):
        fall = _dyed(anna)
        suche, bernds = search_for(anna, fall), search_for(bernd)
    wahl = {"angebot": str(angebot.pk), "klient": str(fall.klient_id), "begruendung": "Weil ich will."}

    def reserve(wer, wo, suche_id):
        data = wahl | {"suche": str(suche_id)}
        return cast.api(wer, at=wo).post("/api/v1/reservierungen/", data=data, content_type="application/json")

    vorher = _all_rows(vg, hro)
    for wer, wo in (("bernd", "VG"), ("gerd", "HRO"), ("doris", "VG")):
        for suche_id in (suche.pk, UUID(int=0), bernds.pk):
            answer = reserve(wer, wo, suche_id)
            assert answer.status_code in REFUSED, (wer, suche_id, answer.content)
            assert DYE not in answer.content.decode()
        assert cast.api(wer, at=wo).get(f"/api/v1/suchen/{suche.pk}/").status_code in REFUSED
    assert _all_rows(vg, hro) == vorher
    assert reserve("anna", "VG", suche.pk).status_code == 201, "all of it was good but for the sender"


def test_again__what_may_be_dropped_is_a_need__never_who_the_child_is(vg, hro, cast, sign_in):
    """The button that asks without one need, with keys made up: age, sex, days and district stay, and so does all."""
    create_markt()
    anna = cast.akteur("anna")
    with in_tenant(vg):
        suche = search_for(anna, _dyed(anna), sprachen=("ar",), geschlecht="m", alter=9, barrierefrei="")
        gefragt = kriterien_of(suche)
    url, client = f"/hze-auswahl/{suche.pk}/erneut/", sign_in("anna")
    vorher = _all_rows(vg, hro)
    for wer in ("bernd", "gerd", "doris", "rufina"):
        _ask(sign_in(wer), [url], data={"ohne": "SPRACHE:ar"})
    assert _all_rows(vg, hro) == vorher
    for ohne in (
        "SPRACHE:xx", "sprache:ar", "SPRACHE:", "SPRACHE:ar' OR 1=1 --", "GESCHLECHT:", "GESCHLECHT:m", "ALTER:9",
        "REGION:VG", "MERKMAL:ar", ":", "9" * 4_000,
    ):  # fmt: skip
        answer = client.post(url, {"ohne": ohne})
        assert answer.status_code == 302, ohne
        with in_tenant(vg):
            assert kriterien_of(Suche.objects.get(pk=answer.url.rstrip("/").rpartition("/")[2])) == gefragt, ohne
    ohne_sprache = client.post(url, {"ohne": "SPRACHE:ar"}).url.rstrip("/").rpartition("/")[2]
    with in_tenant(vg):
        assert kriterien_of(Suche.objects.get(pk=ohne_sprache)).sprachen == (), "the real key is one"


def test_open_help__its_last_day_is_said_by_who_books_it_and_is_a_day(vg, hro, cast, sign_in):
    """Held until further notice: nobody else ends it by booking it, and no hostile day or sum is booked."""
    anna, ines = cast.akteur("anna"), cast.akteur("ines", at="VG")
    angebot = create_angebot(plaetze=1)
    with in_tenant(vg):
        fall = _dyed(anna)
        suche = search_for(anna, fall, ohne_ende=True)
        offen = reserve_angebot(akteur=anna, suche=suche, angebot_id=angebot.pk, betroffen=Betroffen(fall.klient, fall))
        confirm_reservierung(reservierung=offen, akteur=ines)
    url, api_url = f"/reservierungen/{offen.pk}/buchen/", f"/api/v1/reservierungen/{offen.pk}/buchen/"
    gut = {"letzter_tag": suche.letzter_tag.isoformat()}
    vorher = _all_rows(vg, hro)
    for wer, wo in (("bernd", None), ("gerd", None), ("doris", None), ("ines", "VG"), ("jan", "VG")):
        _ask(sign_in(wer, at=wo), [url], data=gut)
    for wer, wo in (("bernd", "VG"), ("gerd", "HRO"), ("doris", "VG")):
        answer = cast.api(wer, at=wo).post(api_url, data=gut, content_type="application/json")
        assert answer.status_code in REFUSED, (wer, answer.status_code)
    client, api = sign_in("anna"), cast.api("anna", at="VG")
    for tag in (
        "", "infinity", "9999-12-31", "2045-01-01", "1900-01-01", "2017-05-31", "0000-00-00", "2017-02-30",
        "1;DROP TABLE x",
    ):  # fmt: skip
        assert client.post(url, {"letzter_tag": tag}).status_code == 422, tag
        answer = api.post(api_url, data={"letzter_tag": tag}, content_type="application/json")
        assert answer.status_code == 422, (tag, answer.status_code)
    for gezeigt in ("0", "-1", "NaN", "1e400", "1"):
        anderer = {"letzter_tag": "2018-05-31", "gezeigt_bis": "2018-05-31", "gezeigt": gezeigt}
        assert client.post(url, anderer).status_code in {200, 422}, gezeigt
    for falsch, status in (({}, 422), (gut | {"soll_kosten": "1"}, 409)):
        answer = api.post(api_url, data=falsch, content_type="application/json")
        assert answer.status_code == status, (falsch, answer.content)
    assert _all_rows(vg, hro) == vorher
    assert client.post(url, gut).status_code == 302, "what was refused was good but for the sender"


def test_night__where_she_is_and_a_further_child_are_hers_alone(vg, hro, cast, sign_in):
    """A postcode that is SQL or none; a colleague who sends Anna's number of the questions, as a further child."""
    bett, anna, bernd = _bed(), sign_in("anna"), sign_in("bernd")
    for wer, wo in (("doris", None), ("frieda", None), ("hilde", None), ("ines", "VG")):
        _ask(sign_in(wer, at=wo), [f"{NACHT}ab-hier/", f"{NACHT}reservieren/"], data=JUNGE | {"ab_plz": "00012"})
    vorher = _all_rows(vg, hro)
    for plz in ("0001%", "00012' OR '1'='1", "９９９９９", "-0001", "0" * 400, "99999", "\x00"):
        assert anna.post(f"{NACHT}ab-hier/", {"ab_plz": plz}).status_code == 422, plz
    assert SESSION_KEY in anna.session and "nacht_ab_plz" not in anna.session, "nothing of it is kept"
    assert _all_rows(vg, hro) == vorher

    tat = JUNGE | {"angebot": str(bett.pk), "einmal": str(uuid4()), "weiteres": "on"}
    ihr_kind = anna.post(f"{NACHT}reservieren/", tat).headers["Location"]
    assert anna.post(f"{NACHT}reservieren/", tat).headers["Location"] == ihr_kind, "the same one, however often"
    with in_tenant(vg):
        ihres = list(map(str, Nachtaufnahme.objects.values()))
    seins = bernd.post(f"{NACHT}reservieren/", tat).headers["Location"]
    assert seins != ihr_kind and bernd.get(ihr_kind).status_code == 404
    with in_tenant(vg):
        rows = list(map(str, Nachtaufnahme.objects.values()))
    assert len(rows) == 2 and set(ihres) < set(rows), "a child of his own, and hers as it was"


#: Who reads neither list: controlling, who is on call, a provider.
_NO_READERS = ("frieda", "rufina", "ines")
PFLEGE = "/pflegestellen/"
STELLE = {
    "kennzeichen": "PS-9", "form": "VOLLZEIT", "region": "Anklam", "plaetze": "9", "belegt": "0", "alter_von": "0",
    "alter_bis": "12", "ab": "2017-01-01",
}  # fmt: skip
SATZ = {
    "form": "KURZZEIT", "alter_von": "0", "alter_bis": "6", "betrag": "1", "ab": "2017-01-01", "quelle": "Beschluss",
}  # fmt: skip


def test_foster_places__neither_another_offices_nor_by_the_wrong_role(vg, hro, cast, sign_in):
    """Each address of both lists, with what its form takes: only who sends it is wrong."""
    anna, doris = cast.akteur("anna"), cast.akteur("doris")
    with in_tenant(vg):
        stelle = create_pflegestelle(eingetragen_von_id=anna.user_id, kennzeichen=f"1-{DYE}", region=DYE, bemerkung=DYE)
        satz = create_pflegegeldsatz(eingetragen_von_id=doris.user_id, quelle=DYE)
    neu, hier = f"{PFLEGE}neu/", f"{PFLEGE}{stelle.pk}/"
    aendern, beenden = f"{hier}aendern/", f"{hier}beenden/"
    geld, satz_neu = f"{PFLEGE}pflegegeld/", f"{PFLEGE}pflegegeld/neu/"
    satz_aendern = f"{geld}{satz.pk}/aendern/"
    asd, wjh = sign_in("anna"), sign_in("doris")
    bearbeiten = STELLE | gelesen(asd.get(aendern).text)
    enden = {"letzter_tag": "2017-12-31"} | gelesen(asd.get(beenden).text)
    berichtigen = SATZ | gelesen(wjh.get(satz_aendern).text)
    vorher = _all_rows(vg, hro)

    for wer, urls in (
        ("gerd", {hier, aendern, beenden, satz_neu, satz_aendern}),  # as Anna, elsewhere
        ("hilde", {hier, neu, aendern, beenden, satz_aendern}),  # as Doris, elsewhere
        ("anna", {satz_neu, satz_aendern}),
        ("doris", {neu, aendern, beenden}),
        ("emil", {neu, aendern, beenden, satz_neu, satz_aendern}),  # reads both
        *((wer, {PFLEGE, neu, hier, aendern, beenden, geld, satz_neu, satz_aendern}) for wer in _NO_READERS),
    ):
        client = sign_in(wer, at="VG" if wer == "ines" else None)
        for url in urls:
            tat = {aendern: bearbeiten, beenden: enden, satz_neu: SATZ, satz_aendern: berichtigen}.get(url, STELLE)
            _ask(client, [url], data=tat)
    for wer in ("gerd", "hilde"):
        for url in (PFLEGE, f"{PFLEGE}?alte=1", f"{PFLEGE}?format=csv", geld):
            assert DYE not in sign_in(wer).get(url).text, (wer, url)
    for wer, wo in (("gerd", "HRO"), ("hilde", "HRO"), ("frieda", "VG")):
        api = cast.api(wer, at=wo)
        assert api.get(f"/api/v1{hier}").status_code in REFUSED
        for url in ("/api/v1/pflegestellen/", "/api/v1/pflegegeldsaetze/"):
            assert DYE not in api.get(url).content.decode(), (wer, url)
    assert _all_rows(vg, hro) == vorher

    for client, url, tat in (
        (asd, aendern, bearbeiten), (asd, beenden, enden), (asd, neu, STELLE | {"kennzeichen": "PS-10"}),
        (wjh, satz_aendern, berichtigen), (wjh, satz_neu, SATZ),
    ):  # fmt: skip
        assert client.post(url, tat).status_code == 302, (url, "all of it was good but for the sender")


def test_foster_places__the_offices_own_role_deletes_none_and_reads_no_other_office(vg, hro, cast):
    anna = cast.akteur("anna")
    with in_tenant(vg):
        create_pflegestelle(eingetragen_von_id=anna.user_id)
        create_pflegegeldsatz(eingetragen_von_id=anna.user_id)
    vorher = _all_rows(vg, hro)
    for befehl, what in (
        ("DELETE FROM foster_pflegestelle", "for table foster_pflegestelle"),
        ("DELETE FROM foster_pflegegeldsatz", "for table foster_pflegegeldsatz"),
        ("UPDATE foster_pflegegeldsatz SET alter_von = 1", "for table foster_pflegegeldsatz"),
        ("ALTER TABLE foster_pflegestelle DISABLE TRIGGER ALL", "owner of table foster_pflegestelle"),
        ("SELECT kennzeichen FROM hro.foster_pflegestelle", "for schema hro"),
        ("UPDATE hro.foster_pflegegeldsatz SET betrag = 1", "for schema hro"),
    ):
        with in_tenant(vg, user_id=anna.user_id):
            _lacks_privilege(befehl, what)
    assert _all_rows(vg, hro) == vorher
