"""Keeping own foster places and what they cost. They hold no place and pay nothing: that comes with foster care."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now
from shared_apps.core.errors import RegelVerletzt, Verweigert, refused_by
from shared_apps.core.gelesen import Gelesen, Ungelesen
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.foster.enums import Vorgang
from tenant_apps.foster.models import Pflegegeldsatz, Pflegestelle
from tenant_apps.foster.policies import may_keep_pflegegeld, may_keep_pflegestellen
from tenant_apps.foster.rules import Pflegeform, is_kennzeichen

NICHT_IHRE = "Pflegestellen führt der Soziale Dienst."
NICHT_IHR_GELD = "Pflegegeldsätze trägt die Wirtschaftliche Jugendhilfe ein."
SCHON_DA = "Dieses Kennzeichen steht schon in der Liste."
KEIN_ZEICHEN = (
    "Ein Kennzeichen ist ein Wort mit mindestens einer Ziffer, ohne Leerzeichen und Komma, zum Beispiel PS-014. Name"
    " und Anschrift der Familie gehören nicht hierher."
)
ALTER_VERTAUSCHT = "Das Alter „bis“ liegt unter dem Alter „von“."
MEHR_ALS_DA = "Es können nicht mehr Plätze belegt sein, als es gibt."
NOCH_FREI = "„Frei ab“ gehört zu einer Pflegestelle, deren Plätze alle belegt sind."
KURZZEIT_OHNE_ENDE = "Bei Kurzzeitpflege geben Sie bitte an, wie viele Tage ein Kind höchstens bleibt."
ENDE_DAVOR = "Der letzte Tag liegt vor dem ersten, dem {}."
DANACH_KEINER = (
    "Seit dem {} gilt für dieses Alter ein Satz bis auf Weiteres; nach diesem Tag gälte keiner mehr. Bitte lassen Sie"
    " das Feld leer, oder beenden Sie zuerst den bisherigen Satz."
)
SATZ_SCHON = (
    "Für dieses Alter gilt an einem dieser Tage schon ein Satz. Bitte beenden Sie ihn zuerst, oder ändern Sie ihn."
)

#: What the list keeps of a place, as its form names it; `ab` and `bis` are its days.
ANGABEN = (
    "kennzeichen", "form", "region", "plaetze", "belegt", "frei_ab", "alter_von", "alter_bis", "geschlecht",
    "hoechstens_tage", "bemerkung",
)  # fmt: skip


@transaction.atomic
def create_pflegestelle(*, akteur: Akteur, angaben: Mapping[str, Any], ab: date) -> Pflegestelle:
    """Enter a place that is kept from this day on. `Verweigert`; `RegelVerletzt` with the field."""
    _check_pflegestelle(akteur, angaben)
    with _as_german():
        stelle = Pflegestelle.objects.create(
            **{name: angaben[name] for name in ANGABEN},
            gueltig=DateRange(ab, None),
            eingetragen_von_id=akteur.user_id,
            stand_von_id=akteur.user_id,
            stand_at=now(),
        )
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.PFLEGESTELLE_ANLEGEN, objekt=stelle)
    return stelle


@transaction.atomic
def update_pflegestelle(
    *, akteur: Akteur, stelle: Pflegestelle, angaben: Mapping[str, Any], gelesen: Gelesen | None = None
) -> Pflegestelle:
    """Change it, or say that it is still so: both make its state one of today. `Verweigert`, `RegelVerletzt` with the
    field, `Veraltet` for what a colleague has changed meanwhile."""
    _check_pflegestelle(akteur, angaben)
    stelle = Pflegestelle.objects.select_for_update(of=("self",)).get(pk=stelle.pk)
    jetzt = {name: getattr(stelle, name) for name in ANGABEN}
    (gelesen or Ungelesen()).check(jetzt=jetzt, neu=angaben)
    geaendert = [name for name in ANGABEN if jetzt[name] != angaben[name]]
    for name in geaendert:
        setattr(stelle, name, angaben[name])
    stelle.stand_at, stelle.stand_von_id = now(), akteur.user_id
    with _as_german():
        stelle.save(update_fields=[*geaendert, "stand_at", "stand_von"])
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.PFLEGESTELLE_AENDERN, objekt=stelle,
        felder=[*geaendert, "stand_at"],
    )  # fmt: skip
    return stelle


@transaction.atomic
def end_pflegestelle(
    *, akteur: Akteur, stelle: Pflegestelle, letzter_tag: date, gelesen: Gelesen | None = None
) -> Pflegestelle:
    """It is kept until this day; another one later moves it. `Verweigert`, `RegelVerletzt` (letzter_tag), `Veraltet`
    when a colleague has set another one meanwhile."""
    if not may_keep_pflegestellen(akteur):
        raise Verweigert(NICHT_IHRE)
    stelle = Pflegestelle.objects.select_for_update(of=("self",)).get(pk=stelle.pk)
    (gelesen or Ungelesen()).check(jetzt={"letzter_tag": stelle.letzter_tag}, neu={"letzter_tag": letzter_tag})
    stelle.gueltig = _days(stelle.erster_tag, letzter_tag, feld="letzter_tag")
    stelle.stand_at, stelle.stand_von_id = now(), akteur.user_id
    stelle.save(update_fields=["gueltig", "stand_at", "stand_von"])
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.PFLEGESTELLE_BEENDEN, objekt=stelle, felder=["gueltig"]
    )
    return stelle


@transaction.atomic
def create_pflegegeldsatz(*, akteur: Akteur, angaben: Mapping[str, Any]) -> Pflegegeldsatz:
    """Enter a rate (form, alter_von, alter_bis, betrag, ab, bis, quelle). One of the same ages that holds without an
    end ends the day before, unless the new one has an end itself; no other one is changed. `Verweigert`;
    `RegelVerletzt` with the field."""
    if not may_keep_pflegegeld(akteur):
        raise Verweigert(NICHT_IHR_GELD)
    RegelVerletzt.refuse(list_satzmaengel(angaben))
    gueltig = _days(angaben["ab"], angaben["bis"], feld="bis")
    alter = {name: angaben[name] for name in ("form", "alter_von", "alter_bis")}
    offen = Pflegegeldsatz.objects.select_for_update(of=("self",)).filter(
        gueltig__upper_inf=True, gueltig__startswith__lt=angaben["ab"], **alter
    )
    with _as_german():
        for satz in offen:
            if angaben["bis"] is not None:
                raise RegelVerletzt(DANACH_KEINER.format(format_datum(satz.erster_tag)), feld="bis")
            satz.gueltig = DateRange(satz.erster_tag, angaben["ab"])
            satz.save(update_fields=["gueltig"])
            record_access(
                akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.PFLEGEGELD_AENDERN, objekt=satz,
                felder=["gueltig"],
            )  # fmt: skip
        neu = Pflegegeldsatz.objects.create(
            **alter, betrag=angaben["betrag"], quelle=angaben["quelle"], gueltig=gueltig,
            eingetragen_von_id=akteur.user_id,
        )  # fmt: skip
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.PFLEGEGELD_ANLEGEN, objekt=neu)
    return neu


@transaction.atomic
def update_pflegegeldsatz(
    *, akteur: Akteur, satz: Pflegegeldsatz, angaben: Mapping[str, Any], gelesen: Gelesen | None = None
) -> Pflegegeldsatz:
    """Correct a rate or end it (betrag, ab, bis, quelle): nothing is paid by it. `Verweigert`, `RegelVerletzt` with the
    field, `Veraltet` for what a colleague has changed meanwhile."""
    if not may_keep_pflegegeld(akteur):
        raise Verweigert(NICHT_IHR_GELD)
    satz = Pflegegeldsatz.objects.select_for_update(of=("self",)).get(pk=satz.pk)
    jetzt = {"betrag": satz.betrag, "ab": satz.erster_tag, "bis": satz.letzter_tag, "quelle": satz.quelle}
    neu = {name: angaben[name] for name in jetzt}
    (gelesen or Ungelesen()).check(jetzt=jetzt, neu=neu)
    satz.gueltig = _days(neu["ab"], neu["bis"], feld="bis")
    satz.betrag, satz.quelle = neu["betrag"], neu["quelle"]
    with _as_german():
        satz.save(update_fields=["betrag", "gueltig", "quelle"])
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.PFLEGEGELD_AENDERN, objekt=satz,
        felder=["betrag", "gueltig", "quelle"],
    )  # fmt: skip
    return satz


def list_maengel(angaben: Mapping[str, Any]) -> list[RegelVerletzt]:
    """All that is wrong with a place, each at its field. What was not said, or not understood, is not judged."""
    belegt, plaetze, frei_ab = (angaben.get(name) for name in ("belegt", "plaetze", "frei_ab"))
    maengel = []
    if "kennzeichen" in angaben and not is_kennzeichen(angaben["kennzeichen"]):
        maengel.append(RegelVerletzt(KEIN_ZEICHEN, feld="kennzeichen"))
    maengel += _list_alter(angaben)
    if belegt is not None and plaetze is not None:
        if belegt > plaetze:
            maengel.append(RegelVerletzt(MEHR_ALS_DA, feld="belegt"))
        if frei_ab is not None and belegt < plaetze:
            maengel.append(RegelVerletzt(NOCH_FREI, feld="frei_ab"))
    if angaben.get("form") == Pflegeform.KURZZEIT and angaben.get("hoechstens_tage", 0) is None:
        maengel.append(RegelVerletzt(KURZZEIT_OHNE_ENDE, feld="hoechstens_tage"))
    return maengel


def list_satzmaengel(angaben: Mapping[str, Any]) -> list[RegelVerletzt]:
    """The same of a rate."""
    return _list_alter(angaben) + _list_tage(angaben.get("ab"), angaben.get("bis"), feld="bis")


def _list_alter(angaben: Mapping[str, Any]) -> list[RegelVerletzt]:
    von, bis = angaben.get("alter_von"), angaben.get("alter_bis")
    vertauscht = von is not None and bis is not None and bis < von
    return [RegelVerletzt(ALTER_VERTAUSCHT, feld="alter_bis")] if vertauscht else []


def _list_tage(ab: date | None, bis: date | None, *, feld: str) -> list[RegelVerletzt]:
    if ab is None or bis is None or bis >= ab:
        return []
    return [RegelVerletzt(ENDE_DAVOR.format(format_datum(ab)), feld=feld)]


def _check_pflegestelle(akteur: Akteur, angaben: Mapping[str, Any]) -> None:
    if not may_keep_pflegestellen(akteur):
        raise Verweigert(NICHT_IHRE)
    RegelVerletzt.refuse(list_maengel(angaben))


def _days(ab: date, bis: date | None, *, feld: str) -> DateRange:
    RegelVerletzt.refuse(_list_tage(ab, bis, feld=feld))
    return DateRange(ab, None if bis is None else bis + EIN_TAG)


@contextmanager
def _as_german() -> Iterator[None]:
    """What the database refuses, as a sentence at its field."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = refused_by(error)
        if name == "pflegestelle_kennzeichen":
            raise RegelVerletzt(SCHON_DA, feld="kennzeichen") from error
        if name == "pflegegeldsatz_einer":
            raise RegelVerletzt(SATZ_SCHON, feld="ab") from error
        raise
