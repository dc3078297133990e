"""docs/glossary.md and the code hold each other to their word."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, classes, identifiers, own_models, parsed, python_files

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ENUM_BASES = {"TextChoices", "IntegerChoices", "Beschriftet", "StrEnum", "IntEnum"}
SUFFIX = re.compile(r"_(at|am|von|id|code|text|name|nr)$")
PREDICATES = {"is", "has", "may", "sees", "works", "visible"}
#: What to write, under which heading.
ROW = "write it into docs/glossary.md, {}: `| name | German | English | source |`"
#: Django's inner enum of a model: the word is the model's.
INNER = {"Zustand", "Typ", "Meta"}


def section(title: str) -> str:
    """Text under one heading."""
    match = re.search(rf"^## {re.escape(title)}.*?$(.*?)(?=^## |\Z)", GLOSSARY, re.MULTILINE | re.DOTALL)
    assert match, f"no heading {title!r}"
    return match.group(1)


def rows(title: str) -> dict[str, list[str]]:
    """Rows of the table under a heading: first word in backticks → further cells."""
    found = {}
    for line in section(title).splitlines():
        if match := re.match(r"\|\s*`(\w+)`[^|]*\|(.*)\|\s*$", line):
            found[match.group(1)] = [cell.strip() for cell in match.group(2).split("|")]
    return found


THINGS, VALUES, RULES, FIELDS = (
    rows(t) for t in ("Things", "Plain values and errors", "Words of the computations", "Fields")
)
MECHANISMS = rows("English mechanisms")
VERBS = rows("Verbs")
ALL = THINGS | VALUES | RULES | FIELDS
ENGLISH = set(re.findall(r"\w+", section("English mechanisms").partition("English field words:")[2].replace("\n", " ")))


@cache
def names() -> frozenset[str]:
    """Every identifier of the code."""
    return frozenset(name for path in python_files(migrations=True) for _, name in identifiers(path))


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("title", re.findall(r"^## (.+?)(?: \(.*)?$", GLOSSARY, re.MULTILINE))
def test_a_word_stands_once(title):
    """Two rows of one word are two meanings nobody decided between, or what a merge left behind."""
    words = re.findall(r"^\| `(\w+)`", section(title), re.MULTILINE)
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_a_word_stands_under_one_heading():
    """A column that holds what a rule computes has the rule's row."""
    words = re.findall(r"^\| `(\w+)`", GLOSSARY, re.MULTILINE)
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_tables_are_read():
    assert len(THINGS) > 50 and len(FIELDS) > 80 and len(RULES) > 50 and len(VERBS) > 25 and len(MECHANISMS) >= 8


@pytest.mark.parametrize("name", sorted({m.__name__ for m in own_models()}))
def test_model_stands_in_the_glossary(name):
    assert name in THINGS or name in MECHANISMS, ROW.format("Things")


def test_enums_stand_in_the_glossary():
    missing = [
        f"{path}:{node.lineno} {node.name}"
        for path, node in classes()
        if (path.stem in {"models", "enums", "states", "rules"} or "rules" in path.parts)
        and {ast.unparse(base).rpartition(".")[2] for base in node.bases} & ENUM_BASES
        and node.name not in ALL
        and node.name not in INNER
    ]
    assert missing == [], ROW.format("Things, or Plain values and errors")


def test_fields_stand_in_the_glossary():
    known = {name for name in ALL if name.islower()} | {snake(name) for name in THINGS | VALUES if not name.islower()}
    plural = {f"{k}{s}" for k in known for s in ("e", "en", "n", "s")} | {"faelle", "plaetze", "hilfefaelle"}
    missing = set()
    for model in own_models():
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            bare = SUFFIX.sub("", field.name)
            if not {field.name, bare} & (known | plural) and not set(field.name.split("_")) <= ENGLISH | {"at", "id"}:
                missing.add(f"{model.__name__}.{field.name}")
    assert sorted(missing) == [], ROW.format("Fields")


def _public_functions(path: Path) -> list[ast.FunctionDef]:
    return [n for n in parsed(path).body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def test_rules_are_named_with_a_word_of_the_glossary():
    missing = [
        f"{path}:{function.lineno} {function.name}"
        for path in python_files()
        if path.stem == "rules" or "rules" in path.parts
        for function in _public_functions(path)
        if function.name not in RULES
    ]
    assert missing == [], ROW.format("Words of the computations")


def _is_service(path: Path) -> bool:
    return path.stem in {"services", "publish"} or "services" in path.parts


def test_services_begin_with_an_allowed_verb():
    wrong = [
        f"{path}:{function.lineno} {function.name}"
        for path in python_files()
        if _is_service(path)
        for function in _public_functions(path)
        if function.name.partition("_")[0] not in set(VERBS) | PREDICATES
    ]
    assert not wrong, "no verb of docs/glossary.md:\n" + "\n".join(wrong)


def test_rows_exist_in_the_code_or_are_planned():
    def is_planned(cells: list[str]) -> bool:
        return cells[-1] == "planned"

    parts = {SUFFIX.sub("", name) for name in names()} | names()
    gone = [name for name, cells in (ALL | MECHANISMS).items() if name not in parts and not is_planned(cells)]
    built = [name for name, cells in ALL.items() if is_planned(cells) and name in names()]
    assert gone == []
    assert built == [], "no longer only planned"


def test_every_row_is_complete():
    short = [name for name, cells in ALL.items() if len([c for c in cells[:3] if c]) < 3]
    assert short == [], "German, English and source, each"


def test_nobody_says_traeger_alone():
    allowed = re.compile(r"oertlicher_?traeger\w*|traegerart\w*|freier_traeger\w*|\w*Traegerart\w*", re.IGNORECASE)
    found = {
        f"{path}:{line} {name}"
        for path in python_files(migrations=True)
        for line, name in identifiers(path)
        if "traeger" in name.lower() and not allowed.fullmatch(name)
    }
    assert sorted(found) == []


@pytest.mark.parametrize(
    "word", ["Kind", "Client", "Fall", "Mandant", "Case", "Booking", "Provider", "Massnahme", "Seite"]
)
def test_no_class_bears_a_banned_word(word):
    found = [f"{path}:{node.lineno} {node.name}" for path, node in classes() if node.name == word]
    assert found == []


def test_identifiers_are_ascii():
    found = {
        f"{path}:{line} {name}"
        for path in python_files(migrations=True)
        for line, name in identifiers(path)
        if not name.isascii()
    }
    assert sorted(found) == []


def test_file_and_folder_names_are_ascii():
    assert [str(path) for path in python_files(migrations=True) if not str(path).isascii()] == []
