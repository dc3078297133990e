"""Only tenants/ switches schemas and roles (fifty-five bare switches were how another product leaked)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tenants.context
from tenants.db import locks
from tests.architecture.tree import ROOT, nodes_of, parsed, python_files, text

WORDS = re.compile(
    r"set_schema\w*|set_tenant|schema_context|tenant_context|SET\s+(LOCAL\s+|SESSION\s+)?ROLE\b|search_path|set_config",
    re.IGNORECASE,
)
#: Outside tenants/: where there is such a word and why that is no switch.
EXCEPTIONS = {
    "shared_apps/occupancy/migrations/": "SECURITY DEFINER functions pin their own search_path",
    "shared_apps/catalogue/migrations/0004_catalogue_module.py": "a SECURITY DEFINER trigger pins its own path",
    "shared_apps/catalogue/migrations/0005_gruende.py": "a SECURITY DEFINER trigger pins its own path",
    "shared_apps/providers/migrations/0006_entgeltvorschlag.py": "SECURITY DEFINER triggers pin their own search_path",
    "shared_apps/aufnahme/migrations/0003_vorhandener_anbieter.py": "a trigger function pins its own path",
    "shared_apps/aufnahme/migrations/0002_zwei_unterschriften.py": "SECURITY DEFINER functions pin their own path",
    "shared_apps/einlesen/migrations/0004_stehende_listen.py": "SECURITY DEFINER functions pin their own path",
    "shared_apps/providers/migrations/0027_nothing_changes_its_house.py": "a trigger function pins its own path",
    "shared_apps/members/migrations/0006_aufgenommene_verwaltung.py": "a SECURITY DEFINER trigger pins its own path",
    "shared_apps/providers/migrations/0011_vakanzstand.py": "SECURITY DEFINER functions pin their own search_path",
    "shared_apps/providers/migrations/0007_betriebserlaubnis.py": "a SECURITY DEFINER trigger pins its own search_path",
    "shared_apps/providers/migrations/0014_stammdaten.py": "SECURITY DEFINER triggers pin their own search_path",
    "shared_apps/providers/migrations/0018_plan_je_haus.py": "the same one once more",
    "shared_apps/members/migrations/0002_vier_augen.py": "a SECURITY DEFINER trigger pins its own search_path",
    "shared_apps/providers/migrations/0033_wer_vor_kurzem_ging.py": "SECURITY DEFINER triggers pin their own path",
    "shared_apps/providers/migrations/0036_journal_mit_seinem_index.py": "the same two once more",
    "shared_apps/providers/migrations/0037_suchzeilen.py": "SECURITY DEFINER triggers pin their own search_path",
    "tenant_apps/billing/migrations/0011_once_for_a_statement.py": "SECURITY DEFINER triggers pin their own path",
    "tenant_apps/billing/migrations/0010_nobody_without_a_name.py": "a SECURITY DEFINER trigger pins its own path",
    "tenant_apps/billing/migrations/0009_rechnungskonto.py": "SECURITY DEFINER triggers pin their own search_path",
    "tenant_apps/billing/migrations/0008_when_it_can_be_billed.py": "a trigger function pins its own path",
    "tenant_apps/gespraeche/migrations/0002_what_is_written_stays.py": "a SECURITY DEFINER trigger pins its own path",
    "deploy/demo/database.py": "prepares roles of a database before Django exists",
    "shared_apps/members/migrations/0004_zweite_person.py": "a trigger function pins its own path",
    "deploy/embedded_postgres.py": "prepares the cluster before Django exists",
    "deploy/mypy_names.py": "tells mypy the names of the backend's methods; calls none",
}
OTHER_TREES = ("deploy", "manage.py")


def _sources() -> list[str]:
    paths = [str(path) for path in python_files(migrations=True)]
    for tree in OTHER_TREES:
        start = ROOT / tree
        files = [start] if start.is_file() else sorted(start.rglob("*.py"))
        paths += [str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts]
    return paths


@pytest.mark.parametrize("path", _sources())
def test_no_schema_switch_outside_tenants(path):
    if path.startswith("tenants/") or any(path.startswith(exception) for exception in EXCEPTIONS):
        return
    source = (ROOT / path).read_text(encoding="utf-8")
    code = "\n".join(line.partition("  # ")[0] for line in source.splitlines() if not line.lstrip().startswith("#"))
    found = [f"{path}:{code[: m.start()].count(chr(10)) + 1} {m.group()}" for m in WORDS.finditer(code)]
    assert found == []


def test_definer_functions_are_the_only_search_path_in_migrations():
    for path in python_files(migrations=True):
        if str(path).startswith("tenants/"):
            continue
        body = text(path)
        assert body.count("search_path") == body.count("SECURITY DEFINER SET search_path = public, pg_temp"), path


#: Everything in Django and Python that sends a mail.
MAILS = re.compile(
    r"django\.core\.mail|django\.core import .*\bmail\b|\bemail_user\b|AdminEmailHandler"
    r"|smtplib\.(SMTP|SMTP_SSL|LMTP)\b"
)


def test_a_mail_is_sent_in_one_place():
    """Everything else hands over a Mailauftrag (ADR 0026): a mail server that is down stops nobody and is told."""
    places = {path for path in _sources() if MAILS.search((ROOT / path).read_text(encoding="utf-8"))}
    assert places - {"config/settings/accounts.py"} == {"shared_apps/mails/services.py"}


#: What opens a fence.
FENCES = {
    name for name in vars(tenants.context) if name.startswith(("in_tenant", "on_", "at_", "as_"))
} | {"_fenced", "enter_fence"}  # fmt: skip


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _fences_at_an_open_cursor(tree: ast.AST) -> Iterator[int]:
    for node in nodes_of(tree):
        if isinstance(node, ast.With):
            opened = [_called(item.context_expr) for item in node.items]
            cursors = [at for at, name in enumerate(opened) if name in {"cursor", "plain_cursor"}]
            inside = {_called(part) for line in node.body for part in ast.walk(line)}
            if cursors and FENCES & ({*opened[cursors[0] :]} | inside):
                yield node.lineno


def test_no_fence_is_entered_while_a_cursor_is_open():
    """It is said when a cursor is asked for: the open one would go on under the fence before."""
    assert {"in_tenant", "in_tenant_portal", "on_portal", "at_sign_in", "on_shared_tables"} <= FENCES
    bad = "with connection.cursor() as c:\n  with context.in_tenant(vg):\n    pass"
    assert list(_fences_at_an_open_cursor(ast.parse(bad))) == [1]
    assert list(_fences_at_an_open_cursor(ast.parse("with connection.cursor() as c, on_portal(): pass"))) == [1]
    assert list(_fences_at_an_open_cursor(ast.parse("with on_portal(), connection.cursor() as c: pass"))) == []
    files = python_files(migrations=True)
    assert [f"{path}:{line}" for path in files for line in _fences_at_an_open_cursor(parsed(path))] == []


def test_a_cursor_of_psycopg_is_made_by_the_fence_alone():
    """`connection.plain_cursor()` has said the fence; one made of the connection below may come before it."""
    made = re.compile(r"\bCursor\(|\bconnection\.connection\.(cursor|execute)\(")
    found = {str(path) for path in python_files(migrations=True) if made.search(text(path))}
    assert found == {"tenants/db/base.py"}


def test_django_tenants_is_imported_by_tenants_only():
    pattern = re.compile(r"^\s*(from|import)\s+django_tenants", re.MULTILINE)
    strangers = [p for p in python_files(migrations=True) if p.parts[0] != "tenants" and pattern.search(text(p))]
    assert strangers == []


def test_only_env_reads_the_environment():
    pattern = re.compile(r"os\.environ|os\.getenv|from os import")
    readers = {str(p) for p in python_files() if pattern.search(text(p))}
    assert readers <= {"config/env.py", "config/wsgi.py"}


def test_raw_sql_names_no_tenant_schema():
    pattern = re.compile(r"\b(from|join|into|update)\s+(vg|hro|lhsn|lup|nwm|lro|vr|mse)\.", re.IGNORECASE)
    found = [str(p) for p in python_files(migrations=True) if pattern.search(text(p))]
    assert found == []


def test_advisory_locks_have_their_numbers_in_one_place():
    """Two kinds of work with one number wait for each other, and nobody sees why."""
    pattern = re.compile(r"advisory_\w*lock\w*\(\s*\d|^_?\w*LOCK\w* = \d{4,}", re.MULTILINE | re.IGNORECASE)
    found = {str(p) for p in python_files(migrations=True) if pattern.search(text(p))}
    assert found == {
        "shared_apps/accounts/migrations/0005_refused_pairs.py",
        "shared_apps/providers/migrations/0007_betriebserlaubnis.py",
        "shared_apps/providers/migrations/0018_plan_je_haus.py",
    }
    ours = [{n for k, n in vars(kind).items() if k.isupper()} for kind in (locks.Lock, locks.PairLock)]
    assert [len(numbers) for numbers in ours] == [4, 9], "each number once"
    assert f"({locks.PairLock.SIGN_IN_PAIR}, " in text(Path("shared_apps/accounts/migrations/0005_refused_pairs.py"))
    assert f"({locks.PairLock.ERLAUBNIS}, " in text(Path("shared_apps/providers/migrations/0007_betriebserlaubnis.py"))
