"""What is taken back leaves alone what was billed, who lived there, and what the house has entered since."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.einlesen.models import Einlesung, Fremdschluessel
from shared_apps.einlesen.services import ausfuehren, ruecknahme, schreiben, vorbereiten, zuruecknehmen
from shared_apps.occupancy.services import bind_platz, sperren
from shared_apps.providers.models import Anbieter, Angebot, Entgelt, Platz
from shared_apps.providers.services import angebote, confirm_vakanzen, end_angebot, platznamen
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.factories.register import create_angebot, occupy_platz
from tests.people import Cast, appoint
from tests.shared_apps.einlesen.lists import befunde, csv_of, meldungen, read_in, release, send, step, take_back, zeile

GRUPPE = "Wohngruppe Kranich"


class Fresh(Gelesen):
    """As if the page had been opened this moment."""

    def __init__(self) -> None: ...

    def check(self, **_) -> None: ...


def tag(tage: int) -> date:
    return today() + timedelta(days=tage)


def speaker(cast, anbieter):
    """Somebody who speaks for this provider."""
    appoint(
        user=cast.user("nora"), anbieter_id=anbieter.pk, rolle=Rolle.ANBIETER, verwaltet=True,
        gueltig_ab=date(2015, 1, 1),
    )  # fmt: skip
    return cast.akteur("nora")


def acting(akteur):
    return on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids)


def gruende(einlesung) -> dict[str, str]:
    return dict(einlesung.posten.exclude(grund="").values_list("gegenstand", "grund"))


def saetze(angebot) -> list:
    rows = Entgelt.objects.filter(angebot=angebot).order_by("gueltig")
    return [(e.gueltig.lower, e.gueltig.upper, e.betrag) for e in rows]


# --- who was there ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_rate_under_which_somebody_was_there_until_yesterday__stays(cast, vg):
    read_in(cast, [zeile()])
    angebot = Angebot.objects.get(name=GRUPPE)
    occupy_platz(platz=angebot.plaetze.first(), tenant=vg, zeitraum=DateRange(tag(-20), tag(0)))
    frueher, ab = tag(-20).strftime("%d.%m.%Y"), tag(-19).strftime("%d.%m.%Y")
    second = read_in(cast, [zeile(grundleistung="300,00", entgelt_ab=ab, vereinbart_am=frueher)])
    vorher = saetze(angebot)
    assert take_back(cast, second) == 1
    assert saetze(angebot) == vorher and "abgerechnet" in gruende(second)["ENTGELT"]


@pytest.mark.django_db
def test_rate_under_which_somebody_is_in_an_offer_with_an_end__stays(cast, vg):
    zeit = DateRange(date(2024, 8, 1), tag(250))
    angebot = create_angebot(plaetze=1, anbieter="Boddenland gGmbH", entgelt=None, name=GRUPPE, gueltig=zeit)
    angebot.plaetze.update(gueltig=zeit)
    occupy_platz(platz=angebot.plaetze.get(), tenant=vg, zeitraum=DateRange(tag(-90), tag(250)))
    ab = tag(-25).strftime("%d.%m.%Y")
    leer = dict.fromkeys(("erlaubnis_nr", "erlaubnis_behoerde", "erlaubnis_vom", "erlaubnis_plaetze",
                          "erlaubnis_alter_von", "erlaubnis_alter_bis", "plaetze", "beginn", "alter_von", "alter_bis",
                          "spezialisierungen"), "")  # fmt: skip
    cells = {"einrichtung": angebot.einrichtung.name, "entgelt_ab": ab, "vereinbart_am": ab}
    second = read_in(cast, [zeile(**leer | cells)])
    vorher = saetze(angebot)
    assert len(vorher) == 1, (befunde(second), meldungen(second))
    assert take_back(cast, second) == 1
    assert saetze(angebot) == vorher and "abgerechnet" in gruende(second)["ENTGELT"]


@pytest.mark.django_db
def test_offer_in_which_somebody_lived__stays_and_the_rest_goes(cast, vg):
    einlesung = read_in(cast, [zeile(), zeile(angebot_nr="A-2", angebot="Leere Gruppe")])
    angebot = Angebot.objects.get(name=GRUPPE)
    occupy_platz(platz=angebot.plaetze.first(), tenant=vg, zeitraum=DateRange(tag(-10), tag(-1)))
    assert take_back(cast, einlesung) > 0
    einlesung.refresh_from_db()
    assert einlesung.zustand == "ZURUECKGENOMMEN", "and not stuck for ever"
    assert "untergebracht" in gruende(einlesung)["ANGEBOT"] and "bleiben" in gruende(einlesung)["ERLAUBNIS"]
    assert Angebot.objects.filter(name=GRUPPE, gueltig__startswith=date(2024, 8, 1)).exists()
    assert not Angebot.objects.filter(name="Leere Gruppe").exists()


@pytest.mark.django_db
def test_way_back_that_breaks_off__leaves_the_list_read_in_and_says_so(cast, vg, monkeypatch, sign_in):
    einlesung = read_in(cast, [zeile()])

    def broken(*_, **__):
        raise TypeError("ours")

    monkeypatch.setitem(ruecknahme.REVOKE, ruecknahme._G, broken)
    assert take_back(cast, einlesung) == 0
    einlesung.refresh_from_db()
    assert einlesung.zustand == "EINGELESEN" and Angebot.objects.filter(name=GRUPPE).exists()
    page = sign_in("emil").get(f"/anbieter/einlesen/{einlesung.pk}/").content.decode()
    assert "Rücknahme ist nicht gelungen" in page and "Liste zurücknehmen" in page
    monkeypatch.undo()
    assert take_back(cast, einlesung) == 0 and not Angebot.objects.filter(name=GRUPPE).exists()


# --- what the house has entered ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["block", "stop", "name", "field", "lifted"])
def test_offer_that_its_house_keeps_by_now__stays(cast, vg, what):
    einlesung = read_in(cast, [zeile()])
    angebot = Angebot.objects.get(name=GRUPPE)
    akteur = speaker(cast, angebot.einrichtung.anbieter)
    platz, zeitraum = angebot.plaetze.get(nummer=1), Zeitraum(today(), None)
    with acting(akteur):
        if what == "stop":
            sperren.create_stopp(akteur=akteur, angebot=angebot, zeitraum=zeitraum, grund="PERSONAL")
        elif what == "name":
            platznamen.update_platznamen(akteur=akteur, angebot=angebot, namen={1: "Zimmer 7"}, gelesen=Fresh())
        elif what == "field":
            angaben = {"ausschluss": "Brandstiftung"}
            angebote.update_angebot(akteur=akteur, angebot=angebot, angaben=angaben, gelesen=Fresh())
        else:
            sperre = sperren.create_sperre(
                akteur=akteur, platz=platz, zeitraum=zeitraum, grund="BELEGT_AUSSERHALB", notiz=""
            )
            if what == "lifted":
                type(sperre).objects.filter(pk=sperre.pk).update(aufgehoben_at=now())
    assert take_back(cast, einlesung) > 0, "the way back is not refused: nobody holds a place"
    grund = gruende(einlesung)["ANGEBOT"]
    worte = {"name": "Platznamen", "field": "seither geändert"}
    assert worte.get(what, "Sperren oder Aufnahmestopps") in grund
    assert Angebot.objects.filter(name=GRUPPE, gueltig__startswith=date(2024, 8, 1)).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["more", "end", "block", "name"])
def test_number_of_places_that_was_changed_since__stays(cast, vg, what):
    read_in(cast, [zeile(plaetze="6")])
    second = read_in(cast, [zeile(plaetze="8" if what in {"block", "name"} else "4")])
    angebot = Angebot.objects.get(name=GRUPPE)
    akteur = speaker(cast, angebot.einrichtung.anbieter)
    with acting(akteur):
        if what == "more":
            angebote.update_platzzahl(akteur=akteur, angebot=angebot, anzahl=5, ab=tag(1), gelesen=Fresh())
        elif what == "end":
            end_angebot(akteur=akteur, angebot=angebot, letzter_tag=tag(5))
        elif what == "block":
            platz = angebot.plaetze.get(nummer=8)
            sperren.create_sperre(
                akteur=akteur, platz=platz, zeitraum=Zeitraum(today(), None), grund="RENOVIERUNG", notiz=""
            )
        else:
            platznamen.update_platznamen(akteur=akteur, angebot=angebot, namen={8: "Zimmer 7"}, gelesen=Fresh())
    vorher = sorted(Platz.objects.filter(angebot=angebot).values_list("nummer", "gueltig"))
    assert take_back(cast, second) == 1
    assert sorted(Platz.objects.filter(angebot=angebot).values_list("nummer", "gueltig")) == vorher
    assert ("Sperren" if what == "block" else "seither geändert") in gruende(second)["ANGEBOT"]


@pytest.mark.django_db
def test_two_changes_of_places_go_back_one_after_the_other(cast, vg):
    read_in(cast, [zeile()])
    lists = [read_in(cast, [zeile(plaetze=zahl)]) for zahl in ("6", "8")]
    angebot = Angebot.objects.get(name=GRUPPE)
    for einlesung, zahl in zip(reversed(lists), (6, 4), strict=True):
        assert take_back(cast, einlesung) == 0
        assert angebot.plaetze.filter(gueltig__contains=today()).count() == zahl


# --- cells at their bounds, and signatures ----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cells",
    [{"grundleistung": "9999999,99"}, {"grundleistung": "12345678,00", "investition": ""}, {"investition": "-1"},
     {"entgelt_ab": "01.01.1900", "vereinbart_am": "01.01.1900"}, {"beginn": "01.01.1900"}],
)  # fmt: skip
def test_cell_out_of_bounds__costs_its_line_and_nothing_else(cast, vg, cells):
    einlesung = read_in(cast, [zeile(anbieter_nr="T-2", anbieter="Insel e. V."), zeile(**cells)])
    assert befunde(einlesung) == ["NEU", "FEHLERHAFT"] and einlesung.zustand == "EINGELESEN"
    assert Entgelt.objects.filter(angebot__einrichtung__anbieter__name="Insel e. V.").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("error", [TypeError("ours"), None])
def test_line_nobody_thought_of__is_said_and_the_list_ends(cast, vg, monkeypatch, error):
    einlesung = send(cast, csv_of([zeile(), zeile(anbieter_nr="T-2", anbieter="Insel e. V.")]))
    release(cast, einlesung)
    monkeypatch.setattr(ausfuehren, "TEIL", 1)
    write = ausfuehren.record_plan

    def broken(einlesung, plan, *, ausser):
        write(einlesung, plan, ausser=ausser)
        if "T-2" in plan.objekte[schreiben._A]:
            if error is not None:
                raise error
            connection.cursor().execute("SELECT 12345678.00::numeric(9, 2)")  # what a column refuses

    monkeypatch.setattr(ausfuehren, "record_plan", broken)
    ausfuehren.run_einlesung(einlesung_id=einlesung.pk)
    einlesung.refresh_from_db()
    assert einlesung.zustand == "EINGELESEN" and befunde(einlesung) == ["NEU", "FEHLERHAFT"]
    assert not Anbieter.objects.filter(name="Insel e. V.").exists()
    assert ("wenden Sie sich" if error else "zu groß") in " ".join(meldungen(einlesung))


@pytest.mark.django_db
def test_list_that_makes_a_provider__is_released_by_the_head_of_the_office(cast, vg, sign_in):
    neu = send(cast, csv_of([zeile()]), "emil")
    assert neu.legt_anbieter_an
    step(cast, vorbereiten.submit_einlesung, "emil", neu)
    with pytest.raises(Verweigert, match="Leitung"):
        step(cast, vorbereiten.approve_einlesung, "frieda", neu)
    page = sign_in("frieda").get(f"/anbieter/einlesen/{neu.pk}/entscheiden/").content.decode()
    assert vorbereiten.NUR_LEITUNG in page and "Freigeben und einlesen" not in page and "Zurückgeben" in page
    with pytest.raises(DatabaseError), on_portal(user_id=cast.user("frieda").pk):
        Einlesung.objects.filter(pk=neu.pk).update(legt_anbieter_an=False)
    step(cast, vorbereiten.approve_einlesung, "edda", neu)
    ausfuehren.run_einlesung(einlesung_id=neu.pk)
    alt = send(cast, csv_of([zeile(telefon="03834 9")]), "emil")
    assert not alt.legt_anbieter_an
    release(cast, alt, "emil", "frieda")
    Anbieter.objects.filter(name="Boddenland gGmbH").update(name="Umbenannt")
    Fremdschluessel.objects.all().delete()
    ausfuehren.run_einlesung(einlesung_id=alt.pk)
    assert befunde(alt) == ["FEHLERHAFT"] and "Leitung" in " ".join(meldungen(alt))
    assert not Anbieter.objects.filter(name="Boddenland gGmbH").exists(), "by the time it was read in it made one"


# --- two at once ------------------------------------------------------------------------------------------------------


def two(one, other):
    """What both give back, or the kind of their error."""

    def run(what):
        try:
            return what()
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return [task.result() for task in (pool.submit(run, one), pool.submit(run, other))]


def test_lists_and_people_at_once__close_no_circle(own_database, monkeypatch):
    """Each of the four met in the middle: the list had one row and wanted the next, the other the other way round."""
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    zweite = {"angebot_nr": "A-2", "angebot": "Zweite Gruppe"}
    read_in(cast, [zeile(), zeile(**zweite)])
    a, b = Angebot.objects.get(name=GRUPPE), Angebot.objects.get(name="Zweite Gruppe")
    akteur = speaker(cast, a.einrichtung.anbieter)
    mitte, weiter = threading.Event(), 0

    def slow(where, name, nth):
        nonlocal weiter
        real, weiter = getattr(where, name), 0
        mitte.clear()

        def waiting(*args, **kwargs):
            nonlocal weiter
            weiter += 1
            if weiter == nth:
                mitte.set()
                time.sleep(0.7)
            return real(*args, **kwargs)

        monkeypatch.setattr(where, name, waiting)

    def hold():
        mitte.wait(10)
        with in_tenant(vg):
            ablauf = now() + timedelta(days=2)
            return bool(bind_platz(angebot_id=a.pk, zeitraum=Zeitraum(tag(3), tag(9)), ablauf_at=ablauf))

    def change_places():
        mitte.wait(10)
        with acting(akteur):
            return angebote.update_platzzahl(akteur=akteur, angebot=b, anzahl=5, ab=today(), gelesen=Fresh())

    def confirm():
        mitte.wait(10)
        with acting(akteur):
            return confirm_vakanzen(akteur=akteur)

    rounds = [
        ("update_platzzahl_by_list", 1, [zeile(telefon="03834 7", plaetze="5")], hold),
        ("update_platzzahl_by_list", 2, [zeile(plaetze="6"), zeile(plaetze="4", **zweite)], change_places),
        ("update_bestand", 2, [zeile(hinweis="x", **zweite), zeile(hinweis="y")], confirm),
    ]
    for name, nth, zeilen, other in rounds:
        einlesung = send(cast, csv_of(zeilen))
        release(cast, einlesung)
        slow(schreiben, name, nth)
        done = two(lambda pk=einlesung.pk: ausfuehren.run_einlesung(einlesung_id=pk), other)
        monkeypatch.undo()
        assert "OperationalError" not in done and done[0] == len(zeilen), (other.__name__, done)
    last = read_in(cast, [zeile(angebot="Neu", plaetze="7")])
    step(cast, zuruecknehmen.revoke_einlesung, "emil", last)
    slow(ruecknahme, "revoke_plaetze", 1)
    assert two(lambda: zuruecknehmen.run_ruecknahme(einlesung_id=last.pk), hold) == [0, True]
