"""Licences by the day on which they end, proposed rates by who made them and when they were decided.

A register narrowed to licences that run out reads only these; the worklist reads what was decided lately of what she
proposed, not all that was ever proposed.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two indexes."""

    dependencies = [("providers", "0024_wie_viele_laufen")]
    operations = [
        migrations.AddIndex(
            model_name="betriebserlaubnis",
            index=models.Index(fields=["gueltig_bis", "einrichtung"], name="erlaubnis_nach_ende"),
        ),
        migrations.AddIndex(
            model_name="entgeltvorschlag",
            index=models.Index(fields=["vorgeschlagen_von", "entschieden_at"], name="vorschlag_entschieden"),
        ),
    ]
