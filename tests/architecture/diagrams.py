"""docs/states.md: the states of each thing as diagrams, drawn from the tables that run.

python -m tests.architecture.diagrams        # after a change of a table
"""

from __future__ import annotations

from shared_apps.aufnahme.states import AUFNAHMEANTRAG
from shared_apps.einlesen.states import EINLESUNG
from shared_apps.journal.states import SUPPORTZUGRIFF
from shared_apps.members.states import MITGLIEDSCHAFTSANTRAG, ZUGANGSANTRAG
from shared_apps.providers.states import VAKANZMELDUNG
from tenant_apps.anfragen.states import ANFRAGE, HAUSANFRAGE
from tenant_apps.audit.states import FREIGABE
from tenant_apps.billing.states import LEISTUNGSNACHWEIS, RECHNUNG
from tenant_apps.cases.states import HILFEFALL
from tenant_apps.placements.states import BUCHUNG, RESERVIERUNG
from tenant_apps.privacy.states import LOESCHLAUF
from tests.architecture.tree import ROOT

DOCUMENT = ROOT / "docs" / "states.md"
HEAD = """# States

What each thing goes through, drawn from the tables in `states.py` of its app: `python -m tests.architecture.diagrams`.
A test compares. A step that is not here answers 409 with a German message (a used link of a mail: 403). A state
without a way out is the last one.

Without a table: mails (a queue), holds of places (they follow reservation and booking), an office's set-up and whether
it is open or in maintenance (the operator's). `OTHERWISE` in `tests/architecture/test_states.py` names who writes them.
"""
MASCHINEN = (
    HILFEFALL,
    ANFRAGE,
    HAUSANFRAGE,
    RESERVIERUNG,
    BUCHUNG,
    LEISTUNGSNACHWEIS,
    RECHNUNG,
    LOESCHLAUF,
    FREIGABE,
    MITGLIEDSCHAFTSANTRAG,
    ZUGANGSANTRAG,
    AUFNAHMEANTRAG,
    SUPPORTZUGRIFF,
    VAKANZMELDUNG,
    EINLESUNG,
)


def draw() -> str:
    """The whole page."""
    parts = [HEAD]
    for maschine in MASCHINEN:
        lines = [f"    {z.value}: {z.label}" for z in maschine.zustaende]
        lines += [
            f"    {von.value} --> {bis.value}: {aktion.label}"
            for von, weiter in maschine.uebergaenge.items()
            for aktion, bis in weiter.items()
        ]
        lines += [f"    {z.value} --> [*]" for z in maschine.zustaende if z in maschine.endzustaende]
        first = next(iter(maschine.zustaende)).value
        parts.append(
            "\n".join(
                [f"## {maschine.name}", "```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *lines, "```", ""]
            )
        )
    return "\n".join(parts)


if __name__ == "__main__":
    DOCUMENT.write_text(draw(), encoding="utf-8")
