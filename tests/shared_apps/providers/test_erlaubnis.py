"""A licence limits places and ages, an exception lifts it for a time, and nobody is taken in without one (ADR 0060)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Event
from time import monotonic

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.api import exception_handler
from shared_apps.core.clock import now, today
from shared_apps.core.errors import KeinPlatzFrei, Konflikt, RegelVerletzt, SojusError, Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.journal.models import JournalEintrag
from shared_apps.occupancy.services import bind_platz, book_platz
from shared_apps.providers import services as ende
from shared_apps.providers.models import (
    Angebot,
    Ausnahme,
    Betriebserlaubnis,
    Einrichtung,
    Leistungsbeschreibung,
    LeqVereinbarung,
    Platz,
)
from shared_apps.providers.rules import Betrieb, verstoesse
from shared_apps.providers.selectors.erlaubnis import (
    get_betrieb,
    stand_of_angebot,
    stand_of_ausnahme,
    stand_of_erlaubnis,
    stand_of_platz,
)
from shared_apps.providers.services import angebote as angebote_services
from shared_apps.providers.services import erlaubnis as services
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.placements.search.selectors.search import search_angebot, search_angebote
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.factories.register import create_angebot, create_einrichtung, license_einrichtung, occupy_platz
from tests.factories.suchen import kriterien_folie
from tests.formulare import gelesen
from tests.people import Cast

ORACLE_OF = "shared_apps/providers/migrations/0007_betriebserlaubnis.py"

#: Where the page says what is wrong with the day of a paper.
FEHLER = 'id="id_datum_error"'
KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
OWN = "/anbieter/eigene/"
HEUTE = today()
SEIT = date(2026, 1, 1)
MORGEN = HEUTE + timedelta(days=1)
ANGABEN = {
    "nummer": "LJA 7", "behoerde": "Landesjugendamt", "datum": SEIT, "gueltig_ab": None, "letzter_tag": None,
    "plaetze": 4, "alter_von": 6, "alter_bis": 17, "nebenbestimmungen": "Nachtwache",
}  # fmt: skip
AUSNAHME = {
    "aktenzeichen": "A 12", "datum": SEIT, "beginn": HEUTE, "letzter_tag": HEUTE + timedelta(days=99),
    "plaetze_mehr": 1, "alter_von": None, "alter_bis": None, "grund": "Geschwister",
}  # fmt: skip


@pytest.fixture
def angebot(vg) -> Angebot:
    """Three places for 6 to 17, and no licence yet."""
    gueltig = DateRange(date(2015, 1, 1), None)
    return create_angebot(
        anbieter=KUESTE, plaetze=3, name="Möwe", alter_von=6, alter_bis=17, gueltig=gueltig, erlaubnis=False
    )


def run(cast: Cast, service, **row):
    """Call a service as a request at the portal calls it."""
    akteur = cast.akteur("ines")
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        return service(akteur=akteur, **row)


def enter(cast: Cast, einrichtung: Einrichtung, **angaben) -> Betriebserlaubnis:
    return run(cast, services.create_erlaubnis, einrichtung=einrichtung, angaben=ANGABEN | angaben)


def change(cast: Cast, erlaubnis: Betriebserlaubnis, **angaben) -> Betriebserlaubnis:
    jetzt = Gelesen.of({name: getattr(erlaubnis, name) for name in angaben})
    return run(cast, services.update_erlaubnis, erlaubnis=erlaubnis, angaben=angaben, gelesen=jetzt)


def more(cast: Cast, angebot: Angebot, anzahl: int, **fields) -> int:
    jetzt = Gelesen.of({"anzahl": angebot.plaetze.filter(gueltig__contains=HEUTE).count()})
    work = angebote_services.update_platzzahl
    return run(cast, work, angebot=angebot, anzahl=anzahl, gelesen=jetzt, **({"ab": HEUTE} | fields))


# -- the pages -----------------------------------------------------------------------------------


def test_pages__from_no_licence_to_one_that_is_replaced(vg, cast, sign_in, angebot):
    haus, ines = angebot.einrichtung_id, sign_in("ines")
    page, missing = f"/anbieter/einrichtungen/{haus}/", "Betriebserlaubnis fehlt"
    assert missing in ines.get(OWN).text and missing in sign_in("anna").get(page).text
    assert "Ausnahme eintragen" not in ines.get(page).text, "there is nothing yet that it could lift"
    url = f"{OWN}einrichtungen/{haus}/erlaubnis/"
    typed = {name: "" if wert is None else str(wert) for name, wert in ANGABEN.items()}
    assert ines.post(url, typed | {"plaetze": "0"}).status_code == 422, "no licence is for nobody"
    refused = ines.post(url, typed | {"plaetze": "2"})
    assert refused.status_code == 422
    assert "Am 01.01.2026 wären es 3 Plätze („Möwe“ 3 Plätze)." in refused.text
    assert (
        "Betriebserlaubnis Nr. LJA 7 vom 01.01.2026 (Landesjugendamt) erlaubt an diesem Tag 2 Plätze." in refused.text
    )
    assert 'value="LJA 7"' in refused.text, "what was typed stays"
    assert "ist eingetragen" in ines.post(url, typed, follow=True).text
    read = sign_in("anna").get(page).text
    assert "3 von 4 genehmigten Plätzen" in read and "Nachtwache" in read and missing not in read
    assert "berichtigen oder beenden" not in read and "berichtigen oder beenden" in ines.get(page).text
    assert "Ausnahme eintragen" in ines.get(page).text
    assert missing not in ines.get(OWN).text
    erste = Betriebserlaubnis.objects.get()
    assert JournalEintrag.objects.filter(zeile=str(erste.pk)).exists(), "who entered it, in the register's trail"

    bald = HEUTE + timedelta(days=30)
    assert ines.post(url, typed | {"nummer": "LJA 8", "gueltig_ab": str(bald), "plaetze": "5"}).status_code == 302
    erste.refresh_from_db()
    assert erste.gueltig_bis == bald
    read = ines.get(page).text
    assert "LJA 8" in read and "Die Betriebserlaubnis läuft am" not in read, "the next one is there"
    edit = f"{OWN}erlaubnisse/{Betriebserlaubnis.objects.get(nummer='LJA 8').pk}/"
    old = gelesen(ines.get(edit).text)
    change(cast, Betriebserlaubnis.objects.get(nummer="LJA 8"), plaetze=6)
    stale = ines.post(edit, typed | old | {"nummer": "LJA 8", "gueltig_ab": str(bald), "plaetze": "7"})
    assert stale.status_code == 409 and "Inzwischen geändert auf: 6" in stale.text


def test_licence_and_exception_are_not_dated_with_a_day_to_come__when_they_begin_is_another(vg, cast, sign_in, angebot):
    ines, haus = sign_in("ines"), angebot.einrichtung_id
    url = f"{OWN}einrichtungen/{haus}/erlaubnis/"
    typed = {name: "" if wert is None else str(wert) for name, wert in ANGABEN.items()}
    refused = ines.post(url, typed | {"datum": str(MORGEN)})
    assert refused.status_code == 422 and not Betriebserlaubnis.objects.exists()
    assert "in der Zukunft" in refused.text.split(FEHLER)[1][:400]
    assert ines.post(url, typed | {"datum": str(HEUTE), "gueltig_ab": str(MORGEN)}).status_code == 302
    erlaubnis = Betriebserlaubnis.objects.get()
    with pytest.raises(RegelVerletzt, match="in der Zukunft") as later:
        change(cast, erlaubnis, datum=MORGEN)
    assert later.value.feld == "datum"
    assert change(cast, erlaubnis, datum=SEIT).datum == SEIT
    typed = {name: "" if wert is None else str(wert) for name, wert in AUSNAHME.items()}
    refused = ines.post(f"{OWN}einrichtungen/{haus}/ausnahme/", typed | {"datum": str(MORGEN)})
    assert refused.status_code == 422 and "in der Zukunft" in refused.text.split(FEHLER)[1][:400]


def test_page__warns_of_an_end_until_the_next_licence_follows_it(vg, cast, sign_in, angebot):
    """As the column „Zu tun“ and the lists of licences that run out say it (`running_out_on`)."""
    ines, page = sign_in("ines"), f"/anbieter/einrichtungen/{angebot.einrichtung_id}/"
    ends = f"Betriebserlaubnis läuft am {MORGEN:%d.%m.%Y} ab"
    enter(cast, angebot.einrichtung, letzter_tag=MORGEN)
    assert ends in ines.get(page).text and ends in ines.get(OWN).text
    enter(cast, angebot.einrichtung, nummer="LJA 8", gueltig_ab=MORGEN + 2 * (MORGEN - HEUTE))
    assert ends in ines.get(page).text and ends in ines.get(OWN).text, "a day between them is without one"
    change(cast, Betriebserlaubnis.objects.get(nummer="LJA 8"), gueltig_ab=MORGEN + (MORGEN - HEUTE))
    assert ends not in ines.get(page).text and ends not in ines.get(OWN).text


def test_pages__an_exception_and_an_end_with_somebody_there(vg, cast, sign_in, angebot):
    erlaubnis = license_einrichtung(angebot.einrichtung, plaetze=3)
    occupy_platz(platz=angebot.plaetze.all()[0], tenant=vg, zeitraum=DateRange(HEUTE, HEUTE + timedelta(days=90)))
    ines, page = sign_in("ines"), f"/anbieter/einrichtungen/{angebot.einrichtung_id}/"
    typed = {name: "" if wert is None else str(wert) for name, wert in AUSNAHME.items()}
    url = f"{OWN}einrichtungen/{angebot.einrichtung_id}/ausnahme/"
    wrong = ines.post(url, typed | {"plaetze_mehr": "0"})
    assert wrong.status_code == 422 and "was die Behörde zusätzlich erlaubt" in wrong.text
    assert ines.post(url, typed).status_code == 302
    assert "1 Platz mehr" in sign_in("anna").get(page).text
    edit = f"{OWN}ausnahmen/{Ausnahme.objects.get().pk}/"
    assert ines.post(edit, typed | gelesen(ines.get(edit).text) | {"alter_von": "3"}).status_code == 302
    read = ines.get(page).text
    assert "1 Platz mehr, schon ab 3 Jahren" in read and "3 von 4 genehmigten Plätzen" in read

    edit = f"{OWN}erlaubnisse/{erlaubnis.pk}/"
    felder = {
        "nummer": erlaubnis.nummer, "behoerde": "LJA", "datum": str(erlaubnis.datum), "plaetze": "3",
        "alter_von": "0", "alter_bis": "26", "letzter_tag": str(MORGEN),
    }  # fmt: skip
    ended = ines.post(edit, felder | gelesen(ines.get(edit).text), follow=True).text
    assert "nimmt die Einrichtung niemanden mehr auf" in ended
    assert "Landkreis Vorpommern-Greifswald: 1 Platz reserviert oder gebucht" in ended
    Betriebserlaubnis.objects.update(gueltig_bis=HEUTE)
    assert "Wird nicht mehr angeboten: Die Betriebserlaubnis galt bis" in sign_in("anna").get(page).text


def test_pages__only_who_speaks_for_the_provider_and_only_her_own(vg, cast, sign_in, angebot):
    foreign = create_angebot(anbieter=SEE)
    theirs = foreign.einrichtung.betriebserlaubnis_liste.get()
    besondere = Ausnahme.objects.create(
        einrichtung=foreign.einrichtung, aktenzeichen="B", datum=SEIT, gueltig=DateRange(SEIT, HEUTE), plaetze_mehr=1,
        grund="-",
    )  # fmt: skip
    for path in (f"einrichtungen/{foreign.einrichtung_id}/erlaubnis/", f"erlaubnisse/{theirs.pk}/",
                 f"einrichtungen/{foreign.einrichtung_id}/ausnahme/", f"ausnahmen/{besondere.pk}/"):  # fmt: skip
        assert sign_in("ines").get(OWN + path).status_code == 404
        assert sign_in("bille").get(OWN + path).status_code == 403
    bille = cast.akteur("bille")
    for service, row in (
        (services.create_erlaubnis, {"einrichtung": angebot.einrichtung, "angaben": ANGABEN}),
        (services.create_ausnahme, {"einrichtung": angebot.einrichtung, "angaben": AUSNAHME}),
        (services.update_erlaubnis, {"erlaubnis": theirs, "angaben": {}, "gelesen": Gelesen({})}),
        (services.update_ausnahme, {"ausnahme": besondere, "angaben": {}, "gelesen": Gelesen({})}),
    ):
        for akteur in (bille, cast.akteur("ines")):
            if "einrichtung" not in row or akteur is bille:
                with pytest.raises(Verweigert):
                    service(akteur=akteur, **row)


# -- from every side -----------------------------------------------------------------------------


def test_what_is_offered_stays_within_the_licence(cast, angebot):
    enter(cast, angebot.einrichtung)
    assert more(cast, angebot, 4) == 3
    with pytest.raises(RegelVerletzt, match="erlaubt an diesem Tag 4 Plätze") as error:
        more(cast, angebot, 5)
    assert error.value.feld == "anzahl"
    zweites = {
        "einrichtung": angebot.einrichtung, "hilfeart": angebot.hilfeart, "beginn": HEUTE, "plaetze": 1,
        "angaben": {"name": "Zwei", "alter_von": 6, "alter_bis": 17},
    }  # fmt: skip
    with pytest.raises(RegelVerletzt, match="„Möwe“ 4 Plätze; „Zwei“ 1 Platz") as error:
        run(cast, angebote_services.create_angebot, **zweites)
    assert error.value.feld == "plaetze"
    stunden = {"angaben": zweites["angaben"] | {"stunden_je_woche": Decimal(30)}}
    ambulant = zweites | stunden | {"hilfeart": Hilfeart.objects.get(code="A30")}
    assert run(cast, angebote_services.create_angebot, **ambulant), "what needs no licence is not limited"
    erwachsen = zweites | {"angaben": {"name": "Erwachsen", "alter_von": 18, "alter_bis": 20}}
    assert run(cast, angebote_services.create_angebot, **erwachsen), "nor is who is of age"
    update = {"angebot": angebot, "angaben": {"alter_von": 3}, "gelesen": Gelesen.of({"alter_von": 6})}
    with pytest.raises(RegelVerletzt, match="erlaubt 6 bis 17 Jahre") as error:
        run(cast, angebote_services.update_angebot, **update)
    assert error.value.feld == "alter_von"


def test_each_fact_is_a_sentence_at_its_own_field__on_the_page_and_for_programs(vg, cast, sign_in, angebot):
    """Which licence, which limit, what to do; not one block at the first field."""
    ines, haus = sign_in("ines"), angebot.einrichtung_id
    typed = {name: "" if wert is None else str(wert) for name, wert in ANGABEN.items()}
    refused = ines.post(
        f"{OWN}einrichtungen/{haus}/erlaubnis/", typed | {"plaetze": "2", "alter_von": "7", "alter_bis": "16"}
    )
    fehler = refused.context["form"].errors
    assert {feld: len(texte) for feld, texte in fehler.items()} == {"plaetze": 1, "alter_von": 1, "alter_bis": 1}
    wer = "Betriebserlaubnis Nr. LJA 7 vom 01.01.2026 (Landesjugendamt)"
    assert all(wer in text and "Bitte prüfen Sie" in text for texte in fehler.values() for text in texte)
    assert "wären es 3 Plätze" in fehler["plaetze"][0] and "Jahre" not in fehler["plaetze"][0]
    enter(cast, angebot.einrichtung)
    update = {"alter_von": 5, "alter_bis": 18}
    stand = Gelesen.of({"alter_von": 6, "alter_bis": 17})
    with pytest.raises(RegelVerletzt) as error:
        run(cast, angebote_services.update_angebot, angebot=angebot, angaben=update, gelesen=stand)
    von, bis = error.value.einzeln
    assert (von.feld, bis.feld) == ("alter_von", "alter_bis")
    assert "Bitte geben Sie mindestens 6 an" in von.message and "Bitte geben Sie höchstens 17 an" in bis.message
    antwort = exception_handler(error.value, {})
    assert set(antwort.data["felder"]) == {"alter_von", "alter_bis"} and wer in antwort.data["detail"]


def test_an_exception_lifts_it_for_its_time(cast, angebot):
    enter(cast, angebot.einrichtung, plaetze=3)
    ausnahme = run(cast, services.create_ausnahme, einrichtung=angebot.einrichtung, angaben=AUSNAHME)
    with pytest.raises(RegelVerletzt, match="LJA 7"):
        more(cast, angebot, 4)
    with pytest.raises(RegelVerletzt, match="nur, was dazukommt"):
        more(cast, angebot, 2, letzter_tag=AUSNAHME["letzter_tag"])
    assert more(cast, angebot, 4, letzter_tag=AUSNAHME["letzter_tag"]) == 3
    kuerzer = {"letzter_tag": HEUTE + timedelta(days=50)}
    with pytest.raises(RegelVerletzt, match=r"dagegen steht, was Sie anbieten: Am .* wären es 4 Plätze") as error:
        run(
            cast, services.update_ausnahme, ausnahme=ausnahme, angaben=kuerzer,
            gelesen=Gelesen.of({"letzter_tag": AUSNAHME["letzter_tag"]}),
        )  # fmt: skip
    assert error.value.feld == "plaetze_mehr"


def test_several_things_against_a_licence__that_it_is_what_she_offers_is_said_once(cast, angebot):
    enter(cast, angebot.einrichtung)
    bald = {"nummer": "LJA 8", "gueltig_ab": HEUTE + timedelta(days=30), "plaetze": 1}
    alter = {"alter_von": angebot.alter_von + 1, "alter_bis": angebot.alter_bis - 1}
    with pytest.raises(RegelVerletzt) as error:
        enter(cast, angebot.einrichtung, **bald, **alter)
    assert [fehler.feld for fehler in error.value.einzeln] == ["plaetze", "alter_von", "alter_bis"]
    assert error.value.message.count("dagegen steht") == 1 and error.value.message.startswith("Das geht noch nicht")


def test_a_smaller_licence_waits_for_the_places_or_comes_with_an_exception(cast, angebot):
    erste = enter(cast, angebot.einrichtung)
    bald = HEUTE + timedelta(days=30)
    kleiner = {"nummer": "LJA 8", "gueltig_ab": bald, "plaetze": 2}
    with pytest.raises(RegelVerletzt, match="dagegen steht"):
        enter(cast, angebot.einrichtung, **kleiner)
    assert more(cast, angebot, 2, ab=bald + timedelta(days=50)) == 3
    with pytest.raises(RegelVerletzt, match="dagegen steht"):
        enter(cast, angebot.einrichtung, **kleiner)
    run(
        cast, services.create_ausnahme, einrichtung=angebot.einrichtung,
        angaben=AUSNAHME | {"beginn": bald, "letzter_tag": bald + timedelta(days=49)},
    )  # fmt: skip
    enter(cast, angebot.einrichtung, **kleiner)
    with pytest.raises(RegelVerletzt, match=r"Ab dem .* gilt schon die Betriebserlaubnis Nr. LJA 8"):
        enter(cast, angebot.einrichtung, gueltig_ab=HEUTE)
    erste.refresh_from_db()
    with pytest.raises(RegelVerletzt, match=r"Ab dem .* gilt schon die Betriebserlaubnis Nr. LJA 8"):
        change(cast, erste, letzter_tag=None)
    with pytest.raises(RegelVerletzt, match="vor dem ersten"):
        change(cast, erste, letzter_tag=date(2025, 1, 1))


def test_a_reopened_offer_counts_again(cast, angebot):
    enter(cast, angebot.einrichtung, plaetze=3)
    run(cast, ende.end_angebot, angebot=angebot, letzter_tag=MORGEN)
    zweites = create_angebot(einrichtung=angebot.einrichtung, plaetze=0, alter_von=6, alter_bis=17)
    Platz.objects.create(angebot=zweites, nummer=1, gueltig=DateRange(HEUTE + timedelta(days=5), None))
    with pytest.raises(RegelVerletzt, match="wären es 4 Plätze"):
        run(cast, ende.reopen_angebot, angebot=angebot)


# -- search and hold -----------------------------------------------------------------------------


def test_nobody_is_held_or_booked_where_there_is_no_licence(vg, cast, angebot):
    create_angebot(hilfeart="A30", plaetze=1)
    bald = HEUTE + timedelta(days=10)
    frueh, spaet = (Zeitraum(tag, tag + timedelta(days=30)) for tag in (HEUTE, bald))

    def found(zeitraum: Zeitraum) -> bool:
        kriterien = kriterien_folie(beginn=zeitraum.beginn, ende=zeitraum.letzter_tag)
        with in_tenant(vg):
            assert len(search_angebot(kriterien, angebot.pk).treffer) == len(search_angebote(kriterien).treffer)
            return bool(search_angebot(kriterien, angebot.pk).treffer)

    def hold(zeitraum: Zeitraum):
        with in_tenant(vg):
            return bind_platz(angebot_id=angebot.pk, zeitraum=zeitraum, ablauf_at=now() + timedelta(days=5))

    assert not found(frueh) and not found(spaet)
    with pytest.raises(KeinPlatzFrei):
        hold(frueh)
    erlaubnis = enter(cast, angebot.einrichtung, gueltig_ab=bald, letzter_tag=bald + timedelta(days=5))
    assert not found(frueh) and found(spaet), "from its first day; that it runs out during the help is no matter"
    with pytest.raises(KeinPlatzFrei):
        hold(frueh)
    bindung, zweite = hold(spaet), hold(spaet)
    with in_tenant(vg):
        book_platz(bindung_id=zweite.pk)
    erlaubnis = change(cast, erlaubnis, gueltig_ab=bald + timedelta(days=1))
    with in_tenant(vg), pytest.raises(Konflikt, match="keine Betriebserlaubnis"):
        book_platz(bindung_id=bindung.pk)
    with in_tenant(vg), pytest.raises(IntegrityError, match="no licence on the first day"), transaction.atomic():
        occupy_platz(platz=angebot.plaetze.last(), tenant=vg, zeitraum=DateRange(HEUTE, MORGEN))


def test_what_needs_no_licence_is_found_without_one(vg, angebot):
    kriterien = kriterien_folie()
    with in_tenant(vg):
        assert not search_angebote(kriterien).treffer
    Angebot.objects.filter(pk=angebot.pk).update(alter_von=18, alter_bis=20)
    with in_tenant(vg):
        assert len(search_angebote(kriterien).treffer) == 1, "of age (§§ 7, 45a)"
        for code in ("S33", "A30"):
            assert not Hilfeart.objects.get(code=code).erlaubnispflichtig


# -- what the database says ----------------------------------------------------------------------


def test_database__no_role_of_a_provider_gets_beyond_the_licence(cast, angebot):
    enter(cast, angebot.einrichtung, plaetze=3)
    haus, immer = angebot.einrichtung, DateRange(HEUTE, None)
    Ausnahme.objects.create(
        einrichtung=haus, aktenzeichen="B", datum=SEIT, gueltig=DateRange(HEUTE, MORGEN), plaetze_mehr=1, grund="-"
    )
    Platz.objects.create(angebot=angebot, nummer=8, gueltig=DateRange(HEUTE, MORGEN))
    nebenan = create_angebot(anbieter=KUESTE, plaetze=1)
    ines = cast.akteur("ines")
    erlaubnisse, ausnahmen = Betriebserlaubnis.objects.filter(einrichtung=haus), Ausnahme.objects.all()
    offer = Angebot.objects.filter(pk=angebot.pk)
    viele, alter, eine = "more places than its licence", "ages that the licence", "erlaubnis_eine_zur_zeit"
    voraus, uebermorgen = "a day that is still to come", HEUTE + timedelta(days=2)
    for said, lie in (
        (viele, lambda: Platz.objects.create(angebot=angebot, nummer=9, gueltig=immer)),
        (viele, lambda: angebot.plaetze.filter(nummer=8).update(gueltig=immer)),
        (viele, lambda: nebenan.plaetze.update(angebot=angebot, nummer=9)),
        (viele, lambda: Angebot.objects.filter(pk=nebenan.pk).update(einrichtung=haus, alter_von=6, alter_bis=17)),
        (viele, lambda: erlaubnisse.update(plaetze=2)),
        (viele, lambda: ausnahmen.update(plaetze_mehr=0, alter_von=9)),
        (viele, lambda: ausnahmen.update(gueltig=DateRange(MORGEN, MORGEN + timedelta(days=9)))),
        (viele, lambda: ausnahmen.update(einrichtung=nebenan.einrichtung)),
        (alter, lambda: offer.update(alter_von=0)),
        (alter, lambda: erlaubnisse.update(alter_bis=16)),
        (eine, lambda: license_einrichtung(haus, gueltig_ab=date(2030, 1, 1))),
        (voraus, lambda: erlaubnisse.update(datum=uebermorgen)),
        (voraus, lambda: ausnahmen.update(datum=uebermorgen)),
        (voraus, lambda: Leistungsbeschreibung.objects.create(einrichtung=haus, datum=uebermorgen)),
        (voraus, lambda: LeqVereinbarung.objects.create(einrichtung=haus, datum=uebermorgen, vom_anbieter=True)),
        ("ausnahme_befristet", lambda: ausnahmen.update(gueltig=immer)),
        ("district of a facility", lambda: Einrichtung.objects.filter(pk=haus.pk).update(
            gebietskoerperschaft=Gebietskoerperschaft.objects.get(kuerzel="HRO"))),
        ("kind of help of an offer", lambda: offer.update(hilfeart=Hilfeart.objects.get(code="A30"))),
    ):  # fmt: skip
        with (
            on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids),
            pytest.raises(DatabaseError, match=said),
            transaction.atomic(),
        ):
            lie()
    assert verstoesse(get_betrieb(haus.pk)) == []


_tage = st.integers(0, 20)
_lauf = st.integers(1, 20)
_kind = st.integers(2, 7)
_schritte = st.lists(
    st.one_of(
        st.tuples(st.just("erlaubnis"), st.integers(0, 1), _tage, _lauf, st.integers(0, 4), st.integers(4, 8)),
        st.tuples(st.just("ausnahme"), st.integers(0, 1), _tage, _lauf, st.integers(0, 2), st.none() | _kind),
        st.tuples(st.just("platz"), st.integers(0, 5), _tage, _lauf, st.integers(0, 1), st.none()),
        st.tuples(st.just("angebot"), st.integers(0, 1), _tage, _lauf, st.integers(3, 8), st.integers(14, 18)),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(_schritte)
def test_licence_limits_hold_under_every_order_of_changes(vg, schritte):
    """Licences, exceptions, places, ages in any order, straight into the tables: the database refuses what the rule
    says, and nothing else."""
    with transaction.atomic():
        haus = create_einrichtung(anbieter=KUESTE)
        angebote = [
            create_angebot(
                einrichtung=haus, plaetze=0, entgelt=None, erlaubnis=False, alter_von=8, alter_bis=14,
                gueltig=DateRange(HEUTE, None),
            )
            for _ in range(2)
        ]  # fmt: skip
        rows: dict = {("angebot", n): angebot for n, angebot in enumerate(angebote)}
        stand = get_betrieb(haus.pk)
        for was, nummer, ab, tage, a, b in schritte:
            row, felder = _changed(rows, haus, was, nummer, DateRange(_tag(ab), _tag(ab + tage)), a, b)
            nachher = _betrieb(rows | {(was, nummer): row})
            zwei = was == "erlaubnis" and services.ueberschneidet(stand.erlaubnisse, stand_of_erlaubnis(row))
            legal = not zwei and verstoesse(nachher) == []
            try:
                with transaction.atomic():
                    row.save(**({"force_insert": True} if (was, nummer) not in rows else {"update_fields": felder}))
            except IntegrityError:
                assert not legal, (was, nachher)
                if (was, nummer) in rows:
                    rows[was, nummer].refresh_from_db()
                continue
            assert legal, (was, nachher)
            rows[was, nummer] = row
            stand = get_betrieb(haus.pk)
            assert verstoesse(stand) == []
        transaction.set_rollback(True)


def _tag(nummer: int) -> date:
    return HEUTE + timedelta(days=nummer)


def _changed(rows: dict, haus: Einrichtung, was: str, nummer: int, zeit: DateRange, a: int, b: int | None):
    """The row as it is about to be, and what changes of it."""
    if was == "erlaubnis":
        felder = {"gueltig_ab": zeit.lower, "gueltig_bis": zeit.upper, "plaetze": a, "alter_von": b}
        new = Betriebserlaubnis(einrichtung=haus, nummer=str(nummer), datum=SEIT)
    elif was == "ausnahme":
        felder = {"gueltig": zeit, "plaetze_mehr": a or (b is None), "alter_von": b}
        new = Ausnahme(einrichtung=haus, aktenzeichen=str(nummer), datum=HEUTE, grund="-")
    elif was == "platz":
        felder = {"gueltig": zeit, "angebot": rows["angebot", a]}
        new = Platz(nummer=nummer)
    else:
        felder, new = {"gueltig": zeit, "alter_von": a, "alter_bis": b}, None
    row = type(new or rows[was, nummer])()
    for field in row._meta.concrete_fields:
        setattr(row, field.attname, getattr(rows.get((was, nummer), new), field.attname))
    for name, wert in felder.items():
        setattr(row, name, wert)
    row._state.adding = (was, nummer) not in rows
    return row, list(felder)


def _betrieb(rows: dict) -> Betrieb:
    """As the oracle sees these rows, saved or not."""
    plaetze = [row for (was, _), row in rows.items() if was == "platz"]
    return Betrieb(
        tuple(stand_of_erlaubnis(row) for (was, _), row in rows.items() if was == "erlaubnis"),
        tuple(stand_of_ausnahme(row) for (was, _), row in rows.items() if was == "ausnahme"),
        tuple(
            stand_of_angebot(row, [stand_of_platz(p) for p in plaetze if p.angebot_id == row.pk])
            for (was, _), row in rows.items()
            if was == "angebot"
        ),
    )


# -- at the same moment --------------------------------------------------------------------------


@pytest.fixture
def vg_alone(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        yield Tenant.objects.get(kuerzel="VG")


@pytest.mark.slow
def test_race__two_writers_do_not_pass_together_and_a_hold_waits_for_neither(vg_alone):
    """One place is left in the licence, and two offers of the house take it at the same moment."""
    eins = create_angebot(anbieter=KUESTE, plaetze=1, erlaubnis=False)
    zwei = create_angebot(einrichtung=eins.einrichtung, plaetze=1, erlaubnis=False)
    license_einrichtung(eins.einrichtung, plaetze=3)
    written, over = Event(), Event()
    immer = DateRange(HEUTE, None)

    def first() -> str:
        with transaction.atomic():
            Platz.objects.create(angebot=eins, nummer=2, gueltig=immer)
            written.set()
            over.wait(10)
        connection.close()
        return "written"

    def second() -> str:
        written.wait(10)
        try:
            Platz.objects.create(angebot=zwei, nummer=2, gueltig=immer)
            return "written"
        except IntegrityError as error:
            return error.__cause__.diag.constraint_name
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(first), pool.submit(second)]
        written.wait(10)
        began = monotonic()
        try:
            with in_tenant(vg_alone):  # while both are under way, for ten seconds unless we say so
                held = bind_platz(
                    angebot_id=eins.pk, zeitraum=Zeitraum(HEUTE, MORGEN), ablauf_at=now() + timedelta(days=1)
                )
        finally:
            over.set()
        assert [task.result() for task in tasks] == ["written", "erlaubnis_plaetze"]
    assert held.platz.nummer == 1 and monotonic() - began < 9


@pytest.mark.slow
def test_race__places_and_a_smaller_licence_from_every_side(vg_alone):
    """Twenty-four changes at once, through the pages' services: never a deadlock, never beyond the licence."""
    cast = Cast()
    ines = cast.akteur("ines")
    gueltig = DateRange(date(2015, 1, 1), None)
    angebote = [create_angebot(anbieter=KUESTE, plaetze=1, gueltig=gueltig, erlaubnis=False)]
    haus = angebote[0].einrichtung
    angebote.append(create_angebot(einrichtung=haus, plaetze=1, gueltig=gueltig, erlaubnis=False))
    erlaubnis = license_einrichtung(haus, plaetze=4)

    def work(nummer: int) -> str:
        angebot = angebote[nummer % 2]
        try:
            with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
                if nummer % 3 == 0:
                    jetzt = Gelesen.of({"plaetze": 4}).with_now({"plaetze": 3})
                    services.update_erlaubnis(
                        akteur=ines, erlaubnis=erlaubnis, angaben={"plaetze": 3 + nummer % 2}, gelesen=jetzt
                    )
                else:
                    angebote_services.update_platzzahl(
                        akteur=ines, angebot=angebot, anzahl=1 + nummer % 3, ab=HEUTE + timedelta(days=nummer),
                        gelesen=Gelesen.of({"anzahl": 1}),
                    )  # fmt: skip
        except SojusError as error:
            return type(error).__name__
        except Exception as error:
            return f"unexpected {type(error).__name__}"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(work, range(24)))
        list(pool.map(lambda _: connections.close_all(), range(8)))
    assert set(told) <= {"done", "RegelVerletzt", "Veraltet", "Konflikt"}, told
    assert "done" in told and "RegelVerletzt" in told, told
    assert verstoesse(get_betrieb(haus.pk)) == []
