"""Second factors and links to a district's server get models of our own, on the tables they have always been in.

django-allauth made these tables in every database that is older; its rows stay as they are, byte for byte, and the
release before goes on working with them (ADR 0048). In a new database this migration makes them, with the same columns
and the same names of indexes and constraints.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class TakeOverModel(migrations.CreateModel):
    """The model from now on; its table only where there is none."""

    def _is_there(self, app_label, schema_editor, state):
        table = state.apps.get_model(app_label, self.name)._meta.db_table
        with schema_editor.connection.cursor() as cursor:
            return table in schema_editor.connection.introspection.table_names(cursor)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if not self._is_there(app_label, schema_editor, to_state):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """The table stays: it belongs to the release before again."""


#: Of allauth as well, never used, nobody has a right on them. They go with the next release, because the release
#: before still lists them; what the journal noted about them goes now, because this one lists them no longer.
EMPTY = ("account_emailaddress", "socialaccount_socialapp")
TRIGGERS = ("sojus_spur_anlegen", "sojus_spur_aendern", "sojus_spur_loeschen", "sojus_spur_leeren")


class Migration(migrations.Migration):

    dependencies = [("accounts", "0016_vertretung_passt")]

    operations = [
        TakeOverModel(
            name="Faktor",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "art",
                    models.CharField(
                        choices=[
                            ("totp", "App auf dem Telefon"),
                            ("webauthn", "Passkey"),
                            ("recovery_codes", "Wiederherstellungscodes"),
                        ],
                        db_column="type",
                        max_length=20,
                        verbose_name="Art",
                    ),
                ),
                ("data", models.JSONField(verbose_name="Angaben")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="angelegt am"),
                ),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="zuletzt benutzt")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faktoren",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
            ],
            options={
                "verbose_name": "Zweiter Faktor",
                "verbose_name_plural": "Zweite Faktoren",
                "db_table": "mfa_authenticator",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("art__in", ["totp", "recovery_codes"])),
                        fields=("user", "art"),
                        name="unique_authenticator_type",
                    )
                ],
            },
        ),
        TakeOverModel(
            name="Dienstkonto",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=200, verbose_name="Anmeldedienst")),
                ("uid", models.CharField(max_length=191, verbose_name="Kennung beim Anmeldedienst")),
                ("last_login", models.DateTimeField(auto_now=True, verbose_name="zuletzt geändert")),
                ("date_joined", models.DateTimeField(auto_now_add=True, verbose_name="verbunden am")),
                ("extra_data", models.JSONField(default=dict, editable=False, verbose_name="weitere Angaben")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dienstkonten",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
            ],
            options={
                "verbose_name": "Verbundenes Konto",
                "verbose_name_plural": "Verbundene Konten",
                "db_table": "socialaccount_socialaccount",
                "unique_together": {("provider", "uid")},
            },
        ),
        *(
            migrations.RunSQL(f"DROP TRIGGER IF EXISTS {trigger} ON {table}", migrations.RunSQL.noop)
            for table in EMPTY
            for trigger in TRIGGERS
        ),
    ]
