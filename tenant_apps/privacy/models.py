"""Rights of the person concerned: what was given out, what is disputed, what was deleted, on whose decision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import Fachkraft
from tenant_apps.cases.encrypted import EncryptedTextField
from tenant_apps.cases.models import Klient
from tenant_apps.privacy.enums import AuskunftArt, LoeschlaufZustand, VermerkArt, Versagungsgrund
from tenant_apps.privacy.loesch_sql import LOESCHFUNKTIONEN
from tenant_apps.privacy.rules import Schritt
from tenants.base import SharedReference, TenantModel
from tenants.data_class import DataClass
from tenants.definer import DefinerFunction

SCHRITT_CHOICES = [
    (Schritt.EINSCHRAENKEN.value, "einschränken"),
    (Schritt.LOESCHEN.value, "löschen"),
    (Schritt.BELEGE.value, "Belege löschen"),
]


class Auskunft(TenantModel):
    """One Auskunft given or refused. The content is not kept, only its fingerprint."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    tenant_rights: ClassVar[str] = "SELECT, INSERT"
    #: Who looked, by function: no user id leaves the trail, so no approval by a second person is needed for it.
    tenant_functions: ClassVar[tuple[DefinerFunction, ...]] = (
        DefinerFunction(
            "privacy_zugriffe",
            "person uuid",
            "TABLE (rolle text, aktion text, vorgang text, erster date, letzter date, anzahl bigint)",
            "SELECT p.rolle::text, p.aktion::text, p.vorgang::text,"
            " (min(p.created_at) AT TIME ZONE {zone})::date,"
            " (max(p.created_at) AT TIME ZONE {zone})::date,"
            " count(*) FROM {schema}.audit_protokoll p"
            " WHERE p.personen @> ARRAY[person] OR p.objekt_id = person GROUP BY 1, 2, 3 ORDER BY 4, 1, 3",
        ),
    )

    klient = models.ForeignKey(Klient, models.PROTECT, related_name="auskuenfte", verbose_name="Person")
    art = models.CharField("Form", max_length=8, choices=AuskunftArt)
    versagungsgrund = models.CharField("Grund der Versagung", max_length=16, choices=Versagungsgrund, blank=True)
    begruendung = EncryptedTextField("Begründung", person="klient", max_length=1000, blank=True)
    erteilt_von = SharedReference(Fachkraft, verbose_name="bearbeitet von")
    pruefsumme = models.CharField("Prüfsumme", max_length=64, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Auskunft"
        verbose_name_plural = "Auskünfte"
        constraints = [
            models.CheckConstraint(
                name="auskunft_versagt_mit_grund", condition=~Q(art="VERSAGT") | ~Q(versagungsgrund="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.art} {self.created_at:%d.%m.%Y}"


class Feldvermerk(TenantModel):
    """A field of a person is disputed, or was corrected. The old value is sealed with the person's key."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE"

    klient = models.ForeignKey(Klient, models.PROTECT, related_name="feldvermerke", verbose_name="Person")
    feld = models.CharField("Angabe", max_length=40)
    art = models.CharField("Art", max_length=12, choices=VermerkArt)
    alter_wert = EncryptedTextField("bisherige Angabe", person="klient", max_length=200, blank=True)
    grund = EncryptedTextField("Grund", person="klient", max_length=500)
    erfasst_von = SharedReference(Fachkraft, verbose_name="erfasst von")
    aufgehoben_at = models.DateTimeField("aufgehoben am", null=True)
    aufgehoben_von = SharedReference(Fachkraft, null=True, verbose_name="aufgehoben von")

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Vermerk an einer Angabe"
        verbose_name_plural = "Vermerke an Angaben"
        constraints = [
            models.UniqueConstraint(
                fields=["klient", "feld"],
                condition=Q(art="BESTRITTEN", aufgehoben_at__isnull=True),
                name="feldvermerk_einmal_bestritten",
            )
        ]

    def __str__(self) -> str:
        return f"{self.feld} {self.art}"

    @property
    def feld_name(self) -> str:
        """Name of the field as on the screen."""
        return str(Klient._meta.get_field(self.feld).verbose_name)


class Loeschlauf(TenantModel):
    """A deletion run: preview by one person, approval by another, protocol without names."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE"
    #: The selection record is append only for the tenant's role. Only an approved run may empty it.
    tenant_functions: ClassVar[tuple[DefinerFunction, ...]] = (
        DefinerFunction(
            "privacy_vermerke_leeren",
            "lauf uuid, person uuid",
            "void",
            "UPDATE {schema}.placements_auswahlvermerk v SET begruendung = CASE WHEN v.begruendung = '' THEN ''"
            " ELSE 'gelöscht' END, kriterien = '{}'::jsonb, pruefsumme = ''"
            " FROM {schema}.placements_suche s WHERE s.id = v.suche_id AND (s.klient_id = person OR EXISTS"
            " (SELECT 1 FROM {schema}.placements_reservierung r WHERE r.auswahlvermerk_id = v.id"
            " AND r.klient_id = person)) AND EXISTS (SELECT 1 FROM {schema}.privacy_loeschlauf l"
            " JOIN {schema}.privacy_loeschposition p ON p.lauf_id = l.id WHERE l.id = lauf"
            " AND l.zustand = 'FREIGEGEBEN' AND l.freigegeben_von_id <> l.erstellt_von_id"
            " AND p.person_id = person AND p.schritt = 'LOESCHEN')",
        ),
        *LOESCHFUNKTIONEN,
    )

    stichtag = models.DateField("Stichtag")
    zustand = models.CharField("Zustand", max_length=12, choices=LoeschlaufZustand, default=LoeschlaufZustand.VORSCHAU)
    erstellt_von = SharedReference(Fachkraft, verbose_name="erstellt von")
    freigegeben_von = SharedReference(Fachkraft, null=True, verbose_name="freigegeben von")
    freigegeben_at = models.DateTimeField("freigegeben am", null=True)
    ausgefuehrt_at = models.DateTimeField("ausgeführt am", null=True)
    eingeschraenkt = models.PositiveIntegerField("eingeschränkt", default=0)
    geloescht = models.PositiveIntegerField("gelöscht", default=0)
    #: What was deleted, by `Loeschgut`: numbers only.
    umfang = models.JSONField("Umfang", default=dict)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Löschlauf"
        verbose_name_plural = "Löschläufe"
        constraints = [
            models.CheckConstraint(
                name="loeschlauf_vier_augen",
                condition=Q(freigegeben_von__isnull=True) | ~Q(freigegeben_von=F("erstellt_von")),
            ),
            models.CheckConstraint(
                name="loeschlauf_erst_freigeben",
                condition=Q(zustand__in=["VORSCHAU", "VERWORFEN"])
                | Q(freigegeben_von__isnull=False, freigegeben_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["zustand"], condition=Q(zustand="VORSCHAU"), name="loeschlauf_eine_vorschau"
            ),
        ]

    def __str__(self) -> str:
        return f"Löschlauf zum {self.stichtag:%d.%m.%Y}"


class Loeschposition(TenantModel):
    """What a run does with one person. Only her id: after the run it leads nowhere."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE"

    lauf = models.ForeignKey(Loeschlauf, models.PROTECT, related_name="positionen", verbose_name="Lauf")
    person_id = models.UUIDField("Person")
    schritt = models.CharField("Schritt", max_length=13, choices=SCHRITT_CHOICES)
    klasse = models.CharField("Aufbewahrungsklasse", max_length=20)
    faellig_am = models.DateField("fällig seit")
    ausgenommen = models.BooleanField("ausgenommen", default=False)
    erledigt_at = models.DateTimeField("erledigt am", null=True)

    class Meta:
        ordering = ("schritt", "faellig_am")
        verbose_name = "Position eines Löschlaufs"
        verbose_name_plural = "Positionen eines Löschlaufs"
        constraints = [models.UniqueConstraint(fields=["lauf", "person_id", "schritt"], name="loeschposition_einmal")]

    def __str__(self) -> str:
        return f"{self.schritt} {self.person_id}"
