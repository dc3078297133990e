"""Mails that were asked for, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from shared_apps.accounts.enums import MailArt, MailZustand
from shared_apps.core.models import SharedModel
from tenants.models import Tenant
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Rights

if TYPE_CHECKING:
    from shared_apps.accounts.models.people import User

_Bezug = TypeVar("_Bezug", bound=models.Model)


class Mailauftrag(SharedModel):
    """One mail: what it says and to whom, as ids. Address, link and text are found when it is sent, and not kept.

    `user` may name nobody: for a forgotten password a stranger's request leaves the same row as a person's.
    `tenant`: at whose host the link works; none: at the portal. `bezug_id`: the request it is about, or which of the
    people named in the settings gets it.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    #: What was asked for is not altered afterwards; only its fate is written.
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, DELETE, UPDATE (zustand, versuche, gesendet_at, fehler)", anmeldung="SELECT, INSERT"
    )

    art = models.CharField("Art", max_length=20, choices=MailArt)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name="Person",
    )
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+", verbose_name="Jugendamt")
    bezug_id = models.UUIDField("Bezug", null=True)
    angefordert_von = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="angefordert von"
    )
    zustand = models.CharField("Zustand", max_length=14, choices=MailZustand, default=MailZustand.WARTET)
    versuche = models.PositiveSmallIntegerField("Versuche", default=0)
    gesendet_at = models.DateTimeField("gesendet am", null=True)
    fehler = models.CharField("letzter Fehler", max_length=100, blank=True)

    class Meta:
        verbose_name = "Mailauftrag"
        verbose_name_plural = "Mailaufträge"
        indexes = [
            models.Index(fields=["user", "art", "-created_at"], name="mailauftrag_user_art"),
            models.Index(fields=["zustand"], name="mailauftrag_wartet", condition=models.Q(zustand="WARTET")),
        ]

    def __str__(self) -> str:
        return f"{self.art} {self.zustand}"

    def find_empfaenger(self, among: QuerySet[User]) -> User | None:
        """The person it goes to, when she is still one of these and has an address."""
        return among.filter(pk=self.user_id).exclude(email="").first() if self.user_id else None

    def find_bezug(self, among: QuerySet[_Bezug]) -> _Bezug | None:
        """The request it is about, when it is still one of these."""
        return among.filter(pk=self.bezug_id).first() if self.bezug_id else None
