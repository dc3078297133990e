from django.db import migrations, models

from tenant_apps.notifications import migrations as today
from tests.tenants.operations.later import last


class Migration(migrations.Migration):
    dependencies = [("notifications", last(today))]
    operations = [
        migrations.AddConstraint(
            "faelligermonat",
            models.CheckConstraint(condition=models.Q(monat__gte="2000-01-01"), name="monat_seit_2000"),
        ),
    ]
