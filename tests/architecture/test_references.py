"""What a comment, a page or a document refers to is in this repository: documents, their headings, decisions, files.

Whoever maintains the house in ten years has the repository and nothing else. A reference to a page that lies elsewhere
says that there is a reason and keeps the reason back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

ENDINGS = {".py", ".md", ".html", ".toml", ".yml", ".yaml", ".ini", ".tf", ".hcl"}
#: Made by programs, or of other people.
SKIPPED = {".git", ".venv", "var", "node_modules", "vendor", "__pycache__"}
#: File that fetches packages -> documents inside those, without their ending.
OF_OTHERS = {"deploy/assets.py": {"LICENSE"}}

#: A document by its name; not a pattern (`*.md`) and not a name that is put together (`{path}.md`).
NAMED = re.compile(r"(?<![\w*}{/.-])([\w./-]*\w\.md)\b")
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
#: `law.md 5.2, 9.2` and `law.md 3.3 rule 7`.
BY_NUMBER = re.compile(r"\b([\w-]+\.md) (\d+(?:\.\d+)*(?:(?:, | and )\d+(?:\.\d+)*)*)(?: rule (\d+))?")
#: `security.md "Not shown here"`.
BY_TITLE = re.compile(r"\b([\w-]+\.md) \"([^\"]+)\"")
#: A file of ours, from the root on; in a document also a folder. Not a pattern, not a name that is put together.
FOLDERS = "config|tenant_apps|shared_apps|tenants|tests|deploy|docs|requirements|terraform"
PATH = re.compile(
    rf"(?<![\w/.}}*-])((?:{FOLDERS})/[\w./-]*\w\.(?:py|md|txt|json|html|ya?ml|example|css|js|toml|png))\b(?![*{{])"
)
QUOTED_PATH = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")
#: A list of tasks is not in the repository: neither `issue 3` nor `number 16` says why.
TRACKER = re.compile(r"(?<!`)\b(?:issues?|tickets?|findings?|numbers?|(?:pull|merge) requests?) #?\d+\b", re.IGNORECASE)
#: In them such a number is an example.
SHOW_NUMBERS = {Path(f"tests/architecture/test_{name}.py") for name in ("commits", "references")}
#: Paths in them are made up.
INVENT_PATHS = {Path("tests/architecture/test_times.py")}
DECISIONS = {path.name[:4] for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")}


def _files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(names):
            if name == "Makefile" or Path(name).suffix in ENDINGS:
                yield (Path(folder) / name).relative_to(ROOT)


FILES = tuple(_files())
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]


@cache
def _text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def _running(path: Path) -> str:
    """The text as one line: a reference may be broken between two lines of a comment."""
    return re.sub(r"\s*\n[ \t]*(?:#:?|;)?[ \t]*", " ", _text(path))


def find_document(name: str, beside: Path) -> Path | None:
    """The document of that name: at the root, in docs/, in docs/adr/ or beside the file that names it."""
    for folder in (ROOT, ROOT / "docs", ROOT / "docs" / "adr", (ROOT / beside).parent):
        if (found := (folder / name)).is_file():
            return found.resolve().relative_to(ROOT)
    return None


def _prose(text: str) -> str:
    """Without blocks of code, in which `#` begins a comment."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


@cache
def headings(document: Path) -> tuple[str, ...]:
    """Titles of a document as they read."""
    return tuple(HEADING.findall(_prose(_text(document))))


@cache
def numbers(document: Path) -> frozenset[str]:
    """Numbers of its headings: `5.2` of "5.2 Invoices"."""
    return frozenset(found.group() for title in headings(document) if (found := re.match(r"\d+(\.\d+)*(?= )", title)))


@cache
def rules(document: Path, number: str) -> frozenset[str]:
    """Numbers of the list under one of its headings."""
    section = re.search(rf"^#+ {re.escape(number)} .*?(?=^#|\Z)", _text(document), re.DOTALL | re.MULTILINE)
    return frozenset(re.findall(r"^(\d+)\. ", section.group(), re.MULTILINE)) if section else frozenset()


@cache
def anchors(document: Path) -> frozenset[str]:
    """Anchors as GitHub, GitLab and Forgejo make them from headings."""
    found: list[str] = []
    for title in headings(document):
        plain = LINK.sub("", re.sub(r"[`*]", "", title)).replace("[", "")
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return frozenset(found)


def missing_documents(path: Path, text: str) -> list[str]:
    """Documents that a text names and that are not there."""
    return [
        name
        for name in NAMED.findall(text)
        if name.removesuffix(".md") not in OF_OTHERS.get(str(path), ()) and not find_document(name, path)
    ]


def missing_headings(path: Path, text: str) -> list[str]:
    """Headings and rules that a text names and that the document does not have."""
    missing = []
    for name, cited, rule in BY_NUMBER.findall(text):
        if (document := find_document(name, path)) and (numbers(document) or name == "law.md"):
            cited_numbers = re.findall(r"\d+(?:\.\d+)*", cited)
            missing += [f"{name} {number}" for number in cited_numbers if number not in numbers(document)]
            if rule and rule not in rules(document, cited_numbers[-1]):
                missing.append(f"{name} {cited_numbers[-1]} rule {rule}")
    for name, title in BY_TITLE.findall(text):
        if (document := find_document(name, path)) and title not in headings(document):
            missing.append(f'{name} "{title}"')
    return missing


def missing_paths(path: Path, text: str) -> list[str]:
    """Files and folders that a text names and that are not there; a page may be named from its `templates` on."""
    named = set(PATH.findall(text)) | set(QUOTED_PATH.findall(text) if path.suffix == ".md" else ())
    places = (ROOT, (ROOT / path).parent, ROOT / "config" / "templates")
    return sorted(name for name in named if not any((place / name).exists() for place in places))


def broken_links(path: Path, text: str) -> list[str]:
    """Links of a document whose file, or whose anchor in it, is not there."""
    broken = []
    for target in LINK.findall(_prose(text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        document = (ROOT / path).parent / name if name else ROOT / path
        if not document.exists() or (
            anchor and (document.suffix != ".md" or anchor not in anchors(document.resolve().relative_to(ROOT)))
        ):
            broken.append(target)
    return broken


def test_the_tree_is_read():
    assert len(FILES) > 500 and len(DOCUMENTS) > 60
    assert {"0.1", "3.2", "5.5"} <= numbers(Path("docs/law.md")) and "7" in rules(Path("docs/law.md"), "3.3")


def test_named_documents_are_in_the_repository():
    missing = [f"{path}: {name}" for path in FILES for name in missing_documents(path, _text(path))]
    assert not missing, "bring what they say into the repository, or say the reason itself:\n" + "\n".join(missing)


def test_named_headings_exist():
    assert [f"{path}: {what}" for path in FILES for what in missing_headings(path, _running(path))] == []


def test_links_lead_to_a_file_and_its_heading():
    assert [f"{path}: {link}" for path in DOCUMENTS for link in broken_links(path, _text(path))] == []


def test_named_files_are_where_they_are_said_to_be():
    """Migrations are records of their day."""
    files = [path for path in FILES if "migrations" not in path.parts and path not in INVENT_PATHS]
    missing = {str(path): found for path in files if (found := missing_paths(path, _text(path)))}
    assert missing == {}
    assert len(missing_paths(Path("CONTRIBUTING.md"), _text(Path("CONTRIBUTING.md")).replace("/", "/gone/"))) > 60


def test_named_decisions_exist():
    missing = [
        f"{path}: ADR {number}"
        for path in FILES
        for cited in re.findall(r"\bADR (\d{4}(?:(?:, | and )\d{4})*)", _running(path))
        for number in re.findall(r"\d{4}", cited)
        if number not in DECISIONS
    ]
    assert missing == []


def test_no_reason_is_a_number_of_a_list_of_tasks():
    found = [
        f"{path}: {cited}" for path in FILES if path not in SHOW_NUMBERS for cited in TRACKER.findall(_running(path))
    ]
    assert found == [], "say what it says: the law, a decision, a heading of docs/; of a word, `own word`"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("slide; issue 3 |", ["issue 3"]),
        ("the rule keeps (issue 7, number 16)", ["issue 7", "number 16"]),
        ("the last line is `Issue 8`; a number of 16 digits", []),
    ],
)
def test_a_number_of_a_task_is_found(text, found):
    assert TRACKER.findall(text) == found


GONE = "elsewhere" + ".md"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (f"# as {GONE} 3.2 says", [GONE]),
        (f"(docs/{GONE})", [f"docs/{GONE}"]),
        ("docs/law.md, README.md, adr/0008-planning-amounts.md", []),
        (f"every *{GONE[-3:]} of the folder", []),
    ],
)
def test_a_document_that_is_not_there_is_found(text, missing):
    assert missing_documents(Path("docs/glossary.md"), text) == missing


LAW = "law" + ".md"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (f"{LAW} 5.2, 99.1", [f"{LAW} 99.1"]),
        (f"{LAW} 3.2 and 3.3", []),
        (f"{LAW} 3.3 rule 77", [f"{LAW} 3.3 rule 77"]),
        (f'{LAW} "Of the moon"', [f'{LAW} "Of the moon"']),
    ],
)
def test_a_heading_that_is_not_there_is_found(text, missing):
    assert missing_headings(Path("config/env.py"), text) == missing


AWAY = "tests/" + "gone/test_x.py"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (f"as {AWAY} says, and `tests/isolation/`", [AWAY]),
        ("`tests/" + "gone/`, `tests/access`", ["tests/" + "gone/"]),
        ("tests/" + "*/test_x.py, x/" + AWAY, []),
    ],
)
def test_a_file_that_is_not_there_is_found(text, missing):
    assert missing_paths(Path("docs/screens.md"), text) == missing


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        (f"[a]({LAW}#52-invoices) [b](https://example.org/x#y) [c](#users)", []),
        (f"[a]({LAW}#53-nothing)", [f"{LAW}#53-nothing"]),
        (f"[a](../{GONE})", [f"../{GONE}"]),
    ],
)
def test_a_link_that_leads_nowhere_is_found(text, broken):
    assert broken_links(Path("docs/screens.md"), text) == broken
