"""The young person and her key. Her identity is encrypted."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from tenant_apps.cases.encrypted import BlindIndexesField, BlindIndexField, EncryptedDateField, EncryptedTextField
from tenant_apps.cases.querysets import PKZ, KlientManager, index_parts
from tenants.tables.base import TenantModel
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Policy


class KlientGeschlecht(models.TextChoices):
    """Codes of the official statistics; 3 and 7 are not confirmed (law.md 2.2)."""

    MAENNLICH = "1", "männlich"
    WEIBLICH = "2", "weiblich"
    DIVERS = "3", "divers"
    OHNE_ANGABE = "7", "ohne Angabe (§ 22 Abs. 3 PStG)"

    @property
    def kuerzel(self) -> str:
        """The letter people and programs write: m, w, d, x."""
        return _KUERZEL[self.value]

    @classmethod
    def from_kuerzel(cls, kuerzel: str) -> KlientGeschlecht:
        """The statistics code of a letter. KeyError for any other."""
        return cls(next(code for code, zeichen in _KUERZEL.items() if zeichen == kuerzel))


#: What pages call somebody whom nobody has entered by name yet.
NAME_UNBEKANNT = "Name noch unbekannt"
_FELD = {"nachname": "Nachname", "vorname": "Vorname"}
_KUERZEL = {"1": "m", "2": "w", "3": "d", "7": "x"}
GESCHLECHT_KUERZEL = [(_KUERZEL[g.value], g.label) for g in KlientGeschlecht]


class Personenschluessel(TenantModel):
    """Data key of one person (its id is the person's), wrapped by the tenant's key. Without it nobody reads her name.

    A table of its own, so that long-kept dumps can leave it out (ADR 0017).
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL
    seen_by_support: ClassVar[bool] = False
    kept_apart: ClassVar[bool] = True  # in the short-lived half of a backup only (tenants.operations.backup)

    schluessel = models.BinaryField("Schlüssel")

    class Meta:
        verbose_name = "Schlüssel einer Person"
        verbose_name_plural = "Schlüssel von Personen"

    def __str__(self) -> str:
        return str(self.pk)


class Klient(TenantModel):
    """A young person who receives help. Her identity is encrypted; she is found by blind index.

    The database shows a sealed one to named persons only, whatever role asks. Jobs run without a person and keep
    counting and expiring; a stranger's request runs as nobody (tenants.door.middleware), not as a job.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    is_person: ClassVar[bool] = True
    says_who: ClassVar[tuple[str, ...]] = ("pkz", "vorname", "nachname", "geburtsdatum")

    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        Policy(
            "sperrfall",
            "tenants",
            "ALL",
            using=(
                "NOT gesperrt OR sojus_user() IS NULL OR EXISTS (SELECT 1 FROM {schema}.cases_fallfreigabe f"
                " JOIN {schema}.cases_hilfefall h ON h.id = f.hilfefall_id"
                " WHERE h.klient_id = cases_klient.id AND f.user_id = sojus_user()"
                " AND f.art = 'SPERRFALL' AND f.beendet_at IS NULL)"
            ),
        ),
    )

    pkz = EncryptedTextField("PKZ", max_length=20)
    vorname = EncryptedTextField("Vorname", max_length=100)
    nachname = EncryptedTextField("Nachname", max_length=100)
    geburtsdatum = EncryptedDateField("Geburtsdatum")
    geschlecht = models.CharField("Geschlecht", max_length=1, choices=KlientGeschlecht)
    ist_vormundschaft = models.BooleanField(
        "Akte der Beistandschaft und Vormundschaft (§ 68)", default=False, db_default=False
    )
    gesperrt = models.BooleanField("gesperrt (Sperrfall)", default=False, db_default=False)
    eingeschraenkt_seit = models.DateField("eingeschränkt seit (§ 84 SGB X)", null=True)
    eingeschraenkt_grund = models.CharField("Grund der Einschränkung", max_length=16, blank=True, db_default="")
    pkz_index = BlindIndexField("PKZ (Index)", of="pkz_parts")
    suchindex = BlindIndexesField(verbose_name="Suchindex", of="such_parts")

    objects: ClassVar[KlientManager] = KlientManager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Klient"
        verbose_name_plural = "Klienten"
        indexes = [
            GinIndex(fields=["suchindex"], name="klient_suchindex"),
            models.Index(fields=["created_at", "id"], name="klient_neueste"),
            # Few: every view of a provider asks for them (docs/adr/0038).
            models.Index(fields=["id"], name="klient_eingeschraenkt", condition=Q(eingeschraenkt_seit__isnull=False)),
        ]
        constraints = [
            # Not over sealed people: "is taken" would tell that the office knows them. Not across § 68 either.
            models.UniqueConstraint(
                name="klient_pkz_einmal",
                fields=["pkz_index", "ist_vormundschaft"],
                condition=~Q(pkz_index="") & Q(gesperrt=False),
            )
        ]

    @property
    def geschlecht_kuerzel(self) -> str:
        """m, w, d or x; empty where the reader may not know it."""
        return _KUERZEL.get(self.geschlecht or "", "")

    @property
    def ist_unbekannt(self) -> bool:
        """Whether name or birth are still to be entered (taken in at night, ADR 0081). For readers of the file."""
        return not (self.nachname and self.vorname and self.geburtsdatum)

    def list_fehlende(self) -> list[str]:
        """Which of name and birth nobody has entered yet. Opens nothing: what is missing is an empty column."""
        fehlt = {name for name in ("nachname", "vorname", "geburtsdatum") if not self.__dict__.get(name)}
        namen = ["Name"] if fehlt >= {"nachname", "vorname"} else [_FELD[name] for name in _FELD if name in fehlt]
        return [*namen, *(["Geburtsdatum"] if "geburtsdatum" in fehlt else [])]

    def __str__(self) -> str:
        return f"{self.nachname}, {self.vorname}" if self.nachname or self.vorname else NAME_UNBEKANNT

    @property
    def pkz_parts(self) -> tuple[str, ...]:
        """What the unique index of the PKZ is made of."""
        return (PKZ, self.pkz) if self.pkz else ()

    @property
    def such_parts(self) -> list[tuple[str, str]]:
        """By what she is found."""
        geboren = self._meta.get_field("geburtsdatum").to_python(self.geburtsdatum)
        return index_parts(vorname=self.vorname, nachname=self.nachname, pkz=self.pkz, geburtsdatum=geboren)
