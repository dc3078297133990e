"""The Auswahlvermerk: what it keeps, how it hangs together, and how it is corrected (ADR 0086)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.errors import RegelVerletzt
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Ablehnungsgrund
from tenant_apps.placements.models import Auswahlvermerk, Reservierung
from tenant_apps.placements.rules import Glied
from tenant_apps.placements.search.selectors.kette import KetteUnterbrochen, check_kette, check_unbroken
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenant_apps.placements.services.decide import reject_reservierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenant_apps.placements.services.vermerk import create_nachtrag
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.factories.suchen import create_markt, search_for

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
        vermerk.wuensche = "anders"
        assert not is_unveraendert(vermerk)


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
        letzter.pk, letzter.nummer, letzter.vorgaenger, letzter.siegel = UUID(int=7), 99, "x", "y"
        letzter._state.adding = True
        letzter.save(force_insert=True)
        letzter = Auswahlvermerk.objects.get(pk=UUID(int=7))
        assert (letzter.nummer, letzter.vorgaenger) == (4, davor) and len(letzter.siegel) == 64
        for befehl in ("UPDATE placements_auswahlvermerk SET siegel = ''", "DELETE FROM placements_auswahlvermerk"):
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(befehl)
        bericht = check_kette()
        assert (bericht.anzahl, bericht.geleert, bericht.bruch) == (4, 0, None)


def test_kette__names_the_first_break(anna, vg, sign_in):
    """A row that no service wrote: its checksum is not that of what it says."""
    angebote = [create_angebot(), create_angebot(), create_angebot()]
    with in_tenant(vg):
        vermerke = [_reserve(anna, angebot).auswahlvermerk for angebot in angebote]
    said = StringIO()
    call_command("verify_vermerke", tenant="VG", stdout=said)
    assert "VG: 3 Vermerke geprüft, 0 nach Frist geleert, die Kette hält" in said.getvalue()
    with in_tenant(vg):
        falsch = Auswahlvermerk.objects.get(pk=vermerke[0].pk)
        falsch.pk, falsch.begruendung, falsch._state.adding = uuid4(), "Das hat niemand geschrieben.", True
        falsch.save(force_insert=True)
        with pytest.raises(KetteUnterbrochen):
            check_unbroken()
    with pytest.raises(CommandError, match="VG"):
        call_command("verify_vermerke", tenant="VG", stdout=said)
    assert f"unterbrochen: Nr. 4 ({falsch.pk}): der Inhalt stimmt nicht" in said.getvalue()
    vermerk = vermerke[0].pk
    assert "Unverändert" in sign_in("anna").get(f"/auswahlvermerke/{vermerk}/").content.decode()
    with in_tenant(vg):
        Auswahlvermerk.objects.create(
            **{name: getattr(falsch, name) for name in SPALTEN if name not in {"id", "nachtrag_zu_id"}},
            nachtrag_zu_id=vermerk,
        )
    seite = sign_in("anna").get(f"/auswahlvermerke/{vermerk}/").content.decode()
    assert "Der Inhalt stimmt nicht mit der Prüfsumme überein" in seite, "also of what was added"


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
    assert url in fall and "Wie gewählt wurde" in fall
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


def _chain(anzahl: int) -> list[Glied]:
    kette: list[Glied] = []
    for nummer in range(1, anzahl + 1):
        davor = kette[-1].siegel if kette else ""
        werte = {
            "id": UUID(int=nummer), "nummer": nummer, "vorgaenger": davor, "pruefsumme": f"{nummer:064x}",
            "created_at": datetime(2026, 12, 1, tzinfo=UTC) + timedelta(microseconds=nummer),
        }  # fmt: skip
        kette.append(Glied(siegel=rules.compute_siegel(Glied(siegel="", **werte)), **werte))
    return kette


@given(st.integers(2, 12), st.data())
def test_find_bruch__whatever_is_taken_moved_or_altered(anzahl, data):
    kette = _chain(anzahl)
    assert rules.find_bruch(kette) is None
    wo = data.draw(st.integers(0, anzahl - 2))
    was = data.draw(st.sampled_from(["weg", "getauscht", "inhalt", "geleert"]))
    falsch = list(kette)
    glied = falsch[wo]
    if was == "weg":
        del falsch[wo]
    elif was == "getauscht":
        falsch[wo], falsch[wo + 1] = falsch[wo + 1], falsch[wo]
    else:
        werte = {name: getattr(glied, name) for name in Glied.__slots__}
        neu = {"inhalt": {"unveraendert": False}, "geleert": {"siegel": "0" * 64, "geleert": True}}[was]
        falsch[wo] = Glied(**(werte | neu))
    bruch = rules.find_bruch(falsch)
    assert bruch is not None and bruch.nummer <= wo + 2
