"""A hold has a first day, and a reservation a moment at which it lapses: one without would hold its place for ever.

Every function reads `ablauf_at IS NULL` as "does not lapse", which is meant for bookings. No service has ever written
a reservation without it, or a hold without a first day. For new rows at once; the older ones, millions perhaps, are
compared while people go on working, at the end of the release (`tenants.fence.checks.validate`).
"""

from django.db import migrations, models

_TABLE = "ALTER TABLE occupancy_platzbindung"


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0018_ein_platz_in_einem_zug")]
    operations = [
        migrations.RunSQL(
            f"{_TABLE} ADD CONSTRAINT platzbindung_hat_beginn CHECK (NOT lower_inf(zeitraum)) NOT VALID",
            f"{_TABLE} DROP CONSTRAINT platzbindung_hat_beginn",
            state_operations=[
                migrations.AddConstraint(
                    "platzbindung",
                    models.CheckConstraint(
                        name="platzbindung_hat_beginn", condition=models.Q(zeitraum__lower_inf=False)
                    ),
                )
            ],
        ),
        migrations.RunSQL(
            f"{_TABLE} ADD CONSTRAINT platzbindung_laeuft_ab"
            " CHECK (zustand <> 'RESERVIERT' OR ablauf_at IS NOT NULL) NOT VALID",
            f"{_TABLE} DROP CONSTRAINT platzbindung_laeuft_ab",
            state_operations=[
                migrations.AddConstraint(
                    "platzbindung",
                    models.CheckConstraint(
                        name="platzbindung_laeuft_ab",
                        condition=~models.Q(zustand="RESERVIERT") | models.Q(ablauf_at__isnull=False),
                    ),
                )
            ],
        ),
    ]
