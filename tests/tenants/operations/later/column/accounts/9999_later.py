from django.db import migrations, models

from shared_apps.accounts import migrations as today
from tests.tenants.operations.later import last


class Migration(migrations.Migration):
    dependencies = [("accounts", last(today))]
    operations = [
        migrations.AddField("user", "spaeter", models.CharField(max_length=20, null=True)),
        # Offices see this column through a shared view, providers through one in each office.
        migrations.AlterField("user", "telefon", models.CharField(max_length=77, blank=True)),
    ]
