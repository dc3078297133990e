"""Reserving: one transaction over the shared place and the office's own tables.

Order of what others may wait for: idempotency key, person, case, search, chain of the Auswahlvermerke, facility (only
brothers and sisters), **place**, then the rest, stale months last. Every caller keeps to it, so there is no circle of
waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.models import Barbetrag
from shared_apps.catalogue.selectors import read_barbetraege, with_barbetraege
from shared_apps.core.clock import local_date, real_now
from shared_apps.core.eingabe import count_letters
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.zeitraum import monatserster
from shared_apps.inbox.models import HinweisArt
from shared_apps.inbox.services import notify_anbieter, transfer_hinweis
from shared_apps.occupancy.models import Platzbindung
from shared_apps.occupancy.services import bind_platz, bind_wieder
from shared_apps.providers.models import Angebot
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import HilfefallZustand
from tenant_apps.cases.services import compute_code
from tenant_apps.cases.services.klient import lock_hilfefall, lock_unrestricted
from tenant_apps.notifications.services import mark_monate
from tenant_apps.placements import rules
from tenant_apps.placements.enums import AUSSCHLUSS_WORT, BEGRUENDUNG_MINDESTENS, Vorgang
from tenant_apps.placements.faelle.selectors.eigene import Eigene, read_eigene
from tenant_apps.placements.faelle.selectors.ueberschneidung import (
    IN_ANDEREM_FALL,
    describe_ueberschneidungen,
    filter_selber_kreis,
)
from tenant_apps.placements.models import Auswahlvermerk, Reservierung, Suche
from tenant_apps.placements.nacht.selectors.alter import get_alter
from tenant_apps.placements.policies import visible_ids
from tenant_apps.placements.search.selectors.geprueft import list_geprueft
from tenant_apps.placements.search.selectors.kosten import compute_taschengeld
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.preise import Preis, get_zeilenpreis
from tenant_apps.placements.search.selectors.search import Ergebnis, get_region, search_angebote
from tenant_apps.placements.search.selectors.treffer import Sortierung
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.search.selectors.wen import list_angebotsabweichungen
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.preis import OHNE_ENTGELT, check_preis
from tenant_apps.placements.services.search import lock_suche, search_geschlecht
from tenant_apps.placements.services.vermerk import build_kettenname, create_auswahlvermerk, freeze_absagen
from tenant_apps.placements.states import ReservierungZustand
from tenant_apps.placements.vorgaben import PASSUNG_GEWICHTE, RESERVIERUNG_TAGE
from tenant_apps.vorgaben.selectors import get_vorgaben
from tenants.context import current_tenant

BEGRUENDUNG_FEHLT = (
    "Dieses Angebot liegt außerhalb des günstigsten Drittels. Bitte begründen Sie Ihre Wahl in Worten (mindestens"
    f" {BEGRUENDUNG_MINDESTENS} Buchstaben)."
)
EIN_ANDERES = "Bitte wählen Sie ein anderes Angebot."
SCHON_RESERVIERT = "Für diese Person ist bei diesem Angebot aus dieser Suche schon ein Platz reserviert."
ANGEBOT_GEAENDERT = "Dieses Angebot passt nicht oder nicht mehr zu Ihrer Suche. Bitte wählen Sie ein anderes."
FALL_ABGESCHLOSSEN = "Dieser Fall ist abgeschlossen. Bitte suchen Sie die Person neu; dabei wird ein Fall eröffnet."
SCHON_EINER = "Für diese Person hält oder bucht das Jugendamt in diesem Zeitraum schon einen Platz:"
BITTE_BESTAETIGEN = "Bitte sehen Sie ihn an und bestätigen Sie, dass dieser Platz dazukommt."
BITTE_BEGRUENDEN = f"Bitte begründen Sie die Wahl dennoch in Worten (mindestens {BEGRUENDUNG_MINDESTENS} Buchstaben)."
WIEDER_FREI = "Hier ist soeben wieder ein Platz frei geworden. Bitte sehen Sie das Angebot noch einmal an."


def reserve_angebot(
    *,
    akteur: Akteur,
    suche: Suche,
    angebot_id: UUID,
    betroffen: Betroffen,
    begruendung: str = "",
    wuensche: str = "",
    zweiter_platz: bool = False,
    gezeigt: Decimal | int | None = None,
    sortierung: str = Sortierung.KOSTEN.value,
    probe: int | None = None,
    ablauf_at: datetime | None = None,
    alter: int | None = None,
    ergebnis: Ergebnis | None = None,
) -> Reservierung:
    """Hold a place of an offer that the search finds now for the young person, and tell the provider.

    The whole list as it is now, in the order `sortierung`, is sealed with the choice; `probe`: for how many of 100
    points the price counted in the fit that was shown, None: as the office weighs. `gezeigt`: the Soll-Entgelt that
    was shown; another one is refused. `wuensche`: what the family wished, sealed with it.

    `zweiter_platz`: who reserves has seen that there is a place for the same nights already. A reason alone does not
    say that, it may be the one for the price. `ablauf_at`: until when it is held; without, as long as the office says.
    `alter`: on the first day, of somebody whose birth nobody knows. `ergebnis`: what was found just now, where more
    than the search's kind of help was looked through; it is sealed in its order.

    Raises `RegelVerletzt` (field angebot, klient, begruendung or zweiter_platz) and `Konflikt`: `KeinPlatzFrei` when
    the last place has gone, others when what was shown is out of date. Nothing of hers is written then: all of them
    come before the first row. Only what had lapsed at a place that was asked for is free from then on. Fifteen
    statements; one more each where there is another place already, where continuity weighs, and where she is outside
    of whom the offer takes.
    """
    platzwahl = check_reservierung(
        akteur=akteur, suche=suche, angebot_id=angebot_id, betroffen=betroffen, begruendung=begruendung,
        zweiter_platz=zweiter_platz, gezeigt=gezeigt, sortierung=sortierung, probe=probe, wuensche=wuensche,
        alter=alter, ergebnis=ergebnis,
    )  # fmt: skip
    bindung = bind_platzwahl(platzwahl, ablauf_at=ablauf_at or platzwahl.ablauf_at)
    with transaction.atomic(savepoint=False):  # from here on nothing is refused; what fails undoes everything
        return create_reservierung(akteur=akteur, platzwahl=platzwahl, bindung=bindung)


@dataclass(frozen=True, slots=True)
class Platzwahl:
    """What is about to be reserved, checked as things are now: for whom, out of which list, at what price."""

    suche: Suche
    betroffen: Betroffen
    kriterien: Kriterien
    ergebnis: Ergebnis
    gewaehlt: Trefferzeile
    angebot: Angebot
    alter: int
    preis: Preis
    sortierung: str
    probe: int | None
    begruendung: str
    wuensche: str
    abweichungen: tuple[str, ...]
    weitere: tuple[str, ...]
    absagen: tuple[dict[str, str], ...]
    #: The office's weights, and until when a place is held that is reserved now.
    anteile: list[int]
    ablauf_at: datetime
    pseudonym: str
    geschwister: int
    gemeinsam: str


def check_reservierung(
    *,
    akteur: Akteur,
    suche: Suche,
    angebot_id: UUID,
    betroffen: Betroffen,
    begruendung: str,
    zweiter_platz: bool,
    gezeigt: Decimal | int | None,
    sortierung: str,
    probe: int | None = None,
    wuensche: str = "",
    alter: int | None = None,
    ergebnis: Ergebnis | None = None,
    geschwister: int = 0,
    gemeinsam: str = "",
) -> Platzwahl:
    """The first part of `reserve_angebot`: hold person, case and search, and look at everything as it is now."""
    betroffen = lock_betroffen(betroffen)
    suche = lock_suche(suche.pk)
    kriterien = kriterien_of(suche)
    anteile, tage = get_vorgaben(PASSUNG_GEWICHTE, RESERVIERUNG_TAGE)
    if ergebnis is None:
        gewichtung = get_gewichtung(suche.klient_id, preis=probe, anteile=anteile)
        ergebnis = search_angebote(kriterien, sortierung, gewichtung=gewichtung)
    pseudonym = _draw_pseudonym()
    eigene, vergeben = read_eigene(suche, betroffen.hilfefall, klient_id=betroffen.klient.pk, pseudonym=pseudonym)
    gewaehlt = _check_choice(ergebnis, angebot_id, eigene)
    fehler = _check_begruendung(gewaehlt, begruendung.strip())
    alter = compute_alter(betroffen, kriterien) if alter is None else alter
    angebot = _with_alles(Angebot.objects.all()).get(pk=angebot_id)
    abweichungen = () if fehler else _check_abweichungen(suche, angebot, betroffen, alter, begruendung)
    gleichzeitige = eigene.list_gleichzeitige(kriterien.zeitraum)
    kreis = filter_selber_kreis(gleichzeitige, hilfeart=angebot.hilfeart, zeitraum=kriterien.zeitraum)
    weitere = check_weitere(akteur, kreis, betroffen, begruendung, zweiter_platz=zweiter_platz, fehler=fehler)
    return Platzwahl(
        suche=suche,
        betroffen=betroffen,
        kriterien=kriterien,
        ergebnis=ergebnis,
        gewaehlt=gewaehlt,
        angebot=angebot,
        alter=alter,
        preis=check_preis(
            get_zeilenpreis(kriterien, gewaehlt),
            gezeigt=gezeigt,
            ohne=Konflikt(f"{OHNE_ENTGELT} {EIN_ANDERES}", code="ohne_entgelt"),
        ),
        sortierung=sortierung,
        probe=probe,
        begruendung=begruendung.strip(),
        wuensche=wuensche.strip(),
        abweichungen=abweichungen,
        weitere=weitere,
        absagen=tuple(freeze_absagen(eigene.list_abgelehnte())),
        anteile=anteile,
        ablauf_at=rules.reservierung_ablauf(real_now(), tage),
        pseudonym=build_pseudonym() if vergeben else pseudonym,
        geschwister=geschwister,
        gemeinsam=gemeinsam,
    )


def bind_platzwahl(platzwahl: Platzwahl, *, ablauf_at: datetime, bindung_id: UUID | None = None) -> Platzbindung:
    """The second part: the chain, then the place, before anything that others may wait for. `bindung_id`: the key that
    may have held a place before (`bind_wieder`); whoever names it holds the chain already."""
    if platzwahl.gewaehlt.verfuegbar:
        return _bind(platzwahl, ablauf_at, bindung_id)
    with transaction.atomic():  # the place that should not be there is given back
        _bind(platzwahl, ablauf_at, bindung_id)
        raise Konflikt(WIEDER_FREI, code="wieder_frei")


def _bind(platzwahl: Platzwahl, ablauf_at: datetime, bindung_id: UUID | None) -> Platzbindung:
    wo, wann = platzwahl.angebot.pk, platzwahl.kriterien.zeitraum
    if bindung_id is not None:
        return bind_wieder(bindung_id=bindung_id, angebot_id=wo, zeitraum=wann, ablauf_at=ablauf_at)
    return bind_platz(angebot_id=wo, zeitraum=wann, ablauf_at=ablauf_at, zuvor=build_kettenname())


@dataclass(frozen=True, slots=True)
class Zustimmung:
    """That the house has said yes before the place was reserved: who of it, and when."""

    von_id: UUID
    at: datetime


def create_reservierung(
    *, akteur: Akteur, platzwahl: Platzwahl, bindung: Platzbindung, zustimmung: Zustimmung | None = None
) -> Reservierung:
    """The last part: seal the choice, keep the reservation, tell the provider. `zustimmung`: it has consented already,
    and the office may book."""
    suche, betroffen, angebot = platzwahl.suche, platzwahl.betroffen, platzwahl.angebot
    kriterien = platzwahl.kriterien
    assert bindung.ablauf_at is not None  # it is reserved, not booked
    vermerk = create_auswahlvermerk(
        akteur=akteur,
        suche=suche,
        hilfefall=betroffen.hilfefall,
        angebot_id=angebot.pk,
        gewaehlt=platzwahl.gewaehlt,
        ergebnis=platzwahl.ergebnis,
        sortierung=platzwahl.sortierung,
        probe=platzwahl.probe,
        begruendung=platzwahl.begruendung,
        absagen=platzwahl.absagen,
        anteile=platzwahl.anteile,
        abweichungen=platzwahl.abweichungen,
        weitere=platzwahl.weitere,
        wuensche=platzwahl.wuensche,
        geschwister=platzwahl.geschwister,
        gemeinsam=platzwahl.gemeinsam,
    )
    einrichtung = angebot.einrichtung
    reservierung = Reservierung.objects.create(
        **build_felder(
            vermerk, suche, betroffen, platzwahl.preis,
            alter=platzwahl.alter, land=einrichtung.gebietskoerperschaft.land, pseudonym=platzwahl.pseudonym,
            kriterien=kriterien.of_kind(angebot.hilfeart_id), barbetraege=read_barbetraege(angebot),
        ),
        anbieter_id=einrichtung.anbieter_id,
        einrichtung_id=einrichtung.pk,
        angebot_id=angebot.pk,
        platz_id=bindung.platz_id,
        platzbindung_id=bindung.pk,
        ablauf_at=bindung.ablauf_at,
        ist_auswaertig=rules.ist_auswaertig(einrichtung.gebietskoerperschaft.ags, current_tenant().ags[:5]),
        **_consented(zustimmung),
    )  # fmt: skip
    notify_anbieter(
        angebot=angebot,
        anbieter_id=angebot.einrichtung.anbieter_id,
        art=HinweisArt.RESERVIERUNG,
        objekt_id=reservierung.pk,
        platzbindung_id=bindung.pk,
        beginn=kriterien.beginn,
        frist_at=bindung.ablauf_at,
    )
    if zustimmung is not None:
        transfer_hinweis(art=HinweisArt.RESERVIERUNG, objekt_id=reservierung.pk)
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.RESERVIERUNG_ANLEGEN, objekt=reservierung)
    tage = [] if zustimmung is None else [monatserster(local_date(zustimmung.at))]
    mark_monate(monate={*kriterien.rechenzeitraum.monate(), *tage})
    return reservierung


def _consented(zustimmung: Zustimmung | None) -> dict[str, Any]:
    if zustimmung is None:
        return {}
    return {
        "zustand": ReservierungZustand.ZUGESTIMMT.value,
        "entschieden_at": zustimmung.at,
        "entschieden_von_id": zustimmung.von_id,
    }


def _check_choice(ergebnis: Ergebnis, angebot_id: UUID, eigene: Eigene) -> Trefferzeile:
    """The chosen line. Whether there is a place for it says who binds it, in words of its own."""
    gewaehlt = next((zeile for zeile in ergebnis.treffer if zeile.angebot == angebot_id), None)
    if gewaehlt is None:
        warum = _describe_aenderung(ergebnis.kriterien, angebot_id)
        raise Konflikt(f"{ANGEBOT_GEAENDERT} {warum}", code="angebot_geaendert")
    if eigene.is_reserviert(angebot_id):
        raise Konflikt(SCHON_RESERVIERT, code="schon_reserviert")
    return gewaehlt


def _check_begruendung(gewaehlt: Trefferzeile, begruendung: str) -> list[RegelVerletzt]:
    """Outside of the cheapest third a reason is due."""
    teuer = gewaehlt.verfuegbar and not gewaehlt.im_guenstigsten_drittel
    if teuer and count_letters(begruendung) < BEGRUENDUNG_MINDESTENS:
        return [RegelVerletzt(BEGRUENDUNG_FEHLT, feld="begruendung")]
    return []


def _describe_aenderung(kriterien: Kriterien, angebot_id: UUID) -> str:
    """What speaks against an offer that a list has shown, as it is now."""
    geprueft = list_geprueft(kriterien, get_region(kriterien.region)).filter(pk=angebot_id)
    grund = geprueft.values_list("grund", flat=True).first()
    if grund is None:
        return "Es wird in diesem Zeitraum hier nicht mehr angeboten."
    return f"Dagegen spricht jetzt: {AUSSCHLUSS_WORT[rules.Ausschluss(grund)]}." if grund else ""


def compute_alter(betroffen: Betroffen, kriterien: Kriterien) -> int:
    """Age on the first day; `RegelVerletzt` (klient) where it cannot be known."""
    try:
        alter = get_alter(betroffen.klient, kriterien.beginn)
    except rules.PlanwertError as error:
        raise RegelVerletzt("Die Person war zu Beginn des Zeitraums noch nicht geboren.", feld="klient") from error
    if alter is None:
        raise RegelVerletzt("Bitte tragen Sie zuerst das Geburtsdatum ein.", feld="klient")
    return alter


def lock_betroffen(betroffen: Betroffen) -> Betroffen:
    """Person and case as they are now, both held, and before the search: two reservations for one child come one after
    the other, and so do a reservation and the end of its case."""
    klient = lock_unrestricted(betroffen.klient.pk)
    hilfefall = lock_hilfefall(betroffen.hilfefall.pk)
    if hilfefall.zustand == HilfefallZustand.ABGESCHLOSSEN:
        raise Konflikt(FALL_ABGESCHLOSSEN, code="fall_abgeschlossen")
    return Betroffen(klient, hilfefall)


def _check_abweichungen(
    suche: Suche, angebot: Angebot, betroffen: Betroffen, alter: int, begruendung: str
) -> tuple[str, ...]:
    """In what the person, as she is now, is outside of what was searched for and of whom the offer takes: it is said in
    the Auswahlvermerk, and has to be explained."""
    geschlecht = search_geschlecht(betroffen.klient)
    gesucht = rules.Wen(suche.alter, suche.alter, suche.geschlecht)
    abweichungen = (
        *rules.list_abweichungen(alter=alter, geschlecht=geschlecht, wen=gesucht, woher=rules.Woher.GESUCHT),
        *list_angebotsabweichungen(angebot, suche.hilfeart, alter=alter, geschlecht=geschlecht),
    )
    if abweichungen and count_letters(begruendung) < BEGRUENDUNG_MINDESTENS:
        raise RegelVerletzt(f"{' '.join(abweichungen)} {BITTE_BEGRUENDEN}", feld="begruendung")
    return abweichungen


def check_weitere(
    akteur: Akteur,
    rows: Sequence[Reservierung],
    betroffen: Betroffen,
    begruendung: str,
    *,
    zweiter_platz: bool,
    fehler: Sequence[RegelVerletzt] = (),
) -> tuple[str, ...]:
    """A second place at the same time (`rows`: `list_ueberschneidungen`) is taken knowingly, and with a reason; both
    are in the Auswahlvermerk. `fehler`: what else is wrong, said with it."""
    fehler = list(fehler)
    sichtbar = visible_ids(akteur, rows)
    weitere = tuple(str(zeile["text"]) for zeile in describe_ueberschneidungen(rows, sichtbar=sichtbar))
    schon = f"{SCHON_EINER} {'; '.join(weitere).rstrip('.')}."
    if weitere and not zweiter_platz:
        fehler.append(RegelVerletzt(f"{schon} {BITTE_BESTAETIGEN}", feld="zweiter_platz"))
    schon_gesagt = any(error.feld == "begruendung" for error in fehler)
    if weitere and not schon_gesagt and count_letters(begruendung) < BEGRUENDUNG_MINDESTENS:
        fehler.append(RegelVerletzt(f"{schon} {BITTE_BEGRUENDEN}", feld="begruendung"))
    if fehler:
        raise fehler[0] if len(fehler) == 1 else RegelVerletzt.combine(fehler)
    eigener = betroffen.hilfefall.pk  # whoever reads this case later may not know of another one
    return tuple(t if r.hilfefall_id == eigener else IN_ANDEREM_FALL for r, t in zip(rows, weitere, strict=True))


def _with_alles(angebote: QuerySet[Angebot]) -> QuerySet[Any]:
    """With its kind of help, house and district, and with the pocket money of the state."""
    gelesen = angebote.select_related("hilfeart", "einrichtung__gebietskoerperschaft")
    return with_barbetraege(gelesen, land="einrichtung__gebietskoerperschaft__land")


def build_felder(
    vermerk: Auswahlvermerk,
    suche: Suche,
    betroffen: Betroffen,
    preis: Preis,
    *,
    alter: int,
    land: str,
    pseudonym: str,
    kriterien: Kriterien,
    barbetraege: Sequence[Barbetrag] | None = None,
) -> dict[str, Any]:
    """What each reservation has, wherever its place is. `alter`: on the first day; `land`: where the facility lies;
    `kriterien`: those of the search, for the kind of help that was chosen."""
    return {
        "auswahlvermerk": vermerk,
        "suche": suche,
        "hilfefall": betroffen.hilfefall,
        "klient": betroffen.klient,
        "hilfeart_id": kriterien.hilfeart.pk,
        "zeitraum": DateRange(kriterien.rechenzeitraum.beginn, kriterien.rechenzeitraum.ende),
        "ohne_ende": kriterien.ohne_ende,
        "tage_je_woche": suche.tage_je_woche,
        "stunden_je_woche": suche.stunden_je_woche,
        "pseudonym": pseudonym,
        "alter_bei_beginn": alter,
        **compute_betraege(kriterien, preis, land, betroffen, barbetraege),
    }


def compute_betraege(
    kriterien: Kriterien, preis: Preis, land: str, betroffen: Betroffen, barbetraege: Sequence[Barbetrag] | None = None
) -> dict[str, Any]:
    """Quantity, rate and planned amounts of a reservation; `land`: where the facility lies, and its amounts of pocket
    money, where somebody has read them."""
    taschengeld, _ = compute_taschengeld(
        kriterien=kriterien, land=land, geburtsdatum=betroffen.klient.geburtsdatum, gelesen=barbetraege
    )
    return {
        "menge": preis.menge,
        "tagesentgelt": preis.satz,
        "soll_entgelt_exakt": preis.exakt,
        "soll_entgelt": preis.soll,
        "taschengeld": taschengeld,
        "soll_kosten": rules.soll_kosten(preis.soll, taschengeld),
    }


def build_pseudonym() -> str:
    """What the provider calls the young person until the place is booked, e.g. VG-7F3K2; nobody else has it."""
    while Reservierung.objects.filter(pseudonym=(pseudonym := _draw_pseudonym())).exists():
        pass
    return pseudonym


def _draw_pseudonym() -> str:
    return f"{current_tenant().kuerzel}-{compute_code(5)}"
