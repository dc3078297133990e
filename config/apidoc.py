"""The description of a host's API as a page reads it: made of its OpenAPI document, in German, once per process.

What the document says is said; nothing is written a second time. A page shows what goes in at each operation and, of
what comes out, each object once: an answer leads to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from config.generator import EinGenerator
from shared_apps.accounts.umfang import Umfang
from shared_apps.core.zahlwort import anzahl

_REF = "#/components/schemas/"
#: Labels of an enumeration, as the library appends them to the words of a field.
_WERT = re.compile(r"^\* `(?P<wert>[^`]*)` - (?P<label>.*)$", re.MULTILINE)
_ARTEN = {
    "string": "Text", "integer": "ganze Zahl", "number": "Zahl", "boolean": "ja/nein (true, false)", "object": "Objekt",
}  # fmt: skip
_FORMATE = {
    "uuid": "Kennung (UUID)", "date": "Datum (JJJJ-MM-TT)", "date-time": "Zeitpunkt (ISO 8601)",
    "decimal": "Dezimalzahl als Text", "email": "E-Mail-Adresse", "uri": "Internetadresse",
}  # fmt: skip
_ORTE = {"path": "Teil der Adresse", "query": "hinter dem ? der Adresse", "header": "im Kopf der Anfrage"}
_PARAMETER = {
    "uuid": "Kennung der Sache",
    "jahr": "Jahr, vierstellig",
    "monat": "Monat, 1 bis 12",
    "zustand": "nur, was in diesem Stand ist",
    "art": "nur diese Art",
}
#: The page explains them once.
_BLAETTERN = ("page", "page_size", "nach")
_WIEDERHOLEN = "Idempotency-Key"
#: What each status says, whichever operation answers it.
STATUS = {
    "200": "Gelungen.",
    "201": "Angelegt.",
    "400": "Der Inhalt ist kein gültiges JSON.",
    "401": "Der Schlüssel fehlt, ist abgelaufen, widerrufen oder gilt an einer anderen Adresse.",
    "403": "Das Recht fehlt, oder der Umfang des Schlüssels reicht nicht.",
    "404": "Das gibt es nicht, oder Sie dürfen es nicht sehen.",
    "409": "Jemand war schneller, oder der Stand lässt es nicht mehr zu. detail sagt, was zu tun ist.",
    "422": "Eine Angabe fehlt oder ist falsch. felder nennt sie, jede mit einem Satz.",
    "429": "Zu viele Anfragen. Bitte einen Moment warten.",
}


@dataclass(frozen=True, slots=True)
class Feld:
    """One field or parameter. `objekt`: the name of the object it holds, "" for plain values."""

    name: str
    art: str
    text: str = ""
    pflicht: bool = False
    objekt: str = ""
    werte: tuple[tuple[str, str], ...] = ()
    grenzen: str = ""
    ort: str = ""


@dataclass(frozen=True, slots=True)
class Antwort:
    """What an operation may answer. `objekt`: what of, "" for an error."""

    status: str
    text: str
    objekt: str = ""
    art: str = ""


@dataclass(frozen=True, slots=True)
class Beispiel:
    """A body as it goes over the line."""

    titel: str
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address."""

    anker: str
    methode: str
    pfad: str
    text: str
    umfang: Umfang | None
    parameter: tuple[Feld, ...]
    felder: tuple[Feld, ...]
    antworten: tuple[Antwort, ...]
    anfragen: tuple[Beispiel, ...]
    ergebnisse: tuple[Beispiel, ...]
    #: Takes the parameters that the page explains once: of repeating, of pages.
    schreibt: bool = False
    blaettert: bool = False

    @property
    def erfolge(self) -> list[Antwort]:
        """What is answered when it works."""
        return [antwort for antwort in self.antworten if antwort.status.startswith("2")]

    @property
    def fehler(self) -> list[Antwort]:
        """What is answered when it does not."""
        return [antwort for antwort in self.antworten if not antwort.status.startswith("2")]


@dataclass(frozen=True, slots=True)
class Bereich:
    """Operations about one kind of thing."""

    anker: str
    titel: str
    operationen: list[Operation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Objekt:
    """What comes out, described once."""

    name: str
    felder: tuple[Feld, ...]


@dataclass(frozen=True, slots=True)
class Beschreibung:
    """All of one host."""

    bereiche: tuple[Bereich, ...]
    objekte: tuple[Objekt, ...]
    fehler: tuple[Feld, ...]


@cache
def get_beschreibung(urlconf: str | None) -> Beschreibung:
    """What the API of this kind of host can do; routes do not change while a process runs."""
    return build_beschreibung(EinGenerator(urlconf=urlconf).get_schema(request=None, public=True))


def build_beschreibung(dokument: dict[str, Any]) -> Beschreibung:
    """The page's view of an OpenAPI document."""
    return _Leser(dokument).read()


class _Leser:
    def __init__(self, dokument: dict[str, Any]) -> None:
        self.dokument = dokument
        self.schemas: dict[str, Any] = dokument["components"]["schemas"]
        #: Objects that answers lead to, in the order in which they are first named.
        self.genannt: dict[str, None] = {}

    def read(self) -> Beschreibung:
        titel = {tag["name"]: tag["description"] for tag in self.dokument.get("tags", ())}
        bereiche: dict[str, Bereich] = {}
        for pfad, methoden in self.dokument["paths"].items():
            for methode, operation in methoden.items():
                tag = operation["tags"][0]
                bereich = bereiche.setdefault(tag, Bereich(f"bereich-{tag}", titel.get(tag, tag.capitalize())))
                bereich.operationen.append(self._operation(pfad, methode, operation))
        fehler = tuple(self._fields(self.schemas["FehlerAusgabe"]))
        return Beschreibung(tuple(bereiche.values()), tuple(self._objekte()), fehler)

    def _objekte(self) -> Iterator[Objekt]:
        """All that are named, those that they name themselves too."""
        fertig: set[str] = set()
        while offen := [name for name in self.genannt if name not in fertig]:
            for name in offen:
                fertig.add(name)
                yield Objekt(name, tuple(self._fields(self.schemas[name])))

    def _operation(self, pfad: str, methode: str, operation: dict[str, Any]) -> Operation:
        koerper = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        antworten, parameter = operation["responses"], operation.get("parameters", ())
        return Operation(
            anker=operation["operationId"],
            methode=methode.upper(),
            pfad=pfad,
            text=_words(operation.get("description", "")),
            umfang=Umfang(operation["x-umfang"]) if "x-umfang" in operation else None,
            parameter=tuple(
                self._parameter(p) for p in parameter if p["name"] not in {*_BLAETTERN, _WIEDERHOLEN}
            ),
            schreibt=any(p["name"] == _WIEDERHOLEN for p in parameter),
            blaettert=any(p["name"] in _BLAETTERN for p in parameter),
            felder=tuple(self._fields(self._resolve(koerper["schema"]))) if koerper else (),
            antworten=tuple(self._antwort(status, antwort) for status, antwort in antworten.items()),
            anfragen=tuple(_examples(koerper)),
            ergebnisse=tuple(
                beispiel for antwort in antworten.values() for beispiel in _examples(_json_of(antwort))
            ),
        )  # fmt: skip

    def _parameter(self, parameter: dict[str, Any]) -> Feld:
        schema, name = parameter["schema"], parameter["name"]
        text, pflicht = parameter.get("description", "") or _PARAMETER.get(name, ""), bool(parameter.get("required"))
        return self._feld(name, schema, text, pflicht=pflicht, ort=_ORTE[parameter["in"]])

    def _antwort(self, status: str, antwort: dict[str, Any]) -> Antwort:
        schema = _json_of(antwort).get("schema", {})
        text = antwort.get("description") or STATUS.get(status, "")
        if not status.startswith("2") or not schema:
            return Antwort(status, text)
        if (ref := _name(schema)) and ref.startswith("Paginated"):
            schema = self.schemas[ref]["properties"]["results"]
            return Antwort(status, text, objekt=self._note(schema["items"]), art="eine Seite der Liste (results)")
        if schema.get("type") == "array":
            return Antwort(status, text, objekt=self._note(schema["items"]), art="eine Liste")
        return Antwort(status, text, objekt=self._note(schema))

    def _fields(self, schema: dict[str, Any]) -> Iterator[Feld]:
        pflicht = set(schema.get("required", ()))
        for name, inhalt in schema.get("properties", {}).items():
            ausgabe = inhalt.get("readOnly", False)
            yield self._feld(
                name,
                inhalt,
                inhalt.get("description") or inhalt.get("title", ""),
                pflicht=name in pflicht and not ausgabe,
            )

    def _feld(self, name: str, schema: dict[str, Any], text: str, *, pflicht: bool = False, ort: str = "") -> Feld:
        werte = tuple((m["wert"], m["label"]) for m in _WERT.finditer(text)) or tuple(self._enum(schema))
        art, objekt = self._art(schema)
        return Feld(
            name=name, art=art, text=_words(_WERT.sub("", text)), pflicht=pflicht, objekt=objekt, werte=werte,
            grenzen=_bounds(schema), ort=ort,
        )  # fmt: skip

    def _enum(self, schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for teil in self._parts(schema):
            inhalt = self._resolve(teil)
            beschriftet = {m["wert"]: m["label"] for m in _WERT.finditer(inhalt.get("description", ""))}
            yield from ((str(wert), beschriftet.get(str(wert), "")) for wert in inhalt.get("enum", ()) if wert)

    def _art(self, schema: dict[str, Any]) -> tuple[str, str]:
        """The kind of value in German, and the object it holds."""
        teile = [teil for teil in self._parts(schema) if teil.get("type") != "null" and _name(teil) != "BlankEnum"]
        alle = list(self._parts(schema))
        arten, objekt = [], ""
        null, leer = any(t.get("type") == "null" for t in alle), any(_name(t) == "BlankEnum" for t in alle)
        for teil in teile:
            inhalt = self._resolve(teil)
            typen = inhalt.get("type", "object")
            typen = typen if isinstance(typen, list) else [typen]
            null = null or "null" in typen or inhalt.get("nullable", False)
            typ = next((t for t in typen if t != "null"), "string")
            if typ == "array":
                kern, objekt = self._art(inhalt.get("items", {}))
                arten.append(f"Liste: {kern}")
            elif typ == "object" and inhalt.get("properties"):
                objekt = self._note(teil)
                arten.append("Objekt")
            else:
                arten.append(_FORMATE.get(inhalt.get("format", ""), _ARTEN.get(typ, typ)))
        zusatz = (", auch leer" if leer else "") + (", auch null" if null else "")
        return " oder ".join(dict.fromkeys(arten)) + zusatz, objekt

    def _parts(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for key in ("oneOf", "anyOf", "allOf"):
            if key in schema:
                yield from schema[key]
                return
        yield schema

    def _resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        return self.schemas[name] if (name := _name(schema)) else schema

    def _note(self, schema: dict[str, Any]) -> str:
        if not (name := _name(schema)):
            return ""
        self.genannt.setdefault(name)
        return name


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).removeprefix(_REF)


def _json_of(antwort: dict[str, Any]) -> dict[str, Any]:
    return dict(antwort.get("content", {}).get("application/json", {}))


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


def _bounds(schema: dict[str, Any]) -> str:
    unten, oben = schema.get("minimum"), schema.get("maximum")
    teile = []
    if unten is not None and oben is not None:
        teile.append(f"{unten} bis {oben}")
    elif unten is not None or oben is not None:
        teile.append(f"mindestens {unten}" if oben is None else f"höchstens {oben}")
    if laenge := schema.get("maxLength"):
        teile.append(f"höchstens {laenge} Zeichen")
    if viele := schema.get("maxItems"):
        teile.append(f"höchstens {anzahl(viele, 'Eintrag', 'Einträge')}")
    if schema.get("default") not in (None, ""):
        teile.append(f"ohne Angabe {json.dumps(schema['default'], ensure_ascii=False, default=str)}")
    return ", ".join(teile)


def _examples(inhalt: dict[str, Any]) -> Iterator[Beispiel]:
    for name, beispiel in inhalt.get("examples", {}).items():
        text = json.dumps(beispiel.get("value"), ensure_ascii=False, indent=2, default=str)
        yield Beispiel(beispiel.get("summary") or name, text)
