"""A list on its way to the second person: sent, its columns assigned, looked at line by line, handed in, released."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.policies import check_autor
from shared_apps.core.clock import now
from shared_apps.core.eingabe import GRUND_FEHLT
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.katalog import NAMEN, PFLICHT, SPALTE, normalize_name
from shared_apps.einlesen.models import Einlesezeile, Einlesung
from shared_apps.einlesen.policies import (
    SCHRITTE_EINLESUNG,
    einlesung_for,
    has_prepared,
    may_release_anbieter,
    visible_einlesungen,
)
from shared_apps.einlesen.rules import spalten_zuordnung
from shared_apps.einlesen.selectors import count_befunde
from shared_apps.einlesen.services.plan import build_plan, list_zeilen
from shared_apps.einlesen.states import EINLESUNG, EinlesungAktion, EinlesungZustand
from shared_apps.einlesen.tabelle import TabelleFehler, read_tabelle
from tenants.jobs import defer

JOB = "einlesen.run"
#: Whose the operator's lists are, where an office's have its number.
BETRIEB = 0
NUR_LEITUNG = (
    "Diese Liste legt einen Anbieter an. Das gibt die Leitung des Jugendamts frei. Bitte lassen Sie sie entscheiden."
)
NICHT_HIER = "Hier lässt sich keine Liste einlesen. Bitte melden Sie sich an der Adresse Ihres Jugendamts an."
NICHT_IHRE = "Diese Liste gehört zu einem anderen Amt."
SELBST_VORBEREITET = "Wer eine Liste vorlegt, gibt sie nicht selbst frei. Das macht eine andere Person."
NUR_VORBEREITERIN = "Das macht die Person, die die Liste vorbereitet hat."
SPALTE_FEHLT = "Bitte wählen Sie die Spalte aus. Ohne „{}“ lässt sich die Liste nicht einlesen."
ZWEIMAL = "Diese Spalte der Datei ist schon für „{}“ ausgewählt."
ALLE_FEHLERHAFT = (
    "Jede Zeile der Liste ist fehlerhaft. Bitte berichtigen Sie die Datei und laden Sie sie als neue Liste hoch; oder"
    " prüfen Sie, ob jede Spalte richtig zugeordnet ist."
)
NICHTS_ZU_TUN = (
    "Die Liste enthält nichts, was sich einlesen lässt: Jede Zeile ist fehlerhaft oder steht schon so im Verzeichnis."
    " Bitte berichtigen Sie die fehlerhaften Zeilen und laden Sie sie als neue Liste hoch."
)
NICHTS_NEUES = "Die Liste enthält nichts, was sich einlesen lässt: Alles steht schon so im Verzeichnis."


@transaction.atomic
def create_einlesung(*, akteur: Akteur, dateiname: str, inhalt: bytes) -> Einlesung:
    """A new list of the office, or of the operator, with its columns as its head names them; the file is not kept.

    `RegelVerletzt` (datei) for what is no table that can be read.
    """
    darf, tenant = einlesung_for(akteur)
    if not darf:
        raise Verweigert(NICHT_HIER)
    try:
        tabelle = read_tabelle(inhalt)
    except TabelleFehler as error:
        raise RegelVerletzt(error.message, feld="datei") from error
    einlesung = Einlesung.objects.create(
        tenant=tenant,
        dateiname=dateiname[-200:],
        kopf=tabelle.kopf,
        zuordnung=spalten_zuordnung([normalize_name(name) for name in tabelle.kopf], NAMEN),
        anzahl=len(tabelle.zeilen),
        eingereicht_von_id=akteur.user_id,
    )
    Einlesezeile.objects.bulk_create(
        Einlesezeile(einlesung=einlesung, nummer=nummer, werte=werte) for nummer, werte in tabelle.zeilen
    )
    if all(code in einlesung.zuordnung for code in PFLICHT):
        _check_zeilen(einlesung)
    return einlesung


@transaction.atomic
def update_zuordnung(
    *, akteur: Akteur, einlesung: Einlesung, zuordnung: Mapping[str, int | None], gelesen: Gelesen
) -> Einlesung:
    """Say which column of the file is what, and look at every line. `Veraltet` when it was assigned meanwhile."""
    einlesung = lock_einlesung(akteur, einlesung, EinlesungAktion.VORLEGEN)
    gelesen.check(jetzt={code: einlesung.zuordnung.get(code) for code in zuordnung}, neu=zuordnung)
    gewaehlt: dict[int, str] = {}
    for code, stelle in zuordnung.items():
        if stelle is None:
            if code in PFLICHT:
                raise RegelVerletzt(SPALTE_FEHLT.format(SPALTE[code].label), feld=code)
            continue
        if not 0 <= stelle < len(einlesung.kopf):
            raise RegelVerletzt(SPALTE_FEHLT.format(SPALTE[code].label), feld=code)
        if stelle in gewaehlt:
            raise RegelVerletzt(ZWEIMAL.format(SPALTE[gewaehlt[stelle]].label), feld=code)
        gewaehlt[stelle] = code
    einlesung.zuordnung = {code: stelle for stelle, code in gewaehlt.items()}
    einlesung.save(update_fields=["zuordnung"])
    _check_zeilen(einlesung)
    return einlesung


@transaction.atomic
def submit_einlesung(*, akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """Hand the list in, compared once more. Faulty lines stay out. `RegelVerletzt` when nothing is left to do."""
    einlesung = lock_einlesung(akteur, einlesung, EinlesungAktion.VORLEGEN)
    if any(code not in einlesung.zuordnung for code in PFLICHT):
        raise RegelVerletzt("Bitte ordnen Sie zuerst die Spalten zu.")
    _check_zeilen(einlesung)
    if warum := compute_warum_leer(count_befunde(einlesung)):
        raise RegelVerletzt(warum)
    # whoever hands it in has looked at it; she is the one who does not release it
    if einlesung.eingereicht_von_id != akteur.user_id:
        raise Verweigert(NUR_VORBEREITERIN)
    return _advance(einlesung, EinlesungAktion.VORLEGEN, grund="")


def compute_warum_leer(zahlen: Mapping[Befund, int]) -> str:
    """Why a list cannot be handed in: none of its lines does anything. Empty when one does."""
    if zahlen[Befund.NEU] or zahlen[Befund.GEAENDERT]:
        return ""
    if not zahlen[Befund.FEHLERHAFT]:
        return NICHTS_NEUES
    return NICHTS_ZU_TUN if zahlen[Befund.UNVERAENDERT] or zahlen[Befund.GESPERRT] else ALLE_FEHLERHAFT


@transaction.atomic
def approve_einlesung(*, akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """The second signature: the list is read into the register by a job.

    `Verweigert` for whoever prepared it, and for whoever may not let the provider in that it makes; `Konflikt` when the
    account of whoever prepared it is closed or the list is not waiting any more.
    """
    einlesung = lock_einlesung(akteur, einlesung, EinlesungAktion.FREIGEBEN)
    if has_prepared(akteur.user_id, einlesung):
        raise Verweigert(SELBST_VORBEREITET)
    if einlesung.legt_anbieter_an and not may_release_anbieter(akteur, einlesung):
        raise Verweigert(NUR_LEITUNG)
    check_autor(einlesung.eingereicht_von_id)
    einlesung.freigegeben_von_id, einlesung.freigegeben_at = akteur.user_id, now()
    _advance(einlesung, EinlesungAktion.FREIGEBEN, freigegeben_von=einlesung.freigegeben_von_id)
    run_einlesung_later(einlesung)
    return einlesung


def run_einlesung_later(einlesung: Einlesung) -> None:
    """Have a job do what is asked of the list now; lists of one office one after the other."""
    if einlesung.stillstand_gemeldet_at is not None:  # the next standstill is another one
        einlesung.stillstand_gemeldet_at = None
        einlesung.save(update_fields=["stillstand_gemeldet_at"])
    defer(JOB, einlesung_id=str(einlesung.pk), reihe=str(UUID(int=einlesung.tenant_id or BETRIEB)))


@transaction.atomic
def decline_einlesung(*, akteur: Akteur, einlesung: Einlesung, grund: str) -> Einlesung:
    """Back to whoever prepared it, with a reason; she takes it back without one."""
    einlesung = lock_einlesung(akteur, einlesung, EinlesungAktion.ZURUECKGEBEN)
    if not grund.strip() and not has_prepared(akteur.user_id, einlesung):
        raise RegelVerletzt(GRUND_FEHLT, feld="grund")
    return _advance(einlesung, EinlesungAktion.ZURUECKGEBEN, grund=grund.strip())


@transaction.atomic
def cancel_einlesung(*, akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """A draft that nobody wants any more. Its lines are gone at once."""
    einlesung = lock_einlesung(akteur, einlesung, EinlesungAktion.VERWERFEN)
    einlesung.zeilen.all().delete()
    return _advance(einlesung, EinlesungAktion.VERWERFEN)


def lock_einlesung(akteur: Akteur, einlesung: Einlesung, aktion: EinlesungAktion) -> Einlesung:
    """The list as it is now, held; `Verweigert` where it is not hers, `Konflikt` where the step is not possible."""
    rows = visible_einlesungen(akteur).select_for_update(of=("self",), no_key=True).select_related("tenant")
    fresh = rows.filter(pk=einlesung.pk).first()
    if fresh is None:
        raise Verweigert(NICHT_IHRE)
    zustand = EinlesungZustand(fresh.zustand)
    if aktion not in SCHRITTE_EINLESUNG.allowed(zustand, akteur):
        raise Konflikt(EINLESUNG.describe_refusal(zustand, aktion), code="zustand")
    return fresh


def _advance(einlesung: Einlesung, aktion: EinlesungAktion, **felder: Any) -> Einlesung:
    einlesung.zustand = EINLESUNG.naechster(EinlesungZustand(einlesung.zustand), aktion)
    for name, wert in felder.items():
        setattr(einlesung, f"{name}_id" if name.endswith("_von") else name, wert)
    also = ["freigegeben_at"] if "freigegeben_von" in felder else []
    einlesung.save(update_fields=["zustand", *felder, *also])
    return einlesung


_SET = """
UPDATE einlesen_einlesezeile z SET befund = n.befund, meldungen = n.meldungen::jsonb
  FROM unnest(%s::int[], %s::text[], %s::text[]) AS n (nummer, befund, meldungen)
 WHERE z.einlesung_id = %s AND z.nummer = n.nummer
"""


def _check_zeilen(einlesung: Einlesung) -> None:
    zeilen = list_zeilen(einlesung, einlesung.zeilen.order_by("nummer").values_list("nummer", "werte"))
    plan = build_plan(einlesung, zeilen)
    record_befunde(einlesung, plan.befunde, plan.meldungen)
    einlesung.legt_anbieter_an = any(
        objekt.ist_neu and not objekt.ist_fehlerhaft for objekt in plan.objekte[Gegenstand.ANBIETER].values()
    )
    einlesung.save(update_fields=["legt_anbieter_an"])


def record_befunde(
    einlesung: Einlesung, befunde: Mapping[int, Befund], meldungen: Mapping[int, Iterable[tuple[str, str]]]
) -> None:
    """Say of each line what came of looking at it; one statement."""
    nummern = list(befunde)
    texte = [
        json.dumps([{"spalte": code, "text": text} for code, text in meldungen.get(nummer, ())]) for nummer in nummern
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SET, [nummern, [befunde[nummer].value for nummer in nummern], texte, einlesung.pk])
