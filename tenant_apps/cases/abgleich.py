"""After a restore: whose key is gone, so who was deleted after the backup of the data."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from tenant_apps.cases.models import Klient, Personenschluessel
from tenants.models import Tenant
from tenants.operations.backup.registry import after_restore


@after_restore("Personen ohne Schlüssel: nach der Sicherung gelöscht, bitte wieder löschen")
def list_without_key(tenant: Tenant) -> list[str]:
    """Ids of people whose sealed data is there and cannot be opened any more."""
    schluessel = Personenschluessel.objects.filter(pk=OuterRef("pk"))
    found = Klient.objects.filter(~Exists(schluessel)).exclude(suchindex=[]).order_by("pk")
    return [str(pk) for pk in found.values_list("pk", flat=True)]
