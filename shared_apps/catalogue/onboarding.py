"""Reference data of the catalogue."""

from shared_apps.catalogue import services
from tenants.onboarding.registry import reference_data

reference_data(order=29, name="Module")(services.load_module)
reference_data(order=30, name="Hilfearten")(services.load_hilfearten)
reference_data(order=31, name="Spezialisierungen")(services.load_spezialisierungen)
reference_data(order=32, name="Barbeträge")(services.load_barbetraege)
reference_data(order=33, name="Sprachen")(services.load_sprachen)
reference_data(order=34, name="Gründe")(services.load_gruende)
