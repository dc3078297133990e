"""What a person typed at the state portal and did not submit. Kept and filled in by tenant_apps.drafts."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import BaseConstraint, CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from shared_apps.core.models import SharedModel
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Policy, Rights

_OWN = "user_id = sojus_user()"
#: How long what was typed is kept after the last change; then a job may delete it.
FRIST = timedelta(hours=24)
_OVER = f"sojus_user() IS NULL AND geaendert_at < now() - interval '{FRIST // timedelta(hours=1)} hours'"
#: Characters of a sealed draft; what `bewahre_felder` lets pass is shorter in any script.
VERSIEGELT_MAX = 1_000_000
#: Forms that a session keeps after its end, in a day; its cookie may be in other hands by then.
SPAET_MAX = 5


def kept_where(name: str) -> list[BaseConstraint]:
    """One draft a person and form while she is signed in; beside them few of a session that has run out.

    A late one has a place of its own, so it neither replaces nor pushes out what she typed while she was signed in.
    """
    in_time = Q(sitzung_id__isnull=True)
    late = Q(sitzung_id__isnull=False, nummer__isnull=False, nummer__gte=1, nummer__lte=SPAET_MAX)
    return [
        UniqueConstraint(name=f"{name}_einmal", fields=["user_id", "pfad"], condition=in_time),
        UniqueConstraint(name=f"{name}_spaet_einmal", fields=["user_id", "sitzung_id", "nummer"]),
        CheckConstraint(name=f"{name}_spaet_wenige", condition=(in_time & Q(nummer__isnull=True)) | late),
    ]


class Portalentwurf(SharedModel):
    """The fields of one form of the portal, sealed with a key of its author. One per person and form (`kept_where`).

    Row-level security: the author's request alone sees it; a job sees what is over, to delete it.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    is_journaled: ClassVar[bool] = False  # traffic
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE, DELETE",
        policies=(
            Policy("eigene", "app", "ALL", using=_OWN, check=_OWN),
            Policy("abgelaufene_finden", "app", "SELECT", using=_OVER),
            Policy("abgelaufene_loeschen", "app", "DELETE", using=_OVER),
        ),
    )

    user_id = models.UUIDField("Person")
    pfad = models.CharField("Ziel des Formulars", max_length=300)
    seite = models.CharField("Seite des Formulars", max_length=300)
    inhalt = models.TextField("Inhalt (versiegelt)", blank=True)
    geaendert_at = models.DateTimeField("geändert am")
    sitzung_id = models.UUIDField("Sitzung, nach deren Ende es kam", null=True)
    nummer = models.PositiveSmallIntegerField("Nummer nach deren Ende", null=True)

    class Meta:
        verbose_name = "Entwurf am Portal"
        verbose_name_plural = "Entwürfe am Portal"
        constraints = [
            *kept_where("portalentwurf"),
            models.CheckConstraint(
                name="portalentwurf_laenge", condition=LessThanOrEqual(Length("inhalt"), VERSIEGELT_MAX)
            ),
        ]
        indexes = [models.Index(fields=["geaendert_at"], name="portalentwurf_geaendert")]

    def __str__(self) -> str:
        return str(self.pk)
