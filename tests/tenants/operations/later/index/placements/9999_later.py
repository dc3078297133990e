from django.db import migrations, models

from tenant_apps.placements import migrations as today
from tests.tenants.operations.later import last


class Migration(migrations.Migration):
    dependencies = [("placements", last(today))]
    operations = [migrations.AddIndex("reservierung", models.Index(fields=["pseudonym", "created_at"], name="spaeter"))]
