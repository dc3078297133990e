"""Pointers to work that waits in a tenant. They say that something is there, never what."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.db.models.functions import Greatest, Least

from shared_apps.core.lookups import end_of_id
from shared_apps.core.models import SharedModel
from shared_apps.core.vorgangsnummer import STELLEN, format_vorgangsnummer
from shared_apps.providers.models import Angebot
from shared_apps.providers.rights import own_offers
from tenants.tables.data_class import DataClass
from tenants.tables.rights import OWN_MANDANT, Policy, Rights, own_rows

_OWN_HINTS = f"anbieter_id = ANY (sojus_anbieter()) AND {own_offers()}"


class HinweisArt(models.TextChoices):
    """What kind of work waits."""

    ANFRAGE = "ANFRAGE", "Anfrage wartet auf Antwort"
    RESERVIERUNG = "RESERVIERUNG", "Reservierung wartet auf Zustimmung"
    BUCHUNG = "BUCHUNG", "Buchung liegt vor"
    LEISTUNGSNACHWEIS = "LEISTUNGSNACHWEIS", "Leistungsnachweis ist fällig"
    RECHNUNG_BEANSTANDET = "RECHNUNG_BEANSTANDET", "Rechnung wurde beanstandet"
    BEENDIGUNG = "BEENDIGUNG", "Hilfe wurde beendet"
    VERLAENGERUNG = "VERLAENGERUNG", "Hilfe wurde verlängert"
    STORNIERUNG = "STORNIERUNG", "Buchung wurde storniert"
    RUECKFRAGE = "RUECKFRAGE", "Nachricht des Jugendamtes"


class WartetAuf(models.TextChoices):
    """Who has to act while a pointer is open."""

    ANBIETER = "ANBIETER", "wartet auf Sie"
    AMT = "AMT", "zugesagt, das Amt bucht noch"


class Ausgang(models.TextChoices):
    """What became of it. Why, and about whom, only the office's page says."""

    GEBUCHT = "GEBUCHT", "zugesagt und gebucht"
    ABGELEHNT = "ABGELEHNT", "von Ihnen abgelehnt"
    ANGENOMMEN = "ANGENOMMEN", "vom Amt angenommen"
    ANDERWEITIG = "ANDERWEITIG", "anderweitig besetzt"
    ZURUECKGENOMMEN = "ZURUECKGENOMMEN", "vom Amt zurückgenommen"
    ABGELAUFEN = "ABGELAUFEN", "Frist abgelaufen"
    STORNIERT = "STORNIERT", "vom Amt storniert"
    BEENDET = "BEENDET", "Hilfe beendet"
    GESEHEN = "GESEHEN", "zur Kenntnis genommen"
    NEU_BERECHNET = "NEU_BERECHNET", "neue Rechnung gestellt"


#: What a provider brings about herself; the rest only an office can have done.
AUSGANG_DES_ANBIETERS = (Ausgang.ABGELEHNT, Ausgang.GESEHEN, Ausgang.NEU_BERECHNET)
_HER_ACTS = ", ".join(f"'{ausgang.value}'" for ausgang in AUSGANG_DES_ANBIETERS)
_DAY_IT_CAME = Func(
    F("created_at"),
    template=f"(%(expressions)s AT TIME ZONE '{settings.TIME_ZONE}')::date",
    output_field=models.DateField(),
)
#: The end of the first day of the help; of the day it came in where the help was to begin already.
_FIRST_DAY_IS_OVER = Func(
    Greatest(F("beginn"), _DAY_IT_CAME),
    template=f"((%(expressions)s + 1)::timestamp AT TIME ZONE '{settings.TIME_ZONE}')",
    output_field=models.DateTimeField(),
)
#: Whoever is to come tonight is answered tonight, whatever the deadline. A pointer without one waits for no answer.
_EILT = Case(
    When(Q(frist_at__isnull=True) | Q(beginn__isnull=True), then=F("frist_at")),
    default=Least(F("frist_at"), _FIRST_DAY_IS_OVER),
    output_field=models.DateTimeField(),
)


class Hinweis(SharedModel):
    """Recipient (a provider), the tenant's schema, kind, the object's id, whose turn it is, what became of it.

    `platzbindung_id`: the hold on the place, the same for all pointers of one matter; the common number is made of it.
    """

    data_class: ClassVar[DataClass] = DataClass.AGGREGATE
    rights: ClassVar[Rights] = Rights(
        app="SELECT",
        tenants="SELECT, INSERT, UPDATE",
        portal="SELECT, UPDATE (erledigt_at, wartet_auf, ausgang)",
        policies=(
            own_rows(),
            Policy("an_mich", "app", "SELECT", using=_OWN_HINTS),
            Policy(
                "an_mich_am_amt",
                "portal",
                "ALL",
                using=f"{OWN_MANDANT} AND {_OWN_HINTS}",
                check=f"{OWN_MANDANT} AND {_OWN_HINTS} AND ausgang IN ('', {_HER_ACTS})",
            ),
        ),
    )

    mandant = models.CharField("Jugendamt (Schema)", max_length=63)
    anbieter_id = models.UUIDField("Anbieter")
    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="+", verbose_name="Angebot")
    art = models.CharField("Art", max_length=24, choices=HinweisArt)
    objekt_id = models.UUIDField("Vorgang")
    frist_at = models.DateTimeField("Frist", null=True, blank=True)
    erledigt_at = models.DateTimeField("erledigt am", null=True, blank=True)
    platzbindung_id = models.UUIDField("Platzbindung", null=True, blank=True)
    beginn = models.DateField("Beginn der Hilfe", null=True, blank=True)
    wartet_auf = models.CharField(
        "wartet auf", max_length=8, choices=WartetAuf, default=WartetAuf.ANBIETER, db_default="ANBIETER"
    )
    ausgang = models.CharField("Ausgang", max_length=16, choices=Ausgang, blank=True, db_default="")
    #: When it has to be answered: by the deadline, or by the end of the first day. The database computes it.
    eilt_at = models.GeneratedField(
        expression=_EILT, output_field=models.DateTimeField(null=True), db_persist=True, verbose_name="eilt bis"
    )

    #: What the common number says of the id. A column, because row-level security lets no index of an expression be
    #: used before its own condition: with 100,000 pointers a search by the number took four seconds.
    nummer_ende = models.GeneratedField(
        expression=end_of_id("platzbindung_id", STELLEN), output_field=models.CharField(max_length=STELLEN, null=True),
        db_persist=True, verbose_name="Ende der Nummer",
    )  # fmt: skip

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Hinweis"
        verbose_name_plural = "Hinweise"
        constraints = [
            models.UniqueConstraint(
                fields=["mandant", "art", "objekt_id"],
                condition=Q(erledigt_at__isnull=True),
                name="hinweis_offen_einmal",
            ),
            models.CheckConstraint(
                name="hinweis_ausgang_erledigt", condition=Q(ausgang="") | Q(erledigt_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["anbieter_id", "-created_at"], condition=Q(erledigt_at__isnull=True), name="hinweis_offen"
            ),
            # In the order of the worklist, and of what is done (docs/adr/0047).
            models.Index(
                fields=["anbieter_id", "wartet_auf", "eilt_at", "created_at", "id"],
                condition=Q(erledigt_at__isnull=True),
                name="hinweis_dran",
            ),
            models.Index(
                "anbieter_id",
                F("erledigt_at").desc(nulls_last=True),
                F("id").desc(),
                condition=Q(erledigt_at__isnull=False),
                name="hinweis_erledigt",
            ),
            models.Index(fields=["nummer_ende"], name="hinweis_nummer"),
        ]

    def __str__(self) -> str:
        return f"{self.art} {self.objekt_id}"

    @property
    def nummer(self) -> str:
        """The common number; "" of what came before there was one."""
        return format_vorgangsnummer(self.platzbindung_id) if self.platzbindung_id else ""
