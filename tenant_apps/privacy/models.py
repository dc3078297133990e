"""Rights of the person concerned: what was given out, what is disputed, what was deleted, on whose decision."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import Fachkraft
from shared_apps.core.zeitraum import format_datum
from tenant_apps.cases.encrypted import EncryptedDateField, EncryptedTextField
from tenant_apps.cases.models import Klient
from tenant_apps.privacy.enums import AuskunftArt, VermerkArt, Versagungsgrund
from tenant_apps.privacy.loesch_sql import LOESCHFUNKTIONEN, NICHT_GESPERRT
from tenant_apps.privacy.rules import Schritt
from tenant_apps.privacy.states import LoeschlaufZustand
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass
from tenants.tables.definer import DefinerFunction
from tenants.tables.rights import Policy

#: Jobs run without a person.
_SELBST = "(sojus_user() IS NULL OR {} = sojus_user())"
SCHRITT_CHOICES = [
    (Schritt.EINSCHRAENKEN.value, "einschränken"),
    (Schritt.LOESCHEN.value, "löschen"),
    (Schritt.BELEGE.value, "Belege löschen"),
]


class Auskunft(TenantModel):
    """One Auskunft given or refused. The content is not kept, only its fingerprint."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient",)
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
            " count(*) FROM {schema}.audit_protokoll p JOIN {schema}.cases_klient ON cases_klient.id = person"
            " WHERE (p.personen @> ARRAY[person] OR p.objekt_id = person)"
            " AND (<sichtbar>) GROUP BY 1, 2, 3 ORDER BY 4, 1, 3".replace("<sichtbar>", NICHT_GESPERRT),
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
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient",)
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

    @property
    def alter_wert_text(self) -> str:
        """What the field said before, as the screen says it: a date in German, a choice by its label."""
        field = Klient._meta.get_field(self.feld)
        if field.choices:
            return str(dict(field.flatchoices).get(self.alter_wert, self.alter_wert))
        if isinstance(field, EncryptedDateField) and self.alter_wert:
            with suppress(ValueError):
                return format_datum(date.fromisoformat(self.alter_wert))
        return self.alter_wert


class Loeschlauf(TenantModel):
    """A deletion run: preview by one person, approval by another, protocol without names."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = (
        "SELECT, INSERT, UPDATE (zustand, freigegeben_von_id, freigegeben_at, ausgefuehrt_at, eingeschraenkt,"
        " geloescht, umfang)"
    )
    tenant_functions: ClassVar[tuple[DefinerFunction, ...]] = LOESCHFUNKTIONEN
    #: The functions ask these rows: nobody begins or approves a run in another's name.
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        Policy("lesen", "tenants", "SELECT", using="true"),
        Policy(
            "vorbereiten", "tenants", "INSERT", check=f"{_SELBST.format('erstellt_von_id')} AND zustand = 'VORSCHAU'"
        ),
        Policy(
            "entscheiden",
            "tenants",
            "UPDATE",
            using="true",
            check=f"freigegeben_von_id IS NULL OR {_SELBST.format('freigegeben_von_id')}"
            " AND erstellt_von_id <> ALL (accounts_eigene_konten())",
        ),
    )

    stichtag = models.DateField("Stichtag")
    zustand = models.CharField(
        "Zustand", max_length=12, choices=LoeschlaufZustand.choices(), default=LoeschlaufZustand.VORSCHAU.value
    )
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
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE (ausgenommen, erledigt_at)"
    #: Who is in a run is fixed before somebody decides.
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        Policy("lesen", "tenants", "SELECT", using="true"),
        Policy(
            "vorbereiten",
            "tenants",
            "INSERT",
            check="EXISTS (SELECT 1 FROM {schema}.privacy_loeschlauf l"
            " WHERE l.id = lauf_id AND l.zustand = 'VORSCHAU')",
        ),
        Policy("abhaken", "tenants", "UPDATE", using="erledigt_at IS NULL", check="true"),
    )

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
