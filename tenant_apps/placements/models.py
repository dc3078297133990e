"""Search, choice, reservation, booking: the main job."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from shared_apps.accounts.models import Fachkraft
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.geld import format_geld
from shared_apps.core.ordnung import deutsch
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import Zeitraum, format_datum
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Platz
from shared_apps.providers.rules import Kapazitaetswort, kapazitaetswort
from shared_apps.regions.models import Gebietskoerperschaft
from tenant_apps.cases.encrypted import EncryptedTextField
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.enums import (
    BUCHUNG_ZUSTAND_CHOICES,
    RESERVIERUNG_ZUSTAND_CHOICES,
    Ablehnungsgrund,
    Barrierefrei,
    Beendigungsgrund,
    Bundesland,
    Nachtpflicht,
    Reichweite,
    Ueberlagerung,
    Verknuepfung,
)
from tenant_apps.placements.naechte import NaechteField
from tenant_apps.placements.rules import gilt_der_familie
from tenant_apps.placements.states import BuchungZustand, ReservierungZustand
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass

_GELD: dict[str, Any] = {"max_digits": 11, "decimal_places": 2}


class MitZeitraum(models.Model):
    """A half-open period [beginn, Tag nach dem letzten Tag)."""

    zeitraum = DateRangeField("Zeitraum")

    class Meta:
        abstract = True

    @property
    def beginn(self) -> date:
        """First day."""
        return self.zeitraum.lower

    @property
    def letzter_tag(self) -> date:
        """Last day, as typed on the screen."""
        return self.zeitraum.upper - timedelta(days=1)


class MitOffenemEnde(MitZeitraum):
    """A period that may go on until further notice (ADR 0092): `zeitraum` are the days that are planned with then."""

    ohne_ende = models.BooleanField("bis auf Weiteres", default=False, db_default=False)

    class Meta:
        abstract = True

    @property
    def endet_am(self) -> date | None:
        """Last day; None: until further notice."""
        return None if self.ohne_ende else self.letzter_tag

    @property
    def dauer(self) -> Zeitraum:
        """The days it goes on, without end where none is known."""
        return Zeitraum.from_inclusive(self.beginn, self.endet_am)

    @property
    def wann(self) -> str:
        """ "01.12.2026 – 31.05.2027" or "ab 01.12.2026 bis auf Weiteres"."""
        return describe_dauer(self.beginn, self.endet_am)

    @property
    def wie_lange(self) -> str:
        """How long something must be free for it."""
        return describe_wie_lange(ohne_ende=self.ohne_ende)

    @property
    def kosten_wann(self) -> str:
        """Which days an amount beside this word is for."""
        return f"bis {format_datum(self.letzter_tag)}" if self.ohne_ende else "im Zeitraum"

    @property
    def wann_gerechnet(self) -> str:
        """The same where amounts are beside it: they are said for days that have an end."""
        return f"{self.wann}; Beträge bis {format_datum(self.letzter_tag)} gerechnet" if self.ohne_ende else self.wann


def describe_dauer(beginn: date, endet_am: date | None) -> str:
    """Both days as pages and papers say them; None: until further notice."""
    if endet_am is None:
        return f"ab {format_datum(beginn)} bis auf Weiteres"
    return f"{format_datum(beginn)} – {format_datum(endet_am)}"


def describe_wie_lange(*, ohne_ende: bool) -> str:
    """How long something must be free: "im ganzen Zeitraum frei", "ohne bekanntes Ende frei"."""
    return "ohne bekanntes Ende" if ohne_ende else "im ganzen Zeitraum"


class MitHaus(models.Model):
    """What holds a place: in a house of the register, or in one of the office's own list, which has no place here.

    Both sides name it by the same number.
    """

    hilfeart = SharedReference(Hilfeart, verbose_name="Hilfeart")
    anbieter = SharedReference(Anbieter, null=True, verbose_name="Anbieter")
    einrichtung = SharedReference(Einrichtung, null=True, verbose_name="Einrichtung")
    angebot = SharedReference(Angebot, null=True, verbose_name="Angebot")
    #: Where it is not in the register: all three, and what holds a place, are empty (ADR 0089).
    fremdeinrichtung = models.ForeignKey(
        "placements.Fremdeinrichtung", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="Einrichtung außerhalb des Verzeichnisses",
    )  # fmt: skip
    platzbindung_id = models.UUIDField("Platzbindung", unique=True, null=True)

    class Meta:
        abstract = True

    @property
    def nummer(self) -> str:
        """The common number of reservation, booking and of the provider's pointers."""
        return format_vorgangsnummer(self.platzbindung_id or getattr(self, "reservierung_id", None) or self.pk)

    @property
    def haus(self) -> Any:
        """The facility, wherever it is written down: `name`, `strasse`, `plz`, `ort`, `telefon`."""
        return self.fremdeinrichtung if self.fremdeinrichtung_id else self.einrichtung

    @property
    def land(self) -> str:
        """The federal state the facility is in."""
        return str(self.haus.land if self.ist_ausserhalb else self.haus.gebietskoerperschaft.land)

    @property
    def ist_ausserhalb(self) -> bool:
        """Whether the facility is not in the register."""
        return self.fremdeinrichtung_id is not None

    @property
    def bindung_id(self) -> UUID:
        """What holds its place; a house outside of the register has none."""
        assert self.platzbindung_id is not None
        return self.platzbindung_id

    def to_anbieter(self) -> dict[str, Any]:
        """Whom a pointer about it goes to, for `notify_anbieter`; nobody outside of the register gets one."""
        assert not self.ist_ausserhalb
        return {"angebot": self.angebot, "anbieter_id": self.anbieter_id, "platzbindung_id": self.platzbindung_id}

    @property
    def anbieter_name(self) -> str:
        """Who runs the facility."""
        return str(self.anbieter) if self.fremdeinrichtung is None else self.fremdeinrichtung.anbieter

    @property
    def worte(self) -> Kapazitaetswort:
        """What pages call that which is held."""
        return kapazitaetswort(je_tag=self.hilfeart.ist_stationaer)


class Fremdeinrichtung(TenantModel):
    """A facility that is not in the register: in another state, or not admitted yet. The office's own list (ADR 0089).

    Nothing of it is known to others, and nothing of the register changes with it.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    no_look: ClassVar[str] = "facilities of an office's own list; no row says who was ever there"

    name = models.CharField("Einrichtung", max_length=200)
    anbieter = models.CharField("Anbieter", max_length=200)
    strasse = models.CharField("Straße und Hausnummer", max_length=120, blank=True)
    plz = models.CharField("PLZ", max_length=5, blank=True)
    ort = models.CharField("Ort", max_length=100)
    land = models.CharField("Bundesland", max_length=60, choices=Bundesland)
    #: Inside the state alone: which office would admit it.
    kreis = SharedReference(Gebietskoerperschaft, null=True, blank=True, verbose_name="Kreis")
    ansprechpartner = models.CharField("Ansprechperson", max_length=200, blank=True)
    telefon = models.CharField("Telefon", max_length=40, blank=True)
    email = models.EmailField("E-Mail", blank=True)
    behoerde = models.CharField("Erlaubnisbehörde", max_length=200, blank=True)
    ist_aktiv = models.BooleanField("wird belegt", default=True)
    eingetragen_von = SharedReference(Fachkraft, verbose_name="eingetragen von")
    vorgeschlagen_at = models.DateTimeField("für das Verzeichnis vorgeschlagen am", null=True)
    vorgeschlagen_von = SharedReference(Fachkraft, null=True, verbose_name="vorgeschlagen von")
    #: Which application to the register was made of it; once that is gone or declined it can be proposed again.
    vorschlag_id = models.UUIDField("Aufnahmeantrag des Vorschlags", null=True, editable=False)

    class Meta:
        ordering = (deutsch("name"), "id")
        verbose_name = "Einrichtung außerhalb des Verzeichnisses"
        verbose_name_plural = "Einrichtungen außerhalb des Verzeichnisses"
        constraints = [
            models.UniqueConstraint(
                Lower("name"), Lower("ort"), name="fremdeinrichtung_einmal", condition=Q(ist_aktiv=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Fremdentgelt(TenantModel):
    """What a facility of the office's own list charges for a kind of help, from when, and where that is written."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    no_look: ClassVar[str] = "rates of facilities"
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE (gueltig)"

    fremdeinrichtung = models.ForeignKey(
        Fremdeinrichtung, models.PROTECT, related_name="entgelte", verbose_name="Einrichtung"
    )
    hilfeart = SharedReference(Hilfeart, verbose_name="Hilfeart")
    betrag = models.DecimalField("Entgelt (je Tag oder Stunde)", max_digits=9, decimal_places=2)
    gueltig = DateRangeField("gilt")
    quelle = models.CharField("Quelle", max_length=200)
    eingetragen_von = SharedReference(Fachkraft, verbose_name="eingetragen von")

    class Meta:
        ordering = ("hilfeart_id", "gueltig")
        verbose_name = "Entgelt außerhalb des Verzeichnisses"
        verbose_name_plural = "Entgelte außerhalb des Verzeichnisses"
        constraints = [
            models.CheckConstraint(name="fremdentgelt_betrag", condition=Q(betrag__gt=0)),
            ExclusionConstraint(
                name="fremdentgelt_eines",
                expressions=[
                    ("fremdeinrichtung", RangeOperators.EQUAL),
                    ("hilfeart", RangeOperators.EQUAL),
                    ("gueltig", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.betrag} {self.gueltig}"

    @property
    def letzter_tag(self) -> date | None:
        """Last day, as on the screen; None while no end is set."""
        return self.gueltig.upper - timedelta(days=1) if self.gueltig.upper else None

    @property
    def beschreibung(self) -> str:
        """Amount and days, as its history says them."""
        bis = f"bis {format_datum(self.letzter_tag)}" if self.letzter_tag else "bis auf Weiteres"
        return f"{format_geld(self.betrag)} ab {format_datum(self.gueltig.lower)} {bis}"


class Fremdaenderung(TenantModel):
    """What was changed about a facility of the office's own list: which entry, from what to what, who, when."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    no_look: ClassVar[str] = "entries about facilities"
    tenant_rights: ClassVar[str] = "SELECT, INSERT"

    fremdeinrichtung = models.ForeignKey(
        Fremdeinrichtung, models.PROTECT, related_name="aenderungen", verbose_name="Einrichtung"
    )
    feld = models.CharField("Angabe", max_length=100)
    alt = models.CharField("vorher", max_length=300, blank=True)
    neu = models.CharField("nachher", max_length=300, blank=True)
    fachkraft = SharedReference(Fachkraft, verbose_name="geändert von")

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "Änderung einer Einrichtung außerhalb des Verzeichnisses"
        verbose_name_plural = "Änderungen von Einrichtungen außerhalb des Verzeichnisses"

    def __str__(self) -> str:
        return self.feld


def _ein_haus(*mehr: str) -> Q:
    """A house of the register with its place, or one of the office's own list: one of both, as a whole."""
    spalten = ("anbieter", "einrichtung", "angebot", "platzbindung_id", *mehr)
    return Q(fremdeinrichtung__isnull=True, **{f"{name}__isnull": False for name in spalten}) | Q(
        fremdeinrichtung__isnull=False, **{f"{name}__isnull": True for name in spalten}
    )


class Suche(MitOffenemEnde, TenantModel):
    """One HzE-Auswahl with its criteria and how much it found. What it finds is asked of the market when it is shown;
    the list is kept by the Auswahlvermerk alone.

    `fachkraft` has searched. Whose the search is says its case; only a search without one is its author's.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "hilfefall")

    fachkraft = SharedReference(Fachkraft, verbose_name="Fachkraft")
    klient = models.ForeignKey(
        Klient, models.PROTECT, null=True, blank=True, related_name="suchen", verbose_name="Klient"
    )
    hilfefall = models.ForeignKey(
        Hilfefall, models.PROTECT, null=True, blank=True, related_name="suchen", verbose_name="Fall"
    )
    hilfeart = SharedReference(Hilfeart, verbose_name="Hilfeart")
    #: Codes of further ones that are looked through together with it.
    weitere_hilfearten = ArrayField(
        models.CharField(max_length=8), default=list, blank=True, verbose_name="Weitere Hilfearten",
        db_default=models.Value([], ArrayField(models.CharField(max_length=8))),
    )  # fmt: skip
    region = models.CharField("Region (Kürzel)", max_length=12)
    reichweite = models.CharField("Reichweite", max_length=10, choices=Reichweite, default=Reichweite.EIGENE)
    #: A postcode and nothing nearer: where a family lives is not asked.
    umkreis_plz = models.CharField("Umkreis um PLZ", max_length=5, blank=True, default="", db_default="")
    umkreis_km = models.PositiveSmallIntegerField("Umkreis in km", null=True, blank=True)
    tage_je_woche = models.DecimalField("Tage je Woche", max_digits=3, decimal_places=2, null=True)
    stunden_je_woche = models.DecimalField("Stunden je Woche", max_digits=5, decimal_places=2, null=True)
    spezialisierungen = ArrayField(models.CharField(max_length=40), default=list, verbose_name="Spezialisierungen")
    verknuepfung = models.CharField(
        "Spezialisierungen: wie viele", max_length=4, choices=Verknuepfung, default=Verknuepfung.ALLE,
        db_default=Verknuepfung.ALLE,
    )  # fmt: skip
    sprachen = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, verbose_name="Sprachen",
        db_default=models.Value([], ArrayField(models.CharField(max_length=2))),
    )  # fmt: skip
    barrierefrei = models.CharField(
        "Barrierefrei", max_length=10, choices=Barrierefrei, blank=True, default="", db_default=""
    )
    bestaetigt_tage = models.PositiveSmallIntegerField(
        "Vakanzen bestätigt in den letzten … Tagen", null=True, blank=True
    )
    geschlecht = models.CharField("Geschlecht", max_length=1, blank=True)
    alter = models.PositiveSmallIntegerField("Alter", null=True, blank=True)
    merkmale = models.JSONField(
        "Weitere Kriterien", default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    tage = models.DecimalField("Tage", max_digits=8, decimal_places=2)
    wochen = models.DecimalField("Wochen", max_digits=8, decimal_places=2)
    angebote_gesamt = models.PositiveIntegerField("Alle Angebote")
    angebote_verfuegbar = models.PositiveIntegerField("Verfügbare Angebote")
    #: How many did not fit or were not free, by the first reason (`rules.Ausschluss`); null: not counted at the time.
    ausschluesse = models.JSONField("Ausschlüsse", null=True, blank=True)
    #: Offers of the market that are kept to be compared, `rules.VERGLEICH_BIS` at most, in that order.
    gemerkt = models.JSONField("Merkliste", default=list, db_default=models.Value([], models.JSONField()), blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Suche"
        verbose_name_plural = "Suchen"
        indexes = [models.Index(fields=["created_at"], name="suche_created")]

    def __str__(self) -> str:
        return f"{self.region} {self.zeitraum}"

    @cached_property
    def weitere(self) -> tuple[Hilfeart, ...]:
        """The further kinds of help; a query only where there are any."""
        codes = self.weitere_hilfearten
        return tuple(Hilfeart.objects.filter(code__in=codes)) if codes else ()

    @property
    def hilfe_wort(self) -> str:
        """What is searched for, in one line of a list."""
        mehr = len(self.weitere_hilfearten)
        return (
            f"{self.hilfeart} und {anzahl(mehr, 'weitere Hilfeart', 'weitere Hilfearten')}"
            if mehr
            else str(self.hilfeart)
        )

    @property
    def gilt_der_familie(self) -> bool:
        """Whether a help that is searched for is one for the whole family, brothers and sisters included."""
        return gilt_der_familie([self.hilfeart.code, *self.weitere_hilfearten])

    @property
    def ist_ergebnislos(self) -> bool:
        """Whether no offer was available (key figure 'Ergebnislose Suchen')."""
        return self.angebote_verfuegbar == 0


class Suchauftrag(TenantModel):
    """A search that goes on looking until a day: whoever is responsible is told when an offer comes free.

    `bekannt`: offers that were free when it was looked last; `neu`: those of them nobody has read about yet. Whom to
    tell says the case; only of a search without one it is its author, `fachkraft`.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("suche",)
    tenant_rights: ClassVar[str] = (
        "SELECT, INSERT, UPDATE (suche_id, bekannt, neu, geprueft_at, gemeldet_an, beendet_at)"
    )

    suche = models.ForeignKey(Suche, models.PROTECT, related_name="auftraege", verbose_name="Suche")
    fachkraft = SharedReference(Fachkraft, verbose_name="beauftragt von")
    gilt_bis = models.DateField("sucht bis")
    bekannt = ArrayField(models.UUIDField(), default=list, verbose_name="bekannte Angebote")
    neu = ArrayField(models.UUIDField(), default=list, verbose_name="neue Angebote")
    geprueft_at = models.DateTimeField("zuletzt gesucht am")
    #: Who was told of news she has not looked at yet; nobody else is told in her place.
    gemeldet_an = models.UUIDField("benachrichtigt", null=True, editable=False)
    beendet_at = models.DateTimeField("beendet am", null=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Suchauftrag"
        verbose_name_plural = "Suchaufträge"
        indexes = [
            models.Index(fields=["created_at", "id"], name="suchauftrag_neueste", condition=Q(beendet_at__isnull=True)),
            models.Index(
                fields=["geprueft_at", "id"], name="suchauftrag_faellig", condition=Q(beendet_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="suchauftrag_einmal", fields=["suche"], condition=Q(beendet_at__isnull=True))
        ]

    def __str__(self) -> str:
        return str(self.suche_id)

    @property
    def empfaenger_id(self) -> Any:
        """Who is told: whoever is responsible for the case, else who ordered it."""
        fall = self.suche.hilfefall
        return (fall and fall.fachkraft_id) or self.fachkraft_id


class Auswahlvermerk(TenantModel):
    """The choice, frozen: criteria, all offers in the order shown with prices, the one chosen, the reason.

    The tenant role may insert and read, never change or delete. What was wrong or missing is said by a further one
    (`nachtrag_zu` is the first), with the reason in `begruendung`.

    All of an office are one chain (ADR 0086): the database numbers them, says when each was written, and writes
    `pruefsumme` over the content and `siegel` over number, `siegel` of the one before, moment, who, whose person's and
    the content. The chain outlives the content that a deletion run takes: `abdruck` stays, without checksum and salt.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "suche")
    tenant_rights: ClassVar[str] = "SELECT, INSERT"

    #: Whom the choice is for; of what an earlier release writes the database takes it from the criteria.
    klient = models.ForeignKey(
        Klient, models.PROTECT, null=True, blank=True, related_name="auswahlvermerke", verbose_name="Klient"
    )
    suche = models.ForeignKey(Suche, models.PROTECT, related_name="auswahlvermerke", verbose_name="Suche")
    fachkraft = SharedReference(Fachkraft, verbose_name="Fachkraft")
    fachkraft_name = models.CharField("Fachkraft (Name)", max_length=220)
    kriterien = models.JSONField("Kriterien", encoder=DjangoJSONEncoder)
    angebote = models.JSONField("Angebote", encoder=DjangoJSONEncoder)
    #: Empty where none of the register was chosen: what was chosen instead is in `kriterien`, under `ausserhalb`.
    angebot = SharedReference(Angebot, null=True, verbose_name="gewähltes Angebot")
    rang = models.PositiveIntegerField("Rang")
    anzahl = models.PositiveIntegerField("Anzahl der Angebote")
    im_guenstigsten_drittel = models.BooleanField("im günstigsten Drittel")
    begruendung = models.TextField("Begründung", blank=True)
    wuensche = EncryptedTextField(
        "Wünsche der Familie", person="klient", max_length=4000, blank=True, default="", db_default=""
    )
    #: Median of the amounts on the list less the chosen one; null where nobody computed it.
    ersparnis = models.DecimalField("Ersparnis gegenüber dem Median", null=True, blank=True, **_GELD)
    nachtrag_zu = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="nachtraege", verbose_name="Nachtrag zu"
    )
    # The database alone writes these and `created_at` (trigger `placements_vermerk_anketten`).
    pruefsumme = models.CharField("Prüfsumme", max_length=64, blank=True, db_default="", editable=False)
    nummer = models.BigIntegerField("Nummer in der Kette", unique=True, db_default=0, editable=False)
    vorgaenger = models.CharField("Siegel des Vorgängers", max_length=64, blank=True, db_default="", editable=False)
    siegel = models.CharField("Siegel", max_length=64, blank=True, db_default="", editable=False)
    fassung = models.PositiveSmallIntegerField("Fassung des Siegels", db_default=1, editable=False)
    salz = models.CharField("Salz des Abdrucks", max_length=64, blank=True, db_default="", editable=False)
    abdruck = models.CharField("Abdruck der Prüfsumme", max_length=64, blank=True, db_default="", editable=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Auswahlvermerk"
        verbose_name_plural = "Auswahlvermerke"
        constraints = [
            models.CheckConstraint(
                name="auswahlvermerk_begruendet",
                condition=Q(im_guenstigsten_drittel=True) | ~Q(begruendung=""),
            ),
            models.CheckConstraint(
                name="auswahlvermerk_nachtrag_begruendet",
                condition=Q(nachtrag_zu__isnull=True) | ~Q(begruendung=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suche_id} Rang {self.rang}"


class Reservierung(MitHaus, MitOffenemEnde, TenantModel):
    """A held place for a young person. Points to the anonymous Platzbindung in the shared schema.

    Who is responsible says the case alone (`hilfefall.fachkraft`); who chose and reserved, the Auswahlvermerk.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "hilfefall", "suche")

    auswahlvermerk = models.OneToOneField(Auswahlvermerk, models.PROTECT, related_name="reservierung")
    suche = models.ForeignKey(Suche, models.PROTECT, related_name="reservierungen", verbose_name="Suche")
    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="reservierungen", verbose_name="Fall")
    klient = models.ForeignKey(Klient, models.PROTECT, related_name="reservierungen", verbose_name="Klient")
    platz = SharedReference(Platz, null=True, verbose_name="Platz")
    pseudonym = models.CharField("Pseudonym für den Anbieter", max_length=20, unique=True)
    alter_bei_beginn = models.PositiveSmallIntegerField("Alter bei Beginn")
    menge = models.DecimalField("Menge (Tage oder Stunden)", max_digits=9, decimal_places=2)
    tage_je_woche = models.DecimalField("Tage je Woche", max_digits=3, decimal_places=2, null=True)
    stunden_je_woche = models.DecimalField("Stunden je Woche", max_digits=5, decimal_places=2, null=True)
    tagesentgelt = models.DecimalField("Entgelt (je Tag oder Stunde)", max_digits=9, decimal_places=2)
    soll_entgelt_exakt = models.DecimalField("Soll-Entgelt (genau)", max_digits=15, decimal_places=6)
    soll_entgelt = models.DecimalField("Soll-Entgelt", **_GELD)
    taschengeld = models.DecimalField("Taschengeld", **_GELD)
    soll_kosten = models.DecimalField("Soll-Kosten", **_GELD)
    ist_auswaertig = models.BooleanField("auswärtig")
    zustand = models.CharField(
        "Zustand", max_length=16, choices=RESERVIERUNG_ZUSTAND_CHOICES, default=ReservierungZustand.RESERVIERT.value
    )
    ablauf_at = models.DateTimeField("läuft ab am")
    entschieden_at = models.DateTimeField("Anbieter hat entschieden am", null=True)
    entschieden_von = SharedReference(Fachkraft, null=True, verbose_name="entschieden von")
    ablehnungsgrund = models.CharField("Ablehnungsgrund", max_length=24, choices=Ablehnungsgrund, blank=True)
    ablehnung_text = models.CharField("Erläuterung", max_length=500, blank=True)
    rueckzug_grund = models.CharField("Grund des Rückzugs", max_length=500, blank=True)
    zurueckgezogen_von = SharedReference(Fachkraft, null=True, verbose_name="zurückgezogen von")
    zurueckgezogen_at = models.DateTimeField("zurückgezogen am", null=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Reservierung"
        verbose_name_plural = "Reservierungen"
        indexes = [
            models.Index(fields=["zustand", "ablauf_at"], name="reservierung_ablauf"),
            models.Index(fields=["anbieter", "zustand"], name="reservierung_anbieter"),
            # In the order of the lists (docs/adr/0047): the office's, a provider's.
            models.Index(fields=["created_at", "id"], name="reservierung_neueste"),
            models.Index(fields=["anbieter", "created_at", "id"], name="reservierung_anbieter_neu"),
        ]
        constraints = [models.CheckConstraint(name="reservierung_ein_haus", condition=_ein_haus("platz"))]

    def __str__(self) -> str:
        return self.pseudonym


class Buchung(MitHaus, MitZeitraum, TenantModel):
    """A binding placement. Ends planned or as a termination (Abbruch). The case says who is responsible."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "hilfefall", "reservierung")

    reservierung = models.OneToOneField(Reservierung, models.PROTECT, related_name="buchung")
    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="buchungen", verbose_name="Fall")
    klient = models.ForeignKey(Klient, models.PROTECT, related_name="buchungen", verbose_name="Klient")
    soll_kosten = models.DecimalField("Soll-Kosten", **_GELD)
    ist_auswaertig = models.BooleanField("auswärtig")
    zustand = models.CharField(
        "Zustand", max_length=12, choices=BUCHUNG_ZUSTAND_CHOICES, default=BuchungZustand.GEBUCHT.value
    )
    gebucht_at = models.DateTimeField("gebucht am")
    gebucht_von = SharedReference(Fachkraft, null=True, verbose_name="gebucht von")
    beginn_tatsaechlich = models.DateField("tatsächlicher Beginn", null=True)
    ende_tatsaechlich = models.DateField("letzter Tag der Hilfe", null=True)
    beendigungsgrund = models.CharField("Beendigungsgrund", max_length=2, choices=Beendigungsgrund, blank=True)
    beendigung_text = models.CharField("Erläuterung", max_length=500, blank=True)
    #: Who recorded that it has ended, or cancelled it.
    beendet_von = SharedReference(Fachkraft, null=True, verbose_name="beendet von")
    beendet_at = models.DateTimeField("beendet am", null=True)
    #: Last day of service in the first month that nobody has billed yet: from then on it can be. Empty when there is
    #: no such month, or it was cancelled. The database alone writes it (a trigger of the app that bills).
    abrechenbar_ab = models.DateField("abrechenbar ab", null=True, editable=False)
    #: Whether it gives the child a bed. The database alone writes it, from the kind of help when it is booked.
    ist_aufenthalt = models.BooleanField("Aufenthalt", default=False, db_default=False, editable=False)
    #: A second stay at the same time: what it is, until when, why (ADR 0084).
    ueberlagerung = models.CharField("Überlagerung", max_length=12, choices=Ueberlagerung, blank=True, db_default="")
    ueberlagerung_bis = models.DateField("Überlagerung bis", null=True)
    ueberlagerung_grund = models.CharField(
        "Grund der Überlagerung", max_length=500, blank=True, default="", db_default=""
    )
    #: Whose the nights of a stay are, as `rules.belegung` says it. The database alone writes both, here and in the
    #: stays that lay over this one (triggers `placements_naechte`, `placements_naechte_frei`).
    allein = NaechteField("Nächte für sich")
    ueberlagernd = NaechteField("Nächte über einem anderen Aufenthalt")

    class Meta:
        ordering = ("-gebucht_at",)
        verbose_name = "Buchung"
        verbose_name_plural = "Buchungen"
        indexes = [
            models.Index(fields=["anbieter", "zustand"], name="buchung_anbieter"),
            models.Index(fields=["hilfeart", "zustand"], name="buchung_hilfeart"),
            models.Index(fields=["gebucht_at", "id"], name="buchung_neueste"),
            models.Index(fields=["anbieter", "gebucht_at", "id"], name="buchung_anbieter_neueste"),
            models.Index(
                fields=["anbieter", "abrechenbar_ab", "id"],
                name="buchung_abrechenbar",
                condition=Q(abrechenbar_ab__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="buchung_ein_haus", condition=_ein_haus()),
            models.CheckConstraint(
                name="buchung_hat_ende", condition=Q(zeitraum__upper_inf=False, zeitraum__isempty=False)
            ),
            models.CheckConstraint(
                name="buchung_beendet_mit_grund",
                condition=(
                    Q(zustand__in=["BEENDET", "ABGEBROCHEN"], ende_tatsaechlich__isnull=False) & ~Q(beendigungsgrund="")
                )
                | Q(zustand__in=["GEBUCHT", "LAUFEND", "STORNIERT"]),
            ),
            models.CheckConstraint(
                name="buchung_ueberlagerung_mit_ende",
                condition=Q(ueberlagerung="", ueberlagerung_bis__isnull=True)
                | Q(~Q(ueberlagerung=""), ist_aufenthalt=True, ueberlagerung_bis__isnull=False),
            ),
            ExclusionConstraint(
                name="buchung_ein_aufenthalt",
                expressions=[("klient", RangeOperators.EQUAL), ("allein", RangeOperators.OVERLAPS)],
                condition=Q(ist_aufenthalt=True),
            ),
            ExclusionConstraint(
                name="buchung_eine_ueberlagerung",
                expressions=[("klient", RangeOperators.EQUAL), ("ueberlagernd", RangeOperators.OVERLAPS)],
                condition=Q(ist_aufenthalt=True) & ~Q(ueberlagerung__in=["", "BESTAND"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


#: Of a child of the night, while her case is open: name, birth or PKZ is still to be entered; a duty of § 42 is open.
ANGABEN_FEHLEN = Q(Q(nachgetragen_at__isnull=True) | Q(pkz_fehlt=True), fall_offen=True)
PFLICHT_FEHLT = Q(fall_offen=True, pflichten_erledigt__lt=len(Nachtpflicht))


class Nachtaufnahme(TenantModel):
    """A child whose place was held at night, before anybody knew her name (ADR 0081). One for each such case.

    `reservierung` is the hold that counts now: it changes when another place is taken. The house's word by telephone is
    noted here; its consent stays its own.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "hilfefall")

    klient = models.ForeignKey(Klient, models.PROTECT, related_name="nachtaufnahmen", verbose_name="Klient")
    hilfefall = models.OneToOneField(Hilfefall, models.PROTECT, related_name="nachtaufnahme", verbose_name="Fall")
    reservierung = models.OneToOneField(
        Reservierung, models.PROTECT, related_name="nachtaufnahme", verbose_name="Reservierung"
    )
    #: As it was given on that day, mostly a guess; the age itself once the birth is known.
    alter = models.PositiveSmallIntegerField("Alter in der Nacht (geschätzt)")
    tag = models.DateField("Tag der Aufnahme")
    faellig_am = models.DateField("Angaben fehlen spätestens am")
    zugesagt_at = models.DateTimeField("am Telefon zugesagt am", null=True)
    zugesagt_von = SharedReference(Fachkraft, null=True, verbose_name="Zusage entgegengenommen von")
    #: The database alone writes it: name and birth of the person are there.
    nachgetragen_at = models.DateTimeField("nachgetragen am", null=True, editable=False)
    #: The same, of case, person and ticks (triggers `placements_nacht_*`): what the two lists of the open are read by.
    fall_offen = models.BooleanField("Fall ist offen", default=True, db_default=True, editable=False)
    pkz_fehlt = models.BooleanField("PKZ fehlt", default=True, db_default=True, editable=False)
    pflichten_erledigt = models.PositiveSmallIntegerField(
        "erledigte Pflichten", default=0, db_default=0, editable=False
    )

    class Meta:
        ordering = ("faellig_am", "id")
        verbose_name = "Aufnahme in der Nacht"
        verbose_name_plural = "Aufnahmen in der Nacht"
        indexes = [
            # Few: what is still to be done, in the order of its list.
            models.Index(fields=["faellig_am", "id"], name="nachtaufnahme_offen", condition=ANGABEN_FEHLEN),
            models.Index(fields=["tag", "id"], name="nachtaufnahme_pflichten", condition=PFLICHT_FEHLT),
        ]
        constraints = [
            models.CheckConstraint(name="nachtaufnahme_alter", condition=Q(alter__lte=17)),
            models.CheckConstraint(name="nachtaufnahme_faellig", condition=Q(faellig_am__gte=F("tag"))),
            models.CheckConstraint(
                name="nachtaufnahme_zusage",
                condition=Q(zugesagt_at__isnull=True, zugesagt_von__isnull=True)
                | Q(zugesagt_at__isnull=False, zugesagt_von__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Nachtschritt(TenantModel):
    """A duty of § 42 that was done: who, when. A tick set by mistake is taken back; the trail keeps both."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("nachtaufnahme",)
    tenant_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    nachtaufnahme = models.ForeignKey(
        Nachtaufnahme, models.CASCADE, related_name="schritte", verbose_name="Aufnahme in der Nacht"
    )
    pflicht = models.CharField("Pflicht", max_length=16, choices=Nachtpflicht)
    erledigt_at = models.DateTimeField("erledigt am")
    erledigt_von = SharedReference(Fachkraft, verbose_name="erledigt von")

    class Meta:
        ordering = ("erledigt_at",)
        verbose_name = "Schritt in der Nacht"
        verbose_name_plural = "Schritte in der Nacht"
        constraints = [models.UniqueConstraint(name="nachtschritt_einmal", fields=["nachtaufnahme", "pflicht"])]

    def __str__(self) -> str:
        return f"{self.nachtaufnahme_id} {self.pflicht}"
