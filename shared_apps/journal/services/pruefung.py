"""Check the chains of seals, and leave reports that operator and office see."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

from shared_apps.core.errors import Verweigert
from shared_apps.journal.models import Pruefbericht
from tenants.chain import Befundbericht, Kopie, Pruefung, shared_trail, tenant_trail
from tenants.models import Tenant

BEISPIELE = 20
NUR_EIGENTUEMER = "Die Siegel prüft nur der Eigentümer-Prozess (SOJUS_DB_MODE=owner)."


def check_siegel(
    *, tenant: Tenant | None = None, copies: dict[str, dict[int, Kopie]] | None = None
) -> Iterator[Befundbericht]:
    """One report for each chain: of this office, or of all and the shared journal.

    `copies`: mandant → number → copy from a file that was kept on another machine.
    """
    if not connection.is_owner:
        raise Verweigert(NUR_EIGENTUEMER)
    offices = [tenant] if tenant else list(Tenant.objects.all())
    trails = [tenant_trail(t.schema_name) for t in offices] + ([] if tenant else [shared_trail()])
    for trail in trails:
        with transaction.atomic():
            report = Pruefung(trail, (copies or {}).get(trail.schema)).run()
        Pruefbericht.objects.create(
            mandant=trail.schema, siegel=report.siegel, zeilen=report.zeilen, bereinigt=report.bereinigt,
            maengel=len(report.maengel), beispiele=[str(m) for m in report.maengel[:BEISPIELE]],
        )  # fmt: skip
        yield report
