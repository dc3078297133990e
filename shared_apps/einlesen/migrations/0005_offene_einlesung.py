# The view itself is made with the roles, from the SQL of the model.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("einlesen", "0004_stehende_listen")]
    operations = [
        migrations.CreateModel(
            name="OffeneEinlesung",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "zustand",
                    models.CharField(
                        choices=[
                            ("ENTWURF", "in Vorbereitung"),
                            ("VORGELEGT", "wartet auf Freigabe"),
                            ("FREIGEGEBEN", "wird eingelesen"),
                            ("EINGELESEN", "eingelesen"),
                            ("RUECKNAHME", "wird zurückgenommen"),
                            ("ZURUECKGENOMMEN", "zurückgenommen"),
                            ("VERWORFEN", "verworfen"),
                        ],
                        max_length=16,
                    ),
                ),
                ("vorbereitet_id", models.UUIDField(verbose_name="vorbereitet von")),
                ("legt_anbieter_an", models.BooleanField()),
            ],
            options={
                "verbose_name": "offene Einlesung",
                "verbose_name_plural": "offene Einlesungen",
                "db_table": "einlesen_offeneeinlesung",
                "managed": False,
            },
        ),
    ]
