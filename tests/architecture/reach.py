"""Who uses a rule or a policy: from the code that runs, one function after the other, down to the rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.architecture.tree import ROOT, nodes_of, parsed, python_files, templates, text

#: Plain functions without Django that are in rooms of other names.
PLAIN = {"shared_apps/core/geld.py", "shared_apps/core/zeitraum.py", "shared_apps/core/eingabe.py"}

#: How a test of properties says which SQL its rules are the oracle of.
_ORACLE = re.compile(r'^ORACLE_OF = "([\w/]+\.py)"$', re.MULTILINE)

#: (module, name at its top)
Symbol = tuple[str, str]


@dataclass
class Module:
    """What one file defines at its top, and what each definition (None: the rest of the file) refers to."""

    path: Path
    defines: dict[str, ast.stmt] = field(default_factory=dict)
    uses: dict[str | None, set[Symbol]] = field(default_factory=dict)


def is_rule(path: Path) -> bool:
    """A room of rules or states: one file, or a folder."""
    return str(path) in PLAIN or path.stem in {"rules", "states"} or "rules" in path.parts[:-1]


def is_policy(path: Path) -> bool:
    """Who may what: one file, or a folder."""
    return path.stem == "policies" or "policies" in path.parts[:-1]


def is_law(path: Path) -> bool:
    """What has to be used by something that runs."""
    return is_rule(path) or is_policy(path)


def module_name(path: Path) -> str:
    """Dotted name of a file."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def laws() -> dict[str, Path]:
    """Modules that have to be used by something that runs; nothing of them is read."""
    return {module_name(path): path for path in python_files() if is_law(path)}


@cache
def modules() -> dict[str, Module]:
    """All modules of the four floors and of the programs beside them."""
    return {module_name(path): _read(path) for path in python_files()}


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))


def _read(path: Path) -> Module:
    found, own, package = Module(path), module_name(path), ".".join(path.parent.parts)
    bound: dict[str, str] = {}  # name here → dotted name elsewhere
    for node in nodes_of(parsed(path)):
        if isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                base = package.split(".")[: len(package.split(".")) - node.level + 1]
                origin = ".".join([*base, *filter(None, [origin])])
            bound |= {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            bound |= {alias.asname: alias.name for alias in node.names if alias.asname}
    for node in parsed(path).body:
        for name in _names(node):
            found.defines[name] = node
    for node in parsed(path).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        used = set(_references(node, bound, own, set(found.defines)))
        for name in [*_names(node)] or [None]:
            found.uses.setdefault(name, set()).update(used)
    return found


def _references(node: ast.AST, bound: dict[str, str], own: str, defined: set[str]) -> Iterator[Symbol]:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in bound:
            yield bound[part.value.id], part.attr
        if isinstance(part, ast.Name):
            if part.id in bound:
                module, _, name = bound[part.id].rpartition(".")
                yield module, name
            elif part.id in defined:
                yield own, part.id


def _origin(symbol: Symbol) -> Symbol:
    """Where a name is defined that a package only hands on."""
    module, name = symbol
    found = modules().get(module)
    if found and name not in found.defines:
        for node in parsed(found.path).body:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return _origin((node.module, alias.name))
    return symbol


def _follow(start: set[Symbol]) -> frozenset[Symbol]:
    """All names that these lead to, through rules and policies only."""
    waiting, found = {_origin(symbol) for symbol in start}, set[Symbol]()
    while waiting:
        symbol = waiting.pop()
        found.add(symbol)
        module = modules().get(symbol[0])
        if module and is_law(module.path):
            waiting |= {_origin(s) for s in module.uses.get(symbol[1], set())} - found
    return frozenset(found)


@cache
def reached() -> frozenset[Symbol]:
    """Names of rules and policies that running code leads to."""
    start: set[Symbol] = set()
    for module in modules().values():
        # What such a module does while it is loaded runs, too.
        parts = [module.uses.get(None, set())] if is_law(module.path) else module.uses.values()
        start.update(*parts)
    return _follow(start)


def methods(module: Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public methods and properties of a module's classes: (name of the class, method)."""
    for name, node in module.defines.items():
        for part in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
                yield name, part


@cache
def _attributes() -> dict[str, list[tuple[Path, int]]]:
    """Where something is read or called with a dot."""
    found: dict[str, list[tuple[Path, int]]] = {}
    for path in python_files():
        for node in nodes_of(parsed(path)):
            if isinstance(node, ast.Attribute):
                found.setdefault(node.attr, []).append((path, node.lineno))
    return found


@cache
def _in_templates() -> frozenset[str]:
    return frozenset(re.findall(r"\.(\w+)", " ".join(text(path) for path in templates())))


def is_called(path: Path, method: ast.FunctionDef) -> bool:
    """Whether code or a page says `.name`, elsewhere than in the method itself. Whose it is, nobody asks: a method of
    the same name keeps another one alive.
    """
    own = range(method.lineno, (method.end_lineno or method.lineno) + 1)
    places = _attributes().get(method.name, [])
    return method.name in _in_templates() or any(where != path or line not in own for where, line in places)


@cache
def list_oracles() -> list[Path]:
    """Test files that say which SQL they compare rules with."""
    tests = (path.relative_to(ROOT) for path in sorted((ROOT / "tests").rglob("test_*.py")))
    return [path for path in tests if _ORACLE.search(text(path))]


@cache
def oracles() -> dict[Path, tuple[str, frozenset[Symbol]]]:
    """Test files that compare rules with SQL: (the file with the SQL, the names of rules they come to)."""
    found = {}
    for path in list_oracles():
        (sql,) = _ORACLE.findall(text(path))
        found[path] = sql, _follow(set().union(*_read(path).uses.values()))
    return found
