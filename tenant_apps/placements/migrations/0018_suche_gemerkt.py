"""Offers of a result that are kept to be compared (ADR 0086)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('placements', '0017_kette_der_auswahlvermerke'),
    ]

    operations = [
        migrations.AddField(
            model_name='suche',
            name='gemerkt',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list, verbose_name='Merkliste'),
        ),
    ]
