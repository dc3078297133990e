"""What the API takes in, as its own OpenAPI document says: each body with its fields, and a body as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_METHODS = ("post", "put", "patch")


@dataclass(frozen=True, eq=False)
class Body:
    """The body of one operation: path template without the leading slash, method, kind of each field."""

    path: str
    method: str
    schema: Mapping[str, Any]
    #: Names within objects are joined by a dot: `klient.vorname`.
    fields: dict[str, str] = field(default_factory=dict)

    def valid(self, known: Mapping[str, str]) -> dict[str, Any]:
        """What somebody would send; `known` gives values by name of the field."""
        return _example("", self.schema, known)

    def with_value(self, name: str, value: object, known: Mapping[str, str]) -> dict[str, Any]:
        """The valid body, but for one field."""
        body = self.valid(known)
        *way, last = name.split(".")
        place = body
        for step in way:
            inner = next(kind for kind in _kinds(self.schema["properties"][step]) if kind.get("type") == "object")
            place[step] = {part: _example(part, kind, known) for part, kind in inner["properties"].items()}
            place = place[step]
        place[last] = value
        return body


def find_bodies(document: dict[str, Any]) -> list[Body]:
    """Every body of the document, those without a field left out."""
    found = []
    for path, operations in document["paths"].items():
        for method in (m for m in _METHODS if m in operations):
            content = operations[method].get("requestBody", {}).get("content", {}).get("application/json")
            if content:
                schema = _resolve(content["schema"], document)
                found.append(Body(path.lstrip("/"), method.upper(), schema, dict(_walk(schema, ""))))
    return found


def _resolve(schema: Any, document: dict[str, Any]) -> Any:
    """The schema with every reference replaced by what it means."""
    if isinstance(schema, list):
        return [_resolve(part, document) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolve(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    return {name: _resolve(part, document) for name, part in schema.items()}


def _kinds(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a field may be."""
    return [schema, *schema.get("oneOf", []), *schema.get("anyOf", []), *schema.get("allOf", [])]


def _walk(schema: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, part in schema.get("properties", {}).items():
        yield f"{prefix}{name}", _kind(part)
        for inner in _kinds(part):
            yield from _walk(inner, f"{prefix}{name}.")


def _kind(schema: Mapping[str, Any]) -> str:
    """The first thing that is said about it: its format, its choices, its type."""
    for part in _kinds(schema):
        said = part.get("format") or ("choice" if "enum" in part else "") or part.get("type")
        if said:
            return str(next(one for one in said if one != "null")) if isinstance(said, list) else str(said)
    raise AssertionError(f"a field of no kind: {schema}")


def _example(name: str, schema: Mapping[str, Any], known: Mapping[str, str]) -> Any:
    if name in known:
        return known[name]
    if schema.get("type") == "object":
        return {inner: _example(inner, part, known) for inner, part in schema.get("properties", {}).items()}
    part = next((p for p in _kinds(schema) if "enum" in p), schema)
    if "enum" in part:
        return part["enum"][0]
    typical = {"date": "2026-10-01", "uuid": None, "decimal": "2.00", "integer": 2, "array": [], "boolean": True}
    return typical.get(_kind(schema), "Beispieltext")
