"""Where a provider is paid, and who said so (ADR 0070, 0075)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shared_apps.core.clock import real_now
from shared_apps.core.eingabe import format_iban
from shared_apps.core.models import SharedModel
from shared_apps.providers.models.anbieter import Anbieter
from shared_apps.providers.models.verlauf import Verlauf, Verlaufsbereich
from shared_apps.providers.models.vorschlag import Vorschlag
from shared_apps.providers.rights import JOB, WHOLE_ANBIETER, befangen_sql
from shared_apps.providers.states import AMT_WARTET, KontoZustand
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.tables.data_class import DataClass
from tenants.tables.rights import NO_ANBIETER, Policy, Rights

#: The account is the whole provider's; staff of one facility know nothing of it.
_OWN = f"anbieter_id = ANY (sojus_anbieter()) AND {WHOLE_ANBIETER}"
#: The office that is asked: its head and administration. A row that asks none is read by no office.
_ASKED = (
    "EXISTS (SELECT 1 FROM accounts_membership m JOIN tenants_tenant t ON t.id = m.tenant_id"  # noqa: S608
    " JOIN regions_gebietskoerperschaft g ON g.kuerzel = t.kuerzel"
    " WHERE g.id = gebietskoerperschaft_id AND m.user_id = sojus_user() AND m.rolle IN ('JUGENDAMTSLEITUNG',"
    " 'TENANT_ADMIN')"
    f" AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE '{settings.TIME_ZONE}')::date)"
)


class _Konto(models.Model):
    iban = models.CharField("IBAN", max_length=34)
    inhaber = models.CharField("Kontoinhaber", max_length=70, default="", db_default="", blank=True)

    class Meta:
        abstract = True

    @property
    def iban_text(self) -> str:
        """In groups of four, as it is read out."""
        return format_iban(self.iban)

    @property
    def endziffern(self) -> str:
        """Enough to recognise an account one knows, too little to pay to it."""
        return f"endet auf {self.iban[-4:]}"


class Kontovorschlag(_Konto, Vorschlag):
    """An account that one person of a provider enters and another one confirms; until then the one before holds.

    The other one is independent of the first (`rules.sind_unabhaengig`) and was there before it was entered. Where the
    provider has nobody like that, head or administration of the youth office at one of its facilities confirms
    (`gebietskoerperschaft`; none: its own people do) and writes down what it was checked with (`geprueft_an`). When an
    independent colleague has left in the 90 days before, that day (`ausgeschieden_am`), and whether whoever entered the
    account, or somebody behind her, has ended her role (`selbst_beendet`); the database writes both, and who it was
    says `selectors.list_ausgeschiedene`. Open proposals end with `gilt_bis`. What was decided stays: it is the history
    of the account. Trigger `providers_konto_geprueft` asks all of that.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE",
        policies=(
            Policy("eigene", "app", "SELECT", using=f"({_OWN}) OR {JOB} OR {_ASKED}"),
            Policy("vorschlagen", "app", "INSERT", check=_OWN),
            Policy("entscheiden", "app", "UPDATE", using=f"({_OWN}) OR {_ASKED}", check=f"({_OWN}) OR {_ASKED}"),
        ),
    )

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.KONTAKTE,
        werte=("zustand",),
        vermerkt=("iban", "inhaber", "grund", "geprueft_an"),
        ohne=(
            "anbieter_id",
            "gilt_bis",
            "vorgeschlagen_von_id",
            "entschieden_von_id",
            "entschieden_at",
            "gebietskoerperschaft_id",
            "ausgeschieden_am",
            "selbst_beendet",
        ),
        nur_haus=True,
    )

    anbieter = models.ForeignKey(Anbieter, models.PROTECT, related_name="+", verbose_name="Anbieter")
    zustand = models.CharField(
        "Zustand", max_length=16, choices=KontoZustand.choices(), default=KontoZustand.VORGESCHLAGEN.value
    )
    gilt_bis = models.DateTimeField("zu bestätigen bis")
    gebietskoerperschaft = models.ForeignKey(
        Gebietskoerperschaft,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Jugendamt, das prüft",
    )
    geprueft_an = models.CharField("Woran geprüft", max_length=500, default="", db_default="", blank=True)
    ausgeschieden_am = models.DateField("unabhängige zweite Person ausgeschieden am", null=True, blank=True)
    selbst_beendet = models.BooleanField("von der eintragenden Seite beendet", default=False, db_default=False)

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "vorgeschlagenes Konto"
        verbose_name_plural = "vorgeschlagene Konten"
        indexes = [
            models.Index(fields=["anbieter", "-created_at", "-id"], name="kontovorschlag_zeit"),
            models.Index(fields=["created_at", "id"], name="kontovorschlag_zeit_land"),
        ]
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
            models.CheckConstraint(
                name="kontovorschlag_geprueft_an",
                condition=(Q(zustand=KontoZustand.BESTAETIGT, gebietskoerperschaft__isnull=False) & ~Q(geprueft_an=""))
                | ((~Q(zustand=KontoZustand.BESTAETIGT) | Q(gebietskoerperschaft__isnull=True)) & Q(geprueft_an="")),
            ),
            models.UniqueConstraint(
                name="kontovorschlag_einmal_offen",
                fields=["anbieter"],
                condition=Q(zustand=KontoZustand.VORGESCHLAGEN),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def entscheidend(self) -> str:
        """Who decided, as the provider reads it: of an office no person. Whether a colleague or the office has declined
        what the office was asked for, the reason says."""
        if self.gebietskoerperschaft is None or self.zustand == KontoZustand.ZURUECKGEZOGEN:
            return str(self.entschieden_von or "")
        return f"Jugendamt {self.gebietskoerperschaft.kurzname}" if self.zustand == KontoZustand.BESTAETIGT else ""

    @property
    def stand(self) -> KontoZustand:
        """Where it is: what nobody confirmed in time has run out, though no row says so yet."""
        zustand = KontoZustand(self.zustand)
        if zustand is KontoZustand.VORGESCHLAGEN and self.gilt_bis < real_now():
            return KontoZustand.ABGELAUFEN
        return zustand

    @property
    def stand_text(self) -> str:
        """The state in words: whom it waits for is a second person, or the office that is asked."""
        stand = self.stand
        return AMT_WARTET if stand is KontoZustand.VORGESCHLAGEN and self.gebietskoerperschaft_id else stand.label


class OffenerKontovorschlag(models.Model):
    """Accounts that wait for the open office: a database view, for its start page. Whose and which, its list says."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    view: ClassVar[str] = (
        " SELECT v.id FROM public.providers_kontovorschlag v"  # noqa: S608 - constants only
        " JOIN public.regions_gebietskoerperschaft g ON g.id = v.gebietskoerperschaft_id"
        " JOIN public.tenants_tenant t ON t.kuerzel = g.kuerzel"
        " WHERE t.schema_name = public.sojus_mandant() AND v.zustand = 'VORGESCHLAGEN' AND v.gilt_bis >= now()"
        f" AND NOT {befangen_sql('v.anbieter_id')}"
    )
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True)

    class Meta:
        managed = False
        db_table = "providers_offenerkontovorschlag"
        verbose_name = "offenes vorgeschlagenes Konto"
        verbose_name_plural = "offene vorgeschlagene Konten"

    def __str__(self) -> str:
        return str(self.pk)


class Bankverbindung(_Konto, SharedModel):
    """Where a provider is paid: the account that two people have signed.

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
