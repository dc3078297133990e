"""What is to be done: the guide of a new house, one step after the other, and the filter of the table of own houses."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.core.clock import real_now, today
from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers.models import Angebot, Einrichtung, Entgelt, Entgeltvorschlag, Foto, Kontakt, Platz
from shared_apps.providers.selectors.schritte import find_weg, find_weg_of
from tests.factories.register import create_angebot, create_einrichtung, license_einrichtung

KUESTE = "Jugendhilfe Küste gGmbH"
OWN = "/anbieter/eigene/"
LABELS = (
    "Einrichtung anlegen", "Betriebserlaubnis eintragen", "Angebot anlegen", "Plätze eintragen", "Entgelt vorschlagen",
    "Entgelt vom Jugendamt bestätigen lassen", "Bild hochladen", "Vakanzen bestätigen",
)  # fmt: skip
pytestmark = pytest.mark.usefixtures("vg")


def propose(angebot: Angebot, cast) -> Entgeltvorschlag:
    return Entgeltvorschlag.objects.create(
        angebot=angebot, grundleistung=90, ab=date(2026, 12, 1), vereinbart_am=date(2026, 11, 1),
        rechtsgrundlage="78b", vorgeschlagen_von=cast.user("ines"),
    )  # fmt: skip


def show_foto(haus: Einrichtung) -> None:
    Foto.objects.create(
        einrichtung=haus, datei="register/x.webp", titel="Garten", alternativtext="Garten", pruefung=Dateipruefung.FREI
    )


def state(haus: Einrichtung) -> tuple[int, str]:
    """How many steps are done, and the page of the next one."""
    weg = find_weg_of(haus)
    if weg is None:
        return len(LABELS), ""
    assert tuple(schritt.label for schritt in weg.schritte) == LABELS
    return weg.erledigt, weg.naechster.url if weg.naechster else ""


def test_from_an_empty_house_to_a_found_one__every_step_leads_to_the_page_that_does_it(cast, sign_in):
    haus = create_einrichtung(anbieter=KUESTE)
    ines = sign_in("ines")
    base = f"{OWN}einrichtungen/{haus.pk}"

    def goes_on(done: int, url: str) -> None:
        assert state(haus) == (done, url)
        for page in (ines.get(OWN).text, ines.get(f"/anbieter/einrichtungen/{haus.pk}/").text):
            assert ("So geht es weiter" in page) == bool(url)
            assert f"{done} von 8 Schritten" in page or not url
            assert f'kern-btn--primary" href="{url}"' in page or not url
        assert not url or ines.get(url).status_code == 200

    goes_on(1, f"{base}/erlaubnis/")
    license_einrichtung(haus)
    goes_on(2, f"{base}/angebote/neu/")
    angebot = create_angebot(einrichtung=haus, entgelt=None, plaetze=0)
    goes_on(3, f"{OWN}angebote/{angebot.pk}/plaetze/")
    Platz.objects.create(angebot=angebot, nummer=1, gueltig=angebot.gueltig)
    goes_on(4, f"/anbieter/entgelte/angebote/{angebot.pk}/")
    vorschlag = propose(angebot, cast)
    goes_on(5, f"{base}/bilder/")  # the rate waits for the office meanwhile
    assert f'href="/anbieter/entgelte/{vorschlag.pk}/"' in ines.get(OWN).text
    assert "wartet auf das Jugendamt" in ines.get(OWN).text
    show_foto(haus)
    goes_on(6, f"{OWN}plan/einrichtungen/{haus.pk}/")
    Angebot.objects.filter(pk=angebot.pk).update(vakanz_bestaetigt_at=real_now())
    assert state(haus) == (7, "")
    assert "Sie müssen zurzeit nichts tun" in ines.get(OWN).text
    Entgelt.objects.create(angebot=angebot, betrag=90, einheit="TAG", gueltig=DateRange(date(2026, 11, 1), None))
    goes_on(8, "")


def test_the_first_page_leads_her_too__until_something_has_come(sign_in):
    haus = create_einrichtung(anbieter=KUESTE)
    page = sign_in("ines").get("/eingang/").text
    assert "Gemeinsame Nummer" not in page, "nothing to be searched or filtered"
    assert "Noch kein Vorgang" in page and f'kern-btn--primary" href="{OWN}einrichtungen/{haus.pk}/erlaubnis/"' in page
    show_foto(create_angebot(anbieter=KUESTE, vakanz_bestaetigt_at=real_now()).einrichtung)
    assert "So geht es weiter" not in sign_in("ines").get("/eingang/").text


def test_before_the_first_house_the_way_begins_with_one(sign_in):
    page = sign_in("ines").get(OWN).text
    assert "0 von 8 Schritten" in page
    assert f'kern-btn--primary" href="{OWN}einrichtungen/neu/"' in page


def test_one_house_that_has_arrived_ends_the_guide_of_the_start_page__the_other_keeps_its_own(sign_in):
    done, new = create_angebot(anbieter=KUESTE, vakanz_bestaetigt_at=real_now()).einrichtung, create_einrichtung()
    assert find_weg(Einrichtung.objects.all()).name == done.name, "the one that has come furthest"
    show_foto(done)
    ines = sign_in("ines")
    assert "So geht es weiter" not in ines.get(OWN).text
    assert "So geht es weiter" in ines.get(f"/anbieter/einrichtungen/{new.pk}/").text


@pytest.mark.parametrize("who", ["fritz", "bille", "anna"])
def test_who_may_not_take_the_steps_is_not_led(who, sign_in):
    haus = create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer")
    client = sign_in(who)
    assert "So geht es weiter" not in client.get(f"/anbieter/einrichtungen/{haus.pk}/").text
    assert "So geht es weiter" not in client.get(OWN, follow=True).text


def test_ambulant_help_needs_no_licence_and_has_no_places():
    haus = create_einrichtung(anbieter=KUESTE)
    create_angebot(einrichtung=haus, hilfeart="A31", stunden_je_woche=20)
    schritte = {schritt.label: schritt for schritt in find_weg_of(haus).schritte}
    assert schritte["Betriebserlaubnis eintragen"].erledigt
    assert schritte["Betriebserlaubnis eintragen"].hinweis == "hier nicht nötig"
    assert schritte["Hilfen zugleich eintragen"].erledigt


def test_the_way_of_ten_houses_is_one_query(django_assert_num_queries):
    for _ in range(10):
        create_angebot(anbieter=KUESTE)
    with django_assert_num_queries(1):
        find_weg(Einrichtung.objects.all())


# --- the table of own houses ----------------------------------------------------------------------------------------


def complete(*, notruf: bool = True, **fields) -> Angebot:
    haus = create_einrichtung(anbieter=KUESTE, telefon="03834 1")
    if notruf:
        Kontakt.objects.create(einrichtung=haus, funktion="BEREITSCHAFT", telefon="03834 112", ist_notruf=True)
    return create_angebot(**{"einrichtung": haus, "vakanz_bestaetigt_at": real_now()} | fields)


def _no_telephone(cast) -> None:
    create_angebot(einrichtung=create_einrichtung(anbieter=KUESTE), vakanz_bestaetigt_at=real_now())


def _waiting_rate(cast) -> None:
    propose(complete(entgelt=None), cast)


def _later_rate(cast) -> None:
    Entgelt.objects.update_or_create(
        angebot=complete(entgelt=None), defaults={"betrag": 1, "einheit": "TAG", "gueltig": DateRange(date(2099, 1, 1))}
    )


def _licence_that_runs_out(*, followed: bool = False) -> None:
    haus = complete().einrichtung
    ende = today() + timedelta(days=90)
    haus.betriebserlaubnis_liste.update(gueltig_bis=ende)
    if followed:
        license_einrichtung(haus, gueltig_ab=ende)


def _providers_emergency_telephone() -> None:
    anbieter = complete(notruf=False).einrichtung.anbieter
    Kontakt.objects.create(anbieter=anbieter, funktion="BEREITSCHAFT", telefon="03834 112", ist_notruf=True)


WORK = {
    "no emergency telephone": (lambda cast: complete(notruf=False), True),
    "the provider's emergency telephone": (lambda cast: _providers_emergency_telephone(), False),
    "no emergency telephone, ambulant": (
        lambda cast: complete(notruf=False, hilfeart="A31", stunden_je_woche=20),
        False,
    ),
    "a licence that runs out": (lambda cast: _licence_that_runs_out(), True),
    "a licence that runs out, and the next one": (lambda cast: _licence_that_runs_out(followed=True), False),
    "nothing": (lambda cast: complete(), False),
    "no telephone": (_no_telephone, True),
    "no offer": (lambda cast: create_einrichtung(anbieter=KUESTE, telefon="03834 1"), True),
    "no places": (lambda cast: complete(plaetze=0), True),
    "no rate": (lambda cast: complete(entgelt=None), True),
    "a rate that waits": (_waiting_rate, True),
    "a rate that begins later": (_later_rate, False),
    "no licence": (lambda cast: complete(erlaubnis=False), True),
    "no licence, of age": (lambda cast: complete(erlaubnis=False, alter_von=18), False),
    "never confirmed": (lambda cast: complete(vakanz_bestaetigt_at=None), True),
    "reported": (lambda cast: complete(vakanz_gemeldet_at=real_now()), True),
    "an old offer": (lambda cast: complete(gueltig=DateRange(date(2015, 1, 1), date(2016, 1, 1))), True),
    "ambulant": (lambda cast: complete(hilfeart="A31", stunden_je_woche=20), False),
}


@pytest.mark.parametrize("case", WORK)
def test_the_filter_finds_what_the_column_names(case, cast, sign_in):
    """One rule, twice: what `EigeneEinrichtung` says of a row, and `with_work` to the database."""
    make, expected = WORK[case]
    make(cast)
    ines = sign_in("ines")
    ((row, *_),) = ines.get(OWN).context["zeilen"]
    found = bool(ines.get(f"{OWN}?zu_tun=ja").context["zeilen"])
    assert (row.zu_tun, found) == (expected, expected)


def test_the_table_names_no_work_where_there_is_none(sign_in):
    complete()
    page = sign_in("ines").get(OWN).text
    assert 'data-label="Zu tun">' in page and '<span class="sojus-sub">nichts</span>' in page


def test_what_is_to_be_done_leads_to_the_page_that_does_it(cast, sign_in):
    haus = create_einrichtung(anbieter=KUESTE)
    kein_platz = create_angebot(einrichtung=haus, entgelt=None, plaetze=0)
    kein_entgelt = create_angebot(einrichtung=haus, entgelt=None, name="Z")
    haus.betriebserlaubnis_liste.update(gueltig_bis=today() + timedelta(days=90))
    vorschlag = propose(create_angebot(einrichtung=haus, entgelt=None), cast)
    ines = sign_in("ines")
    page = ines.get(OWN).text
    ende = format_datum(today() + timedelta(days=89))
    for text, url in (
        ("Fehlt: Notfalltelefon (24 h)", f"{OWN}einrichtungen/{haus.pk}/kontakte/"),
        ("Fehlt: Telefon", f"{OWN}einrichtungen/{haus.pk}/"),
        (f"Betriebserlaubnis läuft am {ende} ab", f"{OWN}einrichtungen/{haus.pk}/erlaubnis/"),
        ("Fehlt: Plätze (1 Angebot)", f"{OWN}angebote/{kein_platz.pk}/plaetze/"),
        ("Fehlt: Entgelt (2 Angebote)", f"/anbieter/entgelte/angebote/{kein_platz.pk}/"),
        ("1 Entgelt wartet auf das Jugendamt", "/anbieter/entgelte/?zustand=VORGESCHLAGEN"),
        ("Bild hochladen", f"{OWN}einrichtungen/{haus.pk}/bilder/"),
    ):
        assert re.search(rf'href="{re.escape(url)}">{re.escape(text)}</a>', page), text
        assert ines.get(url).status_code == 200
    assert kein_entgelt.pk and vorschlag.pk


def test_pictures_without_their_words_are_described_first(sign_in):
    """Nobody sees them before, and twelve more would not help."""
    haus = create_angebot(anbieter=KUESTE).einrichtung
    ines = sign_in("ines")
    tip = re.compile(r"Tipp: <a [^>]*>([^<]*)</a>")
    assert tip.findall(ines.get(OWN).text) == ["Bild hochladen"]
    Foto.objects.create(einrichtung=haus, datei="register/x.webp", pruefung=Dateipruefung.FREI)
    assert tip.findall(ines.get(OWN).text) == ["Bilder beschreiben"]
    Foto.objects.update(titel="Garten", alternativtext="Ein Garten")
    assert tip.findall(ines.get(OWN).text) == []


def test_a_new_offer_begins_with_the_ages_of_the_licence(sign_in):
    haus = create_einrichtung(anbieter=KUESTE)
    license_einrichtung(haus, alter_von=12, alter_bis=17)
    page = sign_in("ines").get(f"{OWN}einrichtungen/{haus.pk}/angebote/neu/?hilfeart=S34").text
    assert re.search(r'name="alter_von" value="12"', page) and re.search(r'name="alter_bis" value="17"', page)


def test_a_licence_is_shown_once(sign_in):
    haus = create_angebot(anbieter=KUESTE).einrichtung
    nummer = haus.betriebserlaubnis_liste.get().nummer
    for who in ("ines", "anna"):
        assert sign_in(who).get(f"/anbieter/einrichtungen/{haus.pk}/").text.count(nummer) == 1


def test_one_primary_action_on_each_page(sign_in):
    haus = create_angebot(anbieter=KUESTE, vakanz_bestaetigt_at=real_now()).einrichtung
    ines = sign_in("ines")
    for done in (False, True):
        if done:
            show_foto(haus)
        for url in (OWN, f"/anbieter/einrichtungen/{haus.pk}/"):
            page = ines.get(url).text.partition("<main")[2].partition("</main>")[0]
            assert page.count("kern-btn--primary") == 1, url
