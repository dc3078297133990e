"""The worklist of a provider over all youth offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from shared_apps.core.clock import real_now
from shared_apps.inbox.models import Hinweis, HinweisArt
from shared_apps.inbox.targets import AKTION, ANSEHEN, ERLEDIGT, handover_path
from tenants.models import Tenant

#: A deadline this near is worth a warning, in every list.
BALD_TAGE = 2
_BALD = timedelta(days=BALD_TAGE)


@dataclass(frozen=True, slots=True)
class Zeile:
    """One pointer as the worklist shows it."""

    hinweis: Hinweis
    kuerzel: str
    jugendamt: str
    titel: str
    url: str
    aktion: str
    frist_stufe: str

    @property
    def frist_text(self) -> str:
        """What the deadline means today."""
        return {"danger": "Frist abgelaufen", "warning": "Frist endet bald"}.get(self.frist_stufe, "")


def list_tenants_by_schema() -> dict[str, Tenant]:
    """All youth offices by their schema name."""
    return {t.schema_name: t for t in Tenant.objects.all()}


def filter_hinweise(
    hinweise: QuerySet[Hinweis], *, art: str = "", mandant: str = "", erledigt: bool = False
) -> QuerySet[Hinweis]:
    """Narrow the worklist; open ones by deadline, done ones by the time they were done."""
    hinweise = hinweise.filter(erledigt_at__isnull=not erledigt)
    if art:
        hinweise = hinweise.filter(art=art)
    if mandant:
        hinweise = hinweise.filter(mandant=mandant)
    order = ("-erledigt_at", "pk") if erledigt else (F("frist_at").asc(nulls_last=True), "created_at", "pk")
    return hinweise.select_related(
        "angebot", "angebot__hilfeart", "angebot__einrichtung", "angebot__einrichtung__gebietskoerperschaft"
    ).order_by(*order)


def count_hinweise(hinweise: QuerySet[Hinweis]) -> dict[str, int]:
    """How many are open and how many done, in one query."""
    return hinweise.aggregate(
        offen=Count("pk", filter=Q(erledigt_at__isnull=True)), erledigt=Count("pk", filter=Q(erledigt_at__isnull=False))
    )


def _stufe(frist: datetime | None, erledigt: datetime | None) -> str:
    if frist is None or erledigt is not None:
        return ""
    rest = frist - real_now()
    return "danger" if rest < timedelta(0) else "warning" if rest < _BALD else ""


def _aktion(hinweis: Hinweis) -> str:
    """What can still be done there: nothing is decided that is settled, or held no longer."""
    vorbei = hinweis.erledigt_at is not None or (hinweis.frist_at is not None and hinweis.frist_at <= real_now())
    return ANSEHEN if vorbei else AKTION[HinweisArt(hinweis.art)]


def build_zeilen(hinweise: list[Hinweis], tenants: dict[str, Tenant]) -> list[Zeile]:
    """Rows of one page; a pointer of an office that is gone is left out."""
    return [
        Zeile(
            hinweis=h,
            kuerzel=tenant.kuerzel,
            jugendamt=tenant.name,
            titel=ERLEDIGT[HinweisArt(h.art)] if h.erledigt_at else h.get_art_display(),
            url=handover_path(kuerzel=tenant.kuerzel, art=h.art, objekt_id=h.objekt_id),
            aktion=_aktion(h),
            frist_stufe=_stufe(h.frist_at, h.erledigt_at),
        )
        for h in hinweise
        if (tenant := tenants.get(h.mandant))
    ]
