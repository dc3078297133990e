"""The young person and the case. Everything here is social data of one youth office."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from uuid6 import uuid7

from shared_apps.accounts.models import Fachkraft
from tenant_apps.cases.encrypted import BlindIndexesField, BlindIndexField, EncryptedDateField, EncryptedTextField
from tenant_apps.cases.querysets import PKZ, KlientManager, index_parts
from tenants.base import SharedReference, TenantModel
from tenants.data_class import DataClass
from tenants.rights import Policy, Rights


class KlientGeschlecht(models.TextChoices):
    """As in the statistics code list (codes_kjh.json, geschlecht)."""

    MAENNLICH = "1", "männlich"
    WEIBLICH = "2", "weiblich"
    DIVERS = "3", "divers"
    OHNE_ANGABE = "7", "ohne Angabe (§ 22 Abs. 3 PStG)"


class Personenschluessel(TenantModel):
    """Data key of one person (its id is the person's), wrapped by the tenant's key. Without it nobody reads her name.

    A table of its own, so that long-kept dumps can leave it out (ADR 0017).
    """

    data_class: ClassVar[DataClass] = DataClass.TECHNICAL

    schluessel = models.BinaryField("Schlüssel")

    class Meta:
        verbose_name = "Schlüssel einer Person"
        verbose_name_plural = "Schlüssel von Personen"

    def __str__(self) -> str:
        return str(self.pk)


class Klient(TenantModel):
    """A young person who receives help. Who she is stands encrypted; she is found by blind index.

    The database shows a sealed one to named persons only, whatever role asks. Jobs run without a person and keep
    counting and expiring; a stranger's request runs as nobody (tenants.middleware), not as a job.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM

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

    objects = KlientManager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Klient"
        verbose_name_plural = "Klienten"
        indexes = [GinIndex(fields=["suchindex"], name="klient_suchindex")]
        constraints = [
            # Not over sealed people: "is taken" would tell that the office knows them. Not across § 68 either.
            models.UniqueConstraint(
                name="klient_pkz_einmal",
                fields=["pkz_index", "ist_vormundschaft"],
                condition=~Q(pkz_index="") & Q(gesperrt=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.nachname}, {self.vorname}"

    @property
    def pkz_parts(self) -> tuple[str, ...]:
        """What the unique index of the PKZ is made of."""
        return (PKZ, self.pkz) if self.pkz else ()

    @property
    def such_parts(self) -> list[tuple[str, str]]:
        """By what she is found."""
        geboren = self._meta.get_field("geburtsdatum").to_python(self.geburtsdatum)
        return index_parts(vorname=self.vorname, nachname=self.nachname, pkz=self.pkz, geburtsdatum=geboren)

    def alter_am(self, tag: date) -> int:
        """Completed years of age on a day."""
        had_birthday = (tag.month, tag.day) >= (self.geburtsdatum.month, self.geburtsdatum.day)
        return tag.year - self.geburtsdatum.year - (0 if had_birthday else 1)


class HilfefallZustand(models.TextChoices):
    """Life of a case."""

    OFFEN = "OFFEN", "offen"
    LAUFEND = "LAUFEND", "Hilfe läuft"
    ABGESCHLOSSEN = "ABGESCHLOSSEN", "abgeschlossen"


class Amtsperson(models.Model):
    """Who works in this office today and as what: a view of the shared memberships of the open tenant alone."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField()
    vorname = models.CharField(max_length=100)
    nachname = models.CharField(max_length=100)
    rolle = models.CharField(max_length=24)
    team = models.CharField(max_length=60)
    vertritt_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "accounts_amtsperson"
        ordering = ("nachname", "vorname")
        verbose_name = "Person im Amt"
        verbose_name_plural = "Personen im Amt"

    def __str__(self) -> str:
        return f"{self.vorname} {self.nachname}".strip()


class Aufgabenbereich(models.TextChoices):
    """For which task of the office data are kept; different tasks are not merged (§ 63 Abs. 2, § 68)."""

    LEISTUNG = "LEISTUNG", "Leistung (§ 2 Abs. 2)"
    ANDERE_AUFGABE = "ANDERE_AUFGABE", "andere Aufgabe (§ 2 Abs. 3)"
    VORMUNDSCHAFT = "VORMUNDSCHAFT", "Beistandschaft, Pflegschaft, Vormundschaft (§ 68)"


class Hilfefall(TenantModel):
    """One case of one young person, with the social worker in charge and her team. One case is one task."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        Policy(
            "sperrfall",
            "tenants",
            "ALL",
            using=(
                "NOT gesperrt OR sojus_user() IS NULL OR EXISTS (SELECT 1 FROM {schema}.cases_fallfreigabe f"
                " WHERE f.hilfefall_id = cases_hilfefall.id AND f.user_id = sojus_user()"
                " AND f.art = 'SPERRFALL' AND f.beendet_at IS NULL)"
            ),
        ),
    )

    fallnummer = models.CharField("Fallnummer", max_length=20)
    klient = models.ForeignKey(Klient, models.PROTECT, related_name="hilfefaelle", verbose_name="Klient")
    fachkraft = SharedReference(Fachkraft, verbose_name="Fachkraft")
    team = models.CharField("Team", max_length=60, blank=True)
    zustand = models.CharField("Zustand", max_length=16, choices=HilfefallZustand, default=HilfefallZustand.OFFEN)
    aufgabe = models.CharField(
        "Aufgabe",
        max_length=16,
        choices=Aufgabenbereich,
        default=Aufgabenbereich.LEISTUNG,
        db_default=Aufgabenbereich.LEISTUNG,
    )
    gesperrt = models.BooleanField("gesperrt (Sperrfall)", default=False, db_default=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Hilfefall"
        verbose_name_plural = "Hilfefälle"
        indexes = [
            models.Index(fields=["fachkraft", "zustand"], name="hilfefall_fachkraft"),
            models.Index(fields=["team", "zustand"], name="hilfefall_team"),
        ]
        constraints = [
            models.UniqueConstraint(name="hilfefall_nummer_einmal", fields=["fallnummer"], condition=Q(gesperrt=False))
        ]
        permissions = [
            ("mitarbeiten_hilfefall", "Darf an diesem Hilfefall mitarbeiten (Vertretung, zweite Fachkraft)"),
            ("sperrfall_hilfefall", "Ist für diesen gesperrten Hilfefall benannt"),
            ("einsehen_hilfefall", "Darf diesen Hilfefall aus einem genannten Grund einsehen (Jugendamtsleitung)"),
            ("pruefen_hilfefall", "Darf diesen Hilfefall prüfen"),
        ]

    def __str__(self) -> str:
        return self.fallnummer


class HilfefallUserObjectPermission(UserObjectPermissionBase):
    """Exceptional right of one person to one case. Direct key: the row lies in the tenant's schema."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Person"
    )
    permission = models.ForeignKey(
        Permission,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        related_query_name="hilfefalluserobjectpermission",  # guardian asks from the permission's side
        verbose_name="Recht",
    )
    content_object = models.ForeignKey(Hilfefall, models.CASCADE, verbose_name="Hilfefall")

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = "Recht an einem Hilfefall"
        verbose_name_plural = "Rechte an Hilfefällen"


class HilfefallGroupObjectPermission(GroupObjectPermissionBase):
    """Counterpart for groups; guardian asks for both."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(
        "auth.Group", models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="Gruppe"
    )
    permission = models.ForeignKey(
        Permission,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        related_query_name="hilfefallgroupobjectpermission",
        verbose_name="Recht",
    )
    content_object = models.ForeignKey(Hilfefall, models.CASCADE, verbose_name="Hilfefall")

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = "Recht einer Gruppe an einem Hilfefall"
        verbose_name_plural = "Rechte von Gruppen an Hilfefällen"


class FreigabeArt(models.TextChoices):
    """Why somebody sees a case that the ordinary rules do not show her."""

    MITARBEIT = "MITARBEIT", "Mitarbeit (zweite Fachkraft)"
    SPERRFALL = "SPERRFALL", "benannt im Sperrfall"
    EINSICHT = "EINSICHT", "Einsicht der Jugendamtsleitung mit Grund"
    PRUEFUNG = "PRUEFUNG", "Prüfung"


#: The right of guardian that goes with each kind.
RECHTE: dict[str, str] = {
    FreigabeArt.MITARBEIT: "mitarbeiten_hilfefall",
    FreigabeArt.SPERRFALL: "sperrfall_hilfefall",
    FreigabeArt.EINSICHT: "einsehen_hilfefall",
    FreigabeArt.PRUEFUNG: "pruefen_hilfefall",
}


class Fallfreigabe(TenantModel):
    """An exception: this person, this case, this period, this reason. Goes with a row of guardian (ADR 0019).

    Ended, never deleted. Valid in [gueltig_ab, gueltig_bis), while `beendet_at` is empty.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE"

    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="freigaben", verbose_name="Fall")
    user = SharedReference(Fachkraft, verbose_name="Person")
    art = models.CharField("Art", max_length=12, choices=FreigabeArt)
    gueltig_ab = models.DateField("gültig ab")
    gueltig_bis = models.DateField("gültig bis (ausschließlich)", null=True, blank=True)
    grund = models.CharField("Grund", max_length=500)
    erteilt_von = SharedReference(Fachkraft, verbose_name="erteilt von")
    beendet_at = models.DateTimeField("beendet am", null=True)
    beendet_von = SharedReference(Fachkraft, null=True, verbose_name="beendet von")

    class Meta:
        ordering = ("created_at",)
        verbose_name = "Freigabe eines Falls"
        verbose_name_plural = "Freigaben von Fällen"
        indexes = [models.Index(fields=["user", "art"], name="fallfreigabe_person")]
        constraints = [
            models.UniqueConstraint(
                name="fallfreigabe_einmal", fields=["hilfefall", "user", "art"], condition=Q(beendet_at__isnull=True)
            ),
            models.CheckConstraint(
                name="fallfreigabe_zeitraum",
                condition=Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=F("gueltig_ab")),
            ),
            models.CheckConstraint(
                name="fallfreigabe_befristet",
                condition=Q(gueltig_bis__isnull=False) | ~Q(art__in=("EINSICHT", "PRUEFUNG")),
            ),
            models.CheckConstraint(name="fallfreigabe_begruendet", condition=~Q(grund="")),
        ]

    def __str__(self) -> str:
        return f"{self.hilfefall_id} {self.art} {self.user_id}"

    @property
    def letzter_tag(self) -> date | None:
        """Last day, as shown on the screen."""
        return self.gueltig_bis - timedelta(days=1) if self.gueltig_bis else None


class Falluebergabe(TenantModel):
    """The case passed on to another worker: who, to whom, why. Continued only."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    tenant_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="uebergaben", verbose_name="Fall")
    alte_fachkraft = SharedReference(Fachkraft, verbose_name="bisherige Fachkraft")
    neue_fachkraft = SharedReference(Fachkraft, verbose_name="neue Fachkraft")
    grund = models.CharField("Grund", max_length=500)
    erteilt_von = SharedReference(Fachkraft, verbose_name="übergeben von")

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Übergabe eines Falls"
        verbose_name_plural = "Übergaben von Fällen"

    def __str__(self) -> str:
        return f"{self.hilfefall_id} {self.neue_fachkraft_id}"


class Fallverknuepfung(TenantModel):
    """Two cases of one young person in different tasks, joined for a reason (§ 63 Abs. 2)."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM

    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="verknuepfungen", verbose_name="Fall")
    verbunden = models.ForeignKey(Hilfefall, models.PROTECT, related_name="+", verbose_name="verbundener Fall")
    grund = models.CharField("Grund", max_length=500)
    erteilt_von = SharedReference(Fachkraft, verbose_name="verknüpft von")

    class Meta:
        ordering = ("created_at",)
        verbose_name = "Verknüpfung von Fällen"
        verbose_name_plural = "Verknüpfungen von Fällen"
        constraints = [models.UniqueConstraint(name="fallverknuepfung_einmal", fields=["hilfefall", "verbunden"])]

    def __str__(self) -> str:
        return f"{self.hilfefall_id} {self.verbunden_id}"


class Fallnotiz(TenantModel):
    """An ordinary note of the file: whoever reads the file reads it. The text is sealed for the tenant."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM

    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="notizen", verbose_name="Fall")
    verfasser = SharedReference(Fachkraft, verbose_name="verfasst von")
    text = models.TextField("Notiz (verschlüsselt)")

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Notiz zum Fall"
        verbose_name_plural = "Notizen zum Fall"

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def siegel(self) -> str:
        """What the sealed text is bound to."""
        return f"cases_fallnotiz|text|{self.pk}"


class AnvertrauteNotiz(TenantModel):
    """What was entrusted to one person for personal and educational help (§ 65): hers alone.

    The database shows it to its author and to those she passed it on to. Jobs (turning of keys, deletion) reach the
    sealed row. It is never altered; a release is a row of its own with its reason.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        Policy(
            "anvertraut",
            "tenants",
            "SELECT",
            using=(
                "verfasser_id = sojus_user() OR sojus_user() IS NULL OR EXISTS (SELECT 1"
                " FROM {schema}.cases_notizfreigabe f"
                " WHERE f.notiz_id = cases_anvertrautenotiz.id AND f.empfaenger_id = sojus_user())"
            ),
        ),
        Policy("verfassen", "tenants", "INSERT", check="verfasser_id = sojus_user()"),
        Policy("umschluesseln", "tenants", "UPDATE", using="sojus_user() IS NULL"),
        Policy("entfernen", "tenants", "DELETE", using="sojus_user() IS NULL"),
    )

    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="anvertraute_notizen", verbose_name="Fall")
    verfasser = SharedReference(Fachkraft, verbose_name="anvertraut")
    text = models.TextField("Notiz (verschlüsselt)")

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "anvertraute Notiz"
        verbose_name_plural = "anvertraute Notizen"
        indexes = [models.Index(fields=["verfasser", "-created_at"], name="anvertrautenotiz_verfasser")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def siegel(self) -> str:
        """What the sealed text is bound to: the row and its author."""
        return f"cases_anvertrautenotiz|text|{self.pk}|{self.verfasser_id}"


class Weitergabegrund(models.TextChoices):
    """§ 65 Abs. 1 Satz 1 SGB VIII: the only reasons to pass on what was entrusted."""

    EINWILLIGUNG = "1", "Nr. 1: Einwilligung der Person, die es anvertraut hat"
    FAMILIENGERICHT = "2", "Nr. 2: Mitteilung an das Familiengericht (§ 8a Abs. 2)"
    ZUSTAENDIGKEITSWECHSEL = "3", "Nr. 3: Wechsel der Zuständigkeit bei Anhaltspunkten für eine Gefährdung"
    GEFAEHRDUNG = "4", "Nr. 4: Fachkräfte zur Einschätzung des Gefährdungsrisikos (§ 8a)"
    SCHWEIGEPFLICHT = "5", "Nr. 5: Befugnis wie nach § 203 Abs. 1 oder 4 StGB"


class Notizfreigabe(TenantModel):
    """An entrusted note passed on to one recipient, inside the office or outside. What is told cannot be untold."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    tenant_rights: ClassVar[str] = "SELECT, INSERT, DELETE"
    tenant_policies: ClassVar[tuple[Policy, ...]] = (
        Policy(
            "beteiligt",
            "tenants",
            "SELECT",
            using="verfasser_id = sojus_user() OR empfaenger_id = sojus_user() OR sojus_user() IS NULL",
        ),
        Policy(
            "weitergeben",
            "tenants",
            "INSERT",
            check=(
                "verfasser_id = sojus_user() AND EXISTS (SELECT 1 FROM {schema}.cases_anvertrautenotiz n"
                " WHERE n.id = notiz_id AND n.verfasser_id = sojus_user())"
            ),
        ),
        Policy("entfernen", "tenants", "DELETE", using="sojus_user() IS NULL"),
    )

    notiz = models.ForeignKey(AnvertrauteNotiz, models.PROTECT, related_name="freigaben", verbose_name="Notiz")
    verfasser = SharedReference(Fachkraft, verbose_name="weitergegeben von")
    empfaenger = SharedReference(Fachkraft, null=True, verbose_name="Person im Jugendamt")
    empfaenger_extern = models.CharField("Stelle außerhalb", max_length=200, blank=True)
    grund_code = models.CharField("Grund nach § 65 Abs. 1", max_length=1, choices=Weitergabegrund)
    begruendung = models.CharField("Begründung", max_length=500)

    class Meta:
        ordering = ("created_at",)
        verbose_name = "Weitergabe einer anvertrauten Notiz"
        verbose_name_plural = "Weitergaben anvertrauter Notizen"
        constraints = [
            models.CheckConstraint(
                name="notizfreigabe_ein_empfaenger",
                condition=Q(empfaenger__isnull=False, empfaenger_extern="")
                | (Q(empfaenger__isnull=True) & ~Q(empfaenger_extern="")),
            ),
            models.UniqueConstraint(
                name="notizfreigabe_einmal", fields=["notiz", "empfaenger"], condition=Q(empfaenger__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notiz_id} {self.grund_code}"
