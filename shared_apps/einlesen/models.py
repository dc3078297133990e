"""Lists that are read into the register, the office's own numbers of its rows, and what each list did."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from shared_apps.accounts.models import User
from shared_apps.accounts.postfach import wer_sql
from shared_apps.core.models import SharedModel
from shared_apps.einlesen.enums import Befund, Gegenstand
from shared_apps.einlesen.states import EinlesungZustand
from tenants.models import Tenant
from tenants.tables.data_class import DataClass
from tenants.tables.rights import NO_ANBIETER, Policy, Rights

#: Nobody who acts for a provider reads or writes here: lists hold the rates of all of them.
_OFFICES = (Policy("aemter", "app", "ALL", using=NO_ANBIETER, check=NO_ANBIETER),)


class Einlesung(SharedModel):
    """One list on its way into the register. `tenant` None: the operator's.

    `kopf` and `zuordnung`: the head of the file, and which of its columns is what. `legt_anbieter_an`: it makes a
    provider, and then the head of the office releases it. Whoever hands it in does not release
    it (`einlesung_vier_augen`), and what was handed in stays as it is (trigger `einlesen_unterschrift`).
    `stillstand_gemeldet_at`: whoever asked for it was told that it has stopped; empty again when a job takes it up.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, UPDATE", policies=_OFFICES)
    #: Of a change whose request is a list, the history of the register says from which day the list is.
    verlauf_liste: ClassVar[str] = "freigegeben_at"

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Jugendamt"
    )
    dateiname = models.CharField("Datei", max_length=200)
    zustand = models.CharField(
        "Zustand", max_length=16, choices=EinlesungZustand.choices(), default=EinlesungZustand.ENTWURF.value
    )
    kopf = models.JSONField("Spalten der Datei", default=list)
    zuordnung = models.JSONField("Zuordnung der Spalten", default=dict)
    anzahl = models.PositiveIntegerField("Zeilen", default=0)
    erledigt = models.PositiveIntegerField("davon eingelesen", default=0)
    eingereicht_von = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="vorbereitet von")
    freigegeben_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="freigegeben von"
    )
    freigegeben_at = models.DateTimeField("freigegeben am", null=True, blank=True)
    aufgehoben_von = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="zurückgenommen von"
    )
    aufgehoben_at = models.DateTimeField("zurückgenommen am", null=True, blank=True)
    grund = models.CharField("Grund", max_length=500, blank=True)
    legt_anbieter_an = models.BooleanField("legt einen Anbieter an", default=False)
    stillstand_gemeldet_at = models.DateTimeField("Stillstand gemeldet am", null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Einlesung"
        verbose_name_plural = "Einlesungen"
        indexes = [models.Index(fields=["created_at", "id"], name="einlesung_zeit")]
        constraints = [
            models.CheckConstraint(
                name="einlesung_vier_augen",
                condition=Q(freigegeben_von__isnull=True) | ~Q(freigegeben_von=F("eingereicht_von")),
            ),
            models.CheckConstraint(
                name="einlesung_freigegeben",
                condition=Q(
                    zustand__in=[EinlesungZustand.ENTWURF, EinlesungZustand.VORGELEGT, EinlesungZustand.VERWORFEN],
                    freigegeben_von__isnull=True,
                    freigegeben_at__isnull=True,
                )
                | Q(
                    zustand__in=[
                        EinlesungZustand.FREIGEGEBEN,
                        EinlesungZustand.EINGELESEN,
                        EinlesungZustand.RUECKNAHME,
                        EinlesungZustand.ZURUECKGENOMMEN,
                    ],
                    freigegeben_von__isnull=False,
                    freigegeben_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.dateiname

    @property
    def ist_zurueckgegeben(self) -> bool:
        """Whether the second person gave it back, with a reason."""
        return self.zustand == EinlesungZustand.ENTWURF and bool(self.grund)


class Einlesezeile(SharedModel):
    """One line of the list as it was sent, and what reading it does or did. Gone after 30 days."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, UPDATE, DELETE", policies=_OFFICES)
    is_journaled: ClassVar[bool] = False  # what it does to the register is noted there

    einlesung = models.ForeignKey(Einlesung, models.PROTECT, related_name="zeilen", verbose_name="Einlesung")
    nummer = models.PositiveIntegerField("Zeile")
    werte = models.JSONField("Zellen", default=list)
    befund = models.CharField("Befund", max_length=12, choices=Befund.choices(), default=Befund.FEHLERHAFT.value)
    meldungen = models.JSONField("Meldungen", default=list)
    ist_erledigt = models.BooleanField("eingelesen", default=False)

    class Meta:
        ordering = ("einlesung", "nummer")
        verbose_name = "Zeile einer Liste"
        verbose_name_plural = "Zeilen von Listen"
        constraints = [models.UniqueConstraint(fields=["einlesung", "nummer"], name="einlesezeile_einmal")]

    def __str__(self) -> str:
        return f"{self.einlesung_id} {self.nummer}"


class Fremdschluessel(SharedModel):
    """The office's own number of a row of the register, by which the next list finds it. `stand`: how it left it.

    `ist_angelegt`: a list of this office has made the row; otherwise it was there and is only known by the number.
    Only a list of that office writes here, while it is read in or taken back (trigger `einlesen_schluessel_bleibt`):
    the next one changes what the number leads to.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, UPDATE, DELETE", policies=_OFFICES)
    is_journaled: ClassVar[bool] = False  # what it leads to is noted there

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Jugendamt"
    )
    gegenstand = models.CharField("Gegenstand", max_length=12, choices=Gegenstand.choices())
    schluessel = models.CharField("Schlüssel", max_length=200)
    objekt_id = models.UUIDField("Zeile des Verzeichnisses")
    stand = models.JSONField("Stand der letzten Liste", default=dict)
    ist_angelegt = models.BooleanField("von einer Liste angelegt", default=True)

    class Meta:
        ordering = ("schluessel",)
        verbose_name = "Fremdschlüssel"
        verbose_name_plural = "Fremdschlüssel"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "gegenstand", "schluessel"], name="fremdschluessel_einmal", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["tenant", "objekt_id"], name="fremdschluessel_je_objekt", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gegenstand} {self.schluessel}"


class Einleseposten(SharedModel):
    """What a list did to one row of the register: how to take it back. Gone after 30 days.

    `vorher`, `nachher`: values that were changed; of a new row `nachher` has all. `rest`: what else has to be known,
    `stand`: what the number's row said before. `grund`: why it was left out when the list was taken back. The list's
    own job alone writes here (trigger `einlesen_posten_bleibt`): what it says, the way back writes into the register.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, UPDATE, DELETE", policies=_OFFICES)
    is_journaled: ClassVar[bool] = False  # the change itself is noted

    einlesung = models.ForeignKey(Einlesung, models.PROTECT, related_name="posten", verbose_name="Einlesung")
    gegenstand = models.CharField("Gegenstand", max_length=12, choices=Gegenstand.choices())
    objekt_id = models.UUIDField("Zeile des Verzeichnisses")
    nummer = models.PositiveIntegerField("Zeile")
    ist_neu = models.BooleanField("angelegt", default=False)
    vorher: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField("vorher", default=dict)
    nachher: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField("nachher", default=dict)
    rest: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField("Weiteres", default=dict)
    stand: models.JSONField[Any, Any] = models.JSONField("Stand davor", null=True, blank=True)
    grund = models.CharField("ausgelassen, weil", max_length=500, blank=True)

    class Meta:
        ordering = ("einlesung", "id")
        verbose_name = "Posten einer Einlesung"
        verbose_name_plural = "Posten von Einlesungen"

    def __str__(self) -> str:
        return f"{self.gegenstand} {self.objekt_id}"


class OffeneEinlesung(models.Model):
    """Lists of the open office that wait for somebody, with a second person or back with whoever prepared them: a
    database view, because an office's role reads no lists and its start page counts them. `vorbereitet`: another
    account of the acting person is she herself."""

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    view: ClassVar[str] = (
        f" SELECT e.id, e.zustand, {wer_sql('e.eingereicht_von_id')} AS vorbereitet_id, e.legt_anbieter_an"  # noqa: S608
        " FROM public.einlesen_einlesung e JOIN public.tenants_tenant t ON t.id = e.tenant_id"
        " WHERE t.schema_name = public.sojus_mandant()"
        " AND public.sojus_anbieter() = '{{}}' AND (e.zustand = 'VORGELEGT' OR e.zustand = 'ENTWURF' AND e.grund <> '')"
    )
    rights: ClassVar[Rights] = Rights(app="", tenants="SELECT")

    id = models.UUIDField(primary_key=True)
    zustand = models.CharField(max_length=16, choices=EinlesungZustand.choices())
    vorbereitet_id = models.UUIDField("vorbereitet von")
    legt_anbieter_an = models.BooleanField()

    class Meta:
        managed = False
        db_table = "einlesen_offeneeinlesung"
        verbose_name = "offene Einlesung"
        verbose_name_plural = "offene Einlesungen"

    def __str__(self) -> str:
        return str(self.pk)
