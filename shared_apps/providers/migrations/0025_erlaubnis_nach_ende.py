"""Licences by the day on which they end: a register narrowed to those that run out reads only these."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("providers", "0024_wie_viele_laufen")]
    operations = [
        migrations.AddIndex(
            model_name="betriebserlaubnis",
            index=models.Index(fields=["gueltig_bis", "einrichtung"], name="erlaubnis_nach_ende"),
        ),
    ]
