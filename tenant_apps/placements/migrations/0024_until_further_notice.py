"""A search and what it holds may go on until further notice; `zeitraum` are the days planned with then. A search may be
for several kinds of help (ADR 0092)."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("placements", "0023_a_booking_has_an_end")]

    operations = [
        *(
            migrations.AddField(
                name,
                "ohne_ende",
                models.BooleanField(default=False, db_default=False, verbose_name="bis auf Weiteres"),
            )
            for name in ("suche", "reservierung")
        ),
        migrations.AddField(
            "suche",
            "weitere_hilfearten",
            ArrayField(
                models.CharField(max_length=8),
                blank=True,
                default=list,
                db_default=models.Value([], ArrayField(models.CharField(max_length=8))),
                verbose_name="Weitere Hilfearten",
            ),
        ),
    ]
