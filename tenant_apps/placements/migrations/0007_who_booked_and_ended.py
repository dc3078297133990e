import django.db.models.deletion
from django.db import migrations, models

import tenants.tables.base

#: It was in the trail only. Only the rows in question, each with its entries by the index of the trail.
FILL = [
    """
UPDATE placements_buchung b SET gebucht_von_id = p.user_id FROM audit_protokoll p
 WHERE p.objekt_id = b.id AND p.objekt_art = 'placements.buchung' AND p.vorgang = 'reservierung.buchen'
""",
    """
UPDATE placements_buchung b SET beendet_von_id = p.user_id, beendet_at = p.created_at FROM audit_protokoll p
 WHERE b.zustand IN ('BEENDET', 'ABGEBROCHEN', 'STORNIERT') AND p.objekt_id = b.id
   AND p.objekt_art = 'placements.buchung' AND p.vorgang IN ('buchung.beenden', 'buchung.stornieren')
""",
    """
UPDATE placements_reservierung r SET zurueckgezogen_von_id = p.user_id, zurueckgezogen_at = p.created_at
  FROM audit_protokoll p
 WHERE r.zustand = 'ZURUECKGEZOGEN' AND p.objekt_id = r.id AND p.objekt_art = 'placements.reservierung'
   AND p.vorgang = 'reservierung.zurueckziehen'
""",
]


def _who(label):
    return tenants.tables.base.SharedReference(
        db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+",
        to="accounts.fachkraft", verbose_name=label,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_codes_falsch"),
        ("audit", "0005_drop_auskunft"),
        ("placements", "0006_order_of_lists"),
    ]

    operations = [
        migrations.AddField("buchung", "gebucht_von", _who("gebucht von")),
        migrations.AddField("buchung", "beendet_von", _who("beendet von")),
        migrations.AddField("buchung", "beendet_at", models.DateTimeField(null=True, verbose_name="beendet am")),
        migrations.AddField("reservierung", "zurueckgezogen_von", _who("zurückgezogen von")),
        migrations.AddField(
            "reservierung", "zurueckgezogen_at", models.DateTimeField(null=True, verbose_name="zurückgezogen am")
        ),
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in FILL),
    ]
