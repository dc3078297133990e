"""What nobody does by hand is called "automatisch (SoJuS)" in the history; the column stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0028_the_office_is_not_chosen")]
    operations = [
        migrations.AlterField(
            model_name="registeraenderung",
            name="wer",
            field=models.CharField(
                choices=[
                    ("HAUS", "Anbieter"),
                    ("AMT", "Jugendamt"),
                    ("BETRIEB", "Betrieb des Portals"),
                    ("SYSTEM", "automatisch (SoJuS)"),
                ],
                max_length=8,
                verbose_name="Wer",
            ),
        ),
    ]
