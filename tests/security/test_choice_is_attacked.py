"""Search, choice and the night, asked for by people they are not for: nothing is shown, changed or left behind.

Each story is one attack: another person's child of the night, foreign brothers and sisters,
numbers made up for a comparison, a sealed note, another office's house, a booking that is not hers, hostile counts.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from shared_apps.accounts.models import Membership
from shared_apps.core.clock import now, today
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.cases.models import Hilfefall
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
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenants.context import in_tenant
from tenants.db import roles
from tenants.db.base import SessionStatementRefused
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.placements import create_buchung, create_fremdeinrichtung, create_reservierung
from tests.factories.register import create_angebot
from tests.factories.suchen import create_markt, search_for

pytestmark = pytest.mark.django_db

DYE = "Farbstoffkind"
#: Everything that a choice writes.
TABLES = (
    Auswahlvermerk, Buchung, Fremdeinrichtung, Fremdentgelt, Hilfefall, Nachtaufnahme, Nachtschritt, Platzbindung,
    Reservierung, Suchauftrag, Suche,
)  # fmt: skip
REFUSED = {403, 404, 405}
NACHT = "/heute-nacht/"
JUNGE = {"alter": "9", "geschlecht": "m"}


def _all_rows(*tenants) -> dict[tuple[str, str], list]:
    """Every column of every row that a choice writes."""
    rows = {}
    for tenant in tenants:
        with in_tenant(tenant):
            rows |= {(tenant.kuerzel, model.__name__): sorted(map(str, model.objects.values())) for model in TABLES}
    return rows


def _ask(client, urls, *, data=None, refused=REFUSED, methods=("get", "post")) -> None:
    client.raise_request_exception = False
    for url, method in product(urls, methods):
        answer = getattr(client, method)(url, data or {})
        assert answer.status_code in refused, (method, url, answer.status_code)
        assert DYE not in answer.content.decode(errors="replace"), (method, url)


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
    for frage in (
        {"kinder": [str(bernds.pk)]},
        {"kinder": [str(in_rostock.pk)]},
        {"kinder": [str(eigene[0].pk), str(in_rostock.pk)]},
        {"fallnummern": "F-BERND-1"},
        {"fallnummern": f"{eigene[0].fallnummer}, F-HRO-1"},
        {"kinder": [str(fall.pk) for fall in eigene]},
        {"kinder": [str(eigene[0].pk)], "einrichtung": str(uuid4())},
        {"kinder": ["-1", "1' OR '1'='1", ""], "fallnummern": "%"},
    ):
        answer = client.post(url, haus | frage)
        assert answer.status_code in {409, 422}, frage
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
    for gezeigt, angebot in ((erfunden, erfunden), (alle, erfunden), (alle, alle), ([], alle)):
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
    _ask(sign_in("anna"), [url], data=text, methods=("post", "put", "patch", "delete"), refused={405})
    assert _all_rows(vg, hro) == vorher
    for befehl in (
        "UPDATE placements_auswahlvermerk SET begruendung = 'x'",
        "UPDATE placements_auswahlvermerk SET nummer = nummer + 1",
        "DELETE FROM placements_auswahlvermerk",
        "TRUNCATE placements_auswahlvermerk CASCADE",
        "ALTER TABLE placements_auswahlvermerk DISABLE TRIGGER ALL",
        "SELECT begruendung FROM hro.placements_auswahlvermerk",
    ):
        with in_tenant(vg, user_id=anna.user_id), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(befehl)
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
    for weg in ("aendern/", "entgelte/"):
        answer = api.post(f"/api/v1{hier}{weg}", data=tat, content_type="application/json")
        assert answer.status_code in {404, 422}, weg
    with in_tenant(vg, user_id=anna.user_id), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("SELECT name FROM hro.placements_fremdeinrichtung")
    with in_tenant(vg, user_id=anna.user_id), pytest.raises(SessionStatementRefused):
        connection.cursor().execute(f"SET LOCAL ROLE {roles.tenant('hro')}")
    assert _all_rows(vg, hro) == vorher


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
    for tage in ("0", "-1", "1e9", "999999999999", "1.5", "NaN", "\x00", "1;DROP TABLE x"):
        assert client.post(urls[0], {"tage": tage}).status_code == 422, tage
    for bis in ("1900-01-01", "9999-12-31", "0000-00-00", "morgen", str(gebucht.letzter_tag)):
        assert client.post(urls[1], {"letzter_tag": bis, "begruendung": "Sie braucht es."}).status_code == 422, bis
    assert _all_rows(vg, hro) == vorher


def test_live_counts__hostile_input_is_a_sentence_and_nothing_is_kept(vg, hro, cast, sign_in):
    create_markt()
    bernd = cast.akteur("bernd")
    with in_tenant(vg):
        fremd = _dyed(bernd)
    gut = {"hilfeart": "S34", "beginn": "2017-06-01", "ende": "2017-11-30", "reichweite": "LAND", "tage_je_woche": "7"}
    client = sign_in("anna")
    vorher = _all_rows(vg, hro)
    for falsch in (
        {"hilfeart": "' OR 1=1 --"}, {"beginn": "9999-99-99"}, {"ende": "-infinity"}, {"reichweite": "WELT"},
        {"tage_je_woche": "NaN"}, {"tage_je_woche": "1e400"}, {"alter": "-9"}, {"alter": "9" * 400},
        {"umkreis_plz": "1748%", "reichweite": "UMKREIS", "umkreis_km": "1e9"}, {"spezialisierungen": ["x"] * 500},
        {"klient": str(fremd.klient_id)}, {"klient": str(uuid4())}, {"klient": "1 UNION SELECT"}, {"region": "HRO"},
    ):  # fmt: skip
        answer = client.post("/hze-auswahl/zaehlen/", gut | falsch)
        assert answer.status_code in {200, 422}, falsch
        assert DYE not in answer.text and "Traceback" not in answer.text and "psycopg" not in answer.text, falsch
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
    angebot, anna = create_angebot(), cast.akteur("anna")
    with in_tenant(vg):
        fall = _dyed(anna)
        suche = search_for(anna, fall)
    vorher = _all_rows(vg, hro)
    for wer, wo in (("bernd", "VG"), ("gerd", "HRO"), ("doris", "VG")):
        api = cast.api(wer, at=wo)
        for data in ({"suche": str(suche.pk)}, {"suche": "-1"}, {"suche": str(UUID(int=0))}):
            wahl = data | {"angebot": str(angebot.pk), "fallnummer": fall.fallnummer, "begruendung": "Weil ich will."}
            answer = api.post("/api/v1/reservierungen/", data=wahl, content_type="application/json")
            assert answer.status_code in {400, 403, 404, 422}, (wer, data, answer.status_code)
            assert DYE not in answer.content.decode()
        assert api.get(f"/api/v1/suchen/{suche.pk}/").status_code in REFUSED
    assert _all_rows(vg, hro) == vorher
