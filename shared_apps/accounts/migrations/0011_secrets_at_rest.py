"""Hashes of passwords are sealed for their person; sessions from before, whose keys stand in clear, end (ADR 0028)."""

from django.db import migrations, models

from shared_apps.accounts.kennwort import open_hash, seal_hash


def seal_all(apps, schema_editor) -> None:
    """Every usable hash; one that is sealed already stays."""
    users = apps.get_model("accounts", "User").objects
    for pk, stored in list(users.values_list("pk", "password")):
        if stored.startswith("!") or not open_hash(stored, user_id=pk).startswith("!"):
            continue
        users.filter(pk=pk).update(password=seal_hash(stored, user_id=pk))


def open_all(apps, schema_editor) -> None:
    """Back to hashes in clear."""
    users = apps.get_model("accounts", "User").objects
    for pk, stored in list(users.values_list("pk", "password")):
        users.filter(pk=pk).update(password=open_hash(stored, user_id=pk))


class Migration(migrations.Migration):
    stops_the_release_before = "it cannot read the sealed password hashes"

    dependencies = [("accounts", "0010_mailauftrag"), ("sessions", "0001_initial")]
    operations = [
        migrations.AlterField("User", "password", models.CharField(max_length=600, verbose_name="Passwort")),
        migrations.RunPython(seal_all, open_all),
        migrations.RunSQL("DELETE FROM django_session", "DELETE FROM django_session"),
    ]
