"""Reference data of the comparison."""

from shared_apps.comparison.reference.kennzahlen import load_kennzahlen
from tenants.onboarding.registry import reference_data

reference_data(order=40, name="Kennzahlen")(load_kennzahlen)
