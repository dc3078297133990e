"""What has become of the register: who changed what, before and after, and what each table says about being noted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from shared_apps.core.labels import AUTOMATISCH
from shared_apps.core.models import SharedModel
from tenants.context import current_schema
from tenants.tables.data_class import DataClass
from tenants.tables.links import link_name
from tenants.tables.objects import Function, Trigger
from tenants.tables.rights import Policy, Rights, own_anbieter


class Verlaufsbereich(models.TextChoices):
    """What a change is about, as the filter of the page offers it."""

    STAMMDATEN = "stammdaten", "Stammdaten"
    KONTAKTE = "kontakte", "Kontakte und Konto"
    ANGEBOTE = "angebote", "Angebote"
    PLAETZE = "plaetze", "Kapazität"
    ENTGELTE = "entgelte", "Entgelte"
    ERLAUBNIS = "erlaubnis", "Betriebserlaubnis und Ausnahmen"
    UNTERLAGEN = "unterlagen", "Dokumente und Bilder"
    STOPPS = "stopps", "Sperren und Aufnahmestopps"


@dataclass(frozen=True, slots=True)
class Verlauf:
    """What the history keeps of a table: said at the model (`verlauf`; `link_verlauf` of a table between two).

    A table belongs to the house that one of its columns `platz_id`, `angebot_id`, `einrichtung_id`, `anbieter_id`
    leads to. Columns by their name in the database, each in one of four: `werte` (before and after), `haus` (the same,
    and no office reads it), `vermerkt` (only that it changed: persons, accounts, notes, files), `ohne` (not at all).
    `bezeichnung`: the column that says which row it is. `zeit`: a period, or `ab` (the first of these that has a day)
    and `bis`, say from which day a change holds; `stets`: every change, not only one of these days. `reihe`: rows that
    one statement changed alike but for this column are one line. `nur_haus`: no office reads anything of it;
    `nur_haus_mit`: what this column keeps for one office (§ 77) is read by no other, not even the one at the place.
    """

    bereich: Verlaufsbereich
    werte: tuple[str, ...] = ()
    haus: tuple[str, ...] = ()
    vermerkt: tuple[str, ...] = ()
    ohne: tuple[str, ...] = ()
    geld: tuple[str, ...] = field(default=())
    bezeichnung: str = ""
    zeit: str = ""
    ab: tuple[str, ...] = ()
    bis: str = ""
    stets: bool = False
    reihe: str = ""
    nur_haus: bool = False
    nur_haus_mit: str = ""


#: Of every row: what it is called by the machine, and when it came, which the entry says itself.
IMMER_OHNE = ("id", "created_at")


@cache
def list_verlaeufe() -> Mapping[str, tuple[type[models.Model], Verlauf]]:
    """Each table that is noted, with its model and what it says."""
    found: dict[str, tuple[type[models.Model], Verlauf]] = {}
    for model in apps.get_models(include_auto_created=True):
        if not (said := vars(model).get("verlauf")) and (owner := model._meta.auto_created):
            said = getattr(owner, "link_verlauf", {}).get(link_name(model))
        if isinstance(said, Verlauf):
            found[model._meta.db_table] = (model, said)
    return found


class _Exact(json.JSONDecoder):
    """Money is no float."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"parse_float": Decimal})


class Wer(models.TextChoices):
    """Which side made a change."""

    HAUS = "HAUS", "Anbieter"
    AMT = "AMT", "Jugendamt"
    BETRIEB = "BETRIEB", "Betrieb des Portals"
    SYSTEM = "SYSTEM", AUTOMATISCH


#: Read by the provider's people, by people of the office: who in the other house it was is nobody's to read.
NUR_HAUS = ("haus_person_id", "haus_vorher", "haus_nachher")
NUR_AMT = ("amt_person_id",)
_GEMEINSAM = (
    "id", "created_at", "kopf_id", "tabelle", "zeile", "art", "anbieter_id", "einrichtung_id", "angebot_id",
    "bezeichnung", "vorher", "nachher", "vermerkt", "fuer_amt", "gilt_ab", "wer", "amt", "liste_vom", "transaktion",
)  # fmt: skip
_AM_ORT = (
    "SELECT e.{} FROM providers_einrichtung e"
    " JOIN regions_gebietskoerperschaft g ON g.id = e.gebietskoerperschaft_id"
    " JOIN tenants_tenant t ON t.kuerzel = g.kuerzel WHERE t.schema_name = sojus_mandant()"
)


class VerlaufManager(models.Manager["Registeraenderung"]):
    """Columns that the role in charge may read: of persons only those of its own house."""

    def get_queryset(self) -> models.QuerySet[Registeraenderung]:
        """Without the columns of the other side."""
        return super().get_queryset().defer(*(NUR_HAUS if current_schema() else NUR_AMT))


class Registeraenderung(SharedModel):
    """One row of the register that a statement entered, changed or took away: who, when, before, after.

    Trigger `providers_verlauf_notieren` writes it in the same transaction, whatever a service forgets; nobody else
    writes, and nobody alters (ADR 0071). `kopf`: the row of the same statement whose line it shares; None: it is a
    line. `vorher`, `nachher`: only columns that changed. `gilt_ab`: from which day it holds, where that is another
    than the day of the entry.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    is_trail: ClassVar[bool] = True
    rights: ClassVar[Rights] = Rights(
        app=f"SELECT ({', '.join(_GEMEINSAM + NUR_HAUS)})",
        tenants=f"SELECT ({', '.join(_GEMEINSAM + NUR_AMT)})",
        policies=(
            Policy("eigene", "app", "SELECT", using=own_anbieter()),
            Policy(
                "am_ort",
                "tenants",
                "SELECT",
                using=f"fuer_amt AND (einrichtung_id IN ({_AM_ORT.format('id')})"
                f" OR (einrichtung_id IS NULL AND anbieter_id IN ({_AM_ORT.format('anbieter_id')})))",
            ),
        ),
    )

    kopf = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, db_constraint=False, related_name="weitere", verbose_name="Zeile mit"
    )
    tabelle = models.CharField("Tabelle", max_length=63)
    zeile = models.CharField("Zeile", max_length=40)
    art = models.CharField("Art", max_length=16)
    anbieter_id = models.UUIDField("Anbieter")
    einrichtung_id = models.UUIDField("Einrichtung", null=True)
    angebot_id = models.UUIDField("Angebot", null=True)
    bezeichnung = models.TextField("Bezeichnung", blank=True)
    vorher: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField("vorher", default=dict, decoder=_Exact)
    nachher: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        "nachher", default=dict, decoder=_Exact
    )
    haus_vorher: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        "vorher, nur für das Haus", default=dict, decoder=_Exact
    )
    haus_nachher: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        "nachher, nur für das Haus", default=dict, decoder=_Exact
    )
    vermerkt = ArrayField(models.CharField(max_length=63), default=list, verbose_name="geändert, ohne Inhalt")
    fuer_amt = models.BooleanField("liest auch das Jugendamt am Standort")
    gilt_ab = models.DateField("gilt ab", null=True)
    wer = models.CharField("Wer", max_length=8, choices=Wer)
    amt = models.CharField("Jugendamt", max_length=12, blank=True)
    haus_person_id = models.UUIDField("Person des Anbieters", null=True)
    amt_person_id = models.UUIDField("Person des Jugendamtes", null=True)
    liste_vom = models.DateField("mit der Liste vom", null=True)
    transaktion = models.BigIntegerField("Transaktion")

    objects = VerlaufManager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "Änderung im Verzeichnis"
        verbose_name_plural = "Änderungen im Verzeichnis"
        indexes = [
            models.Index(
                fields=["einrichtung_id", "created_at", "id"], name="verlauf_haus", condition=Q(kopf__isnull=True)
            ),
            models.Index(
                fields=["anbieter_id", "created_at", "id"], name="verlauf_anbieter", condition=Q(kopf__isnull=True)
            ),
            models.Index(fields=["created_at"], name="verlauf_zeit"),
        ]

    def __str__(self) -> str:
        return f"{self.art} {self.tabelle} {self.zeile}"

    @classmethod
    def fence_objects(cls) -> Iterator[Function | Trigger]:
        """What notes the changes of every table that says it is noted."""
        from shared_apps.providers.models.verlauf_sql import FUNCTION, TRIGGERS, body

        yield Function("public", FUNCTION, body(cls, _declared(), settings.TIME_ZONE), definer=True, callers=())
        for table in list_verlaeufe():
            for name, (event, referencing) in TRIGGERS.items():
                yield Trigger("public", table, name, "AFTER", (event,), ("public", FUNCTION), referencing=referencing)


def _declared() -> dict[str, dict[str, Any]]:
    return {table: asdict(said) for table, (_, said) in sorted(list_verlaeufe().items())}
