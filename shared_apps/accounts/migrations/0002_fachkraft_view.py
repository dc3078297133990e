from django.db import migrations

CREATE = """
CREATE VIEW accounts_fachkraft AS
SELECT id, username, vorname, nachname, telefon, is_active FROM accounts_user
"""


class Migration(migrations.Migration):
    """The directory of people without password and e-mail; tenant roles read this, never accounts_user."""

    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP VIEW accounts_fachkraft")]
