"""The rates of an offer out of one B-tree entry each, which has all that a search asks of them.

Beside the index of the key the planner had that of the constraint, a GiST, and took it: 60 µs for each offer. The index
of the key alone is not needed any more: this one begins with it.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0034_vereinbart_ist_gewesen")]
    operations = [
        migrations.AddIndex(
            "entgelt",
            models.Index(
                fields=["angebot"], include=["jugendamt", "einheit", "gueltig", "betrag"], name="entgelt_angebot"
            ),
        ),
        migrations.AlterField(
            "entgelt",
            "angebot",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entgelte",
                to="providers.angebot",
                verbose_name="Angebot",
            ),
        ),
    ]
