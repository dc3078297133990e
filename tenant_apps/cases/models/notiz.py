"""Notes: those of the file, and those entrusted to one person (§ 65 SGB VIII)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shared_apps.accounts.models import Fachkraft
from tenant_apps.cases.models.hilfefall import Hilfefall
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Policy


class Fallnotiz(TenantModel):
    """An ordinary note of the file: whoever reads the file reads it. The text is sealed for the tenant."""

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("hilfefall",)

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
    ways_to_person: ClassVar[tuple[str, ...]] = ("hilfefall",)
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
