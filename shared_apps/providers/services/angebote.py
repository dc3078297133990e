"""What a provider offers: facilities, offers, places. Its rates are agreed (`services.entgelte`)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Hilfeart
from shared_apps.catalogue.selectors import list_felder, list_hilfearten, list_kriterien
from shared_apps.core.clock import today
from shared_apps.core.eingabe import ALTER_VERTAUSCHT, TAGE_VERTAUSCHT
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from shared_apps.providers.hooks import list_gehaltene_plaetze
from shared_apps.providers.models import Anbieter, Angebot, Bestaetigungsweg, Einrichtung, Platz
from shared_apps.providers.policies import (
    may_offer_own,
    may_write_own,
    own_anbieter,
    own_angebote,
    own_einrichtungen,
)
from shared_apps.providers.rules import Platzstand, letzte_aenderung, plaetze_am, platzzahl_aendern
from shared_apps.providers.selectors.angebote import stichtag
from shared_apps.providers.selectors.ende import list_belegt_nach
from shared_apps.providers.selectors.erlaubnis import stand_of_platz
from shared_apps.providers.selectors.merkmale import read_merkmale, split_merkmale
from shared_apps.providers.services import (
    EINRICHTUNG,
    LAEUFT_NOCH,
    NAME_EINRICHTUNG,
    VOR_EROEFFNUNG,
    check_einmal,
    check_lage,
    check_own,
    check_region,
    clean_angaben,
)
from shared_apps.providers.services.bestaetigung import record_bestaetigung
from shared_apps.providers.services.grenzen import check_angebot
from shared_apps.providers.services.merkmale import update_merkmale
from tenants.db.locks import PairLock

E = TypeVar("E", Einrichtung, Angebot)

ANGEBOT = (
    "name", "geschlecht", "alter_von", "alter_bis", "hinweis", "beschreibung", "gruppe", "ausschluss", "barrierefrei",
    "schule", "therapie", "stunden_je_woche",
)  # fmt: skip
#: Rows of the catalogue that an offer has some of.
ANGEBOT_ZEILEN = ("spezialisierungen", "sprachen")
#: Columns of an offer by the criterion of its module that they hold.
SPALTEN = {
    "geschlecht": ("geschlecht",), "alter": ("alter_von", "alter_bis"), "spezialisierungen": ("spezialisierungen",),
}  # fmt: skip
#: More places than any offer has; a slip of the finger is one nought too many.
PLAETZE_MAX = 200
#: Hours a week, likewise.
STUNDEN_MAX = Decimal(9999)

NAME_ANGEBOT = "Ein Angebot mit dieser Bezeichnung hat die Einrichtung schon. Bitte wählen Sie eine andere."
BEENDET = "Hier ist ein Ende eingetragen ({}). Nehmen Sie es zuerst zurück."
ZU_FRUEH = "Die Zahl ändert sich frühestens von heute an. Was war, bleibt stehen."
SCHON_GEAENDERT = "Zum {} ist schon eine Änderung der Zahl eingetragen. Bitte geben Sie einen späteren Tag an."
NICHT_IM_ANGEBOT = "An diesem Tag gibt es das Angebot nicht ({})."
NUR_MEHR = "Befristen lässt sich nur, was dazukommt."
NICHT_MEHR_ANGEBOTEN = "Diese Hilfeart wird für neue Angebote nicht mehr verwendet. Bitte wählen Sie eine andere."
NICHT_IM_MODUL = "Diese Angabe gehört nicht zu der gewählten Hilfeart."
STUNDEN_FEHLEN = "Bitte geben Sie an, wie viele Stunden je Woche insgesamt geleistet werden können."
NUR_AMBULANT = "Stunden je Woche haben nur Hilfen, die nach Stunden bezahlt werden."


@transaction.atomic
def create_einrichtung(
    *, akteur: Akteur, anbieter: Anbieter, gebietskoerperschaft: Any, angaben: dict[str, Any]
) -> Einrichtung:
    """A new facility of one's own provider, at a place in one district (`gebietskoerperschaft`) that does not change.

    `RegelVerletzt` for a name twice or a region of another district, `Konflikt` when the provider is ended.
    """
    check_own(may_offer_own(akteur), own_anbieter(akteur), anbieter.pk)
    anbieter = Anbieter.objects.select_for_update(no_key=True).get(pk=anbieter.pk)
    _check_not_ended(anbieter)
    einrichtung = build_einrichtung(anbieter, gebietskoerperschaft, angaben)
    check_lage(einrichtung, angaben)
    return _insert(einrichtung, NAME_EINRICHTUNG)


@transaction.atomic
def create_angebot(
    *,
    akteur: Akteur,
    einrichtung: Einrichtung,
    hilfeart: Any,
    angaben: dict[str, Any],
    beginn: date,
    plaetze: int,
    letzter_tag: date | None = None,
) -> Angebot:
    """A new offer of one's own facility from `beginn` on, with that many places. Its rate is agreed with the office.

    `spezialisierungen` and `sprachen` in `angaben` are rows; what declared criteria say has the names of their fields
    (`merkmal_…`). `RegelVerletzt` for a kind of help that is not offered today, what its module does not have, or
    what goes beyond the licence of the facility. `Konflikt` when facility or provider is ended.
    """
    check_own(may_offer_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    rows = Einrichtung.objects.select_for_update(of=("self",), no_key=True).select_related("anbieter")
    einrichtung = rows.get(pk=einrichtung.pk)
    _check_not_ended(einrichtung)
    _check_not_ended(einrichtung.anbieter)
    if letzter_tag is not None and letzter_tag < beginn:
        raise RegelVerletzt(TAGE_VERTAUSCHT, feld="letzter_tag")
    gueltig = DateRange(beginn, letzter_tag + EIN_TAG if letzter_tag else None)
    if not list_hilfearten().filter(pk=hilfeart.pk).exists():
        raise RegelVerletzt(NICHT_MEHR_ANGEBOTEN, feld="hilfeart")
    angaben, merkmale = split_merkmale(angaben)
    kriterien = list_kriterien(modul_id=hilfeart.modul_id)
    angaben = check_modul(angaben, list_felder(kriterien))
    zeilen = {name: angaben.pop(name) for name in ANGEBOT_ZEILEN if name in angaben}
    angebot = build_angebot(einrichtung, hilfeart, angaben, beginn)
    angebot.gueltig = gueltig
    neue = _new_plaetze(angebot, tuple(range(1, plaetze + 1)), gueltig)
    check_angebot(angebot, map(stand_of_platz, neue))
    check_stunden(angebot, hilfeart, neu=True)
    _insert(angebot, NAME_ANGEBOT)
    for name, rows_of_it in zeilen.items():
        getattr(angebot, name).add(*rows_of_it)
    update_merkmale(angebot, kriterien, merkmale)
    Platz.objects.bulk_create(neue)
    record_bestaetigung(akteur=akteur, angebote=[angebot.pk], weg=Bestaetigungsweg.AENDERUNG)
    return angebot


def build_einrichtung(anbieter: Anbieter, gebietskoerperschaft: Any, angaben: dict[str, Any]) -> Einrichtung:
    """A facility that is to be inserted, cleaned, whoever enters it. `RegelVerletzt` for another district's region."""
    einrichtung = Einrichtung(anbieter=anbieter, gebietskoerperschaft=gebietskoerperschaft)
    clean_angaben(einrichtung, angaben, EINRICHTUNG)
    check_region(einrichtung)
    return einrichtung


def build_angebot(einrichtung: Einrichtung, hilfeart: Any, felder: dict[str, Any], beginn: date) -> Angebot:
    """An offer that is to be inserted, cleaned, whoever enters it."""
    angebot = Angebot(einrichtung=einrichtung, hilfeart=hilfeart, gueltig=DateRange(beginn, None))
    clean_angaben(angebot, felder, ANGEBOT)
    check_alter(angebot)
    if einrichtung.eroeffnet_am is not None and beginn < einrichtung.eroeffnet_am:
        raise RegelVerletzt(VOR_EROEFFNUNG.format(format_datum(einrichtung.eroeffnet_am)), feld="beginn")
    return angebot


@transaction.atomic
def update_angebot(*, akteur: Akteur, angebot: Angebot, angaben: dict[str, Any], gelesen: Gelesen) -> Angebot:
    """Change whom one's own offer takes and what is said of it; never its kind of help, which rates and bookings rest
    on. `Veraltet` as with a facility, `RegelVerletzt` for ages that its licence leaves out."""
    check_own(may_write_own(akteur), own_angebote(akteur), angebot.pk)
    rows_held = Angebot.objects.select_for_update(of=("self",), no_key=True).select_related("hilfeart")
    angebot = rows_held.get(pk=angebot.pk)
    kriterien = list_kriterien(modul_id=angebot.hilfeart.modul_id)
    angaben, merkmale = split_merkmale(check_modul(angaben, list_felder(kriterien)))
    zeilen = {name: angaben[name] for name in ANGEBOT_ZEILEN if name in angaben}
    felder = {name: wert for name, wert in angaben.items() if name not in zeilen}
    jetzt = {name: getattr(angebot, name, None) for name in felder}
    jetzt |= {name: list(getattr(angebot, name).all()) for name in zeilen}
    gesagt = read_merkmale(angebot, kriterien)
    jetzt |= {name: gesagt.get(name) for name in merkmale}
    gelesen.check(jetzt=jetzt, neu=angaben | merkmale)
    clean_angaben(angebot, felder, ANGEBOT)
    check_alter(angebot)
    if {"alter_von", "alter_bis"} & set(felder):
        check_angebot(angebot, map(stand_of_platz, angebot.plaetze.all()))
    check_stunden(angebot, angebot.hilfeart, neu="stunden_je_woche" in felder)
    for name, rows in zeilen.items():
        getattr(angebot, name).set(rows)
    update_merkmale(angebot, kriterien, merkmale)

    def save() -> Angebot:
        angebot.save(update_fields=list(felder))
        return angebot

    return check_einmal(save, NAME_ANGEBOT)


@transaction.atomic
def update_platzzahl(
    *,
    akteur: Akteur,
    angebot: Angebot,
    anzahl: int,
    ab: date,
    gelesen: Gelesen,
    letzter_tag: date | None = None,
) -> int:
    """Have `anzahl` places from `ab` on; returns how many there were. Free places end, the highest numbers first.

    `letzter_tag`: of those that are added, as when the authority allows them for a time only. `RegelVerletzt` when they
    are more than the licence of the facility allows. `Veraltet` when a colleague has changed the number since it was
    read. `Konflikt` (laeuft_noch) names the offices that hold what would have to end. Whoever changes places of one
    offer waits for whoever else does. Then places and offer are locked in the order in which a hold locks them: a
    reservation at the same moment is seen, or finds the place gone.
    """
    check_own(may_offer_own(akteur), own_angebote(akteur), angebot.pk)
    angebot, rows = lock_plaetze(angebot)
    plaetze = [stand_of_platz(platz) for platz in rows]
    gelesen.check(jetzt={"anzahl": len(plaetze_am(plaetze, stichtag(angebot)))}, neu={"anzahl": anzahl})
    check_tag(angebot, plaetze, anzahl=anzahl, ab=ab)
    gehalten = frozenset(list_gehaltene_plaetze(angebot.pk, ab))
    aenderung = platzzahl_aendern(plaetze, anzahl=anzahl, ab=ab, gehalten=gehalten)
    if aenderung.fehlende:
        laufendes = "; ".join(eintrag.text for eintrag in list_belegt_nach(angebot, ab - EIN_TAG))
        raise Konflikt(f"{angebot.worte.vergeben(len(gehalten))} {LAEUFT_NOCH} {laufendes}.", code="laeuft_noch")
    neue = _new_plaetze(angebot, aenderung.neue_nummern, DateRange(ab, _bis(angebot, ab, letzter_tag)))
    if letzter_tag is not None and not neue:
        raise RegelVerletzt(NUR_MEHR, feld="letzter_tag")
    if neue:
        check_angebot(angebot, [*plaetze, *map(stand_of_platz, neue)], plaetze="anzahl")
    for platz in (platz for platz in rows if platz.pk in aenderung.endende):
        platz.gueltig = DateRange(platz.gueltig.lower, ab)
        platz.save(update_fields=["gueltig"])
    Platz.objects.bulk_create(neue)
    record_bestaetigung(akteur=akteur, angebote=[angebot.pk], weg=Bestaetigungsweg.AENDERUNG)
    return len(plaetze_am(plaetze, ab))


def lock_plaetze(angebot: Angebot) -> tuple[Angebot, list[Platz]]:
    """The offer and all its places as they are now, held in the order in which a hold locks them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [PairLock.PLAETZE, str(angebot.pk)])
    rows = list(Platz.objects.select_for_update(no_key=True).filter(angebot=angebot.pk).order_by("nummer"))
    held = Angebot.objects.select_for_update(of=("self",), no_key=True).select_related("hilfeart")
    return held.get(pk=angebot.pk), rows


def check_tag(angebot: Angebot, plaetze: list[Platzstand], *, anzahl: int, ab: date) -> None:
    """Whether the number of places may change from that day on."""
    if ab < today():
        raise RegelVerletzt(ZU_FRUEH, feld="ab")
    if angebot.gueltig_zuvor is not None and angebot.letzter_tag is not None:
        raise Konflikt(BEENDET.format(format_datum(angebot.letzter_tag)), code="zustand")
    if ab < angebot.gueltig.lower or (angebot.gueltig.upper is not None and ab >= angebot.gueltig.upper):
        raise RegelVerletzt(NICHT_IM_ANGEBOT.format(_im_angebot(angebot)), feld="ab")
    zuletzt = letzte_aenderung(plaetze, angebot.gueltig.upper)
    sinkt = anzahl < len(plaetze_am(plaetze, ab))
    if zuletzt is not None and (zuletzt > ab or (zuletzt == ab and sinkt)):  # no place begins and ends on one day
        raise RegelVerletzt(SCHON_GEAENDERT.format(format_datum(zuletzt)), feld="ab")


def _im_angebot(angebot: Angebot) -> str:
    ab = f"ab {format_datum(angebot.gueltig.lower)}"
    return f"{ab} bis {format_datum(angebot.letzter_tag)}" if angebot.letzter_tag else ab


def _bis(angebot: Angebot, ab: date, letzter_tag: date | None) -> date | None:
    """First day on which new places are gone: after their own last day, with the offer at the latest."""
    if letzter_tag is None:
        return angebot.gueltig.upper
    if letzter_tag < ab:
        raise RegelVerletzt(TAGE_VERTAUSCHT, feld="letzter_tag")
    return min(letzter_tag + EIN_TAG, angebot.gueltig.upper or date.max)


def _new_plaetze(angebot: Angebot, nummern: tuple[int, ...], gueltig: DateRange) -> list[Platz]:
    return [Platz(angebot=angebot, nummer=nummer, gueltig=gueltig) for nummer in nummern]


def _insert(row: E, twice: str) -> E:
    def save() -> E:
        row.save(force_insert=True)
        return row

    return check_einmal(save, twice)


def _check_not_ended(row: Anbieter | Einrichtung) -> None:
    if row.letzter_tag is not None:
        raise Konflikt(BEENDET.format(format_datum(row.letzter_tag)), code="zustand")


def check_modul(angaben: dict[str, Any], felder: frozenset[str]) -> dict[str, Any]:
    """What was entered without columns that are no criterion of the module; `RegelVerletzt` when one of them says
    something. An age is not asked for then and has no meaning."""
    fremd = {spalte for feld, spalten in SPALTEN.items() if feld not in felder for spalte in spalten}
    for name in sorted(fremd & set(angaben)):
        if angaben[name] and not name.startswith("alter_"):
            raise RegelVerletzt(NICHT_IM_MODUL, feld=name)
    return {name: wert for name, wert in angaben.items() if name not in fremd}


def check_stunden(angebot: Angebot, hilfeart: Hilfeart, *, neu: bool) -> None:
    """What is paid by the hour says how many it can give; what is paid by day has none."""
    if hilfeart.ist_stationaer and angebot.stunden_je_woche is not None:
        raise RegelVerletzt(NUR_AMBULANT, feld="stunden_je_woche")
    if neu and not hilfeart.ist_stationaer and not angebot.stunden_je_woche:
        raise RegelVerletzt(STUNDEN_FEHLEN, feld="stunden_je_woche")


def check_alter(angebot: Angebot) -> None:
    """`RegelVerletzt` for ages the wrong way round."""
    if angebot.alter_bis < angebot.alter_von:
        raise RegelVerletzt(ALTER_VERTAUSCHT, feld="alter_bis")
