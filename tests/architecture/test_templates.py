"""Templates: strict CSP, they compile, and German is spelled in German."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template

from tests.architecture.tree import nodes_of, own_models, parsed, python_files, templates, text

FILES = templates()
FIELD_NAMES = {field.name for model in own_models() for field in model._meta.get_fields()}
PAGES = [path for path in FILES if path.suffix in {".html", ".svg", ".txt"}]
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.IGNORECASE | re.DOTALL)
ON_EVENT = re.compile(r"<[a-zA-Z][^>]*\s(on[a-z]+)\s*=", re.IGNORECASE)
STYLE = re.compile(r"<[a-zA-Z][^>]*\sstyle\s*=", re.IGNORECASE)
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
ATTRIBUTE = re.compile(
    r"\b(?:id|name|for|class|href|src|action|method|hx-[a-z-]+|data-[a-z-]+|aria-[a-z]+by)=\"[^\"]*\""
)
#: A moment, or a dash for nothing, on the phone (where a row is a card without the column's heading).
UNNAMED = re.compile(r'<td class="kern-table__cell">\{\{ [^}]*\|(?:zeitpunkt|default:"–") \}\}')
LABELLED = re.compile(r'<(?:a|button)\b[^>]*\saria-label="([^"]*)"[^>]*>(.*?)</(?:a|button)>', re.DOTALL)
#: Endings and words that only a transliteration has. Whole words, so that "neue", "aktuell", "Poesie" stay possible.
TRANSLITERATED = re.compile(
    r"\b(?:fuer|ueber\w*|moegl\w*|koenn\w*|muess\w*|wuerd\w*|waehl\w*|Aender\w*|aender\w*|geaendert\w*|Jugendaemter\w*"
    r"|Behoerde\w*|Traeger\w*|Plaetze\w*|Verfueg\w*|verfueg\w*|zurueck\w*|Zurueck\w*|loesch\w*|Loesch\w*|pruef\w*|Pruef\w*"
    r"|gueltig\w*|ungueltig\w*|Gueltig\w*|Uebersicht\w*|Begruendung\w*|begruend\w*|Kuerzel\w*|naechst\w*|Naechst\w*"
    r"|auswaert\w*|Auswaert\w*|Bevoelkerung\w*|Gebietskoerper\w*|Zusaetz\w*|zusaetz\w*|Massnahme\w*|Strasse\w*"
    r"|Oeffn\w*|oeffn\w*|schliess\w*|Schliess\w*|weiss|Eroeffn\w*|Bestaetig\w*|bestaetig\w*|Verlaenger\w*|verlaenger\w*"
    r"|Geschaeft\w*|Vertraeg\w*|Betraeg\w*|betraegt|Maerz|Uebergabe\w*|Rueck\w*|rueck\w*|Faell\w*|faell\w*|Stueck\w*"
    r"|taeglich\w*|jaehrlich\w*|spaeter\w*|frueher\w*|enthaelt|haelt|gehoer\w*|noetig\w*|Schluessel\w*)\b"
)


def _visible_text(source: str) -> str:
    return re.sub(r"<[^>]*>", " ", ATTRIBUTE.sub("", TAG.sub(" ", COMMENT.sub(" ", source))))


def test_there_are_templates():
    assert len(PAGES) > 20


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_template_compiles(path):
    name = "/".join(path.parts[path.parts.index("templates") + 1 :])
    template = get_template(name)
    assert template.origin.name.endswith(str(path)), f"{name} is hidden by {template.origin.name}"


@pytest.mark.parametrize("path", [path for path in PAGES if "sojus-stack" in text(path)], ids=str)
def test_a_moment_in_a_card_says_what_happened_then(path):
    assert not UNNAMED.findall(text(path)), "the cell needs a data-label: a card shows no headings"


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_an_accessible_name_holds_what_is_read_on_the_button(path):
    """Who speaks to her computer says what she sees (WCAG 2.5.3)."""
    for name, inner in LABELLED.findall(text(path)):
        seen = " ".join(re.sub(r"<[^>]*>", " ", inner).split())
        assert TAG.search(seen) or seen.casefold() in name.casefold(), f"{seen} is called {name}"


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_nothing_the_content_security_policy_refuses(path):
    source = COMMENT.sub("", text(path))
    assert not STYLE.search(source), "inline style"
    assert not ON_EVENT.search(source), "inline event handler"
    assert "<style" not in source.lower()
    assert "javascript:" not in source.lower()
    for attributes, body in SCRIPT.findall(source):
        assert "src=" in attributes and not body.strip(), "inline script"
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//(?!www\.w3\.org)[^\"]*\.(?:js|css|woff2)", source), (
        "foreign asset"
    )


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_nothing_is_marked_safe(path):
    source = COMMENT.sub("", text(path))
    assert not re.search(r"\|\s*safe(seq)?\b|autoescape\s+off", source)


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_umlauts_are_umlauts(path):
    assert TRANSLITERATED.findall(_visible_text(text(path))) == []


def _sentences(path: Path) -> Iterator[str]:
    """String constants with a space, without docstrings and SQL: what people may read."""
    for node in nodes_of(parsed(path)):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or " " not in node.value:
            continue
        if not re.search(r"\b(SELECT|INSERT|UPDATE|GRANT|REVOKE|FROM|WHERE|JOIN|AND|ANY|CASE|WITH)\b", node.value):
            yield node.value


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_umlauts_in_messages_and_labels(path):
    found = {word for sentence in _sentences(path) for word in TRANSLITERATED.findall(sentence)}
    assert sorted(word for word in found if "_" not in word and not _is_identifier(word)) == []


def _is_identifier(word: str) -> bool:
    """Docstrings name columns and fields as they are spelled in code."""
    return word in FIELD_NAMES


def test_the_checks_see_what_they_should():
    assert STYLE.search('<p class="a" style="color:red">')
    assert ON_EVENT.search('<button type="button" onclick="x()">')
    assert not ON_EVENT.search('<p data-on="1" class="x">')
    assert TRANSLITERATED.findall("Bitte pruefen Sie die Angaben fuer Jugendaemter") == [
        "pruefen",
        "fuer",
        "Jugendaemter",
    ]
    assert TRANSLITERATED.findall("neue aktuelle Poesie, Bauer, Dauer, genau, Zuschuss") == []
    assert _visible_text('<a href="/pruefen/" id="fuer">für</a>').strip() == "für"
    engines["django"].from_string("{% load sojus %}")


@pytest.mark.parametrize("path", [path for path in templates() if path.suffix == ".html"], ids=str)
def test_no_line_is_longer_than_200(path):
    """Broken where white space means nothing: at blocks, between attributes, behind a sentence (ADR 0049)."""
    long = [number for number, line in enumerate(text(path).splitlines(), 1) if len(line) > 200]
    assert long == []
