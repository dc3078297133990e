"""IBANs move out of the register that everybody reads, into a table of their own under row-level security."""

import django.db.models.deletion
import uuid6
from django.db import migrations, models

MOVE = """
INSERT INTO providers_bankverbindung (id, created_at, anbieter_id, iban)
SELECT gen_random_uuid(), now(), id, iban FROM providers_anbieter WHERE iban <> ''
"""
BACK = "UPDATE providers_anbieter a SET iban = b.iban FROM providers_bankverbindung b WHERE b.anbieter_id = a.id"


class Migration(migrations.Migration):
    stops_the_release_before = "its register pages read the bank account from the provider's own row"

    dependencies = [("providers", "0002_membership_belongs_to_anbieter")]
    operations = [
        migrations.CreateModel(
            name="Bankverbindung",
            fields=[
                ("id", models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="angelegt am")),
                ("iban", models.CharField(max_length=34, verbose_name="IBAN")),
                (
                    "anbieter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bankverbindung",
                        to="providers.anbieter",
                        verbose_name="Anbieter",
                    ),
                ),
            ],
            options={"verbose_name": "Bankverbindung", "verbose_name_plural": "Bankverbindungen"},
        ),
        migrations.RunSQL(MOVE, BACK),
        migrations.RemoveField(model_name="anbieter", name="iban"),
    ]
