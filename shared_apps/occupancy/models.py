"""Which place is held, by which office, from when to when; what a house takes out of the market itself. No person."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Upper

from shared_apps.accounts.models import User
from shared_apps.catalogue.models import Grundart
from shared_apps.core.models import SharedModel
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.enums import LEBEND, BindungZustand
from shared_apps.providers.models import Angebot, Platz, Verlauf, Verlaufsbereich
from shared_apps.providers.rights import JOB, own_offers
from shared_apps.providers.rules import NACHLAUF
from tenants.tables.data_class import DataClass
from tenants.tables.rights import OWN_MANDANT, Policy, Rights, own_anbieter, own_rows, register

#: In the place of an end where there is none, after all days: whoever is free until then is free without end.
NIE_ENDE = date(9999, 12, 31)
#: For how many days a house may hold a place for an office that has asked it, at most.
HALTEN_TAGE = 14
#: What the row rule adds to them: a request's end counts from its own clock, the rule's from the transaction's begin.
_HALTEN_SPIEL = "1 hour"
#: Says whether that office has asked the house for it: (key, place, days); made by whoever keeps enquiries.
DARF_HALTEN = "anfragen_darf_halten"
_OWN_PLACES = (
    "EXISTS (SELECT 1 FROM providers_platz p"  # noqa: S608 - constants only
    " JOIN providers_angebot a ON a.id = p.angebot_id"
    " JOIN providers_einrichtung e ON e.id = a.einrichtung_id"
    f" WHERE p.id = platz_id AND {own_anbieter('e', einrichtung='id')})"
)

#: What the job that forgets notes sees, and no other.
_FORGOTTEN = f"{JOB} AND upper(zeitraum) <= (now() AT TIME ZONE '{settings.TIME_ZONE}')::date - {NACHLAUF.days}"


class Platzbindung(SharedModel):
    """An anonymous hold on a place. Two living holds on one place can never overlap, statewide.

    The id is random to everybody but the office that made it: only there a Reservierung points to it.
    """

    data_class: ClassVar[DataClass] = DataClass.AGGREGATE
    rights: ClassVar[Rights] = Rights(
        app="SELECT",
        tenants="SELECT, INSERT, UPDATE",
        portal="SELECT, INSERT, UPDATE (zustand, zeitraum)",
        policies=(
            own_rows(),
            Policy("eigene_plaetze", "app", "SELECT", using=_OWN_PLACES),
            Policy("eigene_plaetze_am_amt", "portal", "SELECT", using=f"{OWN_MANDANT} AND {_OWN_PLACES}"),
            # A house holds a place of its own for the office that asks it (ADR 0100), for a time and for these days.
            Policy(
                "halten",
                "portal",
                "INSERT",
                check=(
                    f"{OWN_MANDANT} AND zustand = 'RESERVIERT'"
                    f" AND ablauf_at <= now() + interval '{HALTEN_TAGE} days {_HALTEN_SPIEL}'"
                    f" AND {_OWN_PLACES} AND {DARF_HALTEN}(id, platz_id, zeitraum)"
                ),
            ),
            Policy(
                "freigeben",
                "portal",
                "UPDATE",
                using=f"{OWN_MANDANT} AND {_OWN_PLACES}",
                check=f"{OWN_MANDANT} AND zustand = 'FREIGEGEBEN'",
            ),
        ),
    )

    mandant = models.CharField("Jugendamt (Schema)", max_length=63)
    platz = models.ForeignKey(Platz, models.PROTECT, related_name="bindungen", verbose_name="Platz")
    zeitraum = DateRangeField("Zeitraum")
    zustand = models.CharField("Zustand", max_length=12, choices=BindungZustand, default=BindungZustand.RESERVIERT)
    ablauf_at = models.DateTimeField("läuft ab am", null=True, blank=True)
    #: The first day on which it does not hold any more, `NIE_ENDE` without an end. Comparisons of dates are leakproof,
    #: those of periods are not: under row-level security only by this column an index finds what reaches beyond a day.
    ende = models.GeneratedField(
        expression=Coalesce(Upper("zeitraum"), Value(NIE_ENDE)),
        output_field=models.DateField(),
        db_persist=True,
        verbose_name="endet am (ausschließlich)",
    )

    class Meta:
        verbose_name = "Platzbindung"
        verbose_name_plural = "Platzbindungen"
        constraints = [
            ExclusionConstraint(
                name="platzbindung_keine_doppelbelegung",
                expressions=[("platz", RangeOperators.EQUAL), ("zeitraum", RangeOperators.OVERLAPS)],
                condition=Q(zustand__in=LEBEND),
            ),
            models.CheckConstraint(name="platzbindung_zeitraum", condition=Q(zeitraum__isempty=False)),
            models.CheckConstraint(name="platzbindung_hat_beginn", condition=Q(zeitraum__lower_inf=False)),
            models.CheckConstraint(
                name="platzbindung_laeuft_ab",
                condition=~Q(zustand=BindungZustand.RESERVIERT.value) | Q(ablauf_at__isnull=False),
            ),
        ]
        indexes = [
            # What still holds on a day or later, wherever it is: all that the search asks of it (`occupancy_vakanzen`).
            models.Index(
                fields=["ende", "platz"],
                name="platzbindung_kommt",
                condition=Q(zustand__in=LEBEND),
                include=["zeitraum", "zustand", "ablauf_at"],
            ),
            models.Index(fields=["platz", "ende"], name="platzbindung_ende"),
            # What waits for an answer: the search takes it off the gaps, for it lapses at a moment.
            models.Index(
                fields=["platz", "ende"],
                name="platzbindung_wartet",
                condition=Q(zustand=BindungZustand.RESERVIERT),
                include=["zeitraum", "ablauf_at"],
            ),
            models.Index(fields=["mandant", "zustand"], name="platzbindung_mandant"),
            GistIndex(
                fields=["platz", "zeitraum"],
                name="platzbindung_freigegeben",
                condition=Q(zustand=BindungZustand.FREIGEGEBEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platz_id} {self.zeitraum} {self.zustand}"


class Luecke(SharedModel):
    """A time in which a place has no hold that goes on until somebody ends it, and no block.

    The search reads it instead of all holds. Derived, never the truth: triggers write it, always all of one place, in
    the transaction of what changed (ADR 0099), and `rebuild_luecken` writes all of it. What was over two days before it
    was written is not kept. Nobody reads it but `occupancy_freie_angebote`, which takes off what is reserved until a
    moment.
    """

    data_class: ClassVar[DataClass] = DataClass.AGGREGATE
    #: Nothing of its own hangs on what it refers to.
    is_derived: ClassVar[bool] = True
    rights: ClassVar[Rights] = Rights(app="")

    platz = models.ForeignKey(Platz, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Platz")
    angebot = models.ForeignKey(
        Angebot, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", verbose_name="Angebot"
    )
    #: Half-open. A place that was always there is free from the first day there is; without an end there is no `bis`.
    von = models.DateField("von")
    bis = models.DateField("bis (ausschließlich)", null=True)

    class Meta:
        verbose_name = "Lücke"
        verbose_name_plural = "Lücken"
        indexes = [
            models.Index(fields=["angebot", "von"], include=["bis", "platz"], name="luecke_angebot"),
            # Of a state: all that is free on a day, wherever it is.
            models.Index(fields=["von", "bis"], include=["angebot", "platz"], name="luecke_frei"),
        ]

    def __str__(self) -> str:
        return f"{self.platz_id} {self.von} {self.bis}"


class Platzsperre(SharedModel):
    """A place that its house takes out of the market for a time: being renovated, or taken by somebody this system does
    not know. Its end is the day from which it is free again.

    Never deleted: ended earlier by its period, or lifted altogether (`aufgehoben_at`). Nobody but its house reads it
    and, long after its end, the job that forgets its note; counts of free places leave the place out
    (`occupancy_vakanzen`). It overlaps no other one and no living hold (triggers `occupancy_sperre_…`,
    `occupancy_bindung_sperre_…`).
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE",
        policies=(
            Policy("eigene", "app", "SELECT", using=_OWN_PLACES),
            Policy("eintragen", "app", "INSERT", check=_OWN_PLACES),
            Policy("fortschreiben", "app", "UPDATE", using=_OWN_PLACES, check=_OWN_PLACES),
            Policy("vorbei", "app", "SELECT", using=_FORGOTTEN),
            Policy("vergessen", "app", "UPDATE", using=_FORGOTTEN, check=_FORGOTTEN),
        ),
    )

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.STOPPS,
        werte=("zeitraum", "grund", "aufgehoben_at"),
        vermerkt=("notiz",),
        ohne=("platz_id", "grund_art", "geaendert_von_id", "geaendert_at"),
        bezeichnung="platz_id",
        zeit="zeitraum",
        nur_haus=True,
    )

    platz = models.ForeignKey(Platz, models.PROTECT, related_name="sperren", verbose_name="Platz")
    zeitraum = DateRangeField("Zeitraum")
    #: With the code the key of its entry in the catalogue (ADR 0072).
    grund_art = models.CharField(
        "Art des Grundes", max_length=8, default=Grundart.SPERRE, db_default=Grundart.SPERRE.value, editable=False
    )
    grund = models.CharField("Grund", max_length=20)
    notiz = models.CharField("Notiz, nur für Ihr Haus", max_length=200, blank=True)
    geaendert_von = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="zuletzt geändert von")
    geaendert_at = models.DateTimeField("zuletzt geändert am")
    aufgehoben_at = models.DateTimeField("aufgehoben am", null=True, blank=True)

    class Meta:
        ordering = ("zeitraum",)
        verbose_name = "Sperre"
        verbose_name_plural = "Sperren"
        constraints = [
            ExclusionConstraint(
                name="platzsperre_ueberschneidungsfrei",
                expressions=[("platz", RangeOperators.EQUAL), ("zeitraum", RangeOperators.OVERLAPS)],
                condition=Q(aufgehoben_at__isnull=True),
            ),
            models.CheckConstraint(
                name="platzsperre_zeitraum",
                condition=Q(zeitraum__isempty=False, zeitraum__startswith__isnull=False),
            ),
            models.CheckConstraint(name="platzsperre_grund_art", condition=Q(grund_art=Grundart.SPERRE.value)),
        ]

    def __str__(self) -> str:
        return f"{self.platz_id} {self.zeitraum}"

    @property
    def dauer(self) -> Zeitraum:
        """Its period."""
        return Zeitraum.from_range(self.zeitraum)


class Aufnahmestopp(SharedModel):
    """An offer that takes nobody in for a time, though places are free. Offices read reason and note.

    What counts is the day on which somebody would come: who is there stays, who was reserved before comes. Lifted and
    ended as a `Platzsperre` is.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(own_offers())

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.STOPPS,
        werte=("zeitraum", "grund", "aufgehoben_at"),
        vermerkt=("hinweis",),
        ohne=("angebot_id", "grund_art", "geaendert_von_id", "geaendert_at"),
        zeit="zeitraum",
    )

    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="aufnahmestopps", verbose_name="Angebot")
    zeitraum = DateRangeField("Zeitraum")
    #: With the code the key of its entry in the catalogue (ADR 0072).
    grund_art = models.CharField(
        "Art des Grundes", max_length=8, default=Grundart.STOPP, db_default=Grundart.STOPP.value, editable=False
    )
    grund = models.CharField("Grund", max_length=20)
    hinweis = models.CharField("Hinweis an die Jugendämter", max_length=200, blank=True)
    geaendert_von = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="zuletzt geändert von")
    geaendert_at = models.DateTimeField("zuletzt geändert am")
    aufgehoben_at = models.DateTimeField("aufgehoben am", null=True, blank=True)

    class Meta:
        ordering = ("zeitraum",)
        verbose_name = "Aufnahmestopp"
        verbose_name_plural = "Aufnahmestopps"
        constraints = [
            ExclusionConstraint(
                name="aufnahmestopp_ueberschneidungsfrei",
                expressions=[("angebot", RangeOperators.EQUAL), ("zeitraum", RangeOperators.OVERLAPS)],
                condition=Q(aufgehoben_at__isnull=True),
            ),
            models.CheckConstraint(
                name="aufnahmestopp_zeitraum",
                condition=Q(zeitraum__isempty=False, zeitraum__startswith__isnull=False),
            ),
            models.CheckConstraint(name="aufnahmestopp_grund_art", condition=Q(grund_art=Grundart.STOPP.value)),
        ]

    def __str__(self) -> str:
        return f"{self.angebot_id} {self.zeitraum}"

    @property
    def dauer(self) -> Zeitraum:
        """Its period."""
        return Zeitraum.from_range(self.zeitraum)
