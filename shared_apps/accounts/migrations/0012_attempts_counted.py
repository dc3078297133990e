"""One row a count instead of one a failure: an attempt is taken or refused in one statement (ADR 0028)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    stops_the_release_before = "its sign-in writes created_at"

    """What was counted before is forgotten; it was a quarter of an hour old at most."""

    dependencies = [("accounts", "0011_secrets_at_rest")]
    operations = [
        migrations.RunSQL("DELETE FROM accounts_anmeldeversuch", "DELETE FROM accounts_anmeldeversuch"),
        migrations.RemoveField("Anmeldeversuch", "created_at"),
        migrations.AddField(
            "Anmeldeversuch", "anzahl", models.PositiveIntegerField(verbose_name="Anzahl", default=0), False
        ),
        migrations.AddField(
            "Anmeldeversuch",
            "beginn_at",
            models.DateTimeField(verbose_name="gezählt seit", db_index=True, default="2026-01-01T00:00Z"),
            False,
        ),
        migrations.AddField(
            "Anmeldeversuch",
            "zuletzt_at",
            models.DateTimeField(verbose_name="zuletzt", default="2026-01-01T00:00Z"),
            False,
        ),
        migrations.AlterField("Anmeldeversuch", "schluessel", models.CharField(max_length=64, unique=True)),
    ]
