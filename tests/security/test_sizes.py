"""Small and large numbers of each attack are declared once; the document and the Makefile take them from there."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.security import sizes


def test_document_has_the_table_as_it_is_declared():
    written = sizes.DOCUMENT.read_text(encoding="utf-8").partition(sizes.BEGIN)[2].partition(sizes.END)[0].strip()
    assert written == sizes.table(), "python -m tests.security.sizes --write"


#: It knows three sizes: a few values, more of them, and each in every field (SOJUS_HOSTILE=full).
ASKS_ITSELF = {"tests/access/test_hostile_input.py"}


def test_every_attack_of_two_sizes_is_declared():
    declared = re.compile(
        r"^from tests\.security(?:\.sizes import .*(?:FULL|UPLOADS)| import .*\bsizes\b)", re.MULTILINE
    )
    typed = re.compile(r"\(\"SOJUS_(CRAWL|PEERS|RACE|KILLS|WORLDS|UPLOADS|OFFERED|SUCHEN)\"")
    texts = {
        str(path.relative_to(sizes.ROOT)): path.read_text(encoding="utf-8")
        for path in (sizes.ROOT / "tests").rglob("*.py")
        if path.name not in {"sizes.py", "test_sizes.py"}
    }
    assert {name for name, text in texts.items() if declared.search(text)} | ASKS_ITSELF == {
        s.file for s in sizes.SIZES
    }
    assert {name for name, text in texts.items() if typed.search(text)} == ASKS_ITSELF, "ask tests.security.sizes"


def test_large_is_larger_and_asked_for_by_the_makefile_without_a_number():
    assert all(size.large > size.small for size in sizes.SIZES if isinstance(size.small, int))  # type: ignore[operator]
    makefile = (sizes.ROOT / "Makefile").read_text(encoding="utf-8")
    assert "export $$($(PY) -m tests.security.sizes)" in makefile
    assert not any(f"{size.setting}=" in makefile for size in sizes.SIZES)
    large = re.search(r"^LARGE := (.*?[^\\])\n", makefile, re.MULTILINE | re.DOTALL)
    asked = "tests/security tests/isolation tests/access tests/tenants/jobs/test_worker_dies.py " + (large or [""])[1]
    assert [s.file for s in sizes.SIZES if not any(s.file.startswith(folder) for folder in asked.split())] == []


def test_somebody_who_has_chosen_a_size_keeps_it(monkeypatch):
    for name in sizes.settings():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOJUS_KILLS", "7")
    words = [sys.executable, "-m", "tests.security.sizes"]
    said = subprocess.run(words, cwd=sizes.ROOT, capture_output=True, text=True, check=True).stdout
    assert dict(word.split("=") for word in said.split()) == {
        "SOJUS_CRAWL": "full", "SOJUS_PEERS": "60", "SOJUS_RACE": "50", "SOJUS_KILLS": "7", "SOJUS_WORLDS": "80",
        "SOJUS_UPLOADS": "1500", "SOJUS_OFFERED": "60", "SOJUS_SUCHEN": "1000",
    }  # fmt: skip
    assert sizes.KILLS.number == 7
