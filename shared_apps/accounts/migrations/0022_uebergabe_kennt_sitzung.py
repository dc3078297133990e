from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_entwurf_nach_sitzungsende"),
    ]

    operations = [
        migrations.AddField(
            model_name="handover",
            name="sitzung_id",
            field=models.UUIDField(null=True, verbose_name="Sitzung, in der sie begann"),
        ),
    ]
