"""Onboarding of a municipality: all or nothing, repeatable. And loading the reference data."""

from __future__ import annotations

from django.db import transaction

from tenants.onboarding import registry
from tenants.onboarding.registry import Report


def load_reference(*, report: Report = lambda line: None) -> None:
    """Upsert all reference data of the shared schema in one transaction. Owner process only."""
    with transaction.atomic():
        for loader in registry.loaders():
            report(f"{loader.name}: {loader.load()} Zeilen")
    report("Referenzdaten sind geladen.")
