"""Cases of one office in the demo world: young people, searches, choices, reservations, bookings.

Everything is drawn in memory (no hold overlaps another, statewide) and then written inside the tenant, with
the rights of the tenant's role.
"""

from deploy.demo.world.faelle.bau import AmtBau
from deploy.demo.world.faelle.hinweise import write_hinweise
from deploy.demo.world.faelle.vorgang import WeltVorgang, Zeit

__all__ = ["AmtBau", "WeltVorgang", "Zeit", "write_hinweise"]
