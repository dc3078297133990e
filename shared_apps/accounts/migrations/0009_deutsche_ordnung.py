import django.db.models.functions.comparison
from django.contrib.postgres.operations import CreateCollation
from django.db import migrations, models


class Migration(migrations.Migration):
    """The German order of everything a person reads (shared_apps/core/ordnung.py)."""

    dependencies = [("accounts", "0008_sicherheit_einladung_dienst")]
    operations = [
        CreateCollation("deutsch", provider="icu", locale="de-u-kn-true"),
        migrations.AlterModelOptions(
            name='fachkraft',
            options={'managed': False, 'ordering': (django.db.models.functions.comparison.Collate(models.F('nachname'), 'deutsch'), django.db.models.functions.comparison.Collate(models.F('vorname'), 'deutsch')), 'verbose_name': 'Fachkraft', 'verbose_name_plural': 'Fachkräfte'},
        ),
    ]
