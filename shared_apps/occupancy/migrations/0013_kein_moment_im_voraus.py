"""Nor when a block or a stop was changed or lifted (`providers_nicht_voraus`)."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER occupancy_nicht_voraus AFTER INSERT OR UPDATE OF geaendert_at, aufgehoben_at ON {}
  FOR EACH ROW EXECUTE FUNCTION providers_nicht_voraus('geaendert_at', 'aufgehoben_at')
"""
TABELLEN = ("occupancy_platzsperre", "occupancy_aufnahmestopp")


class Migration(migrations.Migration):

    dependencies = [
        ("occupancy", "0012_bindungen_eines_monats"),
        ("providers", "0022_kein_moment_im_voraus"),
    ]
    operations = [
        migrations.RunSQL(TRIGGER.format(t), f"DROP TRIGGER occupancy_nicht_voraus ON {t}") for t in TABELLEN
    ]
