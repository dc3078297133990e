"""Several houses are asked at once, out of the result of a search.

Order of what others may wait for: person, case, search, enquiry, its houses, chain of the Auswahlvermerke, place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import midnight, real_now, real_today, today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zahlwort import anzahl, anzahl_tage
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import notify_anbieter
from shared_apps.providers.models import Angebot
from tenant_apps.anfragen.enums import Vorgang
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.rules import (
    SAETZE_HOECHSTENS,
    Dringlichkeit,
    compute_altersband,
    compute_antwortfrist,
    count_saetze,
)
from tenant_apps.anfragen.selectors import find_offene, is_vorbei, list_gefragte
from tenant_apps.anfragen.services.decide import end_leere
from tenant_apps.anfragen.states import HAUSANFRAGE_OFFEN, AnfrageZustand
from tenant_apps.anfragen.vorgaben import HAEUSER_HOECHSTENS
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.rules import describe_personenbezug, find_personenbezug
from tenant_apps.cases.selectors import get_personenangaben
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.search import search_angebote
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.reserve import compute_alter, lock_betroffen
from tenant_apps.placements.services.search import lock_suche, search_geschlecht
from tenant_apps.vorgaben.selectors import get_vorgabe

OHNE_PERSON = "Eine Anfrage gehört zu einem Fall. Bitte suchen Sie zuerst für eine Person; kein Haus liest ihren Namen."
KEIN_HAUS = "Bitte wählen Sie mindestens ein Haus."
NICHT_MEHR_FREI = "Eines der gewählten Angebote ist nicht mehr frei oder passt nicht mehr. Bitte prüfen Sie die Liste."
LAEUFT_SCHON = "Zu dieser Suche läuft schon eine Anfrage. Bitte ziehen Sie sie zuerst zurück, oder suchen Sie neu."
NICHT_MEHR_OFFEN = "Diese Anfrage ist beendet, oder ihre Antwortfrist ist vorbei. Bitte fragen Sie neu."
SCHON_DABEI = "Eines der gewählten Häuser ist für diesen Fall schon gefragt. Bitte prüfen Sie die Liste."
FRIST_VORBEI = "Die Frist für die Antwort liegt in der Vergangenheit."
#: Days; what is asked for later than that nobody keeps in mind.
FRIST_TAGE = 28
FRIST_ZU_WEIT = f"Die Frist für die Antwort liegt zu weit in der Zukunft: höchstens {anzahl_tage(FRIST_TAGE)}."
FRIST_NACH_BEGINN = "Die Frist für die Antwort liegt nach dem ersten Tag, an dem der Platz gebraucht wird."
TAGE_VORBEI = "Der Zeitraum dieser Suche ist vorbei. Bitte suchen Sie neu."
SCHON_GEFRAGT = "Für diese Person schon gefragt, und noch offen: {}. Bitte wählen Sie andere Häuser."
OHNE_BEDARF = "Bitte schreiben Sie in ein bis drei Sätzen, was das Kind braucht."
ZU_LANG = "Bitte fassen Sie sich kürzer: höchstens drei Sätze."


@dataclass(frozen=True, slots=True)
class Anfrageangaben:
    """What the houses read. `antwort_bis`: the last day to answer; None: as long as the urgency leaves."""

    bedarf: str
    dringlichkeit: str = Dringlichkeit.EILIG.value
    antwort_bis: date | None = None


@transaction.atomic
def create_anfrage(*, akteur: Akteur, suche: Suche, angebote: Sequence[UUID], angaben: Anfrageangaben) -> Anfrage:
    """Ask these offers of the result, all at once. The age is said as a band, the sex as it is entered; nothing says
    who it is.

    `RegelVerletzt` (bedarf) for a text that is empty, too long, or says who she is; (angebote) for none or too many;
    (antwort_bis) for a day that is over. `Konflikt` where one of them cannot be reserved any more, and where an enquiry
    out of this search is still open. Nothing is written then.
    """
    if suche.klient is None or suche.hilfefall is None:
        raise RegelVerletzt(OHNE_PERSON)
    betroffen = lock_betroffen(Betroffen(suche.klient, suche.hilfefall))
    suche = lock_suche(suche.pk)
    frist = _check_angaben(angaben, betroffen, suche)
    gewaehlt = _check_angebote(suche, angebote)
    _check_noch_nicht_gefragt(betroffen.hilfefall, gewaehlt)
    offene = find_offene(suche)
    if offene is not None and not end_leere(anfrage=offene):
        raise Konflikt(LAEUFT_SCHON, code="laeuft_schon")
    kriterien = kriterien_of(suche)
    von, bis = compute_altersband(compute_alter(betroffen, kriterien))
    anfrage = Anfrage.objects.create(
        suche=suche,
        hilfefall=betroffen.hilfefall,
        klient=betroffen.klient,
        fachkraft_id=akteur.user_id,
        hilfeart_id=suche.hilfeart_id,
        zeitraum=suche.zeitraum,
        ohne_ende=suche.ohne_ende,
        alter_von=von,
        alter_bis=bis,
        geschlecht=search_geschlecht(betroffen.klient),
        bedarf=angaben.bedarf.strip(),
        dringlichkeit=Dringlichkeit(angaben.dringlichkeit).value,
        antwort_bis_at=frist,
    )
    _ask_haeuser(anfrage, gewaehlt)
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.ANFRAGE_ANLEGEN, objekt=anfrage)
    record_access(
        akteur=akteur,
        aktion=Aktion.UEBERMITTELN,
        vorgang=Vorgang.ANFRAGE_ANLEGEN,
        objekt_art="cases.klient",
        objekt_id=betroffen.klient.pk,
        felder=("alter", "geschlecht", "bedarf"),
        grund="Übermittlung ohne Namen an die angefragten Häuser (§ 64 Abs. 2a SGB VIII)",
    )
    return anfrage


def _check_angaben(angaben: Anfrageangaben, betroffen: Betroffen, suche: Suche) -> datetime:
    """The deadline; every rule that the text and the day break is said at once."""
    fehler = []
    text = angaben.bedarf.strip()
    stellen = find_personenbezug(text, get_personenangaben(betroffen.klient))
    if not text:
        fehler.append(RegelVerletzt(OHNE_BEDARF, feld="bedarf"))
    elif stellen:
        fehler.append(RegelVerletzt(describe_personenbezug(stellen), feld="bedarf", code="personenbezug"))
    elif count_saetze(text) > SAETZE_HOECHSTENS:
        fehler.append(RegelVerletzt(ZU_LANG, feld="bedarf"))
    jetzt = real_now()
    frist = compute_antwortfrist(Dringlichkeit(angaben.dringlichkeit), jetzt)
    if angaben.antwort_bis is not None:
        frist = midnight(angaben.antwort_bis + EIN_TAG)
    if frist <= jetzt:
        fehler.append(RegelVerletzt(FRIST_VORBEI, feld="antwort_bis"))
    elif frist > midnight(real_today() + timedelta(days=FRIST_TAGE) + EIN_TAG):
        fehler.append(RegelVerletzt(FRIST_ZU_WEIT, feld="antwort_bis"))
    elif angaben.antwort_bis is not None and real_today() <= suche.beginn < angaben.antwort_bis:
        fehler.append(RegelVerletzt(FRIST_NACH_BEGINN, feld="antwort_bis"))
    if suche.endet_am is not None and suche.endet_am < today():
        fehler.append(RegelVerletzt(TAGE_VORBEI))
    if fehler:
        raise RegelVerletzt.combine(fehler)
    return frist


def _check_angebote(suche: Suche, angebote: Sequence[UUID]) -> list[Trefferzeile]:
    """The chosen lines of the result as it is now, in its order."""
    gefragt = set(angebote)
    if not gefragt:
        raise RegelVerletzt(KEIN_HAUS, feld="angebote")
    if len(gefragt) > (hoechstens := get_vorgabe(HAEUSER_HOECHSTENS)):
        raise RegelVerletzt(
            f"Eine Anfrage geht an höchstens {anzahl(hoechstens, 'Haus', 'Häuser')}. Bitte wählen Sie weniger.",
            feld="angebote",
        )
    zeilen = [zeile for zeile in list_fragbare(suche) if zeile.angebot in gefragt]
    if len(zeilen) < len(gefragt):
        raise Konflikt(NICHT_MEHR_FREI, code="angebot_geaendert")
    return zeilen


def _check_noch_nicht_gefragt(hilfefall: Hilfefall, zeilen: Sequence[Trefferzeile]) -> None:
    """A house is asked once for a child at a time, out of whichever search. Whoever asks holds the case."""
    offen = Hausanfrage.objects.filter(
        anfrage__hilfefall=hilfefall, angebot__in=[z.angebot for z in zeilen], zustand__in=HAUSANFRAGE_OFFEN
    )
    namen = sorted({haus.einrichtung.name for haus in offen.select_related("einrichtung")})
    if namen:
        raise Konflikt(SCHON_GEFRAGT.format(", ".join(namen)), code="schon_gefragt")


def list_fragbare(suche: Suche) -> list[Trefferzeile]:
    """What a house can be asked for out of this search: all that can be reserved now, the cheapest first."""
    ergebnis = search_angebote(kriterien_of(suche), gewichtung=get_gewichtung(suche.klient_id))
    return [zeile for zeile in ergebnis.treffer if zeile.verfuegbar]


def _ask_haeuser(anfrage: Anfrage, zeilen: Sequence[Trefferzeile]) -> list[Hausanfrage]:
    """A row and a pointer for each: the pointer says the kind of help, the house, the first day, until when."""
    rows: Any = Angebot.objects.select_related("einrichtung").in_bulk([zeile.angebot for zeile in zeilen])
    neue = []
    for zeile in zeilen:
        angebot = rows[zeile.angebot]
        haus = Hausanfrage.objects.create(
            anfrage=anfrage,
            anbieter_id=angebot.einrichtung.anbieter_id,
            einrichtung_id=angebot.einrichtung_id,
            angebot_id=angebot.pk,
            tagesentgelt=zeile.tagesentgelt,
            soll_entgelt=zeile.soll_entgelt,
            passung=zeile.passung,
            entfernung_km=zeile.entfernung_km,
        )
        notify_anbieter(
            angebot=angebot,
            anbieter_id=haus.anbieter_id,
            art=HinweisArt.ANFRAGE,
            objekt_id=haus.pk,
            platzbindung_id=haus.pk,
            beginn=anfrage.beginn,
            frist_at=anfrage.antwort_bis_at,
        )
        neue.append(haus)
    return neue


@transaction.atomic
def extend_anfrage(*, akteur: Akteur, anfrage: Anfrage, angebote: Sequence[UUID]) -> list[Hausanfrage]:
    """Ask further offers of the same result within an enquiry that is open: the same texts, the same deadline.

    `RegelVerletzt` (angebote) for none or too many at once. `Konflikt` where the enquiry or its time to answer is over,
    where one cannot be reserved any more, or is asked for this case already.
    """
    betroffen = lock_betroffen(Betroffen(anfrage.klient, anfrage.hilfefall))
    suche = lock_suche(anfrage.suche_id)
    anfrage = Anfrage.objects.select_for_update(of=("self",), no_key=True).get(pk=anfrage.pk)
    if anfrage.zustand != AnfrageZustand.OFFEN or is_vorbei(anfrage):
        raise Konflikt(NICHT_MEHR_OFFEN, code="nicht_offen")
    gewaehlt = _check_angebote(suche, angebote)
    gefragt = list_gefragte(betroffen.hilfefall.pk, anfrage)
    if any(zeile.angebot in gefragt for zeile in gewaehlt):
        raise Konflikt(SCHON_DABEI, code="schon_gefragt")
    neue = _ask_haeuser(anfrage, gewaehlt)
    record_access(
        akteur=akteur, aktion=Aktion.UEBERMITTELN, vorgang=Vorgang.ANFRAGE_ANLEGEN,
        objekt_art="anfragen.hausanfrage", felder=("alter", "geschlecht", "bedarf"), zeilen=neue,
        personen=[betroffen.klient.pk],
        grund="Übermittlung ohne Namen an weitere Häuser (§ 64 Abs. 2a SGB VIII)",
    )  # fmt: skip
    return neue
