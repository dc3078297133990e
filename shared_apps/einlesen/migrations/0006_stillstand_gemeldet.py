"""When whoever handed a list in was told that it has stopped: once for each standstill."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("einlesen", "0005_offene_einlesung")]
    operations = [
        migrations.AddField(
            model_name="einlesung",
            name="stillstand_gemeldet_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="Stillstand gemeldet am"),
        ),
    ]
