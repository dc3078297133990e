"""Deletion run: preview, second person, run, protocol without names (§ 84 SGB X, § 9b SGB VIII)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.policies import check_autor
from shared_apps.accounts.postfach import list_eigene_konten
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Fehlt, Konflikt, RegelVerletzt, Verweigert
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, advance, record_access
from tenant_apps.cases.services.klient import lock_klient
from tenant_apps.privacy.enums import Einschraenkungsgrund, Vorgang
from tenant_apps.privacy.models import Loeschlauf, Loeschposition
from tenant_apps.privacy.policies import SCHRITTE_LOESCHLAUF, may_approve_run
from tenant_apps.privacy.rules import BELEGE, HZE, Schritt
from tenant_apps.privacy.selectors import list_faellig
from tenant_apps.privacy.services.einschraenkung import restrict_klient
from tenant_apps.privacy.services.loeschen import run_belegloeschung, run_loeschung
from tenant_apps.privacy.states import LoeschlaufAktion, LoeschlaufZustand

ENTSCHIEDEN = "Über diesen Löschlauf ist schon entschieden. Bitte laden Sie die Seite neu."
_REFUSED = dict.fromkeys(LoeschlaufZustand, ENTSCHIEDEN)
_VERWERFEN = Vorhaben(SCHRITTE_LOESCHLAUF, LoeschlaufAktion.VERWERFEN, refused=_REFUSED)
_FREIGEBEN = Vorhaben(SCHRITTE_LOESCHLAUF, LoeschlaufAktion.FREIGEBEN, refused=_REFUSED)


@transaction.atomic
def create_loeschlauf(*, akteur: Akteur, stichtag: date | None = None) -> Loeschlauf:
    """Preview: who is due for which step. Raises `RegelVerletzt` when nobody is, `Konflikt` while one waits."""
    stichtag = stichtag or today()
    if stichtag > today():
        raise RegelVerletzt("Der Stichtag liegt in der Zukunft.", feld="stichtag")
    faellig = list(list_faellig(stichtag))
    if not faellig:
        raise RegelVerletzt("Zu diesem Stichtag ist nichts einzuschränken oder zu löschen.", feld="stichtag")
    try:
        with transaction.atomic():
            lauf = Loeschlauf.objects.create(stichtag=stichtag, erstellt_von_id=akteur.user_id)
    except IntegrityError as error:
        raise Konflikt("Es wartet schon eine Vorschau auf die zweite Person.") from error
    Loeschposition.objects.bulk_create(
        [
            Loeschposition(
                lauf=lauf,
                person_id=f.person_id,
                schritt=f.schritt.value,
                klasse=(BELEGE if f.schritt is Schritt.BELEGE else HZE).code,
                faellig_am=f.seit,
            )
            for f in faellig
        ],
        batch_size=1000,
    )
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.LOESCHLAUF_VORSCHAU, objekt=lauf)
    return lauf


@transaction.atomic
def reject_loeschlauf(*, akteur: Akteur, lauf: Loeschlauf) -> Loeschlauf:
    """Discard a preview; nothing was changed."""
    with advance(
        Loeschlauf.objects.all(), lauf.pk, _VERWERFEN,
        akteur=akteur, vorgang=Vorgang.LOESCHLAUF_VERWERFEN,
    ) as verwerfen:  # fmt: skip
        pass  # nothing changes but the state
    return verwerfen.row


@transaction.atomic
def approve_loeschlauf(*, akteur: Akteur, lauf: Loeschlauf, ausgenommen: frozenset[UUID] = frozenset()) -> Loeschlauf:
    """The second person approves and the run is done, all or nothing. `ausgenommen`: positions that stay as they are.

    What is not due any more (a case was opened again since the preview) is left out.
    """
    with advance(
        Loeschlauf.objects.all(), lauf.pk, _FREIGEBEN,
        akteur=akteur, vorgang=None,  # the entry is about what was carried out
    ) as freigeben:  # fmt: skip
        if not may_approve_run(akteur, freigeben.row, list_eigene_konten()):
            raise Verweigert("Einen Löschlauf gibt eine zweite Person frei, nicht die, die ihn vorbereitet hat.")
        check_autor(freigeben.row.erstellt_von_id)
        freigeben.set(freigegeben_von_id=akteur.user_id, freigegeben_at=now())
    with advance(
        Loeschlauf.objects.all(), lauf.pk, Vorhaben(SCHRITTE_LOESCHLAUF, LoeschlaufAktion.AUSFUEHREN),
        akteur=akteur, vorgang=Vorgang.LOESCHLAUF_AUSFUEHREN, art=Aktion.LOESCHEN,
    ) as ausfuehren:  # fmt: skip
        lauf = ausfuehren.row
        faellig = {(f.person_id, f.schritt.value) for f in list_faellig(lauf.stichtag)}
        umfang: Counter[str] = Counter()
        for position in lauf.positionen.select_for_update():
            due = position.pk not in ausgenommen and (position.person_id, position.schritt) in faellig
            position.ausgenommen = not due or not _carry_out(akteur, lauf, position, umfang)
            position.erledigt_at = now()
            position.save(update_fields=["ausgenommen", "erledigt_at"])
        ausfuehren.set(
            ausgefuehrt_at=now(),
            geloescht=lauf.geloescht,
            eingeschraenkt=lauf.eingeschraenkt,
            umfang=dict(umfang),
        )
    return lauf


def _carry_out(akteur: Akteur, lauf: Loeschlauf, position: Loeschposition, umfang: Counter[str]) -> bool:
    """One position; False when it cannot be done any more: somebody has restricted the person meanwhile, opened a case
    of hers or sealed her, or the database says that a case nobody sees is open. The person is held first."""
    try:
        klient = lock_klient(position.person_id)
        if position.schritt == Schritt.EINSCHRAENKEN.value:
            restrict_klient(akteur=akteur, klient=klient, grund=Einschraenkungsgrund.AUFBEWAHRUNG)
            lauf.eingeschraenkt += 1
            return True
    except (Fehlt, Konflikt):
        return False
    if position.schritt == Schritt.BELEGE.value:
        umfang.update(run_belegloeschung(position.person_id, lauf.stichtag))
        return True
    deleted = run_loeschung(lauf, position.person_id)
    if deleted is None:
        return False
    umfang.update(deleted)
    lauf.geloescht += 1
    return True
