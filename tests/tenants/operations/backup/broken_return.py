"""`manage.py restore …` that breaks at the given place: `python -m … WHERE restore FOLDER --schluessel FOLDER …`."""

from __future__ import annotations

import os
import sys

import django
from django.core.management import execute_from_command_line

if __name__ == "__main__":  # the test imports it as well, and works as the app
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["SOJUS_DB_MODE"] = "owner"
    django.setup()

from tenants.operations.backup import restore
from tenants.operations.release import Ergebnis

#: Exit code of a process that was killed.
KILLED = 137


def _die(*args: object, **kwargs: object) -> None:
    os._exit(KILLED)


def _stay_behind(*, only: set[str], **kwargs: object) -> Ergebnis:
    return Ergebnis(behind=dict.fromkeys(only, "Sperre"))


PLACES = {
    "release leaves it behind": {"release": _stay_behind},
    "killed before the end": {"_narrow": _die},
    "killed while comparing": {"run_abgleich": _die},
}

if __name__ == "__main__":
    for name, instead in PLACES[sys.argv[1]].items():
        setattr(restore, name, instead)
    execute_from_command_line(["manage.py", *sys.argv[2:]])
