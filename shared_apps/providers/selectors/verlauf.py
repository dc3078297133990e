"""The history of the register in words: who changed what, before and after, from when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Field, Model, QuerySet
from django.utils import timezone
from django.utils.text import capfirst

from shared_apps.accounts.models import Fachkraft, User
from shared_apps.catalogue.models import Grundart, Kriterium
from shared_apps.catalogue.selectors import name_gruende
from shared_apps.core.geld import format_geld
from shared_apps.core.labels import label_art, label_objektart
from shared_apps.core.liste import Liste, ordnung
from shared_apps.core.zeitraum import EIN_TAG, JAHR_AB, format_datum
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Angebotsmerkmal,
    Einrichtung,
    EinrichtungDokument,
    Foto,
    Platz,
    Registeraenderung,
    Wer,
    list_verlaeufe,
)
from shared_apps.providers.rules import Kapazitaetswort, kapazitaetswort
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant

_NEUESTE = "-neueste"
DER_EINRICHTUNG = Liste(
    "providers:facility_history", {"neueste": ordnung("created_at", index="verlauf_haus")}, _NEUESTE
)
DES_ANBIETERS = Liste("providers:history", {"neueste": ordnung("created_at", index="verlauf_anbieter")}, _NEUESTE)

#: Entries of one part of a file. Each may have as many further rows as an offer has places, and a statement takes
#: 65,535 keys.
TEIL = 200
#: More columns than a proposed rate has are folded up.
ZU_VIELE = 7
LEER = "ohne Angabe"
NIE = "zurückgenommen, als hätte es das nie gegeben"
#: Of a row between two tables there is nothing but that it came or went.
_LINK_WORTE = {"ANLEGEN": "hinzugefügt", "LOESCHEN": "entfernt"}


@dataclass(frozen=True, slots=True)
class Angabe:
    """One column in words. `ohne_inhalt`: it changed, and what it says is not kept."""

    feld: str
    vorher: str = ""
    nachher: str = ""
    ohne_inhalt: bool = False

    @property
    def ist_lang(self) -> bool:
        """Too long to be read in passing."""
        return len(self.vorher) + len(self.nachher) > 160


@dataclass(frozen=True, slots=True)
class Verlaufszeile:
    """One line of the page."""

    wann: datetime
    wer: str
    liste_vom: date | None
    was: str
    art: str
    haus: str
    haus_id: UUID | None
    angebot: str
    gilt_ab: date | None
    angaben: tuple[Angabe, ...]

    @property
    def ohne_inhalt(self) -> str:
        """What is said of a column whose content is not kept; of a new row it did not change."""
        return "eingetragen" if self.art == label_art("ANLEGEN") else "geändert"

    @property
    def ist_neu(self) -> bool:
        """Nothing was there before, so that there is no "vorher" to show."""
        return not any(a.vorher for a in self.angaben)

    @property
    def ist_lang(self) -> bool:
        """More than is read in passing."""
        return len(self.angaben) > ZU_VIELE or any(a.ist_lang for a in self.angaben)

    def as_cells(self) -> Iterator[list[Any]]:
        """A line of a file for each column that changed."""
        wer = f"{self.wer}, Liste vom {format_datum(self.liste_vom)}" if self.liste_vom else self.wer
        for a in self.angaben or (Angabe(""),):
            nachher = self.ohne_inhalt if a.ohne_inhalt else a.nachher
            yield [self.wann, wer, self.haus, self.angebot, self.was, self.art, a.feld, a.vorher, nachher, self.gilt_ab]


def list_verlauf(
    rows: QuerySet[Registeraenderung], *, bereich: str = "", von: date | None = None, bis: date | None = None
) -> QuerySet[Registeraenderung]:
    """Lines of these changes, of one kind and of these days only when given; each with its further rows is one."""
    rows = rows.filter(kopf__isnull=True)
    if bereich:
        rows = rows.filter(tabelle__in=[t for t, (_, said) in list_verlaeufe().items() if said.bereich == bereich])
    if von:
        rows = rows.filter(created_at__date__gte=von)
    return rows.filter(created_at__date__lte=bis) if bis else rows


def build_zeilen(
    eintraege: Sequence[Registeraenderung], *, anbieter: Anbieter, tenant: Tenant | None
) -> list[Verlaufszeile]:
    """In words, for people of this provider, or of the office `tenant`. As many statements whatever the number."""
    if not eintraege:
        return []
    weitere: dict[UUID | None, list[Registeraenderung]] = defaultdict(list)
    for row in Registeraenderung.objects.filter(kopf__in=[e.pk for e in eintraege]).order_by("created_at"):
        weitere[row.kopf_id].append(row)
    worte = _Worte(eintraege, weitere, anbieter=anbieter, tenant=tenant)
    return [worte.line(e, weitere[e.pk]) for e in eintraege]


def iter_zeilen(
    eintraege: Iterable[Registeraenderung], *, anbieter: Anbieter, tenant: Tenant | None
) -> Iterator[Verlaufszeile]:
    """The same for a file, a part after the other: a house of many years has more entries than a statement takes."""
    folge = iter(eintraege)
    while teil := list(islice(folge, TEIL)):
        yield from build_zeilen(teil, anbieter=anbieter, tenant=tenant)


class _Worte:
    """Names of everything that entries point to, each table asked once."""

    def __init__(
        self,
        eintraege: Sequence[Registeraenderung],
        weitere: Mapping[UUID | None, list[Registeraenderung]],
        *,
        anbieter: Anbieter,
        tenant: Tenant | None,
    ) -> None:
        self.anbieter, self.tenant = anbieter, tenant
        alle = [*eintraege, *(row for rows in weitere.values() for row in rows)]
        self.haeuser: dict[UUID | None, str] = dict(_named(Einrichtung, {e.einrichtung_id for e in eintraege}))
        angebote = Angebot.objects.filter(pk__in={e.angebot_id for e in eintraege}).select_related("hilfeart")
        self.angebote: dict[UUID | None, Angebot] = {angebot.pk: angebot for angebot in angebote}
        kuerzel = {e.amt for e in eintraege if e.amt}
        orte = Gebietskoerperschaft.objects.filter(kuerzel__in=kuerzel).values_list("kuerzel", "kurzname")
        self.aemter = {k: f"{Wer.AMT.label} {ort}" for k, ort in (orte if kuerzel else ())}
        self.personen = self._people(eintraege)
        self.zeilen: dict[type[Model], dict[str, Model]] = {}
        for model, keys in _pointed(alle).items():
            found = model._default_manager.filter(pk__in=keys)
            self.zeilen[model] = {str(row.pk): row for row in found}
        self.unbenannte = _read_unnamed(eintraege)
        self.gruende = {art: name_gruende(Grundart(art), codes) for art, codes in _reasons(alle).items()}

    def _people(self, eintraege: Sequence[Registeraenderung]) -> dict[UUID | None, str]:
        """Of one's own house; nobody else's are asked for, and the database would not give them."""
        if self.tenant is not None:
            keys = {e.amt_person_id for e in eintraege if e.amt_person_id and e.amt == self.tenant.kuerzel}
            return {f.pk: str(f) for f in Fachkraft.objects.filter(pk__in=keys)} if keys else {}
        keys = {e.haus_person_id for e in eintraege if e.haus_person_id}
        if not keys:
            return {}
        found = User.objects.filter(pk__in=keys, memberships__anbieter_id=self.anbieter.pk).distinct()
        return {user.pk: user.name for user in found}

    def line(self, e: Registeraenderung, weitere: Sequence[Registeraenderung]) -> Verlaufszeile:
        """One entry with the rows that share its line."""
        return Verlaufszeile(
            wann=e.created_at,
            wer=self._who(e),
            liste_vom=e.liste_vom,
            was=self._what(e, weitere),
            art=_LINK_WORTE.get(e.art, "") if _is_link(e.tabelle) else label_art(e.art),
            haus=self.haeuser.get(e.einrichtung_id, ""),
            haus_id=e.einrichtung_id,
            angebot="" if e.tabelle == Angebot._meta.db_table else self._offer(e.angebot_id),
            gilt_ab=e.gilt_ab if e.gilt_ab and e.gilt_ab.year >= JAHR_AB else None,
            angaben=tuple(self._changes(e, weitere)),
        )

    def _who(self, e: Registeraenderung) -> str:
        if e.wer == Wer.HAUS:
            return self.anbieter.name if self.tenant else self.personen.get(e.haus_person_id, self.anbieter.name)
        if e.wer == Wer.AMT:
            amt = self.aemter.get(e.amt, str(Wer.AMT.label))
            return self.personen.get(e.amt_person_id, amt) if self.tenant else amt
        return str(Wer(e.wer).label)

    def _what(self, e: Registeraenderung, weitere: Sequence[Registeraenderung]) -> str:
        model, said = list_verlaeufe()[e.tabelle]
        if _is_link(e.tabelle):
            return _link_word(model)
        name = e.bezeichnung
        if model is Platz:
            worte = self._words(e.angebot_id)
            return f"{worte.viele} {_numbers([e, *weitere])}" if weitere else f"{worte.eins} {name}"
        if name and (field := _field(model, said.bezeichnung)).is_relation:
            name = self._name(field.related_model, name)
        if not name and (row := self.unbenannte.get(e.zeile)) is not None:
            return _row_name(row)
        return f"{label_objektart(e.tabelle)} {name}".strip()

    def _changes(self, e: Registeraenderung, weitere: Sequence[Registeraenderung]) -> Iterator[Angabe]:
        model, said = list_verlaeufe().get(e.tabelle, (None, None))
        if model is None or said is None:
            return
        vorher, nachher = dict(e.vorher), dict(e.nachher)
        if self.tenant is None:
            vorher |= e.haus_vorher
            nachher |= e.haus_nachher
        for column in _ordered(model, vorher.keys() | nachher.keys()):
            if column == said.reihe and weitere:
                if model is not Platz:
                    yield self._joined(model, column, [e, *weitere])
                continue
            if model is Platz and column == said.bezeichnung:
                continue  # the line says it
            field = _field(model, column)
            yield Angabe(
                get_label(field),
                self._say(e, field, vorher[column], geld=column in said.geld) if column in vorher else "",
                self._say(e, field, nachher[column], geld=column in said.geld) if column in nachher else "",
            )
        for column in e.vermerkt:
            yield Angabe(get_label(_field(model, column)), ohne_inhalt=True)

    def _joined(self, model: type[Model], column: str, rows: Sequence[Registeraenderung]) -> Angabe:
        field = _field(model, column)

        def said(side: str) -> str:
            rows_with = [row for row in rows if column in getattr(row, side)]
            return ", ".join(sorted(self._say(row, field, getattr(row, side)[column]) for row in rows_with))

        return Angabe(get_label(field), said("vorher"), said("nachher"))

    def _name(self, model: Any, key: str) -> str:
        row = self.zeilen.get(model, {}).get(key)
        if row is None:
            return "nicht mehr vorhanden"
        return f"{self._words(row.angebot_id).eins} {row.nummer}" if isinstance(row, Platz) else str(row)

    def _offer(self, key: UUID | None) -> str:
        return self.angebote[key].name if key in self.angebote else ""

    def _words(self, key: UUID | None) -> Kapazitaetswort:
        return self.angebote[key].worte if key in self.angebote else kapazitaetswort(je_tag=True)

    def _say(self, e: Registeraenderung, field: Field, wert: Any, *, geld: bool = False) -> str:
        if wert in (None, "", []):
            return LEER
        if field.is_relation:
            return self._name(field.related_model, str(wert))
        if field.model is Angebotsmerkmal and isinstance(wert, list):
            kriterium: Any = self.zeilen.get(Kriterium, {}).get(e.bezeichnung)
            worte: dict[str, str] = dict(kriterium.wahl) if kriterium else {}
            return ", ".join(str(worte.get(code, code)) for code in wert)
        if geld:
            return format_geld(Decimal(wert))
        if (art := _reason_kind(field)) is not None:
            return self.gruende[art].get(wert, wert)
        return format_wert(field, wert)


def format_wert(field: Field, wert: Any) -> str:
    """A value as it is kept (JSON of the database) in German words. Days are shown inclusively, as everywhere."""
    if field.flatchoices:
        return str(dict(field.flatchoices).get(wert, wert))
    if isinstance(field, DateRangeField):
        return _format_range(wert)
    if isinstance(field, models.DateField):  # and moments
        return _format_day(field, wert)
    if isinstance(wert, bool):
        return "ja" if wert else "nein"
    if isinstance(wert, int | Decimal):
        return f"{Decimal(wert).normalize():f}".replace(".", ",")
    return ", ".join(map(str, wert)) if isinstance(wert, list) else str(wert)


def _format_day(field: Field, wert: str) -> str:
    if isinstance(field, models.DateTimeField):
        return timezone.localtime(datetime.fromisoformat(wert)).strftime("%d.%m.%Y, %H:%M Uhr")
    tag = date.fromisoformat(wert)
    if tag.year < JAHR_AB:
        return NIE
    return format_datum(tag - EIN_TAG if _is_end(field) else tag)


def _format_range(wert: str) -> str:
    if wert == "empty":
        return "kein Tag"
    von, _, bis = wert.strip("[]()").partition(",")
    beginn = date.fromisoformat(von) if von else None
    letzter = date.fromisoformat(bis) - timedelta(days=1) if bis else None
    if beginn and beginn.year < JAHR_AB and letzter:
        return NIE
    if beginn and letzter:
        return f"{format_datum(beginn)} bis {format_datum(letzter)}"
    if beginn:
        return f"ab {format_datum(beginn)}"
    return f"bis {format_datum(letzter)}" if letzter else "immer"


def _reason_kind(field: Field) -> str | None:
    """For a code of the catalogue's reasons: of which kind (`grund_art` beside it, ADR 0072)."""
    if field.name != "grund":
        return None
    return next((str(f.default) for f in field.model._meta.concrete_fields if f.name == "grund_art"), None)


def _reasons(rows: Iterable[Registeraenderung]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        model, said = list_verlaeufe()[row.tabelle]
        if "grund" in said.werte and (art := _reason_kind(_field(model, "grund"))) is not None:
            found[art] |= {side["grund"] for side in (row.vorher, row.nachher) if side.get("grund")}
    return found


def _is_end(field: Field) -> bool:
    """A first day after the last one, which people call the last one."""
    return field.name == "gueltig_bis"


def get_label(field: Field) -> str:
    """As the form calls it in which it is entered."""
    if _is_end(field):
        return "Letzter Tag" if issubclass(field.model, Anbieter | Einrichtung) else "Gilt bis"
    return capfirst(str(field.verbose_name))


@cache
def _field(model: type[Model], column: str) -> Any:
    return next(f for f in model._meta.concrete_fields if f.column == column)


def _ordered(model: type[Model], columns: Iterable[str]) -> list[str]:
    """As the model has them. A column that is there no more is left out."""
    wanted = set(columns)
    return [f.column for f in model._meta.concrete_fields if f.column in wanted]


def _is_link(tabelle: str) -> bool:
    return bool(list_verlaeufe()[tabelle][0]._meta.auto_created)


def _link_word(model: type[Model]) -> str:
    owner: Any = model._meta.auto_created
    return next(str(f.verbose_name) for f in owner._meta.many_to_many if f.remote_field.through is model)


def _numbers(rows: Iterable[Registeraenderung]) -> str:
    """Numbers of places as people say them: "1 bis 4, 7"."""
    numbers = sorted(int(row.bezeichnung) for row in rows)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} bis {run[-1]}" for run in runs)


def _named(model: type[Model], keys: Iterable[UUID | None]) -> Iterable[tuple[UUID | None, str]]:
    wanted = {key for key in keys if key}
    return model._default_manager.filter(pk__in=wanted).order_by().values_list("pk", "name") if wanted else ()


def _read_unnamed(rows: Iterable[Registeraenderung]) -> dict[str, Model]:
    """What entries are about that say nothing of which it is: papers, and pictures that had no words yet."""
    keys: dict[type[Model], set[str]] = defaultdict(set)
    for row in rows:
        model = list_verlaeufe()[row.tabelle][0]
        if not row.bezeichnung and issubclass(model, Foto | EinrichtungDokument):
            keys[model].add(row.zeile)
    return {str(row.pk): row for model, some in keys.items() for row in model._default_manager.filter(pk__in=some)}


def _row_name(row: Model) -> str:
    """As it is called now. A picture nobody has described is known by its place among the others."""
    if not isinstance(row, Foto):
        return str(row)
    return f"{row._meta.verbose_name} {row.titel or row.alternativtext or f'Nr. {row.reihenfolge + 1}'}"


def _pointed(rows: Iterable[Registeraenderung]) -> dict[type[Model], set[str]]:
    """Rows of other tables whose key is a value or a name in these entries."""
    found: dict[type[Model], set[str]] = defaultdict(set)
    for row in rows:
        model, said = list_verlaeufe()[row.tabelle]
        if row.bezeichnung and said.bezeichnung and _field(model, said.bezeichnung).is_relation:
            found[_field(model, said.bezeichnung).related_model].add(row.bezeichnung)
        for column in said.werte:
            field = _field(model, column)
            if field.is_relation:
                found[field.related_model] |= {
                    str(side[column]) for side in (row.vorher, row.nachher) if side.get(column)
                }
    return {model: keys for model, keys in found.items() if keys}
