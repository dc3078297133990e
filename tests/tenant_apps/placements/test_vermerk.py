"""The Auswahlvermerk: what it keeps, how it hangs together, and how it is corrected (ADR 0086)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.errors import RegelVerletzt, refused_by
from shared_apps.providers.models import Entgelt
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Ablehnungsgrund
from tenant_apps.placements.models import Auswahlvermerk, Reservierung
from tenant_apps.placements.rules import Glied
from tenant_apps.placements.search.selectors.kette import KetteUnterbrochen, check_kette, check_unbroken
from tenant_apps.placements.search.selectors.pruefsumme import (
    compute_erste_pruefsumme,
    is_unveraendert,
    list_glieder,
)
from tenant_apps.placements.services.decide import reject_reservierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenant_apps.placements.services.vermerk import create_nachtrag
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot, period
from tests.factories.suchen import create_markt, search_for
from tests.people import Cast
from tests.tenants import owner

WUNSCH = "In der Nähe der Großmutter, mit dem Hund."
SPALTEN = [feld.attname for feld in Auswahlvermerk._meta.concrete_fields if feld.name != "wuensche"]  # sealed
BERICHTIGUNG = "Die Großmutter wohnt nicht mehr in der Nähe."


@pytest.fixture
def anna(cast):
    return cast.akteur("anna")


def _reserve(anna, angebot, **fields) -> Reservierung:
    fall = fields.pop("fall", None) or create_hilfefall(fachkraft_id=anna.user_id)
    suche = search_for(anna, fall, alter=10)
    return reserve_angebot(
        akteur=anna, suche=suche, angebot_id=angebot.pk, betroffen=Betroffen(fall.klient, fall), **fields
    )


def test_vermerk__keeps_wishes_refusals_weights_and_what_was_saved(anna, cast, vg):
    markt, ines = create_markt(), cast.akteur("ines")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        erste = _reserve(anna, markt[0], fall=fall)
        reject_reservierung(akteur=ines, reservierung=erste, grund=Ablehnungsgrund.PERSONAL, text="Name des Kindes")
        vermerk = _reserve(anna, markt[1], fall=fall, wuensche=f" {WUNSCH} ").auswahlvermerk
        vermerk = Auswahlvermerk.objects.get(pk=vermerk.pk)
        assert vermerk.wuensche == WUNSCH and vermerk.klient_id == fall.klient_id
        with connection.cursor() as cursor:
            cursor.execute("SELECT wuensche FROM placements_auswahlvermerk WHERE id = %s", [vermerk.pk])
            assert WUNSCH.encode() not in bytes(cursor.fetchone()[0]), "sealed"
        (absage,) = vermerk.kriterien["absagen"]
        assert absage["einrichtung"] == markt[0].einrichtung.name and "Name des Kindes" not in str(vermerk.kriterien)
        assert sum(vermerk.kriterien["gewichte"].values()) == 100
        frei = sorted(Decimal(z["soll_entgelt"]) for z in vermerk.angebote if z["verfuegbar"])
        gewaehlt = next(Decimal(z["soll_entgelt"]) for z in vermerk.angebote if z["angebot"] == str(markt[1].pk))
        assert vermerk.ersparnis == rules.median(frei) - gewaehlt > 0
        assert is_unveraendert(vermerk)


def test_page__a_rate_that_changes_is_said_where_the_amount_is(anna, vg, sign_in):
    angebot = create_angebot(entgelt=None)
    for betrag, von, bis in (("70.00", "2015-01-01", "2017-07-31"), ("90.00", "2017-08-01", "2027-01-01")):
        Entgelt.objects.create(
            angebot=angebot, betrag=Decimal(betrag), einheit=angebot.hilfeart.einheit, gueltig=period(von, bis)
        )
    with in_tenant(vg):
        vermerk = _reserve(anna, angebot, fall=create_hilfefall(fachkraft_id=anna.user_id)).auswahlvermerk
    seite = " ".join(sign_in("anna").get(f"/auswahlvermerke/{vermerk.pk}/").text.split())
    assert '<span class="sojus-sub">je Tag, wechselt</span>' in seite


def test_nachtrag__a_further_one_and_the_first_stays(anna, vg):
    angebot = create_angebot()
    with in_tenant(vg):
        reservierung = _reserve(anna, angebot, wuensche=WUNSCH)
        with pytest.raises(RegelVerletzt) as error:
            create_nachtrag(akteur=anna, reservierung=reservierung, begruendung="....")
        assert error.value.feld == "begruendung"
        davor = Auswahlvermerk.objects.values(*SPALTEN).get()
        nachtrag = create_nachtrag(akteur=anna, reservierung=reservierung, begruendung=BERICHTIGUNG)
        assert Auswahlvermerk.objects.values(*SPALTEN).get(pk=davor["id"]) == davor
        nachtrag.refresh_from_db()
        assert (nachtrag.nachtrag_zu_id, nachtrag.vorgaenger) == (davor["id"], davor["siegel"])
        assert is_unveraendert(nachtrag) and check_kette().anzahl == 2


def test_kette__written_by_the_database_whatever_is_sent_and_never_changed(anna, vg):
    angebote = [create_angebot(), create_angebot(), create_angebot()]
    with in_tenant(vg):
        vermerke = [_reserve(anna, angebot).auswahlvermerk for angebot in angebote]
        rows = list(Auswahlvermerk.objects.order_by("nummer"))
        assert [row.pk for row in rows] == [v.pk for v in vermerke] and [row.nummer for row in rows] == [1, 2, 3]
        assert [row.vorgaenger for row in rows] == ["", rows[0].siegel, rows[1].siegel]
        letzter, davor = rows[-1], rows[-1].siegel
        gestern = letzter.created_at - timedelta(days=1)
        letzter.pk, letzter.nummer, letzter.vorgaenger, letzter.siegel = UUID(int=7), 99, "x", "y"
        letzter.pruefsumme, letzter.fassung, letzter.salz, letzter.abdruck = "p", 1, "s", "a"
        letzter._state.adding = True
        letzter.save(force_insert=True)
        letzter = Auswahlvermerk.objects.get(pk=UUID(int=7))
        assert (letzter.nummer, letzter.vorgaenger, letzter.fassung) == (4, davor, rules.FASSUNG)
        assert is_unveraendert(letzter) and letzter.created_at > gestern + timedelta(hours=23)
        for befehl in ("UPDATE placements_auswahlvermerk SET siegel = ''", "DELETE FROM placements_auswahlvermerk"):
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(befehl)
        bericht = check_kette()
        assert (bericht.anzahl, bericht.geleert, bericht.unterbrochen) == (4, 0, 0)


def _insert(vermerk: Auswahlvermerk, **fields) -> str:
    """Which constraint refuses a copy of a note, written by hand with other fields; "" where none does."""
    kopie = {name: getattr(vermerk, name) for name in SPALTEN} | {"id": uuid4()} | fields
    try:
        with transaction.atomic():
            Auswahlvermerk.objects.create(**kopie)
    except IntegrityError as error:
        return refused_by(error)
    return ""


def test_kette__nobody_writes_under_another_name_or_for_another_person(anna, cast, vg):
    doris, angebot = cast.user("doris"), create_angebot()
    with in_tenant(vg):
        vermerk = _reserve(anna, angebot).auswahlvermerk
        fremd = create_hilfefall(fachkraft_id=anna.user_id).klient_id
    with in_tenant(vg, user_id=anna.user_id):
        vermerk = Auswahlvermerk.objects.get(pk=vermerk.pk)
        assert _insert(vermerk, fachkraft_id=doris.pk) == "auswahlvermerk_eigener_name"
        assert _insert(vermerk, klient_id=fremd) == "auswahlvermerk_fuer_die_person"
        nachtrag = {"nachtrag_zu_id": vermerk.pk, "kriterien": {}, "begruendung": BERICHTIGUNG}
        assert _insert(vermerk, **nachtrag, klient_id=fremd) == "auswahlvermerk_zum_ersten"
        assert _insert(vermerk, **nachtrag) == ""
        zweiter = Auswahlvermerk.objects.get(nachtrag_zu=vermerk)
        assert _insert(vermerk, **nachtrag | {"nachtrag_zu_id": zweiter.pk}) == "auswahlvermerk_zum_ersten"
        bericht = check_kette()
        assert (bericht.anzahl, bericht.unterbrochen) == (2, 0)


#: What somebody writes who gets past every right and every trigger.
EINGRIFFE = {
    2: "begruendung = 'Das hat niemand geschrieben.'",
    4: "created_at = created_at - interval '1 day'",
    6: "fachkraft_id = gen_random_uuid()",
    7: "begruendung = 'Auch das nicht.', angebote = '[]'",
    8: "wuensche = ''",
}


def test_kette__every_break_is_named_and_what_comes_behind_is_looked_at(own_database, monkeypatch):
    """Three notes sealed as an earlier release did, then seven more; five are altered, one is taken away."""
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    anna, angebot = cast.akteur("anna"), create_angebot(plaetze=12)
    with in_tenant(vg):
        vermerke = [_reserve(anna, angebot, wuensche=WUNSCH).auswahlvermerk for _ in range(10)]
    with owner.superuser(own_database) as dba:
        dba.execute("SET session_replication_role = replica; SET search_path = vg, public")
        _seal_as_before(dba, vg, 3)
        said = StringIO()
        call_command("verify_vermerke", tenant="VG", stdout=said)
        assert "VG: 10 Vermerke geprüft, 0 nach Frist geleert, die Kette hält" in said.getvalue()
        for nummer, was in EINGRIFFE.items():
            dba.execute(f"UPDATE placements_auswahlvermerk SET {was} WHERE nummer = {nummer}")
        dba.execute("UPDATE placements_auswahlvermerk SET id = gen_random_uuid(), nummer = 90 WHERE nummer = 10")
    monkeypatch.setattr("tenant_apps.placements.search.selectors.kette.SEITE", 3)
    with in_tenant(vg):
        bericht = check_kette()
        assert [bruch.nummer for bruch in bericht.brueche] == [2, 4, 6, 7, 8, 90, 90]
        assert (bericht.anzahl, bericht.unterbrochen, bericht.weiter_ab) == (10, 7, None)
        assert [bruch.nummer for bruch in check_kette(ab=7).brueche] == [7, 8, 90, 90]
        with pytest.raises(KetteUnterbrochen):
            check_unbroken()
    monkeypatch.setattr("tenant_apps.placements.rules.BRUECHE_GENANNT", 2)
    with pytest.raises(CommandError, match=r"VG\..*Datenschutz"):
        call_command("verify_vermerke", tenant="VG", stdout=said)
    text = said.getvalue()
    assert (
        f"Nr. 2 ({vermerke[1].pk}): der Inhalt stimmt nicht" in text and f"Nr. 4 ({vermerke[3].pk}): das Siegel" in text
    )
    assert "unterbrochen, 7 Mängel:" in text and "Nr. 6" not in text and "verify_vermerke --tenant VG --ab 6" in text


def _seal_as_before(dba, vg, anzahl: int) -> None:
    """Give the first notes the checksum and seal of the release before this one, and the others what follows."""
    with in_tenant(vg):
        glieder = list_glieder(Auswahlvermerk.objects.order_by("nummer"))
        summen = {v.pk: compute_erste_pruefsumme(v) for v in Auswahlvermerk.objects.all()}
    davor = ""
    for glied in glieder:
        werte = {name: getattr(glied, name) for name in Glied.__slots__} | {"vorgaenger": davor}
        if glied.nummer <= anzahl:
            werte |= {"fassung": 1, "pruefsumme": summen[glied.id], "salz": "", "abdruck": ""}
        davor = rules.compute_siegel(Glied(**werte))
        dba.execute(
            "UPDATE placements_auswahlvermerk SET vorgaenger = %s, fassung = %s, pruefsumme = %s, salz = %s,"
            " abdruck = %s, siegel = %s WHERE id = %s",
            [*(werte[n] for n in ("vorgaenger", "fassung", "pruefsumme", "salz", "abdruck")), davor, glied.id],
        )


def test_page__both_are_shown_and_the_sheet_for_the_family_names_no_price(anna, vg, sign_in):
    markt = create_markt()
    with in_tenant(vg):
        reservierung = _reserve(anna, markt[0], wuensche=WUNSCH)
    client, url = sign_in("anna"), f"/auswahlvermerke/{reservierung.auswahlvermerk_id}/"
    falsch = client.post(f"{url}nachtrag/", {"begruendung": "…", "wuensche": "bleibt stehen"})
    assert falsch.status_code == 422 and "bleibt stehen" in falsch.content.decode()
    seite = client.post(f"{url}nachtrag/", {"begruendung": BERICHTIGUNG}, follow=True).content.decode()
    assert "Der Nachtrag ist festgehalten." in seite
    for wort in (WUNSCH, BERICHTIGUNG, "günstiger", "Median", "€", "Gewichte der Passung", "Nr. 1 in der Kette"):
        assert wort in seite
    ohne = re.sub(r"\s+", " ", client.get(url, {"preise": "ohne"}).content.decode().partition("<main")[2])
    assert WUNSCH in ohne and markt[5].einrichtung.name in ohne
    for wort in ("€", "Median", "Rang", "Differenz", "Entgelt"):
        assert wort not in ohne, wort
    fall = client.get(f"/hilfefaelle/{reservierung.hilfefall_id}/").content.decode()
    assert url in fall and "Auswahl und Aufnahme" in fall
    for name in ("doris", "dora"):
        assert sign_in(name).post(f"{url}nachtrag/", {"begruendung": BERICHTIGUNG}).status_code == 403


def test_page__who_only_pays_reads_the_choice_and_neither_the_wishes_nor_the_need(anna, vg, sign_in):
    create_markt()
    angebot = create_angebot()
    with in_tenant(vg):
        reservierung = _reserve(anna, angebot, wuensche=WUNSCH, begruendung="Das ist der Wohnort des Kindes.")
        create_nachtrag(akteur=anna, reservierung=reservierung, begruendung=BERICHTIGUNG, wuensche="Doch ohne Hund.")
    url = f"/auswahlvermerke/{reservierung.auswahlvermerk_id}/"
    fallfuehrend, zahlend = (sign_in(name).get(url).content.decode() for name in ("anna", "doris"))
    for wort in (WUNSCH, "Doch ohne Hund.", "10 Jahre"):
        assert wort in fallfuehrend and wort not in zahlend, wort
    assert "nur für die Fachkräfte des Falles" in zahlend
    assert BERICHTIGUNG in zahlend and "Gefunden" in zahlend


betraege = st.decimals(min_value=0, max_value=99_999, places=2)


@given(st.lists(betraege, min_size=1, max_size=30), st.integers(0, 29))
def test_ersparnis__half_save_and_half_cost_more(liste, stelle):
    gewaehlt = liste[stelle % len(liste)]
    wert = rules.ersparnis(liste, gewaehlt)
    assert isinstance(wert, Decimal)
    billiger = sum(b < gewaehlt + wert for b in liste)
    teurer = sum(b > gewaehlt + wert for b in liste)
    assert max(billiger, teurer) * 2 <= len(liste)


def test_ersparnis__nothing_to_choose_from():
    assert rules.median([]) is None and rules.ersparnis([], Decimal(1)) is None
    assert rules.median([Decimal(3), Decimal(1)]) == Decimal(2)


def _chain(anzahl: int, erste: int = 0) -> list[Glied]:
    """A chain that holds; its first `erste` links are sealed by the first version."""
    kette: list[Glied] = []
    for nummer in range(1, anzahl + 1):
        werte = {
            "id": UUID(int=nummer), "nummer": nummer, "vorgaenger": kette[-1].siegel if kette else "",
            "pruefsumme": f"{nummer:064x}", "created_at": datetime(2026, 12, 1, tzinfo=UTC) + timedelta(seconds=nummer),
        }  # fmt: skip
        if nummer > erste:
            werte |= {
                "fassung": rules.FASSUNG, "fachkraft_id": UUID(int=1), "klient_id": UUID(int=2), "salz": "s",
                "abdruck": rules.compute_abdruck("s", werte["pruefsumme"]),
            }  # fmt: skip
        kette.append(Glied(siegel=rules.compute_siegel(Glied(siegel="", **werte)), **werte))
    return kette


#: What is done to a link -> what is changed of it. A deletion run takes checksum and salt, and the chain still holds.
TATEN = {
    "inhalt": {"unveraendert": False},
    "siegel": {"siegel": "0" * 64},
    "wann": {"created_at": datetime(2026, 11, 1, tzinfo=UTC)},
    "wer": {"fachkraft_id": UUID(int=9)},
    "wessen": {"klient_id": UUID(int=9)},
    "nachtrag": {"nachtrag_zu_id": UUID(int=9)},
    "abdruck": {"abdruck": "0" * 64},
    "erste": {"fassung": 1},
    "unbekannt": {"fassung": 3},
}
GELEERT = {"geleert": True, "pruefsumme": "", "salz": "", "unveraendert": False}


def _other(glied: Glied, werte: dict) -> Glied:
    return Glied(**({name: getattr(glied, name) for name in Glied.__slots__} | werte))


@given(st.integers(4, 12), st.data())
def test_list_brueche__whatever_is_taken_moved_or_altered_is_named_and_nothing_else(anzahl, data):
    kette = _chain(anzahl, erste=data.draw(st.integers(0, 1)))
    assert list(rules.list_brueche(kette)) == []
    emptied = [_other(g, GELEERT) if data.draw(st.booleans()) else g for g in kette]
    assert list(rules.list_brueche(emptied)) == [], "a deletion run breaks nothing"
    wo = sorted(data.draw(st.sets(st.integers(1, anzahl - 1), min_size=1, max_size=3)))
    taten = {stelle: data.draw(st.sampled_from(sorted(TATEN))) for stelle in wo}
    falsch = [_other(g, TATEN[taten[n]]) if n in taten else g for n, g in enumerate(kette)]
    genannt = {bruch.nummer for bruch in rules.list_brueche(falsch)}
    sicher = {stelle + 1 for stelle in wo}
    folgen = {stelle + 2 for stelle, tat in taten.items() if tat in {"siegel", "erste", "unbekannt"}}
    assert sicher <= genannt <= sicher | folgen


@given(st.integers(3, 12), st.data())
def test_list_brueche__after_a_deletion_run_who_and_when_are_still_sealed(anzahl, data):
    kette = [_other(glied, GELEERT) for glied in _chain(anzahl)]
    wo = data.draw(st.integers(0, anzahl - 1))
    tat = data.draw(st.sampled_from(["siegel", "wann", "wer", "wessen", "nachtrag", "abdruck"]))
    kette[wo] = _other(kette[wo], TATEN[tat])
    assert wo + 1 in {bruch.nummer for bruch in rules.list_brueche(kette)}


def test_list_brueche__one_that_is_missing_is_named_once():
    kette = _chain(8)
    (bruch,) = rules.list_brueche(kette[:2] + kette[5:])
    assert (bruch.nummer, bruch.grund) == (6, "Nr. 3 bis 5 fehlen")
    getauscht = [kette[1], kette[0], *kette[2:]]
    assert [bruch.nummer for bruch in rules.list_brueche(getauscht)] == [2, 1, 3]
