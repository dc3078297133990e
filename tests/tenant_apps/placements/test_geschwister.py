"""Brothers and sisters: a place for each of them in one facility, or none at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from itertools import product
from threading import Barrier, BrokenBarrierError
from time import sleep
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import today
from shared_apps.core.errors import KeinPlatzFrei, Konflikt, RegelVerletzt
from shared_apps.occupancy.enums import LEBEND
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Angebot
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.services.abschluss import close_hilfefall
from tenant_apps.placements.faelle.selectors.geschwister import list_geschwister
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.rules import verteilen
from tenant_apps.placements.services.geschwister import Wahl, reserve_geschwister
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.vermerk import lock_kette
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.placements import create_reservierung
from tests.factories.register import create_angebot, period
from tests.factories.suchen import search_for
from tests.people import Cast

ANGEBOTE = [UUID(int=n) for n in range(4)]


@given(
    st.lists(
        st.permutations(ANGEBOTE).flatmap(lambda a: st.integers(0, 4).map(lambda n: a[:n])), min_size=1, max_size=4
    ),
    st.tuples(*[st.integers(0, 2)] * 4),
)
def test_each_child_has_an_offer_whenever_there_is_a_way(passend, plaetze) -> None:
    frei = dict(zip(ANGEBOTE, plaetze, strict=True))
    geht = any(all(wahl.count(a) <= frei[a] for a in wahl) for wahl in product(*passend))
    wahl = verteilen(passend, frei)
    assert (wahl is not None) == geht
    if wahl is not None:
        assert all(angebot in kind for angebot, kind in zip(wahl, passend, strict=True))
        assert all(wahl.count(angebot) <= frei[angebot] for angebot in wahl)


def _haus(*plaetze: int, haus=None) -> list[Angebot]:
    """A facility with offers, each with this many places."""
    angebote: list[Angebot] = []
    for anzahl in plaetze:
        haus = angebote[0].einrichtung if angebote else haus
        angebote.append(create_angebot(plaetze=anzahl, einrichtung=haus))
    return angebote


def _waehlen(akteur, angebote) -> list[Wahl]:
    """A child with a search for each of these offers; inside the office's fence."""
    wahlen = []
    for angebot in angebote:
        fall = create_hilfefall(fachkraft_id=akteur.user_id)
        wahlen.append(Wahl(Betroffen(fall.klient, fall), search_for(akteur, fall), angebot_id=angebot.pk))
    return wahlen


def test_reserve_geschwister__each_has_a_place_and_a_sealed_choice(cast, vg) -> None:
    eins, zwei = _haus(2, 1)
    anna = cast.akteur("anna", at="VG")
    with in_tenant(vg):
        wahlen = _waehlen(anna, (eins, zwei, eins))
        reservierungen = reserve_geschwister(akteur=anna, wahlen=wahlen)
        assert [r.angebot_id for r in reservierungen] == [eins.pk, zwei.pk, eins.pk]
        assert [r.klient_id for r in reservierungen] == [w.betroffen.klient.pk for w in wahlen]
        assert len({r.platz_id for r in reservierungen}) == len({r.auswahlvermerk_id for r in reservierungen}) == 3


def test_reserve_geschwister__one_place_too_few_holds_nothing(cast, vg) -> None:
    (eins,) = _haus(1)
    anna = cast.akteur("anna", at="VG")
    with in_tenant(vg):
        wahlen = _waehlen(anna, (eins, eins))
        with pytest.raises(KeinPlatzFrei, match="Es wurde nichts reserviert"):
            reserve_geschwister(akteur=anna, wahlen=wahlen)
        assert not Reservierung.objects.exists() and not Platzbindung.objects.exists()


def test_reserve_geschwister__one_facility_and_each_child_once(cast, vg) -> None:
    (eins,), (zwei,) = _haus(2), _haus(2)
    anna = cast.akteur("anna", at="VG")
    with in_tenant(vg):
        wahlen = _waehlen(anna, (eins, zwei))
        with pytest.raises(RegelVerletzt, match="dieselbe Einrichtung"):
            reserve_geschwister(akteur=anna, wahlen=wahlen)
        for falsch in (wahlen[:1], [wahlen[0], wahlen[0]]):
            with pytest.raises(RegelVerletzt, match="mindestens zwei Kinder"):
                reserve_geschwister(akteur=anna, wahlen=falsch)


def test_two_offices_at_once__one_has_all_and_the_other_nothing(own_database) -> None:
    """The same two places, taken in opposite order: nobody waits in a circle, nothing is half taken."""
    cast, offices = Cast(), {k: Tenant.objects.get(kuerzel=k) for k in ("VG", "HRO")}
    wer = {"VG": cast.akteur("anna", at="VG"), "HRO": cast.akteur("gerd", at="HRO")}
    for _ in range(4):
        haus = _haus(1, 1)
        wahlen = {}
        for kuerzel, amt in offices.items():
            with in_tenant(amt):
                wahlen[kuerzel] = _waehlen(wer[kuerzel], haus if kuerzel == "VG" else haus[::-1])
        start = Barrier(4)

        def run(kuerzel: str, wahlen=wahlen, start=start) -> str:
            try:
                start.wait()
                with in_tenant(offices[kuerzel]):
                    reserve_geschwister(akteur=wer[kuerzel], wahlen=wahlen[kuerzel])
                return kuerzel
            except Konflikt:
                return ""
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            gewonnen = [wert for wert in pool.map(run, ("VG", "HRO", "VG", "HRO")) if wert]
        assert len(gewonnen) == 1
        for kuerzel, amt in offices.items():
            with in_tenant(amt):
                held = Platzbindung.objects.filter(platz__angebot__in=haus, zustand__in=LEBEND).count()
                assert held == (2 if kuerzel == gewonnen[0] else 0)


def test_one_search_for_two_acts__whoever_holds_it_goes_on_to_the_chain(own_database) -> None:
    """A single reservation holds its search and then takes the chain. Brothers and sisters out of the same search wait
    for the search, and hold nothing meanwhile that the other one needs."""
    vg, anna, haus = Tenant.objects.get(kuerzel="VG"), Cast().akteur("anna", at="VG"), _haus(1, 1)
    with in_tenant(vg):
        wahlen = _waehlen(anna, haus)

    def together() -> int:
        try:
            with in_tenant(vg):
                return len(reserve_geschwister(akteur=anna, wahlen=wahlen))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with in_tenant(vg):
            Suche.objects.select_for_update(no_key=True).get(pk=wahlen[1].suche.pk)
            zusammen = pool.submit(together)
            while not zusammen.done() and not _is_waited_for():
                sleep(0.02)
            lock_kette()
        assert zusammen.result(timeout=30) == 2


def _is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
        return cursor.fetchone() is not None


def test_api__all_or_none_and_the_answer_again(cast, vg) -> None:
    (eins,) = _haus(2)
    akteur, anna = cast.akteur("anna", at="VG"), cast.api("anna")
    with in_tenant(vg):
        wahlen = _waehlen(akteur, (eins, eins))
    kinder = [{"suche": str(wahl.suche.pk), "angebot": str(eins.pk)} for wahl in wahlen]

    def post(**fields):
        body = {"kinder": kinder, "wuensche": "Zusammen bleiben.", "sort": "passung", "preis": 90} | fields
        url = "/api/v1/reservierungen/geschwister/"
        return anna.post(url, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="f" if fields else "k")

    assert post(kinder=[kinder[0] | {"soll_entgelt": "1"}, kinder[1]]).status_code == 409
    eine, andere = post(), post()
    assert eine.status_code == 201, eine.content
    assert eine.json() == andere.json() and len(eine.json()["reservierungen"]) == 2
    assert post(kinder=kinder[:1]).status_code == 422
    with in_tenant(vg):
        vermerke = [r.auswahlvermerk for r in Reservierung.objects.select_related("auswahlvermerk")]
        assert {vermerk.wuensche for vermerk in vermerke} == {"Zusammen bleiben."}
        assert {vermerk.kriterien["sortierung"] for vermerk in vermerke} == {"passung"}, "as the program was shown it"


def test_api__the_same_children_in_another_order__wait_for_each_other(own_database) -> None:
    """Two programs open the cases of two children at once, each beginning with the other one's first."""
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    akteur, programme = cast.akteur("anna", at="VG"), [cast.api("anna"), cast.api("anna")]
    (eins,) = _haus(4)
    with in_tenant(vg):
        suchen = [search_for(akteur) for _ in range(2)]
        klienten = [create_hilfefall(fachkraft_id=akteur.user_id).klient for _ in range(2)]
        for fall in Hilfefall.objects.all():
            close_hilfefall(akteur=akteur, hilfefall=fall, letzter_tag=today(), grund="Die Hilfe ist zu Ende.")
    kinder = [
        {"suche": str(suche.pk), "angebot": str(eins.pk), "klient": str(klient.pk)}
        for suche, klient in zip(suchen, klienten, strict=True)
    ]
    start = Barrier(2)

    def post(programm, kinder) -> int:
        def wait(execute, statement, params, many, context):
            answer = execute(statement, params, many, context)
            if 'INSERT INTO "cases_hilfefall"' in statement:  # the first child is held: so is the other one's, there
                with suppress(BrokenBarrierError):
                    start.wait(0.3)
            return answer

        try:
            with connection.execute_wrapper(wait):
                antwort = programm.post(
                    "/api/v1/reservierungen/geschwister/", {"kinder": kinder}, content_type="application/json",
                    HTTP_IDEMPOTENCY_KEY=kinder[0]["klient"],
                )  # fmt: skip
            return antwort.status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        antworten = sorted(pool.map(post, programme, (kinder, kinder[::-1])))
    assert antworten == [201, 409], "the second one hears that they have their places already"


def test_page__one_click_takes_a_place_for_each(cast, vg, sign_in) -> None:
    _haus(2, 1), _haus(1)
    anna = cast.akteur("anna", at="VG")
    with in_tenant(vg):
        erstes, *andere = [create_hilfefall(fachkraft_id=anna.user_id) for _ in range(3)]
        suche = search_for(anna, erstes)
    browser, url = sign_in("anna"), f"/hze-auswahl/{suche.pk}/geschwister/"
    assert "Fallnummern der Geschwister" in browser.get(url).text
    nummern = ", ".join(fall.fallnummer for fall in andere)
    seite = browser.post(url, {"fallnummern": nummern})
    assert "für eines der Kinder frei: in 1 für alle, in 1 nicht für alle" in " ".join(seite.text.split())
    assert seite.text.count("Alle 3 Plätze reservieren</span>") == 1
    haus = _first_haus(seite.text)
    fehlt = browser.post(url, {"fallnummern": f"{nummern}, F-99999"})
    assert fehlt.status_code == 422 and "F-99999" in fehlt.text and "Diesen Fall gibt es nicht" in fehlt.text
    anders = browser.post(url, {"fallnummern": nummern, "einrichtung": haus, f"gezeigt-{haus}": "1.000"})
    assert anders.status_code == 409 and "seit es Ihnen gezeigt wurde" in anders.text, "another price than was shown"
    gezeigt = seite.text.split(f'name="gezeigt-{haus}" value="', maxsplit=1)[1].split('"', maxsplit=1)[0]
    erste, zweite, dritte = gezeigt.split("|")
    getauscht = "|".join((zweite, erste, dritte) if zweite != erste else (dritte, zweite, erste))
    andere_angebote = browser.post(url, {"fallnummern": nummern, "einrichtung": haus, f"gezeigt-{haus}": getauscht})
    assert andere_angebote.status_code == 409 and "andere Angebote als eben, zum selben Entgelt" in andere_angebote.text
    danach = browser.post(
        url,
        {"fallnummern": nummern, "einrichtung": haus, f"gezeigt-{haus}": gezeigt,
         "wuensche": "Die drei bleiben zusammen."}, follow=True,
    )  # fmt: skip
    assert "3 Plätze sind reserviert" in danach.text
    for fall in andere:
        assert f"(Fall {fall.fallnummer})" in danach.text, "the page names the others"
    with in_tenant(vg):
        reservierungen = Reservierung.objects.filter(einrichtung_id=haus).select_related("auswahlvermerk")
        for vermerk in [reservierung.auswahlvermerk for reservierung in reservierungen]:
            assert vermerk.wuensche == "Die drei bleiben zusammen." and vermerk.kriterien["geschwister"] == 2
        assert len(reservierungen) == 3
        assert Suche.objects.count() == 3


def _first_haus(text: str) -> str:
    return text.rsplit('name="einrichtung" value="', maxsplit=1)[-1].split('"', maxsplit=1)[0]


def test_page__of_a_help_by_the_hour_says_no_place(cast, vg, sign_in) -> None:
    """Two children who are helped at home take no Platz: what is free are helps."""
    anna = cast.akteur("anna", at="VG")
    haus = create_angebot(hilfeart="A30").einrichtung
    create_angebot(hilfeart="A30", einrichtung=haus)
    stunden = {"hilfeart": Hilfeart.objects.get(code="A30"), "tage_je_woche": None, "stunden_je_woche": Decimal(5)}
    with in_tenant(vg):
        erster, zweiter = (create_hilfefall(fachkraft_id=anna.user_id) for _ in range(2))
        suche = search_for(anna, erster, **stunden)
    seite = sign_in("anna").post(f"/hze-auswahl/{suche.pk}/geschwister/", {"fallnummern": zweiter.fallnummer})
    assert seite.status_code == 200 and "Geschwister: 2 Hilfen" in seite.text
    assert "Beide Hilfen reservieren" in seite.text
    inhalt = seite.text.split("<main", 1)[1].split("</main>", 1)[0]
    assert "Platz" not in inhalt and "Plätze" not in inhalt


def test_a_help_for_the_family_is_one_for_all_of_them(cast, vg, sign_in) -> None:
    """§ 31: whoever comes to the family comes for each child. One for each would be paid twice."""
    akteur, anna = cast.akteur("anna", at="VG"), cast.api("anna")
    angebot = create_angebot(hilfeart="A31")
    stunden = {"hilfeart": Hilfeart.objects.get(code="A31"), "tage_je_woche": None, "stunden_je_woche": Decimal(5)}
    with in_tenant(vg):
        faelle = [create_hilfefall(fachkraft_id=akteur.user_id) for _ in range(2)]
        suchen = [search_for(akteur, fall, **stunden) for fall in faelle]
    browser, ergebnis = sign_in("anna"), f"/hze-auswahl/{suchen[0].pk}/"
    seite = browser.get(ergebnis).text
    assert "eine Hilfe für die ganze Familie" in seite and "Mit Geschwistern" not in seite
    for antwort in (
        browser.get(f"{ergebnis}geschwister/", follow=True),
        browser.post(f"{ergebnis}geschwister/", {"fallnummern": faelle[1].fallnummer}, follow=True),
    ):
        assert antwort.redirect_chain[-1][0] == ergebnis and "Eine genügt für alle Geschwister" in antwort.text
    kinder = [{"suche": str(suche.pk), "angebot": str(angebot.pk)} for suche in suchen]
    url, json = "/api/v1/reservierungen/geschwister/", "application/json"
    programm = anna.post(url, {"kinder": kinder}, content_type=json, HTTP_IDEMPOTENCY_KEY="k")
    assert programm.status_code == 422 and "Eine genügt für alle Geschwister" in programm.json()["detail"]
    with in_tenant(vg):
        assert not Reservierung.objects.exists()


def test_page__offers_the_children_she_may_book_for(cast, vg, sign_in) -> None:
    """Those of the same name first, even a colleague's of the team; a stranger's and a closed case never."""
    _haus(3)
    anna, bernd = cast.akteur("anna", at="VG"), cast.akteur("bernd", at="VG")
    with in_tenant(vg):
        erstes = create_hilfefall(fachkraft_id=anna.user_id, klient=create_klient(nachname="Nordwind"))
        bruder = create_hilfefall(
            fachkraft_id=bernd.user_id, klient=create_klient(nachname="Nordwind", vorname="Ole", geschlecht="1")
        )
        eigenes, zu = (create_hilfefall(fachkraft_id=anna.user_id) for _ in range(2))
        Hilfefall.objects.filter(pk=zu.pk).update(zustand="ABGESCHLOSSEN", abgeschlossen_am="2017-01-01")
        suche = search_for(anna, erstes)
    browser, url = sign_in("clara"), f"/hze-auswahl/{suche.pk}/geschwister/"
    seite = browser.get(url).text
    assert f'Nordwind, Ole, 10 Jahre, <span class="sojus-nowrap">Fall {bruder.fallnummer}</span>' in seite
    assert "Gleicher Nachname" in seite
    assert f"Fall {zu.fallnummer}" not in seite and f"Fall {eigenes.fallnummer}" not in seite, "Clara's own are none"
    seite = sign_in("anna").get(url).text
    assert f"Fall {eigenes.fallnummer}" in seite and f"Fall {zu.fallnummer}" not in seite
    antwort = sign_in("anna").post(url, {"kinder": [str(eigenes.pk)], "fallnummern": eigenes.fallnummer})
    assert "Beide Plätze reservieren" in antwort.text, "ticked and typed is one child"
    leer = sign_in("anna").post(url, {})
    assert leer.status_code == 422 and "mindestens ein weiteres Kind" in leer.text


def test_page__says_which_child_has_a_place_and_asks_why_where_it_is_needed(cast, vg, sign_in) -> None:
    """One child is somewhere else already: named with its link before anything is pressed. The dear house asks why."""
    for satz in ("80.00", "90.00", "200.00"):
        create_angebot(plaetze=2, entgelt=satz)
    anna = cast.akteur("anna", at="VG")
    with in_tenant(vg):
        erstes, zweites = (create_hilfefall(fachkraft_id=anna.user_id) for _ in range(2))
        suche = search_for(anna, erstes)
    browser, url = sign_in("anna"), f"/hze-auswahl/{suche.pk}/geschwister/"
    seite = browser.post(url, {"kinder": [str(zweites.pk)]}).text
    assert seite.count("Begründung der Wahl (erforderlich)") == 2, "two of three houses are beyond the third"
    assert "frei, " in seite and "günstigstes Drittel" in seite and "Entfernung" in seite
    haus = _first_haus(seite)
    gezeigt = seite.split(f'name="gezeigt-{haus}" value="', maxsplit=1)[1].split('"', maxsplit=1)[0]
    wahl = {"kinder": [str(zweites.pk)], "einrichtung": haus, f"gezeigt-{haus}": gezeigt}
    ohne = browser.post(url, wahl)
    assert ohne.status_code == 422 and f"begruendung-{haus}" in ohne.text.split('class="sojus-errors', 1)[-1]
    anderswo = create_angebot()
    with in_tenant(vg):
        schon = create_reservierung(
            fachkraft_id=anna.user_id, angebot=anderswo, hilfefall=zweites,
            zeitraum=period("2017-07-01", "2017-08-01"),
        )  # fmt: skip
    seite = browser.post(url, wahl | {f"begruendung-{haus}": "Nah bei der Großmutter, die sie besucht."})
    assert seite.status_code == 422 and f"Fall {zweites.fallnummer}: " in seite.text
    assert f"/reservierungen/{schon.pk}/" in seite.text and schon.nummer in seite.text
    seite = browser.post(url, {"kinder": [str(zweites.pk)]}).text
    assert f"/reservierungen/{schon.pk}/" in seite, "said with the list, not only after the press"


def test_page__says_which_child_has_one_of_several_kinds_already(cast, vg, sign_in) -> None:
    """Looked for is a day group, or one of § 35a; the second one has that already."""
    anna, anderswo = cast.akteur("anna", at="VG"), create_angebot(hilfeart="T35A")
    with in_tenant(vg):
        erstes, zweites = (create_hilfefall(fachkraft_id=anna.user_id) for _ in range(2))
        arten = {art.code: art for art in Hilfeart.objects.filter(code__in=["T32", "T35A"])}
        suche = search_for(anna, erstes, hilfeart=arten["T32"], weitere=(arten["T35A"],), tage_je_woche=None)
        schon = create_reservierung(
            fachkraft_id=anna.user_id, angebot=anderswo, hilfefall=zweites,
            zeitraum=period("2017-07-01", "2017-08-01"),
        )  # fmt: skip
    seite = sign_in("anna").post(f"/hze-auswahl/{suche.pk}/geschwister/", {"kinder": [str(zweites.pk)]}).text
    assert f"/reservierungen/{schon.pk}/" in seite and "Was dazukommt, braucht eine Begründung." in seite


def test_geschwister__are_found_beside_each_other_and_not_in_the_next_act(cast, vg) -> None:
    (eins,) = _haus(6)
    anna = cast.akteur("anna", at="VG")
    with in_tenant(vg):
        erste, zweite = (reserve_geschwister(akteur=anna, wahlen=_waehlen(anna, (eins, eins))) for _ in range(2))
        assert [list_geschwister(row) for row in erste] == [[erste[1]], [erste[0]]]
        assert [list_geschwister(row) for row in zweite] == [[zweite[1]], [zweite[0]]]
