"""Whom to call at a provider or a facility, and for what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shared_apps.core.models import SharedModel
from shared_apps.core.ordnung import deutsch
from shared_apps.providers.models.anbieter import Anbieter, Einrichtung
from shared_apps.providers.models.verlauf import Verlauf, Verlaufsbereich
from shared_apps.providers.rights import JOB, OWN_FACILITY, WHOLE_ANBIETER
from tenants.tables.data_class import DataClass
from tenants.tables.rights import NO_ANBIETER, Policy, Rights

#: A contact of her whole provider.
_OWN_ANBIETER = "anbieter_id = ANY (sojus_anbieter())"
#: Hers to read: staff of one facility call their provider, too.
_READ = f"{_OWN_ANBIETER} OR {OWN_FACILITY}"
#: Hers to keep: staff of one facility keep that of their facility.
_KEEP = f"{JOB} OR ({_OWN_ANBIETER} AND {WHOLE_ANBIETER}) OR {OWN_FACILITY}"


class Kontaktfunktion(models.TextChoices):
    """For what somebody is called; in the order of a list."""

    LEITUNG = "LEITUNG", "Leitung"
    AUFNAHME = "AUFNAHME", "Aufnahme und Belegung"
    BEREITSCHAFT = "BEREITSCHAFT", "Bereitschaft"
    VERWALTUNG = "VERWALTUNG", "Verwaltung und Abrechnung"
    SONSTIGES = "SONSTIGES", "Sonstiges"


class Kontakt(SharedModel):
    """Who answers for one function at a provider or at one of its facilities; either one, never both.

    `ist_notruf`: the one telephone that somebody answers day and night. Organisations' contacts, named by themselves
    for this purpose; offices and their own people read them, no competitor. Taken away, a row is deleted: nobody needs
    a name that no longer answers (Art. 17 Abs. 1 a DSGVO).
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE, DELETE",
        tenants="SELECT",
        portal="SELECT",
        policies=(
            Policy("amt", "tenants", "SELECT", using="true"),
            Policy("eigene_am_amt", "portal", "SELECT", using=_READ),
            Policy("eigene", "app", "SELECT", using=f"{NO_ANBIETER} OR {_READ}"),
            Policy("eintragen", "app", "INSERT", check=_KEEP),
            Policy("fortschreiben", "app", "UPDATE", using=_KEEP, check=_KEEP),
            Policy("entfernen", "app", "DELETE", using=_KEEP),
        ),
    )

    verlauf: ClassVar[Verlauf] = Verlauf(
        Verlaufsbereich.KONTAKTE,
        werte=("funktion", "ist_notruf"),
        vermerkt=("name", "telefon", "email"),
        ohne=("anbieter_id", "einrichtung_id"),
    )

    anbieter = models.ForeignKey(
        Anbieter, models.PROTECT, null=True, blank=True, related_name="kontakte", verbose_name="Anbieter"
    )
    einrichtung = models.ForeignKey(
        Einrichtung, models.PROTECT, null=True, blank=True, related_name="kontakte", verbose_name="Einrichtung"
    )
    funktion = models.CharField("Funktion", max_length=12, choices=Kontaktfunktion)
    name = models.CharField("Name", max_length=120, blank=True)
    telefon = models.CharField("Telefon", max_length=40, blank=True)
    email = models.EmailField("E-Mail", blank=True)
    ist_notruf = models.BooleanField("Notfalltelefon: Hier meldet sich rund um die Uhr jemand (24 h)", default=False)

    class Meta:
        ordering = (deutsch("name"), "id")
        verbose_name = "Kontakt"
        verbose_name_plural = "Kontakte"
        constraints = [
            models.CheckConstraint(
                name="kontakt_genau_ein_ort",
                condition=Q(anbieter__isnull=False, einrichtung__isnull=True)
                | Q(anbieter__isnull=True, einrichtung__isnull=False),
            ),
            models.CheckConstraint(name="kontakt_erreichbar", condition=~Q(telefon="") | ~Q(email="")),
            models.CheckConstraint(name="kontakt_notruf_telefon", condition=Q(ist_notruf=False) | ~Q(telefon="")),
            models.UniqueConstraint(
                name="kontakt_ein_notruf",
                fields=["anbieter", "einrichtung"],
                condition=Q(ist_notruf=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_funktion_display()

    @property
    def waehlbar(self) -> str:
        """The telephone as a phone dials it: "+49 (0)3834 1" is +4938341."""
        nummer = self.telefon.replace("(0)", "") if self.telefon.startswith("+") else self.telefon
        return "".join(zeichen for zeichen in nummer if zeichen.isdigit() or zeichen == "+")
