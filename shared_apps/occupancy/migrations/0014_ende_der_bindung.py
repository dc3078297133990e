"""The end of a hold as a column, and an index of places and ends.

An overlap of periods is not leakproof, so under row-level security no index of days was used for it: every hold there
ever was on a place was read to show what holds it now. The program before does not name the column; the database fills
it whoever writes.
"""

import datetime

import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """A computed column and an index; the table is written once."""

    dependencies = [("occupancy", "0013_kein_moment_im_voraus")]
    operations = [
        migrations.AddField(
            model_name="platzbindung",
            name="ende",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce(
                    Upper("zeitraum"), models.Value(datetime.date(9999, 12, 31))
                ),
                output_field=models.DateField(),
                verbose_name="endet am (ausschließlich)",
            ),
        ),
        migrations.AddIndex(
            model_name="platzbindung",
            index=models.Index(fields=["platz", "ende"], name="platzbindung_ende"),
        ),
    ]
