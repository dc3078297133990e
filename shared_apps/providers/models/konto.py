"""Where a provider is paid, and who said so."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import User
from shared_apps.core.clock import real_now
from shared_apps.core.eingabe import format_iban
from shared_apps.core.models import SharedModel
from shared_apps.providers.models.anbieter import Anbieter
from shared_apps.providers.models.verlauf import Verlauf, Verlaufsbereich
from shared_apps.providers.rights import JOB, WHOLE_ANBIETER
from shared_apps.providers.states import KontoZustand
from tenants.tables.data_class import DataClass
from tenants.tables.rights import NO_ANBIETER, Policy, Rights

#: The account is the whole provider's; staff of one facility know nothing of it.
_OWN = f"anbieter_id = ANY (sojus_anbieter()) AND {WHOLE_ANBIETER}"


class _Konto(models.Model):
    iban = models.CharField("IBAN", max_length=34)
    inhaber = models.CharField("Kontoinhaber", max_length=70, default="", db_default="", blank=True)

    class Meta:
        abstract = True

    @property
    def iban_text(self) -> str:
        """In groups of four, as it is read out."""
        return format_iban(self.iban)


class Kontovorschlag(_Konto, SharedModel):
    """An account that one person of a provider enters and another one confirms; until then the one before holds.

    Nobody confirms who came to the provider only after it was entered. Open proposals end with `gilt_bis`. What was
    decided stays: it is the history of the account. Trigger `providers_konto_geprueft` asks all of that.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE",
        policies=(
            Policy("eigene", "app", "SELECT", using=f"({_OWN}) OR {JOB}"),
            Policy("vorschlagen", "app", "INSERT", check=_OWN),
            Policy("entscheiden", "app", "UPDATE", using=_OWN, check=_OWN),
        ),
    )

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.KONTAKTE,
        werte=("zustand",),
        vermerkt=("iban", "inhaber", "grund"),
        ohne=("anbieter_id", "gilt_bis", "vorgeschlagen_von_id", "entschieden_von_id", "entschieden_at"),
        nur_haus=True,
    )

    anbieter = models.ForeignKey(Anbieter, models.PROTECT, related_name="+", verbose_name="Anbieter")
    zustand = models.CharField(
        "Zustand", max_length=16, choices=KontoZustand.choices(), default=KontoZustand.VORGESCHLAGEN.value
    )
    gilt_bis = models.DateTimeField("zu bestätigen bis")
    vorgeschlagen_von = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="vorgeschlagen von")
    entschieden_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="entschieden von"
    )
    entschieden_at = models.DateTimeField("entschieden am", null=True, blank=True)
    grund = models.CharField("Grund", max_length=500, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "vorgeschlagenes Konto"
        verbose_name_plural = "vorgeschlagene Konten"
        indexes = [models.Index(fields=["anbieter", "-created_at", "-id"], name="kontovorschlag_zeit")]
        constraints = [
            models.CheckConstraint(
                name="kontovorschlag_vier_augen",
                condition=Q(entschieden_von__isnull=True)
                | Q(zustand=KontoZustand.ZURUECKGEZOGEN, entschieden_von=F("vorgeschlagen_von"))
                | (~Q(zustand=KontoZustand.ZURUECKGEZOGEN) & ~Q(entschieden_von=F("vorgeschlagen_von"))),
            ),
            models.CheckConstraint(
                name="kontovorschlag_entschieden",
                condition=Q(
                    zustand__in=[KontoZustand.VORGESCHLAGEN, KontoZustand.ABGELAUFEN], entschieden_von__isnull=True
                )
                | Q(
                    zustand__in=[KontoZustand.BESTAETIGT, KontoZustand.ABGELEHNT, KontoZustand.ZURUECKGEZOGEN],
                    entschieden_von__isnull=False,
                    entschieden_at__isnull=False,
                ),
            ),
            models.CheckConstraint(name="kontovorschlag_inhaber", condition=~Q(inhaber="")),
            models.UniqueConstraint(
                name="kontovorschlag_einmal_offen",
                fields=["anbieter"],
                condition=Q(zustand=KontoZustand.VORGESCHLAGEN),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def stand(self) -> KontoZustand:
        """Where it is: what nobody confirmed in time has run out, though no row says so yet."""
        zustand = KontoZustand(self.zustand)
        if zustand is KontoZustand.VORGESCHLAGEN and self.gilt_bis < real_now():
            return KontoZustand.ABGELAUFEN
        return zustand


class Bankverbindung(_Konto, SharedModel):
    """Where a provider is paid: the account that two of its people have signed.

    A table of its own: no competitor reads it, by whatever SQL. No person writes it: the database does, when an account
    is confirmed (trigger `providers_konto_geprueft`).
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE",
        tenants="SELECT",
        portal="SELECT",
        policies=(
            Policy("amt", "tenants", "SELECT", using="true"),
            Policy("eigene_am_amt", "portal", "SELECT", using=_OWN),
            Policy("eigene", "app", "SELECT", using=f"{NO_ANBIETER} OR ({_OWN})"),
            Policy("einrichten", "app", "INSERT", check=JOB),
            Policy("fortschreiben", "app", "UPDATE", using=JOB, check=JOB),
        ),
    )

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.KONTAKTE, vermerkt=("iban", "inhaber"), ohne=("anbieter_id",), nur_haus=True
    )

    anbieter = models.OneToOneField(Anbieter, models.PROTECT, related_name="bankverbindung", verbose_name="Anbieter")

    class Meta:
        verbose_name = "Bankverbindung"
        verbose_name_plural = "Bankverbindungen"

    def __str__(self) -> str:
        return str(self.anbieter_id)
