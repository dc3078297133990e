import django.db.models.deletion
from django.db import migrations, models

import tenants.tables.base

#: Who objected was in the trail only; the page of the invoice has to say it, too. Few invoices: each of them finds its
#: entries by the index of the trail, which is not read as a whole.
FILL = """
UPDATE billing_rechnung r SET beanstandet_von_id = p.user_id, beanstandet_at = p.created_at
  FROM audit_protokoll p
 WHERE r.beanstandung <> '' AND p.objekt_id = r.id AND p.objekt_art = 'billing.rechnung'
   AND p.vorgang = 'rechnung.beanstanden'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_codes_falsch"),
        ("audit", "0005_drop_auskunft"),
        ("billing", "0006_order_of_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="rechnung",
            name="beanstandet_at",
            field=models.DateTimeField(null=True, verbose_name="beanstandet am"),
        ),
        migrations.AddField(
            model_name="rechnung",
            name="beanstandet_von",
            field=tenants.tables.base.SharedReference(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+",
                to="accounts.fachkraft", verbose_name="beanstandet von",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]  # fmt: skip
