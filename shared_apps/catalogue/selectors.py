"""What is offered today, which criteria a module has, and who changed what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import Cast, JSONObject, Lower, Upper

from shared_apps.accounts.models import Fachkraft
from shared_apps.catalogue.hooks import count_angebote
from shared_apps.catalogue.models import (
    Barbetrag,
    Grund,
    Grundart,
    Hilfeart,
    Katalogaenderung,
    Kriterium,
    Modul,
    Spezialisierung,
    Sprache,
)
from shared_apps.catalogue.rules import UEBERALL_GESPROCHEN
from shared_apps.core.clock import today
from shared_apps.core.labels import label_felder, label_objektart
from shared_apps.core.liste import Liste, ordnung
from shared_apps.core.ordnung import deutsch
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import EIN_TAG, format_datum

Eintrag = Hilfeart | Spezialisierung | Sprache | Grund | Modul

MODULE = Liste("catalogue:module", {"sortierung": ordnung("sortierung", "code")}, "sortierung")
HILFEARTEN = Liste(
    "catalogue:hilfearten",
    {"sortierung": ordnung("sortierung", "code"), "code": ordnung("code")},
    "sortierung",
    zeigt=lambda rows: rows.select_related("modul"),
)
SPEZIALISIERUNGEN = Liste(
    "catalogue:spezialisierungen",
    {"sortierung": ordnung("sortierung", deutsch("name")), "name": ordnung(deutsch("name"))},
    "sortierung",
)
SPRACHEN = Liste(
    "catalogue:sprachen",
    {"sortierung": ordnung("sortierung", deutsch("name")), "name": ordnung(deutsch("name"))},
    "sortierung",
)
GRUENDE = Liste(
    "catalogue:gruende",
    {"wofuer": ordnung("art", "sortierung", deutsch("name")), "name": ordnung(deutsch("name"))},
    "wofuer",
)
VERLAUF = Liste("catalogue:history", {"neueste": ordnung("created_at", index="katalogaenderung_zeit")}, "-neueste")


# --- what is offered ------------------------------------------------------------------------------------------------


def list_hilfearten() -> QuerySet[Hilfeart]:
    """Kinds of help that may be chosen today: of a module that is switched on, on a day of theirs."""
    return Hilfeart.objects.filter(gueltig__contains=today(), modul__eingeschaltet=True)


def find_hilfeart(pk: str) -> Hilfeart | None:
    """The kind of help with this id, if it may be chosen today."""
    try:
        return list_hilfearten().select_related("modul").filter(pk=UUID(pk)).first() if pk else None
    except ValueError:
        return None


def has_mehrere_module() -> bool:
    """Whether kinds of help of more than one module may be chosen today."""
    return list_hilfearten().order_by().values("modul").distinct().count() > 1


def list_spezialisierungen(*, auch: Iterable[Spezialisierung] = ()) -> QuerySet[Spezialisierung]:
    """Specialities that may be chosen today, and those that are in use already (`auch`)."""
    return Spezialisierung.objects.filter(_heute_oder(auch))


def list_sprachen(*, auch: Iterable[Sprache] = ()) -> QuerySet[Sprache]:
    """Languages that may be chosen today, and those that are in use already (`auch`)."""
    return Sprache.objects.filter(_heute_oder(auch))


def list_fremdsprachen(*, auch: Iterable[Sprache] = ()) -> QuerySet[Sprache]:
    """The same without the one that is spoken everywhere: what people are offered to choose. Programs may say it."""
    return list_sprachen(auch=auch).exclude(~_eines_von(auch), code=UEBERALL_GESPROCHEN)


def list_gruende(art: Grundart, *, auch: str = "") -> list[tuple[str, str]]:
    """Codes and words of the reasons that may be chosen today, and of the one that is in use (`auch`)."""
    rows = Grund.objects.filter(Q(gueltig__contains=today()) | Q(code=auch), art=art)
    return list(rows.order_by("sortierung", deutsch("name")).values_list("code", "name"))


def name_gruende(art: Grundart, codes: Collection[str]) -> dict[str, str]:
    """What these reasons are called, ended ones too; one query, and none for no codes."""
    rows = Grund.objects.filter(art=art, code__in=set(codes)) if codes else Grund.objects.none()
    return dict(rows.values_list("code", "name"))


def _heute_oder(auch: Iterable[models.Model]) -> Q:
    return Q(gueltig__contains=today()) | _eines_von(auch)


def _eines_von(auch: Iterable[models.Model]) -> Q:
    return Q(pk__in=[row.pk for row in auch])


def list_module() -> QuerySet[Modul]:
    """All modules, in the order of the start page."""
    return Modul.objects.all()


def list_kriterien(*, modul_id: UUID | None = None) -> list[Kriterium]:
    """Criteria of one module, or of all that are switched on. One query."""
    return list(_kriterien(modul_id).select_related("modul"))


def _kriterien(modul_id: UUID | None) -> QuerySet[Kriterium]:
    rows = Kriterium.objects.order_by("modul__sortierung", "sortierung", "code")
    return rows.filter(modul=modul_id) if modul_id else rows.filter(modul__eingeschaltet=True)


#: Which data of a criterion are read beside another row (`with_kriterien`).
_VOM_KRITERIUM = ("id", "modul_id", "code", "name", "art", "feld", "von", "bis", "werte", "filtert", "sortierung")


def with_kriterien(rows: QuerySet[Any], modul_id: UUID | None) -> QuerySet[Any]:
    """Rows of something else with what `list_kriterien` says beside each, for `read_kriterien`: no query of their
    own."""
    werte = JSONObject(**{name: name for name in _VOM_KRITERIUM})
    return rows.annotate(kriterien=ArraySubquery(_kriterien(modul_id).values(alles=werte)))


def read_kriterien(row: Any) -> list[Kriterium]:
    """The criteria beside a row of `with_kriterien`, in the order of `list_kriterien`."""
    return [Kriterium(**werte) for werte in row.kriterien]


def with_barbetraege(rows: QuerySet[Any], *, land: str) -> QuerySet[Any]:
    """Rows of something else with all amounts of its state (`land`: the way to it) beside each, for
    `read_barbetraege`: no query of their own."""
    werte = JSONObject(
        alter_von="alter_von", alter_bis="alter_bis", ab=Lower("gueltig"), bis=Upper("gueltig"),
        betrag=Cast("betrag", models.TextField()), ist_beispiel="ist_beispiel",
    )  # fmt: skip
    return rows.annotate(barbetraege=ArraySubquery(Barbetrag.objects.filter(land=OuterRef(land)).values(alles=werte)))


def read_barbetraege(row: Any) -> list[Barbetrag]:
    """The amounts beside a row of `with_barbetraege`."""
    return [
        Barbetrag(
            alter_von=werte["alter_von"],
            alter_bis=werte["alter_bis"],
            gueltig=DateRange(*(tag and date.fromisoformat(tag) for tag in (werte["ab"], werte["bis"]))),
            betrag=Decimal(werte["betrag"]),
            ist_beispiel=werte["ist_beispiel"],
        )
        for werte in row.barbetraege
    ]


def list_felder(kriterien: Iterable[Kriterium]) -> frozenset[str]:
    """Columns of an offer that these criteria are kept in."""
    return frozenset(k.feld for k in kriterien if k.feld)


# --- who changed what -----------------------------------------------------------------------------------------------


def list_gepflegt(tabelle: str) -> dict[UUID, set[str]]:
    """Columns of a table that a person has entered or changed, by row. One query."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for zeile, feld in Katalogaenderung.objects.filter(tabelle=tabelle).values_list("zeile", "feld").distinct():
        found[zeile].add(feld)
    return found


def list_verlauf(*, zeile: UUID | None = None) -> QuerySet[Katalogaenderung]:
    """Changes, newest first; of one entry only, when given."""
    rows = Katalogaenderung.objects.all()
    return rows if zeile is None else rows.filter(zeile=zeile)


@dataclass(frozen=True, slots=True)
class Verlaufszeile:
    """One change as a page says it."""

    wann: datetime
    wer: str
    art: str
    name: str
    feld: str
    vorher: str
    nachher: str


def build_verlauf(rows: Sequence[Katalogaenderung]) -> list[Verlaufszeile]:
    """What a page of changes says: names of people and entries in one query each kind."""
    leute = {f.pk: str(f) for f in Fachkraft.objects.filter(pk__in={row.user_id for row in rows})}
    namen: dict[UUID, str] = {}
    for model in (Modul, Hilfeart, Spezialisierung, Sprache, Grund):
        ids = {row.zeile for row in rows if row.tabelle == model._meta.db_table}
        if ids:
            namen |= {row.pk: str(row) for row in model._default_manager.filter(pk__in=ids)}
    return [
        Verlaufszeile(
            wann=row.created_at,
            wer=leute.get(row.user_id, "–"),
            art=label_objektart(row.tabelle),
            name=namen.get(row.zeile, "–"),
            feld=label_felder(row.tabelle, [row.feld]),
            vorher=describe_wert(row.tabelle, row.feld, row.vorher),
            nachher=describe_wert(row.tabelle, row.feld, row.nachher),
        )
        for row in rows
    ]


def describe_wert(tabelle: str, feld: str, wert: str) -> str:
    """A value of the history in words, as its column's screens say it."""
    if not wert:
        return "–"
    model = next((m for m in apps.get_app_config("catalogue").get_models() if m._meta.db_table == tabelle), None)
    column: Any = next((f for f in model._meta.fields if f.attname == feld), None) if model else None
    if isinstance(column, models.BooleanField):
        return "ja" if wert == "true" else "nein"
    if feld == "gueltig":
        return describe_gueltig(wert)
    return str(dict(getattr(column, "flatchoices", ())).get(wert, wert))


def describe_gueltig(text: str) -> str:
    """A range of the database (`[2026-01-01,2027-01-01)`) with its last day."""
    von, _, bis = text.strip("[]()").partition(",")
    ab = f"ab {format_datum(date.fromisoformat(von))}" if von else ""
    letzter = f"bis {format_datum(date.fromisoformat(bis) - EIN_TAG)}" if bis else ""
    return " ".join(filter(None, (ab, letzter))) or "unbefristet"


# --- one entry ------------------------------------------------------------------------------------------------------


def read_wert(row: Eintrag, name: str) -> Any:
    """What a form shows of an entry under a name."""
    if name == "ab":
        return None if isinstance(row, Modul) else row.gueltig.lower
    return getattr(row, name)


def describe_ende(eintrag: Eintrag) -> str:
    """What its last day means for whoever uses it."""
    if isinstance(eintrag, Grund):  # who blocks a place, and why, stays in the house
        return "Wo der Grund schon gewählt ist, bleibt er stehen."
    laufende = count_angebote(type(eintrag), eintrag.pk)
    if not laufende:
        return "Kein laufendes Angebot nutzt diesen Eintrag."
    return f"Genutzt von: {anzahl(laufende, 'laufenden Angebot', 'laufenden Angeboten')}. Dort bleibt er stehen."


def describe_tage(eintrag: Eintrag) -> str:
    """When it is offered, in words."""
    if isinstance(eintrag, Modul) or (eintrag.gueltig.lower is None and eintrag.gueltig.upper is None):
        return "unbefristet"
    ab = f"ab {format_datum(eintrag.gueltig.lower)}" if eintrag.gueltig.lower else ""
    bis = f"bis {format_datum(eintrag.letzter_tag)}" if eintrag.letzter_tag else ""
    return " ".join(filter(None, (ab, bis)))
