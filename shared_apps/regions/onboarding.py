"""What the regions know for onboarding: the districts, their names, keys and inhabitants."""

from __future__ import annotations

from shared_apps.regions import services
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.onboarding.registry import Angaben, completes_angaben, reference_data

reference_data(order=10, name="Gebietskörperschaften")(services.load_gebietskoerperschaften)
reference_data(order=20, name="Bevölkerungsstände")(services.load_bevoelkerung)


@completes_angaben
def take_from_register(angaben: Angaben) -> None:
    """Name, AGS and order of a district that stands in the reference data."""
    kreis = Gebietskoerperschaft.objects.filter(kuerzel=angaben.kuerzel).first()
    if kreis is None:
        return
    angaben.name = angaben.name or kreis.name
    angaben.ags = angaben.ags or kreis.ags
    angaben.sortierung = angaben.sortierung or kreis.sortierung
