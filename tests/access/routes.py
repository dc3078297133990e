"""All routes of a host, found by walking the URL conf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Route:
    """A path template such as `suche/<uuid:suche_id>/` with its view."""

    path: str
    view: object

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """(kind, name) of each argument."""
        return [(m["kind"] or "str", m["name"]) for m in _ARGUMENT.finditer(self.path)]

    def fill(self, values: dict[str, str]) -> str:
        """The path with arguments replaced: by name, else by kind."""
        return "/" + _ARGUMENT.sub(lambda m: str(values.get(m["name"], values.get(m["kind"] or "str", "x"))), self.path)


def walk(urlconf: str) -> Iterator[Route]:
    """Every route of a URL conf."""

    def down(patterns: list, prefix: str) -> Iterator[Route]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
            if isinstance(pattern, URLResolver):
                yield from down(pattern.url_patterns, path)
            elif isinstance(pattern, URLPattern):
                yield Route(path, pattern.callback)

    yield from down(get_resolver(urlconf).url_patterns, "")
