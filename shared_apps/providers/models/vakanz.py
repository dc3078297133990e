"""How fresh vacancies are: who confirmed them, who was reminded, which office found a place taken."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from shared_apps.accounts.models import User
from shared_apps.catalogue.models import Grundart
from shared_apps.core.models import SharedModel
from shared_apps.providers.models.angebot import Angebot
from shared_apps.providers.rights import own_offers
from shared_apps.providers.states import MeldungZustand
from tenants.tables.data_class import DataClass
from tenants.tables.rights import NO_ANBIETER, OWN_MANDANT, Policy, Rights


class Bestaetigungsweg(models.TextChoices):
    """By which way vacancies were confirmed."""

    SEITE = "SEITE", "auf der Seite"
    MAIL = "MAIL", "über den Link in der E-Mail"
    AENDERUNG = "AENDERUNG", "mit einer Änderung"
    ANTWORT = "ANTWORT", "mit der Antwort auf eine Meldung"
    PROGRAMM = "PROGRAMM", "durch ein Programm"


class Vakanzbestaetigung(SharedModel):
    """Somebody said that the vacancies of an offer are right: who, when, by which way, and what they were. Only added.

    Who it was and the counts are read by her own provider's people. An office reads of which offer and when: that is
    what reliability is told from. `Angebot.vakanz_bestaetigt_at` is the newest of these.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    is_journaled: ClassVar[bool] = False  # it is a journal itself, and the offer's change is in the other one
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT",
        tenants="SELECT (id, angebot_id, bestaetigt_at)",
        policies=(
            Policy("eigene", "app", "SELECT", using=f"{NO_ANBIETER} OR {own_offers()}"),
            Policy(
                "bestaetigen",
                "app",
                "INSERT",
                check=f"{NO_ANBIETER} OR ({own_offers()} AND bestaetigt_von_id = sojus_user())",
            ),
            Policy("zeitpunkt_am_amt", "tenants", "SELECT", using="true"),
        ),
    )

    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="bestaetigungen", verbose_name="Angebot")
    bestaetigt_at = models.DateTimeField("bestätigt am")
    bestaetigt_von = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="bestätigt von")
    weg = models.CharField("Weg", max_length=9, choices=Bestaetigungsweg, default=Bestaetigungsweg.SEITE)
    frei = models.PositiveSmallIntegerField("freie Plätze")
    gesamt = models.PositiveSmallIntegerField("Plätze insgesamt")

    class Meta:
        ordering = ("-bestaetigt_at", "-id")
        verbose_name = "Bestätigung von Vakanzen"
        verbose_name_plural = "Bestätigungen von Vakanzen"
        indexes = [models.Index(fields=["angebot", "-bestaetigt_at"], name="vakanzbestaetigung_angebot")]
        constraints = [
            models.CheckConstraint(name="vakanzbestaetigung_zahlen", condition=models.Q(frei__lte=models.F("gesamt")))
        ]

    def __str__(self) -> str:
        return f"{self.angebot_id} {self.bestaetigt_at}"


class Vakanzerinnerung(SharedModel):
    """One reminder of one person on one day, and the link in its mail: used once, until it runs out.

    That there can be but one a day is the constraint's to say. The secret is not kept, only what it hashes to.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    is_journaled: ClassVar[bool] = False
    # The job and the link act for no provider; a provider's people reach their own, since the link may be opened by
    # whoever is signed in.
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, DELETE, UPDATE (benutzt_at)",
        policies=(
            Policy("eigene", "app", "SELECT", using=f"{NO_ANBIETER} OR user_id = sojus_user()"),
            Policy("erinnern", "app", "INSERT", check=NO_ANBIETER),
            Policy("einloesen", "app", "UPDATE", using=f"{NO_ANBIETER} OR user_id = sojus_user()"),
            Policy("vergessen", "app", "DELETE", using=NO_ANBIETER),
        ),
    )

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Person")
    tag = models.DateField("Tag")
    token_hash = models.CharField("Prüfsumme des Links", max_length=64, unique=True)
    expires_at = models.DateTimeField("gilt bis")
    benutzt_at = models.DateTimeField("benutzt am", null=True, blank=True)

    class Meta:
        verbose_name = "Erinnerung an Vakanzen"
        verbose_name_plural = "Erinnerungen an Vakanzen"
        constraints = [models.UniqueConstraint(name="vakanzerinnerung_einmal_am_tag", fields=["user", "tag"])]
        indexes = [models.Index(fields=["expires_at"], name="vakanzerinnerung_ablauf")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.tag}"


class Vakanzmeldung(SharedModel):
    """A youth office found on a day that a place shown as free was not. No person, no case, no free text, which would
    tell of a child sooner or later: why is a code of the catalogue.

    Once for each office, offer and day. Until the provider answers, `Angebot.vakanz_gemeldet_at` says so to everybody
    (trigger `providers_vakanz_gemeldet`). An office reads its own; how many there are is what a function counts.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(
        app="SELECT, UPDATE (zustand, beantwortet_von_id, beantwortet_at)",
        tenants="SELECT, INSERT, UPDATE (zustand)",
        policies=(
            Policy("eigene", "tenants", "SELECT", using=OWN_MANDANT),
            Policy(
                "melden", "tenants", "INSERT",
                check=f"{OWN_MANDANT} AND zustand = 'OFFEN' AND beantwortet_von_id IS NULL",
            ),
            Policy(
                "zuruecknehmen", "tenants", "UPDATE",
                using=f"{OWN_MANDANT} AND zustand = 'OFFEN'", check=f"{OWN_MANDANT} AND zustand = 'ZURUECKGENOMMEN'",
            ),
            Policy("lesen", "app", "SELECT", using=f"{NO_ANBIETER} OR {own_offers()}"),
            Policy(
                "antworten", "app", "UPDATE",
                using=f"{own_offers()} AND zustand = 'OFFEN'",
                check=f"{own_offers()} AND zustand IN ('STIMMT', 'BEHOBEN', 'BESTRITTEN')"
                " AND beantwortet_von_id::text = current_setting('sojus.user', true)",
            ),
        ),
    )  # fmt: skip

    mandant = models.CharField("Jugendamt (Schema)", max_length=63)
    angebot = models.ForeignKey(Angebot, models.PROTECT, related_name="meldungen", verbose_name="Angebot")
    tag = models.DateField("Tag")
    #: With the code the key of its entry in the catalogue (ADR 0072).
    grund_art = models.CharField(
        "Art des Grundes", max_length=8, default=Grundart.MELDUNG, db_default=Grundart.MELDUNG.value, editable=False
    )
    grund = models.CharField("Grund", max_length=20)
    zustand = models.CharField(
        "Zustand", max_length=16, choices=MeldungZustand.choices(), default=MeldungZustand.OFFEN.value
    )
    gemeldet_at = models.DateTimeField("gemeldet am")
    beantwortet_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="beantwortet von"
    )
    beantwortet_at = models.DateTimeField("beantwortet am", null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "Meldung „war nicht frei“"
        verbose_name_plural = "Meldungen „war nicht frei“"
        indexes = [
            models.Index(fields=["created_at", "id"], name="vakanzmeldung_zeit"),
            models.Index(fields=["angebot", "zustand"], name="vakanzmeldung_angebot"),
        ]
        constraints = [
            models.UniqueConstraint(name="vakanzmeldung_einmal_am_tag", fields=["mandant", "angebot", "tag"]),
            models.CheckConstraint(
                name="vakanzmeldung_grund_art", condition=models.Q(grund_art=Grundart.MELDUNG.value)
            ),
            models.CheckConstraint(
                name="vakanzmeldung_beantwortet",
                condition=models.Q(
                    zustand__in=[MeldungZustand.OFFEN, MeldungZustand.ZURUECKGENOMMEN], beantwortet_von__isnull=True
                )
                | models.Q(
                    zustand__in=[MeldungZustand.STIMMT, MeldungZustand.BEHOBEN, MeldungZustand.BESTRITTEN],
                    beantwortet_von__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandant} {self.angebot_id} {self.tag}"
