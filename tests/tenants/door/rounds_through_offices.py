"""Every command and job that goes through all offices, once, in an owner process; prints what became of each as JSON.

`manage.py shell` reads it. Arguments: the folder of the backup.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

from django.core.management import CommandError, call_command

from shared_apps.journal.tasks import verify_all
from tenant_apps.anfragen.tasks import expire_all as expire_anfragen
from tenant_apps.audit.tasks import purge_all, seal_all, seal_rest
from tenant_apps.cases.tasks import notify_all
from tenant_apps.controlling.tasks import publish_kennzahlen
from tenant_apps.drafts.tasks import clear_all
from tenant_apps.gespraeche.tasks import notify_all as notify_ungelesene
from tenant_apps.gespraeche.tasks import notify_leads
from tenant_apps.placements.tasks import check_all as check_suchauftraege
from tenant_apps.placements.tasks import expire_all
from tenant_apps.placements.tasks import verify_all as verify_vermerke
from tenant_apps.repeats.tasks import purge_all_answers
from tenants.door.offices import SomeOfficesFailed

JOBS = (
    seal_all, seal_rest, purge_all, clear_all, expire_all, purge_all_answers, publish_kennzahlen, verify_all,
    verify_vermerke, check_suchauftraege, notify_all, expire_anfragen, notify_ungelesene, notify_leads,
)  # fmt: skip


def outcome(run: Callable[[io.StringIO], object]) -> tuple[int, str]:
    """Exit code and everything it said; any other exception than the two that are meant is code 99."""
    said = io.StringIO()
    try:
        run(said)
    except CommandError as error:
        return error.returncode, f"{said.getvalue()}\n{error}"
    except SomeOfficesFailed as error:
        return 1, str(error)
    except Exception as error:
        return 99, f"{said.getvalue()}\n{type(error).__name__}: {error}"
    return 0, said.getvalue()


def run_all(folder: Path) -> None:
    """The jobs and the reading commands first; `apply_fence` mends some of what is broken, so it comes last."""
    places = {"nach": folder / "daten", "schluessel_nach": folder / "keys"}
    found = {job.name: outcome(lambda said, job=job: job(timestamp=0)) for job in JOBS}
    for command, words in (
        ("backup", places), ("verify_audit", {}), ("verify_vermerke", {}), ("purge_protokoll", {}), ("rotate_keys", {}),
        ("tenant_status", {}), ("apply_fence", {}),
    ):  # fmt: skip
        found[command] = outcome(lambda said, c=command, w=words: call_command(c, stdout=said, stderr=said, **w))
    sys.stdout.write("\n" + json.dumps(found) + "\n")
