"""Who may call what: the table route × method × role, computed from what each view declares.

A view declares one of two things as data: a policy (`@require(policy)`, in the API `policy = {"get": …}`)
or that it is open to everybody, and why (`@public("…")`). Whoever declares nothing is found here, before
anybody can call it: `manage.py access_table --check` and tests/access fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.views import View

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import AMT, ANBIETERSEITE, LAND, Rolle
from shared_apps.accounts.guards import Policy
from shared_apps.accounts.rollen import rollenart
from shared_apps.accounts.umfang import Umfang

AMT_HOST, PORTAL_HOST = "amt", "portal"
HOSTS = {AMT_HOST: "Adresse eines Jugendamtes", PORTAL_HOST: "Landesportal"}

#: Cells of the table.
JA, NEIN, ANMELDUNG, OFFEN = "ja", "–", "Anm.", "offen"

_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_ALL_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SOMEBODY = UUID(int=1)


@dataclass(frozen=True)
class Column:
    """What somebody is who calls. `rolle` None: a stranger, or a person this host does not know."""

    key: str
    head: str
    label: str
    rolle: Rolle | None = None
    is_admin_of_provider: bool = False


STRANGER = Column("fremd", "niemand", "nicht angemeldet")
OTHER_OFFICE = Column("anderes_amt", "fremdes Amt", "angemeldet und in einem anderen Jugendamt tätig, in diesem nicht")


@lru_cache
def kinds() -> tuple[Column, ...]:
    """All columns, strangers first, then every role of the matrix."""
    rollen = [Column(str(r.value), rollenart(r.value).kopf, str(r.label), r) for r in Rolle]
    place = next(i for i, kind in enumerate(rollen) if kind.rolle == Rolle.ANBIETER) + 1
    label = "Anbieter, verwaltet zugleich die Zugänge des Anbieters"
    rollen.insert(place, Column("ANBIETER_VERWALTUNG", "Anb.-Verw.", label, Rolle.ANBIETER, True))
    return (STRANGER, OTHER_OFFICE, *rollen)


def is_admitted(kind: Column, host: str) -> bool:
    """Whether the host lets the person in at all: an office its own people and providers, the portal everybody."""
    if kind.rolle is None:
        return kind is OTHER_OFFICE and host == PORTAL_HOST
    return host == PORTAL_HOST or kind.rolle in AMT | ANBIETERSEITE


def akteur_of(kind: Column, host: str) -> Akteur | None:
    """Somebody with this role and no other, as a policy sees her; None when the host does not admit her."""
    if not is_admitted(kind, host):
        return None
    rolle = kind.rolle or Rolle.ASD
    extra: dict[str, Any] = {"tenant_id": 1 if host == AMT_HOST else None}
    if rolle in ANBIETERSEITE:
        extra["anbieter_ids"] = frozenset({_SOMEBODY})
        if kind.is_admin_of_provider:
            extra["verwaltet_ids"] = frozenset({_SOMEBODY})
        if rolle == Rolle.EINRICHTUNG:
            extra["einrichtung_ids"] = frozenset({_SOMEBODY})
    elif rolle not in LAND:
        extra["teams"] = frozenset({"Team"})
        extra["geleitete_teams"] = extra["teams"] if rolle == Rolle.TEAMLEITUNG else frozenset()
    return Akteur(user_id=_SOMEBODY, username=kind.key, name=kind.label, rollen=frozenset({rolle}), **extra)


@dataclass(frozen=True)
class Route:
    """A path template such as `hze-auswahl/<uuid:uuid>/` with its view and full URL name."""

    path: str
    view: Any
    name: str

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """(converter, name) of each argument."""
        return [(m["kind"] or "str", m["name"]) for m in _ARGUMENT.finditer(self.path)]

    def fill(self, values: dict[str, str]) -> str:
        """The path with arguments replaced: by name, else by converter."""
        return "/" + _ARGUMENT.sub(lambda m: str(values.get(m["name"], values.get(m["kind"] or "str", "x"))), self.path)

    @property
    def is_api(self) -> bool:
        """Whether an API key counts here."""
        return self.path.startswith("api/")


def urlconf_of(host: str) -> str:
    """The URL conf of a kind of host."""
    return settings.ROOT_URLCONF if host == AMT_HOST else settings.PUBLIC_SCHEMA_URLCONF


def walk(urlconf: str) -> Iterator[Route]:
    """Every route of a URL conf."""

    def down(patterns: list, prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
            if isinstance(pattern, URLResolver):
                inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
                yield from down(pattern.url_patterns, path, inner)
            elif isinstance(pattern, URLPattern):
                yield Route(path, pattern.callback, ":".join((*spaces, pattern.name or path)))

    yield from down(get_resolver(urlconf).url_patterns, "", ())


def _layers(view: Any) -> Iterator[Any]:
    """The view and what its decorators wrap, outermost first."""
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)


def _class_of(view: Any) -> type[View] | None:
    for layer in _layers(view):
        found = getattr(layer, "cls", None) or getattr(layer, "view_class", None)
        if found:
            return found
    return None


def methods_of(view: Any) -> list[str] | None:
    """Methods the view answers (HEAD counts as GET), None when it does not say."""
    found: set[str] | None = None
    for layer in _layers(view):
        code = getattr(layer, "__code__", None)
        if code and "request_method_list" in code.co_freevars:  # django.views.decorators.http
            allowed = set(layer.__closure__[code.co_freevars.index("request_method_list")].cell_contents)
            found = allowed if found is None else found & allowed
    actions = getattr(view, "actions", None)  # a view set of the API
    cls = _class_of(view)
    if actions:
        own = {method.upper() for method in actions}
    elif cls:
        own = {m.upper() for m in cls.http_method_names if hasattr(cls, m)}
    else:
        own = set(_ALL_METHODS)
        if found is None:
            return None
    found = own if found is None else own & found
    return [method for method in _ALL_METHODS if method in found]


def public_reason(view: Any) -> str:
    """Why everybody may call it, "" when not everybody may."""
    return getattr(view, "public", "") or getattr(_class_of(view), "public", "") or ""


def policy_of(view: Any, method: str) -> Policy | None:
    """The declared policy of a view for a method."""
    declared = getattr(view, "policy", None)
    if declared is None:
        declared = getattr(_class_of(view), "policy", None)
    if isinstance(declared, dict):
        action = (getattr(view, "actions", None) or {}).get(method.lower(), "")
        return declared.get(action) or declared.get(method.lower())
    return declared


def scope_of(view: Any, method: str) -> Umfang | None:
    """The scope a key needs for a method of the API; None where no key enters."""
    declared = getattr(_class_of(view), "scopes", None) or {}
    action = (getattr(view, "actions", None) or {}).get(method.lower(), "")
    return declared.get(action) or declared.get(method.lower())


@dataclass(frozen=True)
class Row:
    """One line of the table: what each kind of person gets at a route with a method. `rule`: "" when public."""

    host: str
    route: Route
    method: str
    area: str
    rule: str
    note: str
    cells: dict[str, str]


class Undeclared(RuntimeError):
    """Views without a policy or without their methods; the message says what to write where."""


def _area(view: Any) -> str:
    cls = _class_of(view)
    inner = list(_layers(view))[-1]
    module = (cls or inner).__module__
    config = apps.get_containing_app_config(module)
    return str(config.verbose_name) if config and config.name.partition(".")[0] != "drf_spectacular" else "Start"


def _note(policy: Policy) -> str:
    text = (getattr(policy, "__doc__", None) or "").strip()
    return text.splitlines()[0] if text else ""


def _cell(policy: Policy, kind: Column, host: str) -> str:
    akteur = akteur_of(kind, host)
    if akteur is None:
        return ANMELDUNG
    return JA if policy(akteur) else NEIN


def _rows_of(host: str, route: Route, problems: list[str]) -> Iterator[Row]:
    where = f"{route.path or '/'} ({route.name})"
    methods = methods_of(route.view)
    if methods is None:
        problems.append(f"{where}: declare its methods: @require_safe, @require_POST or @require_http_methods([…]).")
        return
    reason = public_reason(route.view)
    if reason and policy_of(route.view, "GET"):
        problems.append(f"{where}: has both a policy and @public(…). Take one away.")
        return
    for method in methods:
        if reason:
            yield Row(host, route, method, _area(route.view), "", reason, {kind.key: OFFEN for kind in kinds()})
            continue
        policy = policy_of(route.view, method)
        if policy is None:
            problems.append(
                f"{where} {method}: declare who may: @require(policies.may_…) above the view, in the API "
                f'policy = {{"{method.lower()}": may_…}}, or @public("why everybody may").'
            )
            continue
        cells = {kind.key: _cell(policy, kind, host) for kind in kinds()}
        rule = getattr(policy, "__name__", "policy")
        yield Row(host, route, method, _area(route.view), rule, _note(policy), cells)


def list_rows() -> list[Row]:
    """The whole table of both kinds of host. Raises `Undeclared` with every gap."""
    problems: list[str] = []
    rows = [row for host in HOSTS for route in walk(urlconf_of(host)) for row in _rows_of(host, route, problems)]
    if problems:
        raise Undeclared("\n".join(dict.fromkeys(problems)))
    return rows


_HEADER = """# Zugriffsrechte: Adresse × Methode × Rolle

<!-- Made by `python manage.py access_table --write`. Do not edit: change the policy beside the view. -->

Diese Tabelle ist aus dem Programm erzeugt. Sie fragt für jede Adresse und jede Rolle dieselbe Regel, die beim
Aufruf entscheidet. Ein Test ruft jede Zelle wirklich auf (`tests/access/test_cells.py`), ein zweiter vergleicht sie mit
der von Hand geschriebenen Matrix (`tests/access/matrix.py`). Eine Adresse ohne Regel lässt den Bau scheitern.

**Zellen.** `ja`: darf aufrufen. Welche Fälle, Reservierungen oder Rechnungen die Person dort sieht, entscheidet
zusätzlich die Sicht auf die einzelnen Daten (eigene, die des Teams, die der Vertretung, die der eigenen Einrichtung);
was ihr nicht gehört, gibt es für sie nicht (404). `–`: verboten (403). `Anm.`: an dieser Adresse nicht zugelassen, es
erscheint die Anmeldung (im API 401 oder 403).

**Methoden.** GET zeigt (HEAD wie GET), POST, PUT, PATCH und DELETE ändern. Andere Methoden weist jede Adresse ab (405).

**API-Schlüssel.** Ein Schlüssel handelt mit den Rollen der Person, der er gehört, höchstens mit seinem eigenen Umfang,
und nur unter `/api/`. An allen anderen Adressen gilt er nichts (wie „niemand“).

**Grund.** Erste Zeile der Regel im Programm, in der Sprache des Programms.
"""


def _merged(rows: list[Row]) -> list[tuple[Row, str]]:
    """Neighbouring methods of a route with the same answer share a line."""
    found: list[tuple[Row, str]] = []
    for row in rows:
        if found and (found[-1][0].route, found[-1][0].note, found[-1][0].cells) == (row.route, row.note, row.cells):
            found[-1] = (row, f"{found[-1][1]}, {row.method}")
        else:
            found.append((row, row.method))
    return found


def _text(note: str) -> str:
    return note.replace("|", "/")


def _table(rows: list[Row], columns: list[Column]) -> Iterator[str]:
    yield "| Adresse | Methode | " + " | ".join(kind.head for kind in columns) + " | Regel | Grund |"
    yield "| --- | --- |" + " :-: |" * len(columns) + " --- | --- |"
    for row, methods in _merged(rows):
        cells = " | ".join(row.cells[kind.key] for kind in columns)
        yield f"| `/{row.route.path}` | {methods} | {cells} | `{row.rule}` | {_text(row.note)} |"


def _public_table(rows: list[Row]) -> Iterator[str]:
    yield "| Adresse | Methode | Grund |"
    yield "| --- | --- | --- |"
    for row, methods in _merged(rows):
        yield f"| `/{row.route.path}` | {methods} | {_text(row.note)} |"


def render() -> str:
    """The content of docs/access.md."""
    rows = list_rows()
    lines = [_HEADER, "## Rollen", "", "| Spalte | Rolle |", "| --- | --- |"]
    lines += [f"| {kind.head} | {kind.label} |" for kind in kinds()]
    for host, title in HOSTS.items():
        here = [row for row in rows if row.host == host and row.rule]
        public = [row for row in rows if row.host == host and not row.rule]
        columns = [kind for kind in kinds() if not (kind is OTHER_OFFICE and host == PORTAL_HOST)]
        lines += ["", f"## {title}"]
        if host == PORTAL_HOST:
            lines += ["", "Das Portal gehört keinem Amt; eine Spalte „fremdes Amt“ gibt es hier nicht."]
        for area in sorted({row.area for row in here}):
            lines += ["", f"### {title}: {area}", "", *_table([r for r in here if r.area == area], columns)]
        lines += ["", f"### {title}: ohne Anmeldung erreichbar", "", *_public_table(public)]
    return "\n".join(lines) + "\n"
