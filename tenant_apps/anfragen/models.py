"""An enquiry to several houses at once, and what each of them says (ADR 0100). No name, no birth, no number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from psycopg import sql

from shared_apps.accounts.models import Fachkraft
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.core.zahlwort import altersspanne
from shared_apps.occupancy.models import DARF_HALTEN
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from tenant_apps.anfragen.enums import (
    ANFRAGE_ZUSTAND_CHOICES,
    BEDARF_MAX,
    DRINGLICHKEIT_CHOICES,
    HAUSANFRAGE_ZUSTAND_CHOICES,
    RUECKFRAGE_MAX,
)
from tenant_apps.anfragen.states import HAUSANFRAGE_OFFEN, AnfrageZustand, HausanfrageZustand
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.enums import Ablehnungsgrund
from tenant_apps.placements.models import MitOffenemEnde, Reservierung, Suche
from tenants.db.roles import PORTAL_SUFFIX
from tenants.tables.base import SharedReference, TenantModel
from tenants.tables.data_class import DataClass
from tenants.tables.objects import Function


class Anfrage(MitOffenemEnde, TenantModel):
    """What several houses are asked out of one search: an age band, sex, need in three sentences, days, until when.

    The person and the case are the office's; a house reads what is asked and nothing that says who it is for.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("klient", "hilfefall")
    tenant_rights: ClassVar[str] = "SELECT, INSERT, UPDATE (zustand, beendet_at, beendet_von_id, rueckzug_grund)"

    suche = models.ForeignKey(Suche, models.PROTECT, related_name="anfragen", verbose_name="Suche")
    hilfefall = models.ForeignKey(Hilfefall, models.PROTECT, related_name="anfragen", verbose_name="Fall")
    klient = models.ForeignKey(Klient, models.PROTECT, related_name="anfragen", verbose_name="Klient")
    fachkraft = SharedReference(Fachkraft, verbose_name="Fachkraft")
    hilfeart = SharedReference(Hilfeart, verbose_name="Hilfeart")
    alter_von = models.PositiveSmallIntegerField("Alter von")
    alter_bis = models.PositiveSmallIntegerField("Alter bis einschließlich")
    geschlecht = models.CharField("Geschlecht", max_length=1, blank=True)
    bedarf = models.CharField("Was gebraucht wird", max_length=BEDARF_MAX, blank=True)
    dringlichkeit = models.CharField("Dringlichkeit", max_length=8, choices=DRINGLICHKEIT_CHOICES)
    antwort_bis_at = models.DateTimeField("Antwort bis")
    zustand = models.CharField(
        "Zustand", max_length=16, choices=ANFRAGE_ZUSTAND_CHOICES, default=AnfrageZustand.OFFEN.value
    )
    beendet_at = models.DateTimeField("beendet am", null=True)
    beendet_von = SharedReference(Fachkraft, null=True, verbose_name="beendet von")
    rueckzug_grund = models.CharField("Grund des Rückzugs", max_length=500, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "Anfrage"
        verbose_name_plural = "Anfragen"
        indexes = [
            # In the order of the list (docs/adr/0047); what the job looks for.
            models.Index(fields=["created_at", "id"], name="anfrage_neueste"),
            models.Index(fields=["antwort_bis_at"], name="anfrage_faellig", condition=Q(zustand="OFFEN")),
        ]
        constraints = [
            # The button pressed twice asks nobody twice.
            models.UniqueConstraint(name="anfrage_eine_je_suche", fields=["suche"], condition=Q(zustand="OFFEN")),
            models.CheckConstraint(name="anfrage_alter", condition=Q(alter_bis__gte=F("alter_von"))),
            models.CheckConstraint(
                name="anfrage_beendet",
                condition=Q(zustand="OFFEN", beendet_at__isnull=True)
                | (~Q(zustand="OFFEN") & Q(beendet_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hilfeart_id} {self.zeitraum}"

    @property
    def altersband(self) -> str:
        """ "12 bis 14 Jahre": all that a house learns of the age."""
        return altersspanne(self.alter_von, self.alter_bis)


class Hausanfrage(TenantModel):
    """The enquiry at one house: its answer, and what became of it.

    Its key is the common number, and the key of the hold on the place when there is one: so the number stays the same
    through enquiry, reservation and booking (ADR 0066). Amount, fit and distance are those that were shown when it was
    sent; a house never reads them.
    """

    data_class: ClassVar[DataClass] = DataClass.SOZIALDATUM
    ways_to_person: ClassVar[tuple[str, ...]] = ("anfrage",)

    anfrage = models.ForeignKey(Anfrage, models.PROTECT, related_name="haeuser", verbose_name="Anfrage")
    anbieter = SharedReference(Anbieter, verbose_name="Anbieter")
    einrichtung = SharedReference(Einrichtung, verbose_name="Einrichtung")
    angebot = SharedReference(Angebot, verbose_name="Angebot")
    tagesentgelt = models.DecimalField("Entgelt (je Tag oder Stunde)", max_digits=9, decimal_places=2, null=True)
    soll_entgelt = models.DecimalField("Soll-Entgelt", max_digits=11, decimal_places=2, null=True)
    passung = models.PositiveSmallIntegerField("Passung", null=True)
    entfernung_km = models.DecimalField("Entfernung in km", max_digits=6, decimal_places=1, null=True)
    zustand = models.CharField(
        "Zustand", max_length=16, choices=HAUSANFRAGE_ZUSTAND_CHOICES, default=HausanfrageZustand.ANGEFRAGT.value
    )
    antwort_at = models.DateTimeField("geantwortet am", null=True)
    antwort_von = SharedReference(Fachkraft, null=True, verbose_name="geantwortet von")
    absagegrund = models.CharField("Grund der Absage", max_length=24, choices=Ablehnungsgrund, blank=True)
    antwort_text = models.CharField("Rückfrage oder Erläuterung", max_length=RUECKFRAGE_MAX, blank=True)
    haelt_bis_at = models.DateTimeField("hält einen Platz bis", null=True)
    beendet_at = models.DateTimeField("beendet am", null=True)
    reservierung = models.OneToOneField(
        Reservierung, models.PROTECT, null=True, related_name="hausanfrage", verbose_name="Reservierung"
    )

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = "Anfrage an ein Haus"
        verbose_name_plural = "Anfragen an Häuser"
        indexes = [models.Index(fields=["anbieter", "created_at", "id"], name="hausanfrage_anbieter")]
        constraints = [
            models.UniqueConstraint(name="hausanfrage_einmal", fields=["anfrage", "angebot"]),
            # One yes of a set becomes a place.
            models.UniqueConstraint(
                name="hausanfrage_eine_angenommen", fields=["anfrage"], condition=Q(zustand="ANGENOMMEN")
            ),
            models.CheckConstraint(
                name="hausanfrage_mit_reservierung",
                condition=Q(zustand="ANGENOMMEN", reservierung__isnull=False)
                | (~Q(zustand="ANGENOMMEN") & Q(reservierung__isnull=True)),
            ),
            # A code that nobody knows has no word, and no page could say it.
            models.CheckConstraint(
                name="hausanfrage_bekannter_grund", condition=Q(absagegrund__in=["", *Ablehnungsgrund.values])
            ),
            models.CheckConstraint(
                name="hausanfrage_absage_begruendet", condition=~Q(zustand="ABGESAGT") | ~Q(absagegrund="")
            ),
        ]

    def __str__(self) -> str:
        return self.nummer

    @classmethod
    def fence_objects(cls) -> Iterator[Function]:
        """Whether a house may hold this place under this key for these days: an enquiry of the open office says so that
        it sees, and is still open. With the rights of whoever asks."""
        offen = ", ".join(f"'{zustand.value}'" for zustand in sorted(HAUSANFRAGE_OFFEN))
        frage = (
            "SELECT EXISTS (SELECT 1 FROM %1$I.anfragen_hausanfrage a"  # noqa: S608 - constants only
            " JOIN %1$I.anfragen_anfrage n ON n.id = a.anfrage_id"
            " JOIN public.providers_platz p ON p.angebot_id = a.angebot_id"
            f" WHERE a.id = $1 AND p.id = $2 AND a.zustand IN ({offen}) AND lower(n.zeitraum) = lower($3)"
            " AND (n.ohne_ende OR $3 <@ n.zeitraum))"
        )
        yield Function(
            "public",
            DARF_HALTEN,
            sql.SQL(
                " DECLARE ja boolean; BEGIN EXECUTE format({}, public.sojus_mandant() || {})"
                " INTO ja USING die_bindung, der_platz, zr; RETURN ja; END "
            ).format(sql.Literal(frage), sql.Literal(PORTAL_SUFFIX)),
            arguments="die_bindung uuid, der_platz uuid, zr daterange",
            returns="boolean",
            options="STABLE",
        )

    @property
    def nummer(self) -> str:
        """The common number, which reservation and booking will have, too."""
        return format_vorgangsnummer(self.pk)
