from django.db import migrations, models

from shared_apps.accounts.enums import MailArt


class Migration(migrations.Migration):
    """One kind of mail more: the heads of the trails' chains, each night."""

    dependencies = [("accounts", "0014_anmeldedienst_bestaetigt")]
    operations = [
        migrations.AlterField(
            "Mailauftrag", "art", models.CharField(choices=MailArt.choices, max_length=20, verbose_name="Art")
        )
    ]
