"""Requests: for a role or a deputyship that two people grant, and for access to SoJuS at all."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Koerperschaft, Membership, User
from shared_apps.accounts.postfach import wer_sql
from shared_apps.core.models import SharedModel
from shared_apps.members.enums import ZugangZiel
from shared_apps.members.states import AntragZustand, ZugangZustand
from shared_apps.providers.models import Anbieter
from tenants.models import Tenant
from tenants.tables.data_class import DataClass
from tenants.tables.rights import PORTAL_ONLY, Rights


class Mitgliedschaftsantrag(SharedModel):
    """A role or a deputyship that one person proposes and another decides (ADR 0014, 0029).

    The database refuses that proposer, decider and the person herself are the same, or have one mailbox (ADR 0078).
    `auftrag` and `auftrag_vom`: the office's written order (its reference and date) on which the operator decided,
    because the office had no second person; empty otherwise. `anbieter` and `verwaltet`: the first administration of a
    provider.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, UPDATE")

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Person")
    tenant = models.ForeignKey(
        Tenant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Jugendamt"
    )
    koerperschaft = models.CharField("Körperschaft", max_length=20, choices=Koerperschaft, blank=True)
    anbieter = models.ForeignKey(
        Anbieter, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Anbieter"
    )
    verwaltet = models.BooleanField("verwaltet die Zugänge des Anbieters", default=False)
    rolle = models.CharField("Rolle", max_length=24, choices=Rolle)
    team = models.CharField("Team", max_length=60, blank=True)
    gueltig_ab = models.DateField("gültig ab")
    gueltig_bis = models.DateField("gültig bis (ausschließlich)", null=True, blank=True)
    deputy_of = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="in Vertretung für"
    )
    begruendung = models.CharField("Begründung", max_length=500)
    zustand = models.CharField(
        "Zustand",
        max_length=12,
        choices=AntragZustand.choices(),
        default=AntragZustand.BEANTRAGT.value,
        db_index=True,
    )
    beantragt_von = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="beantragt von")
    entschieden_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="entschieden von"
    )
    entschieden_at = models.DateTimeField("entschieden am", null=True, blank=True)
    ablehnungsgrund = models.CharField("Grund der Ablehnung", max_length=500, blank=True)
    auftrag = models.CharField("Aktenzeichen des schriftlichen Auftrags", max_length=100, blank=True)
    auftrag_vom = models.DateField("Datum des schriftlichen Auftrags", null=True, blank=True)
    membership = models.OneToOneField(
        Membership, models.PROTECT, null=True, blank=True, related_name="antrag", verbose_name="Mitgliedschaft"
    )

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Mitgliedschaftsantrag"
        verbose_name_plural = "Mitgliedschaftsanträge"
        constraints = [
            models.CheckConstraint(
                name="antrag_vier_augen",
                condition=~Q(beantragt_von=F("user"))
                & (
                    Q(entschieden_von__isnull=True)
                    | (~Q(entschieden_von=F("beantragt_von")) & ~Q(entschieden_von=F("user")))
                ),
            ),
            models.CheckConstraint(
                name="antrag_entschieden",
                condition=Q(
                    zustand=AntragZustand.BEANTRAGT,
                    entschieden_von__isnull=True,
                    entschieden_at__isnull=True,
                    membership__isnull=True,
                )
                | Q(
                    zustand=AntragZustand.BEWILLIGT,
                    entschieden_von__isnull=False,
                    entschieden_at__isnull=False,
                    membership__isnull=False,
                )
                | (
                    Q(
                        zustand=AntragZustand.ABGELEHNT,
                        entschieden_von__isnull=False,
                        entschieden_at__isnull=False,
                        membership__isnull=True,
                    )
                    & ~Q(ablehnungsgrund="")
                ),
            ),
            models.CheckConstraint(
                name="antrag_genau_ein_ort",
                condition=Q(tenant__isnull=False, koerperschaft="", anbieter__isnull=True)
                | Q(tenant__isnull=True, koerperschaft=F("rolle"), anbieter__isnull=True, deputy_of__isnull=True)
                | Q(tenant__isnull=True, koerperschaft="", anbieter__isnull=False, deputy_of__isnull=True),
            ),
            models.CheckConstraint(
                name="antrag_auftrag",
                condition=Q(auftrag="", auftrag_vom__isnull=True)
                | (~Q(auftrag="") & Q(auftrag_vom__isnull=False, tenant__isnull=False)),
            ),
            models.UniqueConstraint(
                name="antrag_einmal_offen",
                fields=["user", "tenant", "koerperschaft", "anbieter", "rolle", "deputy_of"],
                condition=Q(zustand=AntragZustand.BEANTRAGT),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.rolle}"


class OffenerAntrag(models.Model):
    """Requests that wait in the open office: a database view, so that its own pages can count them (tenants.fence).
    `user`, `vorschlag`: another account of the acting person is she herself."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    view: ClassVar[str] = (
        f" SELECT a.id, a.rolle, {wer_sql('a.user_id')} AS user_id, a.deputy_of_id AS vertretene_id,"  # noqa: S608
        f" {wer_sql('a.beantragt_von_id')} AS vorschlag_id"
        " FROM public.members_mitgliedschaftsantrag a JOIN public.tenants_tenant t ON t.id = a.tenant_id"
        " WHERE t.schema_name = public.sojus_mandant() AND a.zustand = 'BEANTRAGT'"
    )
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True)
    rolle = models.CharField(max_length=24, choices=Rolle)
    user_id = models.UUIDField()
    vertretene_id = models.UUIDField(null=True)
    vorschlag_id = models.UUIDField()

    class Meta:
        managed = False
        db_table = "members_offenerantrag"
        verbose_name = "offener Rollenantrag"
        verbose_name_plural = "offene Rollenanträge"

    def __str__(self) -> str:
        return f"{self.user_id} {self.rolle}"


class Zugangsantrag(SharedModel):
    """Somebody without an account asks for one. Deleted when the address is not confirmed within a day."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = PORTAL_ONLY

    vorname = models.CharField("Vorname", max_length=100)
    nachname = models.CharField("Nachname", max_length=100)
    email = models.EmailField("E-Mail")
    ziel = models.CharField("Arbeitsplatz", max_length=10, choices=ZugangZiel)
    tenant = models.ForeignKey(
        Tenant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Jugendamt"
    )
    organisation = models.CharField("Name der Organisation", max_length=200, blank=True)
    rolle = models.CharField("gewünschte Rolle", max_length=24, choices=Rolle)
    begruendung = models.CharField("Wofür wird der Zugang gebraucht?", max_length=1000)
    zustand = models.CharField(
        "Zustand",
        max_length=12,
        choices=ZugangZustand.choices(),
        default=ZugangZustand.UNBESTAETIGT.value,
        db_index=True,
    )
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField("zu bestätigen bis")
    bestaetigt_at = models.DateTimeField("E-Mail bestätigt am", null=True, blank=True)
    entschieden_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="entschieden von"
    )
    entschieden_at = models.DateTimeField("entschieden am", null=True, blank=True)
    ablehnungsgrund = models.CharField("Grund der Ablehnung", max_length=500, blank=True)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="angelegte Person"
    )

    class Meta:
        ordering = ("created_at",)
        verbose_name = "Zugangsantrag"
        verbose_name_plural = "Zugangsanträge"
        constraints = [
            models.CheckConstraint(
                name="zugangsantrag_ort",
                condition=Q(ziel=ZugangZiel.AMT, tenant__isnull=False)
                | (Q(ziel=ZugangZiel.ANBIETER, tenant__isnull=True) & ~Q(organisation=""))
                | Q(ziel=ZugangZiel.LAND, tenant__isnull=True),
            ),
            models.CheckConstraint(
                name="zugangsantrag_entschieden",
                condition=Q(zustand=ZugangZustand.UNBESTAETIGT, bestaetigt_at__isnull=True, user__isnull=True)
                | Q(zustand=ZugangZustand.OFFEN, bestaetigt_at__isnull=False, user__isnull=True)
                | Q(
                    zustand=ZugangZustand.BEWILLIGT,
                    bestaetigt_at__isnull=False,
                    entschieden_von__isnull=False,
                    user__isnull=False,
                )
                | (
                    Q(
                        zustand=ZugangZustand.ABGELEHNT,
                        bestaetigt_at__isnull=False,
                        entschieden_von__isnull=False,
                        user__isnull=True,
                    )
                    & ~Q(ablehnungsgrund="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.vorname} {self.nachname}"
