"""Whose other accounts are behind a mailbox is asked by every rule of two people, at each page that has one: by index."""

from django.db import migrations, models

from shared_apps.accounts.models import Postfach


class Migration(migrations.Migration):

    dependencies = [("accounts", "0033_mail_suchtreffer"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.AddIndex(
            model_name="user", index=models.Index(Postfach("email"), name="user_postfach")
        ),
    ]
