"""How much what counts in the fit of an offer is the office's word; each part adds up (ADR 0086)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.core.clock import real_now, real_today
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements import rules
from tenant_apps.placements.models import Buchung, Suche
from tenant_apps.placements.rules import PassungAngebot, PassungBedarf, PassungGewichte
from tenant_apps.placements.search.selectors.angebot import list_angebote
from tenant_apps.placements.search.selectors.passung import Gewichtung, build_bedarf, get_gewichtung
from tenant_apps.placements.search.selectors.search import build_angebot, get_entfernung, get_region, search_angebote
from tenant_apps.placements.vorgaben import PASSUNG_GEWICHTE
from tenant_apps.vorgaben.models import Vorgabewert
from tenant_apps.vorgaben.services import create_vorgabewert
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_buchung
from tests.factories.register import create_angebot
from tests.factories.suchen import kriterien_folie, search_for

D = Decimal
BEDARF = PassungBedarf(frozenset({"Trauma"}), 12, "w")
ANTEILE = st.lists(st.integers(0, 100), min_size=4, max_size=4).map(
    lambda teile: [b - a for a, b in zip([0, *sorted(teile)], [*sorted(teile), 100], strict=True)]
)
GEWICHTE = ([75, 15, 10, 0, 0], [40, 5, 5, 20, 30], [0, 0, 0, 0, 100], [0, 0, 0, 100, 0], [33, 33, 33, 0, 1])
ANGEBOT = st.builds(
    PassungAngebot,
    spezialisierungen=st.sampled_from([frozenset(), frozenset({"Trauma"})]),
    alter_von=st.integers(0, 12), alter_bis=st.integers(8, 26),
    geschlechter=st.sampled_from([frozenset(), frozenset({"w"}), frozenset({"m"})]),
    entfernung_km=st.none() | st.decimals(0, 300, places=1),
    tage_seit_aktualisierung=st.none() | st.integers(0, 90),
    vertraut=st.sampled_from([None, True, False]),
    soll=st.none() | st.integers(0, 50_000).map(D), guenstigstes=st.none() | st.integers(0, 50_000).map(D),
)  # fmt: skip


@given(ANGEBOT, ANTEILE)
def test_parts__add_up_to_the_score(angebot, anteile):
    passung = rules.passung(BEDARF, angebot, PassungGewichte.from_anteile(anteile))
    if passung.punkte is None:
        assert all(teil.punkte is None for teil in passung.bestandteile)
        return
    punkte = [teil.punkte for teil in passung.bestandteile if teil.punkte is not None]
    assert sum(punkte) == passung.punkte and min(punkte) >= 0 and passung.punkte <= 100
    for teil in passung.bestandteile:
        assert (teil.punkte is None) == (teil.erfuellung is None)


@given(st.lists(st.fractions(0, 40), min_size=1, max_size=8))
def test_verteilt__each_is_its_share_rounded_down_or_up(anteile):
    summe = int(sum(anteile) + Fraction(1, 2))
    ganze = rules.verteilt(anteile, summe)
    assert sum(ganze) == summe and all(0 <= g - anteil.numerator // anteil.denominator <= 1
                                       for g, anteil in zip(ganze, anteile, strict=True))  # fmt: skip


@given(ANGEBOT, ANTEILE)
def test_weights__untouched_by_a_trial_with_todays_price_and_as_before_when_nobody_set_them(angebot, anteile):
    heute = rules.passung(BEDARF, angebot, PassungGewichte.from_anteile(anteile))
    if sum(anteile[:-1]):
        assert rules.passung(BEDARF, angebot, rules.gewichte_mit_preis(anteile, anteile[-1])).punkte == heute.punkte
    voreinstellung = PassungGewichte.from_anteile(PASSUNG_GEWICHTE.voreinstellung())
    assert rules.passung(BEDARF, angebot, voreinstellung).punkte == rules.passung(BEDARF, angebot).punkte


@given(ANGEBOT, ANGEBOT, ANTEILE)
def test_preis_kippt__is_the_nearest_weight_that_turns_two_round(vorn, hinten, anteile):
    def fits_better(preis: int) -> bool:
        gewichte = rules.gewichte_mit_preis(anteile, preis)
        a, b = (rules.passung(BEDARF, angebot, gewichte).punkte for angebot in (vorn, hinten))
        return a is not None and b is not None and b > a

    def turns_round(preis: int) -> bool:
        """It does, and still does the further one goes: no whole point that changes places for a moment."""
        weiter = range(preis, 101) if preis >= heute else range(preis + 1)
        return all(fits_better(n) for n in weiter)

    heute, preis = anteile[-1], rules.preis_kippt(BEDARF, vorn, hinten, anteile)
    naeher = [n for n in range(101) if preis is None or abs(n - heute) < abs(preis - heute)]
    assert preis is None or turns_round(preis) or all(fits_better(n) for n in range(preis + 1))
    assert not any(turns_round(n) for n in naeher)


def test_search__is_what_the_rule_says_with_any_weights(cast, vg):
    haeuser = [
        create_angebot(entgelt=satz, alter_von=von, alter_bis=bis, geschlecht=geschlecht)
        for satz, von, bis, geschlecht in (
            ("80.00", 6, 18, ""), ("88.00", 10, 14, "w"), ("120.00", 12, 20, ""), ("170.00", 0, 12, "w"),
        )
    ]  # fmt: skip
    create_angebot(entgelt="60.00", plaetze=0, alter_von=6, alter_bis=18)
    kriterien = kriterien_folie(alter=12, geschlecht="w")
    with in_tenant(vg):
        region = get_region("VG")
        for anteile in GEWICHTE:
            for vertraut in ((), (haeuser[2].einrichtung_id,)):
                gewichtung = Gewichtung(PassungGewichte.from_anteile(anteile), vertraut)
                ergebnis = search_angebote(kriterien, gewichtung=gewichtung)
                angebote = {angebot.pk: angebot for angebot in list_angebote()}
                assert len(ergebnis.treffer) == 5 and ergebnis.guenstigstes == 14560
                for zeile in ergebnis.treffer:
                    angebot = angebote[zeile.angebot]
                    beurteilt = build_angebot(
                        angebot, get_entfernung(kriterien, region, angebot.einrichtung), kriterien=kriterien,
                        gewichtung=gewichtung,
                        soll=zeile.soll_entgelt, guenstigstes=ergebnis.guenstigstes,
                    )  # fmt: skip
                    erwartet = rules.passung(build_bedarf(kriterien), beurteilt, gewichtung.gewichte)
                    assert zeile.passung == erwartet.punkte, (anteile, vertraut)


def test_gewichtung__asks_where_somebody_has_lived_only_when_it_counts(cast, vg, hro):
    anna, anton = cast.akteur("anna"), cast.akteur("anton")
    angebot = create_angebot()
    with in_tenant(vg):
        buchung = create_buchung(fachkraft_id=anna.user_id, angebot=angebot)
        assert get_gewichtung(buchung.klient_id).vertraut == ()
    with in_tenant(vg, user_id=anton.user_id):
        for falsch in ("75, 15, 10, 0", "75, 15, 10, 0, 5", "fünf", "100, 0, 0, 0, -0"):
            with pytest.raises(RegelVerletzt) as error:
                create_vorgabewert(
                    akteur=anton, vorgabe=PASSUNG_GEWICHTE, wert=falsch, gueltig_ab=real_today(), grund="x"
                )
            assert error.value.feld == "wert"
        for roh in ([50, 50], [75, 15, 10, 0, 5], "75", [100, 0, 0, 0, "0"], [110, 0, 0, 0, -10]):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Vorgabewert.objects.create(
                    vorgabe=PASSUNG_GEWICHTE.code, gueltig_ab=real_today(), wert=roh, grund="x",
                    user_id=anton.user_id, user_name="A", created_at=real_now(),
                )  # fmt: skip
        create_vorgabewert(
            akteur=anton, vorgabe=PASSUNG_GEWICHTE, wert="60, 10, 0, 20, 10", gueltig_ab=real_today(), grund="Beschluss"
        )
        assert get_gewichtung(buchung.klient_id).vertraut == (), "she is to live there, and has not"
        Buchung.objects.filter(pk=buchung.pk).update(beginn_tatsaechlich=buchung.beginn)
        assert get_gewichtung(buchung.klient_id).vertraut == (angebot.einrichtung_id,)
        assert get_gewichtung().gewichte == PassungGewichte.from_anteile([60, 10, 0, 20, 10])
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=buchung.hilfefall_id).update(gesperrt=True)
    with in_tenant(vg, user_id=anton.user_id):
        assert get_gewichtung(buchung.klient_id).vertraut == (), "nothing is told of a sealed case"
    with in_tenant(hro):
        assert get_gewichtung().gewichte.preis == 0, "another office's"


def test_pages__say_each_part_and_a_trial_stores_nothing(cast, vg, sign_in):
    angebot = create_angebot(alter_von=6, alter_bis=18)
    create_angebot(entgelt="190.00", alter_von=10, alter_bis=14)
    anna = cast.akteur("anna")
    with in_tenant(vg):
        suche = search_for(anna, create_hilfefall(fachkraft_id=anna.user_id), alter=12)
        davor = Suche.objects.values().get()
    client, url = sign_in("anna"), f"/hze-auswahl/{suche.pk}/"
    seite = client.get(f"{url}angebote/{angebot.pk}/").content.decode()
    assert "Die Punkte ergeben zusammen" in seite and "Bedarf 75, Entfernung 15" in seite
    probe = client.get(f"{url}?preis=100&sort=passung").content.decode()
    assert "Der Preis zählt bei der Passung 100 von 100 Punkten" in probe and "Nichts davon wird gespeichert" in probe
    assert '100<span class="sojus-sub">von 100' in probe and '>0<span class="sojus-sub">von 100' in probe
    assert "zur Probe: Preis 100 von 100" in probe
    with in_tenant(vg):
        assert Suche.objects.values().get() == davor and not Vorgabewert.objects.exists()


def test_page__a_number_for_each_weight_with_its_name(cast, vg, sign_in):
    """She finds what holds today, changes two of the five, and reads the history in words."""
    anton, url = sign_in("anton"), "/vorgaben/placements.passung_gewichte/"
    seite = anton.get(f"{url}aendern/").text
    for nummer, (name, punkte) in enumerate(
        (("Bedarf", 75), ("Entfernung", 15), ("bestätigte Vakanz", 10), ("Kontinuität", 0), ("Preis", 0))
    ):
        assert f'<label class="kern-label" for="id_wert_{nummer}">{name}</label>' in seite
        assert f'name="wert_{nummer}" value="{punkte}"' in seite
    daten = {f"wert_{n}": str(wert) for n, wert in enumerate((60, 15, 10, 0, 10))}
    daten |= {"gueltig_ab": str(real_today()), "grund": "Beschluss der Leitung"}
    zu_wenig = anton.post(f"{url}aendern/", daten)
    assert zu_wenig.status_code == 422 and "Die Punkte ergeben zusammen 95, nicht 100." in zu_wenig.text
    assert 'name="wert_0" value="60"' in zu_wenig.text, "nothing typed is lost"
    leer = anton.post(f"{url}aendern/", daten | {"wert_4": ""})
    assert leer.status_code == 422 and "Preis: " in leer.text
    fertig = anton.post(f"{url}aendern/", daten | {"wert_0": "65"}, follow=True)
    assert "Bedarf 65, Entfernung 15, bestätigte Vakanz 10, Kontinuität 0, Preis 10" in fertig.text
