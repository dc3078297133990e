"""What the operator sees of the journal and of her own requests; and what an office sees of those about it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from shared_apps.journal.enums import SupportZustand
from shared_apps.journal.models import JournalEintrag, Siegelkopie, Supportzugriff


def list_supportzugriffe() -> QuerySet[Supportzugriff]:
    """All requests this transaction may see (an office: those about itself), newest first."""
    return Supportzugriff.objects.all()


def list_aktive_supportzugriffe() -> QuerySet[Supportzugriff]:
    """Those that are open right now, or wait for a decision."""
    return Supportzugriff.objects.filter(zustand=SupportZustand.BEANTRAGT) | Supportzugriff.objects.filter(
        zustand=SupportZustand.BEWILLIGT, gueltig_bis__gt=timezone.now()
    )


def list_eintraege(*, zeilen: list[str] | None = None) -> QuerySet[JournalEintrag]:
    """Changes of shared tables, newest first; of these rows only, when given."""
    rows = JournalEintrag.objects.all()
    return rows if zeilen is None else rows.filter(zeile__in=zeilen)


def list_siegelkopien(*, mandant: str | None = None) -> QuerySet[Siegelkopie]:
    """Numbers and checksums of all seals."""
    rows = Siegelkopie.objects.all()
    return rows if mandant is None else rows.filter(mandant=mandant)


def find_supportzugriff(*, pk: UUID, user_id: UUID) -> Supportzugriff | None:
    """The operator's own request, or None."""
    return Supportzugriff.objects.filter(pk=pk, beantragt_von=user_id).first()
