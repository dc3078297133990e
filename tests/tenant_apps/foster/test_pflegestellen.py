"""Anna keeps the places of her office's foster families, Doris says what they cost, and Mia's search shows both."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert, refused_by
from shared_apps.core.zeitraum import Zeitraum, format_datum
from tenant_apps.audit.models import Protokoll
from tenant_apps.drafts.models import Suchtext
from tenant_apps.drafts.services import create_suchtext
from tenant_apps.foster.models import Pflegegeldsatz, Pflegestelle
from tenant_apps.foster.rules import Pflegebedarf, Pflegeform, im_monat, list_formen
from tenant_apps.foster.selectors import Pflegeangebot, filter_pflegestellen, find_pflegeangebot
from tenant_apps.foster.services import (
    create_pflegegeldsatz,
    end_pflegestelle,
    update_pflegegeldsatz,
    update_pflegestelle,
)
from tenant_apps.placements.models import Auswahlvermerk
from tenant_apps.placements.search.selectors.pflege import Pflegevergleich
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenant_apps.placements.search.selectors.vermerk import EIGENE_PFLEGESTELLEN, describe_kriterien
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import reserve_angebot
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.foster import create_pflegegeldsatz as make_satz
from tests.factories.foster import create_pflegestelle as make_stelle
from tests.factories.suchen import create_markt, search_for
from tests.formulare import gelesen
from tests.seiten import text_of
from tests.trail import reading

URL = "/pflegestellen/"
NEU = {
    "kennzeichen": "PS-014", "form": "VOLLZEIT", "region": "Amt Landhagen", "plaetze": "2", "belegt": "1",
    "frei_ab": "", "alter_von": "0", "alter_bis": "12", "geschlecht": "", "hoechstens_tage": "",
    "bemerkung": "Haus mit Hund", "ab": "2017-01-01",
}  # fmt: skip
SATZ = {
    "form": "VOLLZEIT", "alter_von": "0", "alter_bis": "6", "betrag": "1.104,00", "ab": "2017-01-01", "bis": "",
    "quelle": "Beschluss vom 12.12.2016",
}  # fmt: skip


@pytest.fixture
def anna(cast):
    return cast.akteur("anna")


def test_a_place_from_its_entry_to_its_end(sign_in, vg) -> None:
    client = sign_in("anna", at="VG")
    assert "Noch keine Pflegestelle eingetragen" in text_of(client.get(URL))
    antwort = client.post(f"{URL}neu/", NEU)
    assert antwort.status_code == 302
    seite = text_of(client.get(antwort.url))
    for text in ("PS-014", "1 von 2 Plätzen", "0 bis 12 Jahre", "Amt Landhagen", "nicht hinterlegt", "Anna Ahlers"):
        assert text in seite

    aendern = f"{antwort.url}aendern/"
    offen = gelesen(client.get(aendern).content.decode())
    voll = NEU | {"belegt": "2", "frei_ab": "2017-09-01"} | offen
    assert client.post(aendern, voll).status_code == 302
    assert "ab 01.09.2017" in text_of(client.get(f"{URL}?region=Amt+Landhagen"))
    veraltet = client.post(aendern, NEU | {"region": "Anklam"} | offen)
    assert veraltet.status_code == 409 and "Inzwischen geändert" in text_of(veraltet), "what a colleague changed"

    beenden = f"{antwort.url}beenden/"
    offen = gelesen(client.get(beenden).content.decode())
    assert client.post(beenden, {"letzter_tag": "2016-12-31"} | offen).status_code == 422
    assert client.post(beenden, {"letzter_tag": "2017-12-31"} | offen).status_code == 302
    assert "PS-014" not in text_of(client.get(URL)) and "PS-014" in text_of(client.get(f"{URL}?alte=1"))


@pytest.mark.parametrize(
    ("falsch", "text"),
    [
        ({"kennzeichen": "Familie Meier"}, "Name und Anschrift der Familie gehören nicht hierher"),
        ({"kennzeichen": "Familie Meier 2"}, "ohne Leerzeichen und Komma"),
        ({"kennzeichen": "Meier,17489"}, "ohne Leerzeichen und Komma"),
        ({"alter_von": "13"}, "Das Alter „bis“ liegt unter dem Alter „von“"),
        ({"belegt": "3"}, "Es können nicht mehr Plätze belegt sein, als es gibt"),
        ({"frei_ab": "2017-09-01"}, "deren Plätze alle belegt sind"),
        ({"form": "KURZZEIT"}, "wie viele Tage ein Kind höchstens bleibt"),
        ({"kennzeichen": "ps-1"}, "steht schon in der Liste"),
    ],
)
def test_entry__refused_at_its_field_and_nothing_typed_is_lost(sign_in, anna, vg, falsch, text) -> None:
    with in_tenant(vg):
        make_stelle(eingetragen_von_id=anna.user_id)
    antwort = sign_in("anna", at="VG").post(f"{URL}neu/", NEU | falsch)
    assert antwort.status_code == 422 and text in text_of(antwort) and "Haus mit Hund" in text_of(antwort)


def test_entry__all_that_is_wrong_is_said_at_once(sign_in, anna, vg) -> None:
    """Rules of several fields come with what is missing, not one after the other."""
    with in_tenant(vg):
        make_stelle(eingetragen_von_id=anna.user_id)
    falsch = {"kennzeichen": "ps-1", "region": "x" * 99, "alter_von": "13", "belegt": "3", "form": "KURZZEIT"}
    seite = text_of(sign_in("anna", at="VG").post(f"{URL}neu/", NEU | falsch))
    for text in (
        "steht schon in der Liste", "höchstens 80 Zeichen", "Das Alter „bis“ liegt unter dem Alter „von“",
        "nicht mehr Plätze belegt", "wie viele Tage ein Kind höchstens bleibt",
    ):  # fmt: skip
        assert text in seite, text
    satz = SATZ | {"alter_von": "7", "bis": "2016-12-31", "quelle": ""}
    seite = text_of(sign_in("doris", at="VG").post(f"{URL}pflegegeld/neu/", satz))
    for text in (
        "Das Alter „bis“ liegt unter",
        "Der letzte Tag liegt vor dem ersten",
        'aria-invalid="true"',
    ):
        assert text in seite, text


def test_what_it_costs__the_next_rate_ends_the_one_before(sign_in, cast, vg) -> None:
    doris = sign_in("doris", at="VG")
    assert "Noch kein Satz eingetragen" in text_of(doris.get(f"{URL}pflegegeld/"))
    for angaben in (SATZ, SATZ | {"betrag": "1.150,00", "ab": "2018-01-01", "quelle": "Beschluss vom 11.12.2017"}):
        assert doris.post(f"{URL}pflegegeld/neu/", angaben).status_code == 302
    seite = text_of(doris.get(f"{URL}pflegegeld/"))
    for text in ("1.104,00 €", "01.01.2017 – 31.12.2017", "1.150,00 €", "ab 01.01.2018", "Beschluss vom 11.12.2017"):
        assert text in seite
    doppelt = doris.post(f"{URL}pflegegeld/neu/", SATZ | {"alter_von": "6", "alter_bis": "12", "ab": "2018-06-01"})
    assert doppelt.status_code == 422 and "Für dieses Alter gilt an einem dieser Tage schon ein Satz" in text_of(
        doppelt
    )
    with in_tenant(vg):
        satz = Pflegegeldsatz.objects.get(betrag=1150)
    aendern = f"{URL}pflegegeld/{satz.pk}/aendern/"
    offen = gelesen(doris.get(aendern).content.decode())
    assert (
        doris.post(aendern, SATZ | {"betrag": "1.155", "ab": "2018-01-01", "bis": "2018-12-31"} | offen).status_code
        == 302
    )
    assert "01.01.2018 – 31.12.2018" in text_of(doris.get(f"{URL}pflegegeld/"))


def test_what_it_costs__the_rate_that_a_new_one_ends_is_in_the_trail(cast, vg) -> None:
    doris = cast.akteur("doris")
    with in_tenant(vg):
        alt = make_satz(eingetragen_von_id=doris.user_id, alter_bis=6)
        neu = create_pflegegeldsatz(akteur=doris, angaben=_satz(ab=date(2018, 1, 1)))
        alt.refresh_from_db()
        assert (alt.letzter_tag, neu.letzter_tag) == (date(2017, 12, 31), None)
    with reading(vg):
        geschrieben = Protokoll.objects.filter(objekt_id__in=[alt.pk, neu.pk]).values_list("vorgang", "objekt_id")
        assert set(geschrieben) == {("pflegegeld.aendern", alt.pk), ("pflegegeld.anlegen", neu.pk)}


def test_what_it_costs__a_rate_for_a_time_leaves_no_days_without_one(sign_in, cast, vg) -> None:
    """It would end the one that holds until further notice, and behind it there would be none."""
    wer = cast.akteur("doris").user_id
    with in_tenant(vg):
        alt = make_satz(eingetragen_von_id=wer, alter_bis=6)
    doris = sign_in("doris", at="VG")
    befristet = SATZ | {"ab": "2018-01-01", "bis": "2018-12-31", "betrag": "1.150,00"}
    antwort = doris.post(f"{URL}pflegegeld/neu/", befristet)
    assert antwort.status_code == 422 and "1.150,00" in antwort.text, "nothing typed is lost"
    assert "Seit dem 01.01.2017 gilt für dieses Alter ein Satz bis auf Weiteres" in text_of(antwort)
    with in_tenant(vg):
        alt.refresh_from_db()
        assert alt.letzter_tag is None and Pflegegeldsatz.objects.count() == 1


def _satz(**angaben) -> dict[str, Any]:
    return {
        "form": "VOLLZEIT", "alter_von": 0, "alter_bis": 6, "betrag": Decimal(1150), "bis": None, "quelle": "Beschluss",
    } | angaben  # fmt: skip


def test_database__a_name_two_rates_and_more_children_than_places(anna, vg) -> None:
    with in_tenant(vg):
        satz = make_satz(eingetragen_von_id=anna.user_id)
        for make, angaben, regel in (
            (make_stelle, {"kennzeichen": "Familie Meier"}, "pflegestelle_ist_zeichen"),
            (make_stelle, {"kennzeichen": "Dorfstr. 12"}, "pflegestelle_ist_zeichen"),
            (make_stelle, {"belegt": 2}, "pflegestelle_belegt"),
            (make_stelle, {"form": "KURZZEIT"}, "pflegestelle_dauer"),
            (make_stelle, {"bis": date(2017, 1, 1)}, "pflegestelle_tage"),
            (make_satz, {"alter_von": 17, "alter_bis": 18}, "pflegegeldsatz_einer"),
            (make_satz, {"betrag": "0.00", "form": "KURZZEIT"}, "pflegegeldsatz_betrag"),
        ):
            with pytest.raises(IntegrityError) as verweigert, transaction.atomic():
                make(eingetragen_von_id=anna.user_id, **angaben)
            assert refused_by(verweigert.value) == regel
        assert make_satz(eingetragen_von_id=anna.user_id, alter_von=18, alter_bis=20).pk != satz.pk


def test_services__ask_who_it_is(anna, cast, vg) -> None:
    doris = cast.akteur("doris")
    with in_tenant(vg):
        stelle, satz = make_stelle(eingetragen_von_id=anna.user_id), make_satz(eingetragen_von_id=doris.user_id)
        with pytest.raises(Verweigert):
            end_pflegestelle(akteur=doris, stelle=stelle, letzter_tag=date(2017, 5, 1))
        with pytest.raises(Verweigert):
            update_pflegestelle(akteur=doris, stelle=stelle, angaben={})
        with pytest.raises(Verweigert):
            create_pflegegeldsatz(akteur=anna, angaben={})
        with pytest.raises(Verweigert):
            update_pflegegeldsatz(akteur=anna, satz=satz, angaben={})
        with pytest.raises(RegelVerletzt):
            end_pflegestelle(akteur=anna, stelle=stelle, letzter_tag=date(2016, 5, 1))


def test_list__by_days_and_by_what_is_free(sign_in, anna, vg) -> None:
    """One is kept for good, one until the day after tomorrow, one from next month on, one ended ten days ago."""
    heute, tag = today(), timedelta(days=1)
    naechster = heute + 30 * tag
    with in_tenant(vg):
        for nummer, (ab, bis) in enumerate(
            (
                (heute - 99 * tag, None),
                (heute - 99 * tag, heute + 3 * tag),
                (naechster, None),
                (heute - 99 * tag, heute - 9 * tag),
            ),
            start=1,
        ):
            make_stelle(eingetragen_von_id=anna.user_id, kennzeichen=f"PS-{nummer}", ab=ab, bis=bis)
        for frage, gefunden in (
            ({}, "1 2 3"),
            ({"nur_freie": True}, "1 2"),
            ({"auch_alte": True}, "1 2 3 4"),
            ({"bis": heute + 2 * tag}, "1 2"),
            ({"bis": heute + 3 * tag}, "1"),
            ({"ab": heute}, "1"),
            ({"ab": heute, "auch_alte": True}, "1 4"),
            ({"ab": heute - 20 * tag, "bis": heute - 10 * tag}, "1 2 4"),
            ({"ab": naechster, "nur_freie": True}, "1 3"),
            ({"ab": naechster, "auch_alte": True}, "1 2 3 4"),
        ):
            zeichen = filter_pflegestellen(**frage).values_list("kennzeichen", flat=True)
            assert " ".join(name.removeprefix("PS-") for name in zeichen) == gefunden, frage
    client = sign_in("anna", at="VG")
    seite = text_of(client.get(f"{URL}?alte=1"))
    assert seite.count("1 von 1 Platz") == 2, "today"
    assert f'data-label="Frei">ab {format_datum(naechster)} <' in seite and 'data-label="Frei">beendet <' in seite
    assert "1 Pflegestelle<" in text_of(client.get(f"{URL}?bis={heute + 3 * tag}"))


def test_another_office__neither_reads_nor_counts_them(sign_in, anna, vg, hro) -> None:
    with in_tenant(vg):
        make_satz(eingetragen_von_id=anna.user_id)
        stelle = make_stelle(eingetragen_von_id=anna.user_id)
    hilde = sign_in("hilde", at="HRO")
    assert "Noch keine Pflegestelle eingetragen" in text_of(hilde.get(URL))
    assert "Noch kein Satz eingetragen" in text_of(hilde.get(f"{URL}pflegegeld/"))
    assert hilde.get(f"{URL}{stelle.pk}/").status_code == 404
    with in_tenant(hro):
        assert find_pflegeangebot(_bedarf()) is None


def _bedarf(hilfeart: str = "S34", alter: int | None = 9, geschlecht: str = "w") -> Pflegebedarf:
    tage = Zeitraum.from_inclusive(date(2017, 6, 1), date(2017, 11, 30))
    return Pflegebedarf(formen=list_formen(hilfeart), tage=tage, alter=alter, geschlecht=geschlecht)


def test_beside_a_search__counted_in_one_statement_and_the_list_shows_the_same(sign_in, anna, vg) -> None:
    """Six families: two could take a girl of nine for half a year, one of them without a rate."""
    geld: dict[str, Any] = {"eingetragen_von_id": anna.user_id}
    kurz = {"form": "KURZZEIT", "hoechstens_tage": 183}
    with in_tenant(vg):
        make_satz(**geld, alter_bis=6, betrag="900.00")
        make_satz(**geld, alter_von=7, betrag="1104.00")
        for nummer, angaben in enumerate(
            ({}, kurz, kurz | {"hoechstens_tage": 90}, {"belegt": 1}, {"geschlecht": "m"}, {"alter_bis": 8}), start=1
        ):
            make_stelle(**geld, kennzeichen=f"PS-{nummer}", **angaben)
        with CaptureQueriesContext(
            connection,
        ) as fragen:
            angebot = find_pflegeangebot(_bedarf())
        assert angebot is not None and len(fragen) == 1
        assert (angebot.gefuehrt, angebot.anzahl, angebot.ab, angebot.ohne_satz) == (6, 2, Decimal("1104.00"), 1)
        assert find_pflegeangebot(_bedarf("S35")) is None, "no family instead of intensive help"
        assert find_pflegeangebot(_bedarf("S42")) is None, "no family stands by for an Inobhutnahme"
        baby = find_pflegeangebot(_bedarf(alter=0))
        assert baby is not None and baby.ab == Decimal("900.00")
    client = sign_in("anna", at="VG")
    tage = {"ab": "2017-06-01", "bis": "2017-11-30", "frei": "1"}
    adresse = client.post(f"{URL}suchen/", {"hilfeart": ["S34"], "alter": "9", "geschlecht": "w"} | tage).url
    seite = text_of(client.get(adresse))
    assert "2 Pflegestellen" in seite and "PS-1" in seite and "PS-2" in seite and "PS-3" not in seite
    assert "1.104,00 €" in seite and seite.count("nicht hinterlegt") == 1
    datei = client.get(f"{adresse}&format=csv").content.decode()
    assert datei.count("PS-") == 2 and "1104,00" in datei


def test_list__how_old_a_child_is_and_of_which_sex_is_in_no_address(sign_in, anna, vg) -> None:
    """Anna's filter keeps both under a key that is hers alone; an address that says them itself is not heard."""
    with in_tenant(vg):
        for nummer, angaben in enumerate(({}, {"alter_bis": 8}, {"geschlecht": "m"}), start=1):
            make_stelle(eingetragen_von_id=anna.user_id, kennzeichen=f"PS-{nummer}", **angaben)
    client = sign_in("anna", at="VG")
    frage = {"alter": "9", "geschlecht": "w", "hilfeart": ["S34", "S42"], "sort": "-kennzeichen"}
    adresse = client.post(f"{URL}suchen/", frage).url
    assert "alter" not in adresse and "geschlecht" not in adresse
    assert "hilfeart=S34&hilfeart=S42" in adresse and "sort=-kennzeichen" in adresse
    seite = client.get(adresse).text
    assert "PS-1" in seite and "PS-2" not in seite and "PS-3" not in seite
    assert 'name="alter" value="9"' in seite, "the form shows what is asked"
    assert "hilfeart=S34&amp;hilfeart=S42" in seite, "links of the page keep both kinds of help"
    assert "alter=9" not in seite and "geschlecht=w" not in seite

    assert "PS-2" in sign_in("clara", at="VG").get(adresse).text, "the key is of her who asked"
    laut = text_of(client.get(f"{URL}?alter=9&geschlecht=w"))
    assert "PS-2" in laut and "PS-3" in laut and "nicht beachtet: „Alter des Kindes“, „Geschlecht des Kindes“" in laut
    vertippt = client.post(f"{URL}suchen/", {"alter": "neun", "ab": "1.13.2027"})
    assert vertippt.status_code == 422 and "Zahl" in vertippt.text
    assert 'value="neun"' in vertippt.text and 'value="1.13.2027"' in vertippt.text, "nothing typed is lost"


def test_list__what_nobody_types_about_a_child_is_not_kept(sign_in, anna, vg) -> None:
    with in_tenant(vg):
        make_stelle(eingetragen_von_id=anna.user_id)
    client = sign_in("anna", at="VG")
    unsinn = [{"alter": "9" * 2_000_000}, {"alter": "9\0" * 5_000}]
    unsinn += [{"geschlecht": wert} for wert in ("x" * 100_000, "w\0", "Mia Wrobel")]
    for frage in unsinn:
        antwort = client.post(f"{URL}suchen/", frage)
        assert antwort.status_code == 422 and len(antwort.content) < 3_000_000, "said at its field, where it was typed"
    with in_tenant(vg):
        with pytest.raises(RegelVerletzt, match="zu lang"):  # whichever list asks
            create_suchtext(user_id=anna.user_id, text="x" * 2_001)
        assert not Suchtext.objects.exists()


def test_beside_a_search__until_further_notice_and_for_several_kinds_of_help(sign_in, anna, vg) -> None:
    """Who takes children for ninety days is no answer to a help without an end; who stands by is one to § 42 alone."""
    von: dict[str, Any] = {"eingetragen_von_id": anna.user_id}
    with in_tenant(vg):
        make_stelle(**von, kennzeichen="PS-1")
        make_stelle(**von, kennzeichen="PS-2", form="KURZZEIT", hoechstens_tage=90)
        make_stelle(**von, kennzeichen="PS-3", form="BEREITSCHAFT")
        offen = Zeitraum(date(2017, 6, 1), None)
        for hilfearten, anzahl in ((("S34",), 1), (("S34", "S42"), 2), (("S42",), 1)):
            angebot = find_pflegeangebot(Pflegebedarf(formen=list_formen(*hilfearten), tage=offen))
            assert angebot is not None and angebot.anzahl == anzahl, hilfearten
    client = sign_in("anna", at="VG")
    seite = text_of(client.get(f"{URL}?hilfeart=S34&hilfeart=S42&ab=2017-06-01&frei=1"))
    assert "2 Pflegestellen" in seite and "PS-1" in seite and "PS-3" in seite and "PS-2" not in seite


def test_result_page__how_many_what_they_cost_and_the_way_to_them(sign_in, anna, vg) -> None:
    create_markt()
    with in_tenant(vg):
        suche = search_for(anna)
    client, url = sign_in("anna", at="VG"), f"/hze-auswahl/{suche.pk}/"
    assert "Im eigenen Jugendamt" not in text_of(client.get(url)), "nothing is kept, nothing is said"

    with in_tenant(vg):
        stelle = make_stelle(eingetragen_von_id=anna.user_id, belegt=1)
    assert "1 Pflegestelle, keine davon kommt in Frage" in text_of(client.get(url))

    with in_tenant(vg):
        Pflegestelle.objects.filter(pk=stelle.pk).update(belegt=0)
    assert "1 Pflegestelle kommt in Frage</strong>, Kosten nicht hinterlegt" in text_of(client.get(url))

    with in_tenant(vg):
        make_satz(eingetragen_von_id=anna.user_id)
    seite = text_of(client.get(url))
    assert "Pflegegeld ab 1.104,00 € im Monat" in seite
    assert "kostet umgerechnet 2.312 € im Monat, rund 1.208 € mehr" in seite, "13.832 € in 182 days"
    assert "/pflegestellen/?" not in seite and 'action="/pflegestellen/suchen/"' in seite
    assert "Pflegestelle" not in text_of(client.get(f"{url}?preise=ohne")), "the family's sheet has no prices"
    with in_tenant(vg):
        gesucht = search_for(anna, alter=9, geschlecht="w")
    seite = client.get(f"/hze-auswahl/{gesucht.pk}/").text
    (form,) = re.findall(r'action="/pflegestellen/suchen/".*?</form>', seite, re.S)
    gesendet = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert (gesendet["hilfeart"], gesendet["alter"], gesendet["geschlecht"]) == ("S34", "9", "w")
    liste = text_of(client.get(client.post("/pflegestellen/suchen/", gesendet).url))
    assert "1 Pflegestelle<" in liste, "the list shows those that were counted"


def test_result_page__compared_only_where_a_family_could_be_instead_of_each_kind(sign_in, anna, vg) -> None:
    """The cheapest of two kinds may be one that no family is another way to give; a filter changes nothing."""
    create_markt()
    with in_tenant(vg):
        make_satz(eingetragen_von_id=anna.user_id)
        make_stelle(eingetragen_von_id=anna.user_id)
        heim = search_for(anna)
        auch_intensiv = search_for(anna, weitere=(Hilfeart.objects.get(code="S35"),))
    client, vergleich = sign_in("anna", at="VG"), "kostet umgerechnet 2.312 € im Monat, rund 1.208 € mehr"
    seite = text_of(client.get(f"/hze-auswahl/{auch_intensiv.pk}/"))
    assert "Pflegegeld ab 1.104,00 € im Monat" in seite and "kostet umgerechnet" not in seite
    keine = text_of(client.get(f"/hze-auswahl/{heim.pk}/?text=Nirgendwo"))
    assert "0 von 14 verfügbaren Angeboten" in keine and vergleich in keine


def test_result_page__the_difference_is_rounded_half_up_as_its_two_amounts_are() -> None:
    for ab, erspart in (("1104.50", 1207), ("1105.50", 1206), ("1104.49", 1208)):
        eines = Pflegevergleich(Pflegeangebot(gefuehrt=1, anzahl=1, ab=Decimal(ab), ohne_satz=0), Decimal(2312))
        assert eines.erspart == erspart, ab


def test_programs__read_places_and_rates(anna, cast, vg) -> None:
    with in_tenant(vg):
        make_satz(eingetragen_von_id=anna.user_id)
        stelle = make_stelle(eingetragen_von_id=anna.user_id, bis=date(2018, 1, 1))
    anna_programm = cast.api("anna")
    (gelesen_,) = anna_programm.get("/api/v1/pflegestellen/").json()["results"]
    assert (gelesen_["kennzeichen"], gelesen_["ab"], gelesen_["bis"]) == ("PS-1", "2017-01-01", "2017-12-31")
    assert anna_programm.get(f"/api/v1/pflegestellen/{stelle.pk}/").json() == gelesen_
    (satz,) = anna_programm.get("/api/v1/pflegegeldsaetze/").json()["results"]
    assert (satz["betrag"], satz["quelle"]) == ("1104.00", "Beschluss vom 12.12.2016")


def test_vermerk__says_what_there_was_beside_the_list(sign_in, anna, vg) -> None:
    markt = create_markt()
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.user_id)
        make_satz(eingetragen_von_id=anna.user_id)
        stelle = make_stelle(eingetragen_von_id=anna.user_id)
        make_stelle(eingetragen_von_id=anna.user_id, kennzeichen="PS-2", belegt=1)
        reservierung = reserve_angebot(
            akteur=anna, suche=search_for(anna, fall), angebot_id=markt[0].pk, betroffen=Betroffen(fall.klient, fall)
        )
        vermerk = Auswahlvermerk.objects.get(pk=reservierung.auswahlvermerk_id)
        assert vermerk.kriterien["pflegestellen"] == {"gefuehrt": 2, "anzahl": 1, "ab": "1104.00"}
        assert str(stelle.pk) not in str(vermerk.kriterien) and is_unveraendert(vermerk)
        Pflegestelle.objects.update(plaetze=2)
    client, url = sign_in("anna", at="VG"), f"/auswahlvermerke/{vermerk.pk}/"
    worte = "es gab 2 Pflegestellen, in Frage kam 1, Pflegegeld ab 1.104,00 € im Monat"
    assert worte in text_of(client.get(url)), "as it was then"
    assert "Pflegestelle" not in text_of(client.get(f"{url}?preise=ohne")), "not on the family's sheet"


@pytest.mark.parametrize(
    ("stand", "worte"),
    [
        (None, []),
        ({"gefuehrt": 1, "anzahl": 0, "ab": None}, ["es gab 1 Pflegestelle, in Frage kam keine"]),
        (
            {"gefuehrt": 3, "anzahl": 2, "ab": None},
            ["es gab 3 Pflegestellen, in Frage kamen 2, Kosten nicht hinterlegt"],
        ),
    ],
)
def test_vermerk__in_words(vg, stand, worte) -> None:
    """A note of before has nothing of it, and says nothing."""
    versiegelt = {"region": "VG", "reichweite": "EIGENE"} | ({"pflegestellen": stand} if stand else {})
    with in_tenant(vg):
        gesagt = [wert for name, wert in describe_kriterien(versiegelt) if name == EIGENE_PFLEGESTELLEN]
    assert gesagt == worte


def test_im_monat__an_average_month_in_full_euro() -> None:
    assert im_monat(Decimal(13832), 182) == Decimal(2312)
    assert im_monat(Decimal(365), 365) == Decimal(30) and im_monat(Decimal("100.50"), 1) == Decimal(3057)


def test_which_helps__a_family_is_another_way() -> None:
    assert list_formen("S33") == {Pflegeform.VOLLZEIT, Pflegeform.KURZZEIT}
    assert list_formen("S42") == {Pflegeform.BEREITSCHAFT} and list_formen("A31") == frozenset()
