"""Leading roles under four eyes: one proposes, another decides."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.members import policies
from shared_apps.members.enums import AntragZustand
from shared_apps.members.models import Mitgliedschaftsantrag
from shared_apps.members.services.memberships import OWN, Rollenwunsch, check_rollenwunsch, create_checked_membership


@transaction.atomic
def submit_mitgliedschaftsantrag(*, akteur: Akteur, wunsch: Rollenwunsch, begruendung: str) -> Mitgliedschaftsantrag:
    """Propose a leading role for somebody else."""
    in_office = wunsch.tenant_id is not None and wunsch.tenant_id == akteur.tenant_id and policies.may_propose(akteur)
    of_state = bool(wunsch.koerperschaft) and policies.may_operate_zugaenge(akteur)
    if not (in_office or of_state):
        raise Verweigert("Für diese Stelle dürfen Sie keine Rollen vorschlagen.")
    if wunsch.user.pk == akteur.user_id:
        raise Verweigert(OWN)
    if not begruendung.strip():
        raise RegelVerletzt("Bitte begründen Sie den Vorschlag in einem Satz.", feld="begruendung")
    check_rollenwunsch(wunsch)
    try:
        with transaction.atomic():
            return Mitgliedschaftsantrag.objects.create(
                user=wunsch.user,
                tenant_id=wunsch.tenant_id,
                koerperschaft=wunsch.koerperschaft,
                rolle=wunsch.rolle,
                team=wunsch.team,
                gueltig_ab=wunsch.gueltig_ab,
                gueltig_bis=wunsch.gueltig_bis,
                deputy_of=wunsch.deputy_of,
                begruendung=begruendung.strip(),
                beantragt_von_id=akteur.user_id,
            )
    except IntegrityError:
        raise Konflikt("Für diese Person und diese Rolle wartet schon ein Antrag auf Entscheidung.") from None


def _locked(antrag: Mitgliedschaftsantrag, akteur: Akteur) -> Mitgliedschaftsantrag:
    fresh = Mitgliedschaftsantrag.objects.select_for_update(of=("self",)).get(pk=antrag.pk)
    if fresh.zustand != AntragZustand.BEANTRAGT:
        raise Konflikt("Über diesen Antrag ist schon entschieden.")
    if akteur.user_id in {fresh.beantragt_von_id, fresh.user_id}:
        raise Verweigert("Darüber entscheidet eine andere Person als die, die vorschlägt oder die Rolle erhält.")
    if not policies.visible_antraege(akteur).filter(pk=fresh.pk).exists() or not policies.may_decide_antrag(
        akteur, fresh
    ):
        raise Verweigert("Über diesen Antrag dürfen Sie nicht entscheiden.")
    return fresh


@transaction.atomic
def approve_mitgliedschaftsantrag(*, akteur: Akteur, antrag: Mitgliedschaftsantrag) -> Membership:
    """Give the proposed role. A period that has begun meanwhile begins today."""
    antrag = _locked(antrag, akteur)
    membership = create_checked_membership(
        Rollenwunsch(
            user=antrag.user,
            rolle=Rolle(antrag.rolle),
            gueltig_ab=max(antrag.gueltig_ab, today()),
            gueltig_bis=antrag.gueltig_bis,
            tenant_id=antrag.tenant_id,
            koerperschaft=antrag.koerperschaft,
            team=antrag.team,
            deputy_of=antrag.deputy_of,
        )
    )
    antrag.zustand = AntragZustand.BEWILLIGT
    antrag.membership = membership
    antrag.entschieden_von_id = akteur.user_id
    antrag.entschieden_at = timezone.now()
    antrag.save()
    return membership


@transaction.atomic
def reject_mitgliedschaftsantrag(*, akteur: Akteur, antrag: Mitgliedschaftsantrag, grund: str) -> Mitgliedschaftsantrag:
    """Decline with a reason; no role is given."""
    if not grund.strip():
        raise RegelVerletzt("Bitte nennen Sie den Grund der Ablehnung.", feld="grund")
    antrag = _locked(antrag, akteur)
    antrag.zustand = AntragZustand.ABGELEHNT
    antrag.ablehnungsgrund = grund.strip()
    antrag.entschieden_von_id = akteur.user_id
    antrag.entschieden_at = timezone.now()
    antrag.save()
    return antrag
