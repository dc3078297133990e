from django.db import migrations, models

from tenant_apps.placements import migrations as today
from tests.tenants.operations.later import last


class Migration(migrations.Migration):
    dependencies = [("placements", last(today))]
    operations = [
        migrations.AddField("reservierung", "spaeter", models.CharField(max_length=20, null=True)),
        # Providers see this column: its views are in the way.
        migrations.AlterField("reservierung", "pseudonym", models.CharField(max_length=44, unique=True)),
    ]
