"""What the operator sees of the journal and of her own requests; and what an office sees of those about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.core.clock import real_now
from shared_apps.core.liste import Liste, ordnung
from shared_apps.journal.models import JournalEintrag, Pruefbericht, Siegelkopie, Supportzugriff
from shared_apps.journal.states import SupportZustand
from tenants.models import Tenant

#: One row for each time the operator asked: few, and kept for ever.
SUPPORT = Liste("journal:support", {"neueste": ordnung("created_at")}, "-neueste", je_seite=20)
JOURNAL = Liste("journal:list", {"neueste": ordnung("created_at", index="journal_zeit")}, "-neueste")


def list_supportzugriffe() -> QuerySet[Supportzugriff]:
    """All requests this transaction may see (an office: those about itself), newest first."""
    return Supportzugriff.objects.all()


def list_aktive_supportzugriffe() -> QuerySet[Supportzugriff]:
    """Those that are open right now, or wait for a decision."""
    return Supportzugriff.objects.filter(zustand=SupportZustand.BEANTRAGT) | Supportzugriff.objects.filter(
        zustand=SupportZustand.BEWILLIGT, gueltig_bis__gt=real_now()
    )


def list_eintraege(*, zeilen: list[str] | None = None) -> QuerySet[JournalEintrag]:
    """Changes of shared tables, newest first; of these rows only, when given."""
    rows = JournalEintrag.objects.all()
    return rows if zeilen is None else rows.filter(zeile__in=zeilen)


def list_siegelkopien(*, mandant: str | None = None) -> QuerySet[Siegelkopie]:
    """Numbers and checksums of all seals."""
    rows = Siegelkopie.objects.all()
    return rows if mandant is None else rows.filter(mandant=mandant)


def list_heads() -> list[dict]:
    """Of each chain the newest seal: mandant, number, checksum, time."""
    rows = Siegelkopie.objects.order_by("mandant", "-nummer").distinct("mandant")
    return [{"mandant": k.mandant, "nummer": k.nummer, "pruefsumme": k.pruefsumme, "zeit": k.created_at} for k in rows]


def has_old_seals(*, before: datetime) -> bool:
    """Whether any chain had a seal by then."""
    return Siegelkopie.objects.filter(created_at__lt=before).exists()


def find_supportzugriff(*, pk: UUID, user_id: UUID) -> Supportzugriff | None:
    """The operator's own request, or None."""
    return Supportzugriff.objects.filter(pk=pk, beantragt_von=user_id).first()


#: The check runs every night; a day later somebody should ask why it did not.
UEBERFAELLIG = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Pruefstand:
    """When a chain of seals was last checked, and with what result."""

    name: str
    bericht: Pruefbericht | None

    @property
    def maengel(self) -> int:
        """Faults the last check found."""
        return self.bericht.maengel if self.bericht else 0

    @property
    def ist_ueberfaellig(self) -> bool:
        """Never checked, or not lately."""
        return self.bericht is None or real_now() - self.bericht.created_at > UEBERFAELLIG


def _latest() -> dict[str, Pruefbericht]:
    rows = Pruefbericht.objects.order_by("mandant", "-created_at").distinct("mandant")
    return {row.mandant: row for row in rows}


def list_pruefstaende() -> list[Pruefstand]:
    """Of every office and of the shared journal; for the operator."""
    latest = _latest()
    offices = [(t.kuerzel, t.schema_name) for t in Tenant.objects.order_by("kuerzel")]
    return [Pruefstand(name, latest.get(schema)) for name, schema in [*offices, ("Portal", "public")]]


def find_pruefstand(*, mandant: str) -> Pruefstand:
    """Of one office, as it sees it itself."""
    return Pruefstand(mandant.upper(), _latest().get(mandant))
