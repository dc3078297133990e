from django.db import migrations, models

from shared_apps.accounts.enums import MailArt


class Migration(migrations.Migration):
    """One kind of mail more: the password has changed, the keys go on."""

    dependencies = [("accounts", "0012_attempts_counted")]
    operations = [
        migrations.AlterField(
            "Mailauftrag", "art", models.CharField(choices=MailArt.choices, max_length=20, verbose_name="Art")
        )
    ]
