"""Identity fields become sealed columns; existing rows are sealed with a fresh key per person (ADR 0017)."""

import django.contrib.postgres.indexes
import uuid6
from django.db import migrations, models, router
from django.db.migrations.operations.base import Operation

import tenant_apps.cases.encrypted
from tenants import crypto

FIELDS = ("pkz", "vorname", "nachname", "geburtsdatum")


class SealRows(Operation):
    """Seal what stands in the `…_klar` columns. No RunPython: on an empty schema nothing is computed, so the
    statements of the whole plan can be replayed for the next tenant (tenants.onboarding.migrate)."""

    reversible = False
    reduces_to_sql = False

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        connection = schema_editor.connection
        if not router.allow_migrate(connection.alias, app_label, model_name="klient"):
            return  # the shared schema has no such table
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, pkz_klar, vorname_klar, nachname_klar, geburtsdatum_klar FROM cases_klient")
            rows = cursor.fetchall()
            for pk, pkz, vorname, nachname, geboren in rows:
                self._seal(cursor, connection.schema_name, pk, pkz, vorname, nachname, geboren)

    def _seal(self, cursor, schema, pk, pkz, vorname, nachname, geboren):
        key = crypto.new_data_key()
        wrapped = crypto.wrap_data_key(key, context=f"cases_personenschluessel|schluessel|{pk}", schema=schema)
        values = dict(zip(FIELDS, (pkz, vorname, nachname, geboren.isoformat()), strict=True))
        sealed = [
            crypto.seal_with(key, value.encode(), context=f"cases_klient|{name}|{pk}", schema=schema) if value else b""
            for name, value in values.items()
        ]
        parts = [("name", word) for word in crypto.words(f"{vorname} {nachname}")]
        parts += [("pkz", pkz), ("geboren", geboren.isoformat())]
        index = sorted({crypto.blind_index(*p, schema=schema).hex() for p in parts})
        cursor.execute(
            "INSERT INTO cases_personenschluessel (id, created_at, schluessel) VALUES (%s, now(), %s)", [pk, wrapped]
        )
        cursor.execute(
            "UPDATE cases_klient SET pkz = %s, vorname = %s, nachname = %s, geburtsdatum = %s, pkz_index = %s,"
            " suchindex = %s WHERE id = %s",
            [*sealed, crypto.blind_index("pkz", pkz, schema=schema).hex(), index, pk],
        )

    def describe(self):
        return "Seal the identity fields of existing rows"


def _sealed(name, field):
    return migrations.AddField("klient", name, field, preserve_default=False)


class Migration(migrations.Migration):
    stops_the_release_before = "its files read names in clear text"

    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Personenschluessel",
            fields=[
                ("id", models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="angelegt am")),
                ("schluessel", models.BinaryField(verbose_name="Schlüssel")),
            ],
            options={"verbose_name": "Schlüssel einer Person", "verbose_name_plural": "Schlüssel von Personen"},
        ),
        migrations.RemoveIndex("klient", "klient_name"),
        migrations.AlterModelOptions(
            "klient",
            options={"ordering": ("-created_at",), "verbose_name": "Klient", "verbose_name_plural": "Klienten"},
        ),
        *(migrations.RenameField("klient", name, f"{name}_klar") for name in FIELDS),
        _sealed(
            "pkz",
            tenant_apps.cases.encrypted.EncryptedTextField(default="", max_length=20, verbose_name="PKZ"),
        ),
        _sealed(
            "vorname",
            tenant_apps.cases.encrypted.EncryptedTextField(default="", max_length=100, verbose_name="Vorname"),
        ),
        _sealed(
            "nachname",
            tenant_apps.cases.encrypted.EncryptedTextField(default="", max_length=100, verbose_name="Nachname"),
        ),
        _sealed(
            "geburtsdatum",
            tenant_apps.cases.encrypted.EncryptedDateField(default="", verbose_name="Geburtsdatum"),
        ),
        migrations.AddField(
            "klient", "pkz_index", tenant_apps.cases.encrypted.BlindIndexField(of="pkz_parts", verbose_name="PKZ (Index)")
        ),
        migrations.AddField(
            "klient",
            "suchindex",
            tenant_apps.cases.encrypted.BlindIndexesField(of="such_parts", verbose_name="Suchindex"),
        ),
        SealRows(),
        *(migrations.RemoveField("klient", f"{name}_klar") for name in FIELDS),
        migrations.AddIndex(
            "klient",
            django.contrib.postgres.indexes.GinIndex(fields=["suchindex"], name="klient_suchindex"),
        ),
        migrations.AddConstraint(
            "klient",
            models.UniqueConstraint(
                condition=models.Q(("pkz_index", ""), _negated=True), fields=("pkz_index",), name="klient_pkz_einmal"
            ),
        ),
    ]
