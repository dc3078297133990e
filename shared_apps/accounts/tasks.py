"""Jobs of accounts: mail is written by the worker, so that no answer takes longer for people who exist."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shared_apps.accounts.services import password_reset
from tenants.models import Tenant

_RETRY = RetryStrategy(max_attempts=4, wait=20)


@app.task(name="accounts.send_password_reset", retry=_RETRY)
def send_password_reset(*, user_id: str, schema: str, address: str) -> bool:
    """For a person who does not exist, this job is all that happens."""
    tenant = Tenant.objects.get(schema_name=schema) if schema else None
    return password_reset.issue_password_reset(user_id=UUID(user_id), tenant=tenant, address=address)


@app.task(name="accounts.send_account_change", retry=_RETRY)
def send_account_change(*, user_id: str, kind: str, address: str) -> bool:
    """Password or second factor have changed."""
    return password_reset.issue_account_change(user_id=UUID(user_id), kind=kind, address=address)
