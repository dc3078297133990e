"""Check the chains of seals, and leave reports that operator and office see."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import connection, transaction

from shared_apps.core.errors import Verweigert
from shared_apps.journal.models import Pruefbericht
from shared_apps.journal.services.anker import get_anker
from tenants.door.offices import describe
from tenants.fence.structure import check_structure
from tenants.models import Tenant
from tenants.trail.chain import Befundbericht, Copies, Kopie, Mangel, Pruefung, Trail, shared_trail, tenant_trail

logger = logging.getLogger(__name__)
BEISPIELE = 20
NUR_EIGENTUEMER = "Die Siegel prüft nur der Eigentümer-Prozess (SOJUS_DB_MODE=owner)."


def check_siegel(*, tenant: Tenant | None = None, copies: Copies | None = None) -> Iterator[Befundbericht]:
    """One report for each chain: of this office, or of all and the shared journal.

    `copies`: mandant → number → copies from files that were kept on other machines. The anchors that the settings name
    are included by themselves; a chain that one of them names and the database does not is a fault of the shared.
    """
    if not connection.is_owner:
        raise Verweigert(NUR_EIGENTUEMER)
    offices = [tenant] if tenant else list(Tenant.objects.all())
    trails = [tenant_trail(t.schema_name) for t in offices] + ([] if tenant else [shared_trail()])
    copies, anchor_faults = _with_anchors(copies or {})
    for trail in trails:
        report = _check(trail, copies.get(trail.schema))
        if trail.schema == "public":
            report.maengel += _missing_chains(trails, copies) + anchor_faults
        Pruefbericht.objects.create(
            mandant=trail.schema, siegel=report.siegel, zeilen=report.zeilen, bereinigt=report.bereinigt,
            maengel=len(report.maengel), beispiele=[str(m) for m in report.maengel[:BEISPIELE]],
        )  # fmt: skip
        yield report


def _check(trail: Trail, copies: dict[int, list[Kopie]] | None) -> Befundbericht:
    """A chain that cannot be checked, because its schema or a table is gone, is a fault; the others are checked."""
    try:
        with transaction.atomic():
            # One snapshot: what is sealed while the check reads would look like a seal that was taken out.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            report = Pruefung(trail, copies).run()
            report.maengel += [
                Mangel(trail.schema, "Struktur", what, "nicht wie vom Programm")
                for what in check_structure(trail.schema)
            ]
    except Exception as error:
        logger.error("The chain of %s could not be checked: %s", trail.schema, describe(error))
        report = Befundbericht(trail.schema)
        report.maengel = [Mangel(trail.schema, "Prüfung", describe(error), "war nicht möglich")]
    return report


def _with_anchors(copies: Copies) -> tuple[Copies, list[Mangel]]:
    """The copies that were given, with the anchors of the configured places; and what is wrong with these places."""
    merged = {mandant: {n: list(kept) for n, kept in own.items()} for mandant, own in copies.items()}
    anchors, faults = get_anker()
    for mandant, own in anchors.items():
        for nummer, kept in own.items():
            known = merged.setdefault(mandant, {}).setdefault(nummer, [])
            known += [kopie for kopie in kept if kopie.summe not in {k.summe for k in known}]
    return merged, [Mangel("public", "Anker", where, "fehlt oder ist nicht lesbar") for where in faults]


def _missing_chains(trails: list[Trail], copies: Copies) -> list[Mangel]:
    known = {trail.schema for trail in trails}
    return [
        Mangel(mandant, "Siegel", f"bis {max(own)}", "ein Anker nennt sie, das Amt gibt es hier nicht mehr")
        for mandant, own in sorted(copies.items())
        if mandant not in known
    ]
