"""What an office has admitted of a provider changes with its consent: proposed by the provider, confirmed there."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.policies import check_autor
from shared_apps.core.clock import local_date, now
from shared_apps.core.eingabe import GRUND_FEHLT
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert, refused_by
from shared_apps.providers.models import Anbieter, Stammdatenvorschlag
from shared_apps.providers.policies import (
    may_decide_stammdaten,
    may_write_anbieter,
    own_anbieter,
    visible_stammdatenvorschlaege,
    works_for,
)
from shared_apps.providers.selectors.stammdaten import ZUGELASSEN, list_pruefende, read_zugelassenes
from shared_apps.providers.services import BEFANGEN, check_own
from shared_apps.providers.services.vorschlag import lock_vorschlag, settle_vorschlag
from shared_apps.providers.states import STAMMDATENVORSCHLAG, VorschlagAktion
from shared_apps.regions.models import Gebietskoerperschaft

NICHTS_GEAENDERT = "Sie haben nichts geändert."
NAME_VERGEBEN = "Einen Anbieter mit diesem Namen gibt es im Verzeichnis schon."
KEIN_AMT = (
    "Bitte wählen Sie ein Jugendamt, in dessen Kreis Sie eine Einrichtung betreiben, die nicht nur Sie selbst"
    " eingetragen haben."
)
WARTET_SCHON = "Eine Änderung wartet schon auf das Jugendamt. Ziehen Sie sie zuerst zurück."
ENTSCHIEDEN = "Darüber ist schon entschieden."
NICHT_IHR_AMT = "Darüber entscheiden Leitung und Administration des Jugendamtes, das der Anbieter gewählt hat."
NICHT_IHRER = "Zurückziehen kann das nur der Anbieter."
INZWISCHEN = "Diese Angaben wurden inzwischen geändert. Bitte lehnen Sie ab; der Anbieter schlägt neu vor."


@transaction.atomic
def submit_stammdatenvorschlag(
    *, akteur: Akteur, anbieter: Anbieter, gebietskoerperschaft: Gebietskoerperschaft, angaben: dict[str, Any]
) -> Stammdatenvorschlag:
    """Propose another name, legal form, register number or recognition of one's own provider, with the reason.

    `RegelVerletzt` for nothing new, a name that is taken, an office that has nothing to do with it; `Konflikt` while
    another change waits.
    """
    check_own(may_write_anbieter(akteur), own_anbieter(akteur), anbieter.pk)
    anbieter = Anbieter.objects.select_for_update(no_key=True).get(pk=anbieter.pk)
    bisher = read_zugelassenes(anbieter)
    if {name: angaben[name] for name in ZUGELASSEN} == bisher:
        raise RegelVerletzt(NICHTS_GEAENDERT, feld="name")
    if Anbieter.objects.filter(name=angaben["name"]).exclude(pk=anbieter.pk).exists():
        raise RegelVerletzt(NAME_VERGEBEN, feld="name")
    if not list_pruefende(anbieter).filter(pk=gebietskoerperschaft.pk).exists():
        raise RegelVerletzt(KEIN_AMT, feld="gebietskoerperschaft")
    try:
        with transaction.atomic():
            return Stammdatenvorschlag.objects.create(
                anbieter=anbieter,
                gebietskoerperschaft=gebietskoerperschaft,
                bisher=bisher,
                vorgeschlagen_von_id=akteur.user_id,
                **angaben,
            )
    except IntegrityError as error:
        raise Konflikt(WARTET_SCHON, code="zustand") from error


@transaction.atomic
def confirm_stammdatenvorschlag(*, akteur: Akteur, vorschlag: Stammdatenvorschlag) -> None:
    """The office agrees: the register says so from now on (trigger `providers_stammdaten_geprueft`).

    `Konflikt` when it is decided, the name was taken meanwhile, or what was to be changed has changed.
    """
    vorschlag = _locked(akteur, vorschlag, VorschlagAktion.BESTAETIGEN)
    _check_decides(akteur, vorschlag)
    check_autor(vorschlag.vorgeschlagen_von_id)
    try:
        with transaction.atomic():
            settle_vorschlag(akteur, vorschlag, STAMMDATENVORSCHLAG, VorschlagAktion.BESTAETIGEN, am=now())
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise Konflikt(NAME_VERGEBEN, code="zustand") from error
        if refused_by(error) == "stammdaten_bisher":
            raise Konflikt(INZWISCHEN, code="zustand") from error
        raise


@transaction.atomic
def reject_stammdatenvorschlag(*, akteur: Akteur, vorschlag: Stammdatenvorschlag, grund: str) -> None:
    """The office does not agree, with a reason that the provider reads."""
    vorschlag = _locked(akteur, vorschlag, VorschlagAktion.ABLEHNEN)
    _check_decides(akteur, vorschlag)
    if not grund.strip():
        raise RegelVerletzt(GRUND_FEHLT, feld="grund")
    vorschlag.grund = grund.strip()
    settle_vorschlag(akteur, vorschlag, STAMMDATENVORSCHLAG, VorschlagAktion.ABLEHNEN, am=now())


@transaction.atomic
def withdraw_stammdatenvorschlag(*, akteur: Akteur, vorschlag: Stammdatenvorschlag) -> None:
    """Whoever speaks for the provider takes it back."""
    vorschlag = _locked(akteur, vorschlag, VorschlagAktion.ZURUECKZIEHEN)
    if not may_write_anbieter(akteur):
        raise Verweigert(NICHT_IHRER)
    settle_vorschlag(akteur, vorschlag, STAMMDATENVORSCHLAG, VorschlagAktion.ZURUECKZIEHEN, am=now())


def _locked(akteur: Akteur, vorschlag: Stammdatenvorschlag, aktion: VorschlagAktion) -> Stammdatenvorschlag:
    rows = visible_stammdatenvorschlaege(akteur)
    return lock_vorschlag(rows, vorschlag.pk, STAMMDATENVORSCHLAG, aktion, fremd=NICHT_IHR_AMT, entschieden=ENTSCHIEDEN)


def _check_decides(akteur: Akteur, vorschlag: Stammdatenvorschlag) -> None:
    if not may_decide_stammdaten(akteur):
        raise Verweigert(NICHT_IHR_AMT)
    if works_for(akteur, vorschlag.anbieter_id, seit=local_date(vorschlag.created_at)):
        raise Verweigert(BEFANGEN)
