"""Where a reader finds the text that runs: `migrated.sql` beside each `migrated.py`, as the last migration left it."""

from __future__ import annotations

import os
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import AppConfig, apps

from tenants.fence import migrated

ROOT = Path(__file__).resolve().parents[3]
WRITES = bool(os.environ.get("SOJUS_WRITE_MIGRATED"))
COMMAND = f"SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest {Path(__file__).relative_to(ROOT)} -q -n0"
_HEAD = f"""-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by {COMMAND}
"""
#: Migrations that took the text of an older one in Python and replaced parts of it, before there was `migrated.sql`.
PATCHED = {
    "accounts.0016_vertretung_passt", "catalogue.0006_entgeltrecht", "einlesen.0003_anbieter_und_rueckweg",
    "providers.0015_entgelt_je_jugendamt", "providers.0018_plan_je_haus", "providers.0020_konto_ohne_rueckdatieren",
    "providers.0021_konto_unabhaengige_zweite", "providers.0026_reasons_are_forgotten",
    "accounts.0031_ein_postfach_eine_person", "providers.0028_the_office_is_not_chosen",
    "providers.0031_eine_person_ein_postfach", "aufnahme.0004_ein_amt_das_nicht_gewaehlt_ist",
    "einlesen.0007_zwei_menschen_und_ihr_recht",
}  # fmt: skip


def _apps_with_guards() -> list[AppConfig]:
    return [config for config in apps.get_app_configs() if (Path(config.path) / "migrated.py").exists()]


def _texts(app: AppConfig) -> str:
    """Each function of the app with the triggers that call it, in the order of their names."""
    declared = import_module(f"{app.name}.migrated")
    standing = migrated.read("vg" if app.name.startswith("tenant_apps.") else migrated.PUBLIC)
    triggers = {place: standing.trigger_texts[place] for place in sorted(declared.TRIGGERS)}
    paragraphs = []
    for name in sorted(declared.FUNCTIONS):
        calls = re.compile(rf"EXECUTE FUNCTION \S*\b{name}\(")
        of_it = [place for place, text in triggers.items() if calls.search(text)]
        lines = [standing.function_texts[name].strip(), *(triggers.pop(place) for place in of_it)]
        paragraphs.append("".join(f"{line};\n" for line in lines))
    paragraphs += [f"{text};\n" for text in triggers.values()]
    return "\n".join([_HEAD, *paragraphs])


@pytest.mark.django_db
def test_no_function_asks_a_column_for_a_name():
    """`TG_TABLE_NAME` is no text: compared with a column, no index knows of it, and all of the table is read."""
    standing = migrated.read(migrated.PUBLIC).function_texts | migrated.read("vg").function_texts
    asked = re.compile(r"\w\.\w+ = TG_TABLE_NAME\b(?!::text)")
    assert [name for name, text in standing.items() if asked.search(text)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("app", _apps_with_guards(), ids=lambda app: app.label)
def test_the_file_says_what_the_database_runs(app):
    kept = Path(app.path) / "migrated.sql"
    found = _texts(app)
    if WRITES:
        kept.write_text(found, encoding="utf-8")
    said = kept.read_text(encoding="utf-8") if kept.exists() else ""
    assert said == found, f"{kept.relative_to(ROOT)} is not what a fresh database runs: {COMMAND}"


def test_a_migration_writes_a_functions_text_whole():
    """A text that is patched together out of older migrations can be read nowhere: copy it from `migrated.sql`."""
    patched = {
        f"{path.parts[-3]}.{path.stem}"
        for path in ROOT.glob("*/*/migrations/0*.py")
        if "import_module" in path.read_text(encoding="utf-8")
    }
    assert patched <= PATCHED
