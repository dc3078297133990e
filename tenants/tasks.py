"""Jobs of the operator's worker (queue 'betrieb', owner process: `manage.py worker --betrieb`)."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from tenants.onboarding import services


@app.task(queue="betrieb", name="tenants.onboard")
def onboard(*, lauf_id: str) -> None:
    """Onboard the municipality of an OnboardingLauf."""
    services.run_order(lauf_id=UUID(lauf_id))
