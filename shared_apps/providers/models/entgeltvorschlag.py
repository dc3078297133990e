"""How two sides agree on a rate."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.providers.models.angebot import Angebot
from shared_apps.providers.models.verlauf import Verlauf, Verlaufsbereich
from shared_apps.providers.models.vorschlag import Vorschlag, build_two_people
from shared_apps.providers.rights import FOR_HER_OFFICE, befangen_sql, own_offers
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.tables.data_class import DataClass
from tenants.tables.rights import NO_ANBIETER, Policy, Rights


class Rechtsgrundlage(models.TextChoices):
    """On what an agreed rate rests."""

    P78B = "78b", "§ 78b SGB VIII (Entgeltvereinbarung)"
    P77 = "77", "§ 77 SGB VIII (Vereinbarung über die Kosten)"


#: What an office reads and decides: of all offices, or of hers alone. The trigger asks which office that is.
_AMT = f"({NO_ANBIETER} AND {FOR_HER_OFFICE})"


class Entgeltvorschlag(Vorschlag):
    """A rate that one side proposes and the youth office at the facility's place confirms; then it is an `Entgelt`.

    The components are those of the framework agreement: basic service, investment, special service (§ 78c Abs. 2).
    `jugendamt`: the only office it would hold for, which then confirms it (§ 77, ADR 0073); None: it binds all.
    `ab`: first day; `vereinbart_am`: day of the agreement, before which no rate has effect (§ 78d Abs. 2). Who proposes
    does not decide, not within an office either (`vorschlag_vier_augen`, trigger `providers_vorschlag_geprueft`).
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE",
        policies=(
            Policy("eigene", "app", "SELECT", using=f"{_AMT} OR {own_offers()}"),
            Policy("vorschlagen", "app", "INSERT", check=f"{_AMT} OR {own_offers()}"),
            Policy(
                "entscheiden",
                "app",
                "UPDATE",
                using=f"{_AMT} OR {own_offers()}",
                # An office takes back what an office proposed, never what the provider did.
                check=f"({_AMT} AND (zustand <> 'ZURUECKGEZOGEN' OR NOT vom_anbieter))"
                f" OR ({own_offers()} AND zustand IN ('VORGESCHLAGEN', 'ZURUECKGEZOGEN'))",
            ),
        ),
    )

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.ENTGELTE,
        werte=(
            "grundleistung", "investition", "sonderleistung", "ab", "vereinbart_am", "rechtsgrundlage", "zustand",
            "jugendamt_id", "vereinbarung_id", "leistungsbeschreibung_id",
        ),
        vermerkt=("grund",),
        # Who proposed and who decided is who made the entry; persons of the other side are not named.
        ohne=("angebot_id", "vorgeschlagen_von_id", "vom_anbieter", "entschieden_von_id", "entschieden_at"),
        geld=("grundleistung", "investition", "sonderleistung"),
        ab=("ab",),
        stets=True,
        nur_haus_mit="jugendamt_id",
    )  # fmt: skip

    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="vorschlaege", verbose_name="Angebot")
    grundleistung = models.DecimalField("Grundleistung", max_digits=9, decimal_places=2)
    investition = models.DecimalField("Investition", max_digits=9, decimal_places=2, default=0)
    sonderleistung = models.DecimalField("Sonderleistung", max_digits=9, decimal_places=2, default=0)
    ab = models.DateField("gilt ab")
    vereinbart_am = models.DateField("vereinbart am")
    rechtsgrundlage = models.CharField("Rechtsgrundlage", max_length=4, choices=Rechtsgrundlage)
    jugendamt = models.ForeignKey(
        Gebietskoerperschaft,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="nur für ein Jugendamt (§ 77)",
    )
    vereinbarung = models.ForeignKey(
        "LeqVereinbarung", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Vereinbarung"
    )
    leistungsbeschreibung = models.ForeignKey(
        "Leistungsbeschreibung",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Leistungsbeschreibung",
    )
    zustand = models.CharField(
        "Zustand", max_length=16, choices=VorschlagZustand.choices(), default=VorschlagZustand.VORGESCHLAGEN.value
    )
    vom_anbieter = models.BooleanField("vom Anbieter vorgeschlagen", default=True)

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = "Entgeltvorschlag"
        verbose_name_plural = "Entgeltvorschläge"
        indexes = [
            models.Index(fields=["created_at", "id"], name="vorschlag_zeit"),
            models.Index(fields=["vorgeschlagen_von", "entschieden_at"], name="vorschlag_entschieden"),
        ]
        constraints = [
            models.CheckConstraint(
                name="vorschlag_nicht_negativ",
                condition=Q(grundleistung__gte=0, investition__gte=0, sonderleistung__gte=0),
            ),
            models.CheckConstraint(name="vorschlag_wirkt_nicht_zurueck", condition=Q(ab__gte=F("vereinbart_am"))),
            *build_two_people("vorschlag"),
            models.UniqueConstraint(
                name="vorschlag_einmal_offen",
                fields=["angebot", "jugendamt"],
                condition=Q(zustand=VorschlagZustand.VORGESCHLAGEN),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="vorschlag_ein_amt_nach_77",
                condition=Q(jugendamt__isnull=True) | Q(rechtsgrundlage=Rechtsgrundlage.P77),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.angebot_id} {self.ab}"

    @property
    def betrag(self) -> Decimal:
        """The whole rate."""
        return self.grundleistung + self.investition + self.sonderleistung


class OffenerVorschlag(models.Model):
    """Proposed rates that wait for the open office, in its district or for it alone, and about which the acting person
    may decide: a database view, for its start page. `autor`: who proposed; another account of the acting person is she
    herself."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    view: ClassVar[str] = (
        " SELECT v.id, CASE WHEN EXISTS (SELECT 1 FROM public.accounts_user u, public.accounts_user ich"  # noqa: S608
        " WHERE u.id = v.vorgeschlagen_von_id AND ich.id = public.sojus_user() AND ich.email <> ''"
        " AND public.accounts_postfach(u.email) = public.accounts_postfach(ich.email))"
        " THEN public.sojus_user() ELSE v.vorgeschlagen_von_id END AS autor_id"
        " FROM public.providers_entgeltvorschlag v JOIN public.providers_angebot a ON a.id = v.angebot_id"
        " JOIN public.providers_einrichtung e ON e.id = a.einrichtung_id"
        " JOIN public.regions_gebietskoerperschaft g ON g.id = coalesce(v.jugendamt_id, e.gebietskoerperschaft_id)"
        " JOIN public.tenants_tenant t ON t.kuerzel = g.kuerzel"
        " WHERE t.schema_name = public.sojus_mandant() AND v.zustand = 'VORGESCHLAGEN'"
        f" AND NOT {befangen_sql('e.anbieter_id', seit='v.created_at')}"
    )
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True)
    autor_id = models.UUIDField("vorgeschlagen von")

    class Meta:
        managed = False
        db_table = "providers_offenervorschlag"
        verbose_name = "offener Entgeltvorschlag"
        verbose_name_plural = "offene Entgeltvorschläge"

    def __str__(self) -> str:
        return str(self.pk)


class EntschiedenerVorschlag(models.Model):
    """What was decided of what the acting person proposed in the open office: a database view, for its start page."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    view: ClassVar[str] = (
        " SELECT v.id, v.angebot_id, v.ab, v.zustand, v.grund, v.entschieden_at"
        " FROM public.providers_entgeltvorschlag v JOIN public.providers_angebot a ON a.id = v.angebot_id"
        " JOIN public.providers_einrichtung e ON e.id = a.einrichtung_id"
        " JOIN public.regions_gebietskoerperschaft g ON g.id = coalesce(v.jugendamt_id, e.gebietskoerperschaft_id)"
        " JOIN public.tenants_tenant t ON t.kuerzel = g.kuerzel"
        " WHERE t.schema_name = public.sojus_mandant() AND v.vorgeschlagen_von_id = public.sojus_user()"
        " AND NOT v.vom_anbieter AND v.zustand IN ('BESTAETIGT', 'ABGELEHNT')"
    )
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True)
    angebot = models.ForeignKey(
        Angebot, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Angebot"
    )
    ab = models.DateField("gilt ab")
    zustand = models.CharField("Zustand", max_length=16, choices=VorschlagZustand.choices())
    grund = models.CharField("Grund", max_length=500)
    entschieden_at = models.DateTimeField("entschieden am")

    class Meta:
        managed = False
        db_table = "providers_entschiedenervorschlag"
        verbose_name = "entschiedener Entgeltvorschlag"
        verbose_name_plural = "entschiedene Entgeltvorschläge"

    def __str__(self) -> str:
        return str(self.pk)
