"""Comments, docstrings and documents say things as a native speaker would: no Germanism of the list below.

The list holds words that were everywhere once and were mended everywhere. German text does not trigger it: neither
what is quoted nor a German sentence is read.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

#: What a German writes → what a native says. Case counts where a pattern begins with (?-i:…).
GERMANISMS = {
    r"\bso (?:many|much|often|long)\b(?! (?:as|that|for|so)\b)": "this many, how often, for this long",
    r"\banew\b": "again, from scratch, re-: recompute, rebuild, recreate",
    r"\b(?:lies|lie|lay)\b (?=(?:in|on|under|below|above|beside|between|behind|outside|within|ahead|apart|there)\b)": (
        "is, is kept, falls (a day in a month)"
    ),
    r"\b(?:stand|stands|stood) (?=(?:in (?!for\b|the way\b)|on|at|under|among|beside|behind|before|above|below|there"
    r"|here|nowhere|outside|between|encrypted|sealed|once|twice|as|so)\b)": "is, is shown, is kept, is written",
    r"\b(?:old|about|remove|removes|purge) looks\b|\blooks (?:older|whose|leave|of the|out)\b": "read entries",
    r"\b(?:puts?|kept|keeps) (?:it |them )?aside\b": "give up (a job), keep separately (a name)",
    r"\b(?:take|takes|took|taken|sent|sends) (?:\w+ ){0,3}along\b": "take with it, include, send with",
    r"\bhinder(?:s|ed|ing)?\b": "block, prevent, be in the way of",
    r"\b(?:for|by|to|against|than) who (?!had\b|has\b)": "whoever, those who, somebody who",
    r"\b(?:for whom (?:may|can|has|is)|to whom (?:may|can|has))\b": "whoever, somebody who",
    r"\b(?:an|the) own\b": "one's own, her own, its own",
    r"\bwhoever were\b": "whoever was",
    r"(?-i:\bElse\b)": "Otherwise",
    r"\bin clear\b": "in the clear, unencrypted",
    r"\bbelongs? into\b": "belong in",
    r"\b(?:be|is|are|also) called so\b|\bcalled otherwise\b": "have that name, have another name",
    r"\b(?:is another|are others) now\b": "has changed",
    r"\b(?:a|no|each|every) look (?:at (?:a person|people|them)\b|that\b)": "a read of her data, a read entry",
    r"\bone (?:statement|role|redirect|look-up|figure|kind) more\b": "one more statement",
    r"\bwhat of (?:a|an|the|its|it|their|her)\b": "which parts of, which data of",
    r"\bby the clock\b": "scheduled, on schedule",
    r"\bover the API\b": "through the API",
    r"\bwork(?:s|ed)? off\b": "do, deal with, act on",
    r"\bbears\b": "carries, has",
    r"\bthe one of (?!them\b|these\b|those\b|us\b)": "that of",
    r"\bforeign (?:person|object|place|case|booking|account|id|office|sign-in)s?\b": "somebody else's",
    r"\b(?:informations|advices|evidences)\b": "has no plural",
    r"\b(?:on|with|at) (?:each|every) look\b": "each time, for every page",
    r"\boperators?(?:'s|s')? looks\b(?! at\b| when\b)": "access, what the operator opened",
    r"\bwho comes (?:then|next|now)\b": "anybody after that, whoever comes next",
    r"\b(?:its|their) (?:brothers|sisters)\b": "the others",
    r"\b(?:is|are) come to\b": "is reached",
    r"\bof (?:a|an|the) [\w ]{1,30} nothing (?:is|was|are)\b": "turn it round: nothing from a closed account is",
    r"\bfor whom who\b": "for somebody who",
    r"\bcrosswise\b": "deadlock, the same rows in another order",
    r"\bto and fro\b": "back and forth",
    r"\bgoes on from (?=\d)": "builds on",
    r"\bis none of (?:hers|his|theirs)\b": "is not hers",
    r"\b(?:an|one) (?:index|table|column|page|row) more\b": "one more index",
    r"[;:] else (?=the\b|at\b|it\b|she\b)": "otherwise, failing that",
}
ANY = re.compile("|".join(f"(?:{pattern})" for pattern in GERMANISMS), re.IGNORECASE)
PATTERNS = [(re.compile(pattern, re.IGNORECASE), better) for pattern, better in GERMANISMS.items()]
#: Not ours, or a record of its day.
NOT_READ = re.compile(r"(?:^|/)(?:migrations|guardian_state|later|vendor|schriften)/|LICENSE")
#: What is code or quoted, German more often than not.
QUOTED = re.compile(r"`[^`]*`|„[^“]*“|\"[^\"]*\"")
#: Two of these make a sentence German.
GERMAN = re.compile(r"\b(?:das|dem|der|des|ein|eine|es|für|ist|nicht|sie|und|wer|wird|zum|zur)\b", re.IGNORECASE)


def _files(*endings: str) -> list[Path]:
    """Tracked files of the whole project, relative to its root."""
    told = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    names = told if len(told) > 1 else [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
    return [
        Path(name)
        for name in sorted(names)
        if name.endswith(endings) and not NOT_READ.search(name) and name.partition("/")[0] not in {".venv", "var"}
        if (ROOT / name).is_file()
    ]


def read_comments(source: str) -> Iterator[tuple[int, str]]:
    """First line and text of each comment, each docstring and each message of an assertion; comments below one another
    are one text."""
    block: list[str] = []
    begin = last = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if block and token.start[0] != last + 1:
            yield begin, " ".join(block)
            block = []
        begin = begin if block else token.start[0]
        last = token.start[0]
        block.append(token.string.lstrip("#: "))
    if block:
        yield begin, " ".join(block)
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        for child in body if isinstance(body, list) else ():
            if (
                isinstance(child, ast.Expr)
                and isinstance(child.value, ast.Constant)
                and isinstance(child.value.value, str)
            ):
                yield child.lineno, child.value.value
        if isinstance(node, ast.Assert) and node.msg:
            words = [part.value for part in ast.walk(node.msg) if isinstance(part, ast.Constant)]
            yield node.msg.lineno, " … ".join(word for word in words if isinstance(word, str))


def read_document(source: str) -> Iterator[tuple[int, str]]:
    """Each paragraph or row of a table; blocks of code are left out."""
    begin, block, is_code = 1, [], False
    for number, line in enumerate([*source.split("\n"), ""], start=1):
        if line.startswith("```"):
            is_code = not is_code
        ends = not line.strip() or line.startswith(("|", "#", "- ", "```"))
        if block and ends:
            yield begin, " ".join(block)
            block = []
        if line.strip() and not is_code and not line.startswith("```"):
            begin = begin if block else number
            block.append(line.strip())


def find_germanisms(text: str) -> list[str]:
    """What was found, each with what a native says."""
    plain = QUOTED.sub("…", " ".join(text.split()))
    return [
        f"{found[0].strip()!r}: {better}"
        for sentence in re.split(r"(?<=[.;:!?]) ", plain)
        if len(GERMAN.findall(sentence)) < 2
        for pattern, better in PATTERNS
        for found in pattern.finditer(sentence)
    ]


def _wrong(path: Path) -> list[str]:
    source = (ROOT / path).read_text(encoding="utf-8")
    if not ANY.search(re.sub(r"\n\s*(?:#:? ?)?", " ", source)):
        return []  # most files, in a tenth of the time
    texts = read_document(source) if path.suffix == ".md" else read_comments(source)
    return [f"{path}:{line} {found}" for line, text in texts for found in find_germanisms(text)]


def test_comments_and_docstrings_say_it_as_a_native_would():
    files = [path for path in _files(".py") if path.name != "test_english.py"]
    assert len(files) > 800
    wrong = [line for path in files for line in _wrong(path)]
    assert not wrong, "\n".join(wrong)


def test_documents_say_it_as_a_native_would():
    files = _files(".md")
    assert len(files) > 60
    wrong = [line for path in files for line in _wrong(path)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "Sign out after so many minutes.",
        "The figure is computed anew.",
        "The queue lies in the shared schema.",
        "Its secret stands in the\nanswer.",
        "The same list stands there.",
        "Old looks leave the trail.",
        "After five deaths it is put aside.",
        "It takes the view along.",
        "What does not hinder is only said.",
        "For who gives roles here.",
        "It is kept. Else it is lost.",
        "What of the case still runs.",
        "It is counted on each look.",
        "Its brothers are one list.",
        "Of a closed account nothing is confirmed.",
        "What is come to from there.",
        "Four wait; who comes then is told at once.",
        "The row is none of hers; else the database's.",
        "End an own offer.",
        "Routes of the own account.",
        "Given again only to whom may see it today.",
        "A kind that is also called so.",
        "The keys are called otherwise.",
        "The figures are others now.",
        "A look at a person, too.",
    ],
)
def test_it_finds(text):
    assert find_germanisms(text)


@pytest.mark.parametrize(
    "text",
    [
        "A deputy stands in for a colleague; nothing stands in the way; `-` stands for no schema.",
        "So long as it runs, so much so that it stops.",
        "What if all arguments lie? Every lie is told to the database.",
        "The list says „anew“ and `so many`.",
        "Wer das liest, sieht den Stand; es stand in der Akte.",
        "To whom it may concern; by whoever asked; whose it is.",
        "Rows that they own; its own office; a look at the database.",
    ],
)
def test_it_leaves_alone(text):
    assert not find_germanisms(text)


def test_line_of_each_text_is_told():
    source = '"""First.\n\nSecond."""\nA = 1  # one\n# two\n# three\n\nassert A, f"four {A} five"\n'
    assert sorted(read_comments(source)) == [
        (1, "First.\n\nSecond."), (4, "one two three"), (8, "four  …  five"),
    ]  # fmt: skip
    assert list(read_document("# Head\ntext\nmore\n```\ncode\n```\n| a |\n| b |\n- c\n  d\n")) == [
        (1, "# Head text more"), (7, "| a |"), (8, "| b |"), (9, "- c d"),
    ]  # fmt: skip
