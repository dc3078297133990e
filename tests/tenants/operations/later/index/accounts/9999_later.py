from django.db import migrations, models

from shared_apps.accounts import migrations as today
from tests.tenants.operations.later import last


class Migration(migrations.Migration):
    dependencies = [("accounts", last(today))]
    operations = [migrations.AddIndex("user", models.Index(fields=["nachname", "vorname"], name="spaeter_user"))]
