from django.db import migrations

# Asked by nobody any more: `privacy_zugriffe` answers the same question and does not answer it for sealed people.


class Migration(migrations.Migration):
    stops_the_release_before = "its Auskunft calls the function"

    dependencies = [("audit", "0004_purge_and_deputy")]
    operations = [migrations.RunSQL("DROP FUNCTION IF EXISTS audit_auskunft(uuid)", migrations.RunSQL.noop)]
