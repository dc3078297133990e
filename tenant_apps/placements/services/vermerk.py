"""The Auswahlvermerk: the choice as it was made, sealed and chained to the one before by the database, never changed
afterwards; what was wrong is said by a further one (ADR 0086)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import local_date, real_now
from shared_apps.core.eingabe import count_letters
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Hilfefall
from tenant_apps.cases.services.klient import lock_unrestricted
from tenant_apps.placements.enums import BEGRUENDUNG_MINDESTENS, GEWICHT_WORT, Vorgang, say_ablehnung
from tenant_apps.placements.models import Auswahlvermerk, Reservierung, Suche
from tenant_apps.placements.rules import SollZeile
from tenant_apps.placements.search.selectors import passung
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.merkmale import describe_merkmale
from tenant_apps.placements.search.selectors.pflege import find_pflege
from tenant_apps.placements.search.selectors.search import Ergebnis, Zahlen
from tenant_apps.placements.search.selectors.treffer import NACHT
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile
from tenant_apps.placements.search.selectors.vermerk import compute_ersparnis
from tenant_apps.placements.states import ReservierungZustand
from tenant_apps.placements.vorgaben import PASSUNG_GEWICHTE
from tenant_apps.vorgaben.selectors import get_vorgabe
from tenants.context import require_schema

NACHTRAG_FEHLT = (
    "Bitte schreiben Sie in Worten auf, was zu berichtigen ist und warum (mindestens"
    f" {BEGRUENDUNG_MINDESTENS} Buchstaben)."
)


def lock_kette() -> None:
    """One writer of the office's chain at a time, until the end of the transaction. The trigger takes the same lock;
    whoever also holds a place takes this one first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [build_kettenname()])


def build_kettenname() -> str:
    """The name of that lock, for a statement that takes it on its way to something else."""
    return f"auswahlvermerk.{require_schema()}"


#: Sealed where it was asked for.
_WENN_GEFRAGT = ("umkreis_plz", "umkreis_km", "sprachen", "barrierefrei", "bestaetigt_tage")


def freeze_kriterien(
    suche: Suche,
    zahlen: Zahlen,
    *,
    sortierung: str,
    klient_id: UUID,
    probe: int | None = None,
    absagen: Sequence[dict[str, str]] = (),
    anteile: list[int] | None = None,
    abweichungen: Sequence[str] = (),
    weitere: Sequence[str] = (),
    geschwister: int = 0,
    gemeinsam: str = "",
) -> dict[str, Any]:
    """The criteria in plain values, what there is of everything, and who declined so far, as of now.

    probe: for how many of 100 points the price counted to try out in the fit that was shown.
    anteile: the office's weights of today, where somebody has read them.
    abweichungen: in what the person or the choice is outside of them. weitere: her other places at the same time.
    geschwister: how many others were chosen for together with her. gemeinsam: the same for all of them.
    """
    return {
        "hilfeart": suche.hilfeart.code,
        "hilfeart_name": str(suche.hilfeart),
        **({"hilfearten": [str(art) for art in (suche.hilfeart, *suche.weitere)]} if suche.weitere else {}),
        "region": suche.region,
        "reichweite": suche.reichweite,
        "beginn": suche.beginn.isoformat(),
        "ende": suche.letzter_tag.isoformat(),
        **({"ohne_ende": True} if suche.ohne_ende else {}),
        "tage": str(suche.tage),
        "wochen": str(suche.wochen),
        "tage_je_woche": None if suche.tage_je_woche is None else str(suche.tage_je_woche),
        "stunden_je_woche": None if suche.stunden_je_woche is None else str(suche.stunden_je_woche),
        "spezialisierungen": list(suche.spezialisierungen),
        "geschlecht": suche.geschlecht,
        "alter": suche.alter,
        **({"verknuepfung": suche.verknuepfung} if kriterien_of(suche).eine_genuegt else {}),
        **{name: wert for name in _WENN_GEFRAGT if (wert := getattr(suche, name))},
        **({"merkmale": describe_merkmale(suche.hilfeart, suche.merkmale)} if suche.merkmale else {}),
        "angebote_gesamt": zahlen.gesamt,
        "angebote_verfuegbar": zahlen.verfuegbar,
        **({"ausschluesse": zahlen.to_json()} if zahlen.ausschluesse else {}),
        **({"abweichungen": list(abweichungen)} if abweichungen else {}),
        **({"weitere": list(weitere)} if weitere else {}),
        **({"geschwister": geschwister, "gemeinsam": gemeinsam} if geschwister else {}),
        **(_freeze_gewichte(probe, anteile) if passung.build_bedarf(kriterien_of(suche)).ist_gefragt else {}),
        **({"absagen": list(absagen)} if absagen else {}),
        "klient": str(klient_id),
        "sortierung": sortierung,
        "gesucht_at": suche.created_at.isoformat(),
        "gewaehlt_at": real_now().isoformat(),
    }


def _freeze_gewichte(probe: int | None, anteile: list[int] | None) -> dict[str, Any]:
    """What each part of the fit weighs, and the weight of the price that the list was shown with instead."""
    anteile = anteile or get_vorgabe(PASSUNG_GEWICHTE)
    return {"gewichte": dict(zip(GEWICHT_WORT, anteile, strict=True)), **({} if probe is None else {"probe": probe})}


def _freeze_pflege(suche: Suche) -> dict[str, Any]:
    """How many own foster places there were, and from which rate on, whether a page showed them or a program chose
    (ADR 0094). One query at most."""
    pflege = find_pflege(kriterien_of(suche))
    if pflege is None:
        return {}
    ab = None if pflege.ab is None else str(pflege.ab)
    return {"pflegestellen": {"gefuehrt": pflege.gefuehrt, "anzahl": pflege.anzahl, "ab": ab}}


def list_absagen(*, suche: Suche, hilfefall: Hilfefall) -> list[dict[str, str]]:
    """Who has declined in this case or for this search so far, oldest first: facility, day and reason, no free text."""
    rows = Reservierung.objects.filter(
        Q(suche=suche, klient=hilfefall.klient_id) | Q(hilfefall=hilfefall), zustand=ReservierungZustand.ABGELEHNT
    ).order_by("entschieden_at", "pk")
    return freeze_absagen(rows.select_related("einrichtung"))


def freeze_absagen(rows: Iterable[Reservierung]) -> list[dict[str, str]]:
    """What is kept of each that was declined."""
    return [
        {
            "einrichtung": row.haus.name,
            "am": local_date(row.entschieden_at or row.created_at).isoformat(),
            "grund": say_ablehnung(row.ablehnungsgrund),
        }
        for row in rows
    ]


def create_auswahlvermerk(
    *,
    akteur: Akteur,
    suche: Suche,
    hilfefall: Hilfefall,
    angebot_id: UUID,
    gewaehlt: Trefferzeile,
    ergebnis: Ergebnis,
    sortierung: str,
    begruendung: str,
    absagen: Sequence[dict[str, str]],
    anteile: list[int] | None = None,
    probe: int | None = None,
    abweichungen: Sequence[str] = (),
    weitere: Sequence[str] = (),
    wuensche: str = "",
    geschwister: int = 0,
    gemeinsam: str = "",
) -> Auswahlvermerk:
    """Seal the choice. `gewaehlt` is the chosen line of `ergebnis`, which is in the order shown; `wuensche`: what the
    family wished (§§ 5, 36 SGB VIII). `absagen`, `anteile`: as in `freeze_kriterien`."""
    klient_id = hilfefall.klient_id
    kriterien = freeze_kriterien(
        suche,
        ergebnis.zahlen,
        sortierung=sortierung,
        probe=probe,
        klient_id=klient_id,
        absagen=absagen,
        anteile=anteile,
        abweichungen=abweichungen,
        weitere=weitere,
        geschwister=geschwister,
        gemeinsam=gemeinsam,
    )
    if ergebnis.hilfearten:
        kriterien["hilfearten"] = list(ergebnis.hilfearten)
    if sortierung != NACHT and not geschwister:  # neither of their pages shows any
        kriterien |= _freeze_pflege(suche)
    if len(ergebnis.treffer) < ergebnis.verfuegbar:
        kriterien["gezeigt"] = len(ergebnis.treffer)
    return _seal(
        akteur, suche.pk, klient_id,
        kriterien=kriterien,
        angebote=ergebnis.treffer,
        angebot_id=angebot_id,
        rang=gewaehlt.rang or ergebnis.treffer.index(gewaehlt) + 1,
        anzahl=ergebnis.verfuegbar,
        im_guenstigsten_drittel=gewaehlt.im_guenstigsten_drittel,
        begruendung=begruendung,
        wuensche=wuensche,
        ersparnis=compute_ersparnis(ergebnis.treffer, gewaehlt.soll_entgelt, verfuegbar=ergebnis.verfuegbar),
    )  # fmt: skip


def create_vermerk_ausserhalb(
    *,
    akteur: Akteur,
    suche: Suche,
    hilfefall: Hilfefall,
    ergebnis: Ergebnis,
    sortierung: str,
    gewaehlt: dict[str, Any],
    soll: Decimal,
    begruendung: str,
    probe: int | None = None,
    abweichungen: Sequence[str] = (),
    weitere: Sequence[str] = (),
    wuensche: str = "",
) -> Auswahlvermerk:
    """Seal that none of the list was chosen: the whole list, in the order shown, what was chosen instead and why (ADR
    0089)."""
    kriterien = freeze_kriterien(
        suche,
        ergebnis.zahlen,
        sortierung=sortierung,
        probe=probe,
        klient_id=hilfefall.klient_id,
        absagen=list_absagen(suche=suche, hilfefall=hilfefall),
        abweichungen=abweichungen,
        weitere=weitere,
    )
    return _seal(
        akteur, suche.pk, hilfefall.klient_id,
        kriterien=kriterien | {"ausserhalb": gewaehlt} | _freeze_pflege(suche),
        angebote=ergebnis.treffer,
        angebot_id=None,
        rang=0,
        anzahl=ergebnis.verfuegbar,
        im_guenstigsten_drittel=False,
        begruendung=begruendung,
        wuensche=wuensche,
        ersparnis=compute_ersparnis(ergebnis.treffer, soll),
    )  # fmt: skip


@transaction.atomic
def create_nachtrag(
    *,
    akteur: Akteur,
    reservierung: Reservierung,
    begruendung: str,
    wuensche: str = "",
    kriterien: dict[str, Any] | None = None,
) -> Auswahlvermerk:
    """Correct or complete a choice by a further note; the first one stays as it is. `kriterien`: what of them is
    another from now on (`freeze_verlaengerung`).

    `Konflikt` when the person is restricted, `RegelVerletzt` (begruendung) without a reason in words.
    """
    if count_letters(begruendung) < BEGRUENDUNG_MINDESTENS:
        raise RegelVerletzt(NACHTRAG_FEHLT, feld="begruendung")
    lock_unrestricted(reservierung.klient_id)
    erster = Auswahlvermerk.objects.get(pk=reservierung.auswahlvermerk_id)
    nachtrag = _seal(
        akteur, erster.suche_id, reservierung.klient_id,
        kriterien=kriterien or {},
        angebote=(),
        angebot_id=erster.angebot_id,
        rang=erster.rang,
        anzahl=erster.anzahl,
        im_guenstigsten_drittel=erster.im_guenstigsten_drittel,
        begruendung=begruendung.strip(),
        wuensche=wuensche.strip(),
        nachtrag_zu_id=erster.pk,
    )  # fmt: skip
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.VERMERK_NACHTRAG, objekt=nachtrag)
    return nachtrag


#: In a further note: whether the house has said yes on the telephone, or that was taken back.
ZUSAGE = "zusage"


def freeze_verlaengerung(
    bisher: date, bis: date, *, abweichungen: Sequence[str], betraege: Mapping[str, Any], dazu: Sequence[SollZeile]
) -> dict[str, Any]:
    """That a booked help goes on: its last day until now, its last day from now on, what is planned for the whole and
    at which rates for the added days, in what the person is outside of whom the offer takes."""
    tage = {
        "bisher": bisher.isoformat(),
        "verlaengert_bis": bis.isoformat(),
        "betraege": {name: str(wert) for name, wert in betraege.items()},
        "dazu": [
            {"ab": z.zeitraum.beginn.isoformat(), "menge": str(z.menge), "satz": str(z.satz), "betrag": str(z.betrag)}
            for z in dazu
        ],
    }
    return tage | ({"abweichungen": list(abweichungen)} if abweichungen else {})


def _seal(
    akteur: Akteur, suche_id: UUID, klient_id: UUID, *, angebote: Sequence[Trefferzeile], **inhalt: Any
) -> Auswahlvermerk:
    """The database seals it as it is written; `inhalt`: the other fields by their names."""
    return Auswahlvermerk.objects.create(
        suche_id=suche_id,
        klient_id=klient_id,
        fachkraft_id=akteur.user_id,
        fachkraft_name=akteur.name,
        angebote=[zeile.to_json() for zeile in angebote],
        **inhalt,
    )
