"""What is offered: kinds of help with their target group, places, rates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from shared_apps.catalogue.models import Einheit, Hilfeart, Spezialisierung, Sprache
from shared_apps.catalogue.rules import UEBERALL_GESPROCHEN
from shared_apps.core.clock import local_date, today
from shared_apps.core.models import SharedModel
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.providers.models.anbieter import Einrichtung
from shared_apps.providers.models.verlauf import Verlauf, Verlaufsbereich
from shared_apps.providers.rights import FOR_HER_OFFICE, FOR_THIS_OFFICE, OWN_FACILITY, own_offers
from shared_apps.providers.rules import NIE, Kapazitaetswort, Nichtaufnahme, Vakanzstand, kapazitaetswort, vakanzstand
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Rights, business_secret, register


def zuletzt_bestaetigt() -> Coalesce:
    """Orders offers by the age of their confirmation; those never confirmed come first."""
    return Coalesce("vakanz_bestaetigt_at", Value(datetime(1970, 1, 1, tzinfo=UTC)))


class Geschlecht(models.TextChoices):
    """Whom an offer takes."""

    ALLE = "", "alle"
    WEIBLICH = "w", "Nur weiblich"
    MAENNLICH = "m", "Nur männlich"


class Barrierefreiheit(models.TextChoices):
    """Whether an offer can be reached and used by people with a disability, as its provider says."""

    OHNE_ANGABE = "", "keine Angabe"
    JA = "JA", "ja"
    TEILWEISE = "TEILWEISE", "teilweise"
    NEIN = "NEIN", "nein"


class Angebot(SharedModel):
    """An offered service of a facility: one kind of help, a target group, places and a rate.

    `gueltig` bounds it. Who ends it earlier shortens `gueltig`; `gueltig_zuvor` keeps what it was, for the way back.
    """

    #: What `list_angebote` adds to an offer: today's rate of all offices, all of them, today's of single offices.
    entgelt: Entgelt | None
    entgelt_verlauf: list[Entgelt]
    einzelentgelte: list[Entgelt]
    #: What `add_merkmale` adds: columns that its module has as a criterion, all other criteria in words.
    felder: frozenset[str]
    weitere: list[tuple[str, str]]
    #: And why it takes nobody in today.
    nichtaufnahme: Nichtaufnahme | None

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(OWN_FACILITY)

    link_rights: ClassVar[dict[str, Rights]] = {
        "spezialisierungen": register(own_offers(), is_link=True),
        "sprachen": register(own_offers(), is_link=True),
    }
    journaled_links: ClassVar[frozenset[str]] = frozenset({"spezialisierungen", "sprachen"})
    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.ANGEBOTE,
        werte=(
            "hilfeart_id", "name", "geschlecht", "alter_von", "alter_bis", "hinweis", "beschreibung", "gruppe",
            "ausschluss", "barrierefrei", "schule", "therapie", "stunden_je_woche", "gueltig",
        ),
        # The way back of an end; how fresh vacancies are has a record of its own (`Vakanzbestaetigung`).
        ohne=("einrichtung_id", "gueltig_zuvor", "vakanz_bestaetigt_at", "vakanz_gemeldet_at"),
        bezeichnung="name",
        zeit="gueltig",
    )  # fmt: skip
    link_verlauf: ClassVar[dict[str, Verlauf]] = {
        "spezialisierungen": Verlauf(
            Verlaufsbereich.ANGEBOTE, werte=("spezialisierung_id",), ohne=("angebot_id",), reihe="spezialisierung_id"
        ),
        "sprachen": Verlauf(Verlaufsbereich.ANGEBOTE, werte=("sprache_id",), ohne=("angebot_id",), reihe="sprache_id"),
    }

    einrichtung = models.ForeignKey(Einrichtung, models.PROTECT, related_name="angebote", verbose_name="Einrichtung")
    hilfeart = models.ForeignKey(Hilfeart, models.PROTECT, related_name="+", verbose_name="Hilfeart")
    name = models.CharField("Bezeichnung", max_length=200)
    geschlecht = models.CharField("Geschlecht", max_length=1, choices=Geschlecht, default=Geschlecht.ALLE, blank=True)
    alter_von = models.PositiveSmallIntegerField("Aufnahmealter von", default=0)
    alter_bis = models.PositiveSmallIntegerField("Aufnahmealter bis einschließlich", default=20)
    hinweis = models.CharField("Hinweis", max_length=200, blank=True)
    beschreibung = models.TextField("Beschreibung", blank=True)
    spezialisierungen = models.ManyToManyField(
        Spezialisierung, blank=True, related_name="angebote", verbose_name="Spezialisierungen"
    )
    gruppe = models.CharField("Gruppe", max_length=120, blank=True, default="", db_default="")
    ausschluss = models.TextField("Für wen nicht geeignet", blank=True, default="", db_default="")
    sprachen = models.ManyToManyField(Sprache, blank=True, related_name="+", verbose_name="Sprachen")
    barrierefrei = models.CharField(
        "Barrierefrei", max_length=10, choices=Barrierefreiheit, blank=True, default="", db_default=""
    )
    schule = models.CharField("Schule in der Nähe", max_length=200, blank=True, default="", db_default="")
    therapie = models.CharField("Therapie in der Nähe", max_length=200, blank=True, default="", db_default="")
    stunden_je_woche = models.DecimalField("Stunden je Woche", max_digits=6, decimal_places=2, null=True, blank=True)
    gueltig = DateRangeField("im Angebot")
    gueltig_zuvor = DateRangeField("im Angebot, bevor es beendet wurde", null=True, blank=True)
    vakanz_bestaetigt_at = models.DateTimeField("Vakanzen bestätigt am", null=True, blank=True)
    #: The oldest report of an office that waits for an answer; a trigger writes it (`providers_vakanz_gemeldet`).
    vakanz_gemeldet_at = models.DateTimeField("„war nicht frei“ gemeldet am", null=True, blank=True, editable=False)

    class Meta:
        ordering = (deutsch("name"),)
        verbose_name = "Angebot"
        verbose_name_plural = "Angebote"
        constraints = [
            models.CheckConstraint(name="angebot_alter", condition=Q(alter_bis__gte=F("alter_von"))),
            models.UniqueConstraint(fields=["einrichtung", "name"], name="angebot_einmal"),
        ]
        indexes = [
            models.Index(fields=["hilfeart", "einrichtung"], name="angebot_suche"),
            models.Index(zuletzt_bestaetigt(), "id", name="angebot_nach_stand"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def fremdsprachen(self) -> list[Sprache]:
        """The languages somebody speaks there beside the one that is spoken everywhere."""
        return [sprache for sprache in self.sprachen.all() if sprache.code != UEBERALL_GESPROCHEN]

    @property
    def vakanzstand(self) -> Vakanzstand:
        """How fresh its vacancies are today."""
        bestaetigt = self.vakanz_bestaetigt_at and local_date(self.vakanz_bestaetigt_at)
        return vakanzstand(bestaetigt, today(), gemeldet=self.vakanz_gemeldet_at is not None)

    @property
    def bestaetigt_at(self) -> datetime | None:
        """When its vacancies were confirmed last; what says a day to come says nothing (`rules.vakanzstand`)."""
        at = self.vakanz_bestaetigt_at
        return at if at is not None and local_date(at) <= today() else None

    @property
    def worte(self) -> Kapazitaetswort:
        """What its pages call that of which it has some free."""
        return kapazitaetswort(je_tag=self.hilfeart.ist_stationaer)

    @property
    def letzter_tag(self) -> date | None:
        """Last day, as on the screen; None while no end is set."""
        return self.gueltig.upper - EIN_TAG if self.gueltig.upper else None

    @property
    def ist_beendet(self) -> bool:
        """Whether the last day has passed."""
        return self.gueltig.upper is not None and self.gueltig.upper <= today()


class Platz(SharedModel):
    """One place of an offer (for ambulant help: one case a worker can take on).

    `name`: what the house calls it ("Zimmer 3"); pages of offices show it to the office that holds the place only.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = register(own_offers())
    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.PLAETZE,
        werte=("nummer", "gueltig"),
        haus=("name",),
        ohne=("angebot_id",),
        bezeichnung="nummer",
        zeit="gueltig",
        reihe="nummer",
    )

    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="plaetze", verbose_name="Angebot")
    nummer = models.PositiveSmallIntegerField("Nummer")
    name = models.CharField("Name", max_length=60, blank=True, db_default="", default="")
    gueltig = DateRangeField("belegbar")

    class Meta:
        ordering = ("angebot", "nummer")
        verbose_name = "Platz"
        verbose_name_plural = "Plätze"
        constraints = [
            models.UniqueConstraint(fields=["angebot", "nummer"], name="platz_einmal"),
            models.UniqueConstraint(fields=["angebot", "name"], name="platz_name_einmal", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.angebot_id} {self.nummer}"

    @property
    def bezeichnung(self) -> str:
        """ "Platz 4, Zimmer 3"; of what is paid by the hour "Hilfe 4"."""
        nummer = f"{self.angebot.worte.eins} {self.nummer}"
        return f"{nummer}, {self.name}" if self.name else nummer


class JeAmtManager(models.Manager["Entgelt"]):
    """Rates that hold or held, those of one office alone among them. Whoever reads these says for which office."""

    def get_queryset(self) -> models.QuerySet[Entgelt]:
        """Rates that never were end before this day, three hundred of one offer, too; every other one begins later."""
        return super().get_queryset().filter(~models.Q(gueltig__fully_lt=DateRange(NIE + timedelta(days=300), None)))


class EntgeltManager(JeAmtManager):
    """Rates that hold or held for all offices: a reader who forgets that there are others reads no office's own."""

    def get_queryset(self) -> models.QuerySet[Entgelt]:
        """Without those of one office alone."""
        return super().get_queryset().filter(jugendamt=None)


#: For a constraint: null is an office like any other.
_ALLE_AEMTER = UUID(int=0)


def fuer_wen() -> Coalesce:
    """The office a rate holds for, so that two for all of them are two for the same."""
    return Coalesce("jugendamt", Value(_ALLE_AEMTER))


class Entgelt(SharedModel):
    """The rate of an offer in a half-open period. The last one stays billable (§ 78d Abs. 2 SGB VIII).

    `jugendamt`: the only office it holds for (§ 77); None: for all of them. Nobody reads it but that office and the
    provider, and there it goes before the rate of all (`rules.mit_vorrang`, ADR 0073).

    `vorschlag`: what was proposed and confirmed; nobody writes a rate without one (triggers `providers_entgelt_…`).
    Without one are those of set-up.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = business_secret(own_offers(), amt=FOR_THIS_OFFICE, hers=FOR_HER_OFFICE)
    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.ENTGELTE,
        werte=("jugendamt_id", "betrag", "einheit", "gueltig"),
        ohne=("angebot_id", "vorschlag_id"),
        geld=("betrag",),
        zeit="gueltig",
        nur_haus_mit="jugendamt_id",
    )

    angebot = models.ForeignKey(
        Angebot, models.PROTECT, related_name="entgelte", verbose_name="Angebot", db_index=False
    )
    jugendamt = models.ForeignKey(
        Gebietskoerperschaft,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="nur für ein Jugendamt (§ 77)",
    )
    betrag = models.DecimalField("Betrag", max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])
    einheit = models.CharField("je", max_length=8, choices=Einheit, default=Einheit.TAG)
    gueltig = DateRangeField("gültig")
    vorschlag = models.OneToOneField(
        "Entgeltvorschlag", models.PROTECT, null=True, blank=True, related_name="entgelt", verbose_name="Vorschlag"
    )

    objects = EntgeltManager()
    je_amt: ClassVar[JeAmtManager] = JeAmtManager()
    alle: ClassVar[models.Manager[Entgelt]] = models.Manager()

    class Meta:
        ordering = ("angebot", "gueltig")
        verbose_name = "Entgelt"
        verbose_name_plural = "Entgelte"
        constraints = [
            ExclusionConstraint(
                name="entgelt_ueberschneidungsfrei",
                expressions=[
                    ("angebot", RangeOperators.EQUAL),
                    (fuer_wen(), RangeOperators.EQUAL),
                    ("gueltig", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="entgelt_nicht_negativ", condition=Q(betrag__gte=0)),
        ]
        indexes = [
            # All that a search asks of the rates of an offer; without it the planner takes the index of the constraint,
            # a GiST, which is ten times slower.
            models.Index(
                fields=["angebot"], include=["jugendamt", "einheit", "gueltig", "betrag"], name="entgelt_angebot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.betrag} {self.einheit}"
