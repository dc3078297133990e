# The first one's function with two differences: whether a list makes a provider is part of what was handed in, and a
# list that could not be taken back is read in, as before.

from importlib import import_module

from django.db import migrations, models

_FIRST = import_module("shared_apps.einlesen.migrations.0001_einlesung").SIGNATURES
_OLD = _FIRST.split("CREATE FUNCTION einlesen_zeile_bleibt")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_NEW = _OLD.replace(
    "(NEW.kopf, NEW.zuordnung) IS DISTINCT FROM (OLD.kopf, OLD.zuordnung)",
    "(NEW.kopf, NEW.zuordnung, NEW.legt_anbieter_an)\n"
    "         IS DISTINCT FROM (OLD.kopf, OLD.zuordnung, OLD.legt_anbieter_an)",
).replace(
    "('RUECKNAHME', 'ZURUECKGENOMMEN')",
    "('RUECKNAHME', 'ZURUECKGENOMMEN'),\n       ('RUECKNAHME', 'EINGELESEN')",
)


class Migration(migrations.Migration):
    dependencies = [("einlesen", "0002_erlaubnis")]
    operations = [
        migrations.AddField(
            model_name="einlesung",
            name="legt_anbieter_an",
            field=models.BooleanField(default=False, verbose_name="legt einen Anbieter an"),
        ),
        migrations.RunSQL(_NEW, _OLD),
    ]
