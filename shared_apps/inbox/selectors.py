"""The worklist of a provider over all youth offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from shared_apps.core.clock import real_now
from shared_apps.core.liste import Liste, count_up_to, format_count, ordnung, related
from shared_apps.inbox.models import Hinweis, HinweisArt
from shared_apps.inbox.targets import AKTION, ANSEHEN, ERLEDIGT, handover_path
from tenants.models import Tenant

#: A deadline this near is worth a warning, in every list.
BALD_TAGE = 2
_BALD = timedelta(days=BALD_TAGE)


_ZEIGT = related("angebot__hilfeart", "angebot__einrichtung__gebietskoerperschaft")
#: Open ones by deadline, done ones by the time they were done.
OFFENE = Liste("inbox:list", {"frist": ordnung("frist_at", "created_at", index="hinweis_frist")}, "frist", zeigt=_ZEIGT)
ERLEDIGTE = Liste(
    "inbox:list done", {"erledigt": ordnung("erledigt_at", index="hinweis_erledigt")}, "-erledigt", zeigt=_ZEIGT
)


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
    """Narrow the worklist. `OFFENE` and `ERLEDIGTE` say in which order."""
    hinweise = hinweise.filter(erledigt_at__isnull=not erledigt)
    if art:
        hinweise = hinweise.filter(art=art)
    if mandant:
        hinweise = hinweise.filter(mandant=mandant)
    return hinweise


def count_hinweise(hinweise: QuerySet[Hinweis]) -> dict[str, str]:
    """How many are open and how many done, each counted up to the bound of a list."""
    return {
        name: format_count(*count_up_to(hinweise.filter(erledigt_at__isnull=offen)))
        for name, offen in (("offen", True), ("erledigt", False))
    }


def _stufe(frist: datetime | None, erledigt: datetime | None) -> str:
    if frist is None or erledigt is not None:
        return ""
    rest = frist - real_now()
    return "danger" if rest < timedelta(0) else "warning" if rest < _BALD else ""


def _aktion(hinweis: Hinweis) -> str:
    """What can still be done there: nothing is decided that is settled, or held no longer."""
    vorbei = hinweis.erledigt_at is not None or (hinweis.frist_at is not None and hinweis.frist_at < real_now())
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
