"""Kept answers name people: they lie sealed. What was kept until now is forgotten (it is worth one day)."""

from django.db import migrations

import tenant_apps.cases.encrypted


class Migration(migrations.Migration):
    stops_the_release_before = "it keeps answers in clear text"

    dependencies = [("placements", "0001_initial"), ("cases", "0002_encrypted_identity")]

    operations = [
        migrations.RunSQL("DELETE FROM placements_idempotencyrecord", migrations.RunSQL.noop),
        migrations.RemoveField("idempotencyrecord", "response"),
        migrations.AddField(
            "idempotencyrecord",
            "response",
            tenant_apps.cases.encrypted.EncryptedTextField(default="", person=""),
            preserve_default=False,
        ),
    ]
