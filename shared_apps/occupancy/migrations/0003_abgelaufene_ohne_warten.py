from django.db import migrations

# Two offices that both come upon the same lapsed reservations must not wait for each other in different
# order (deadlock): what a rival is freeing already is skipped, ours is taken in one order.
FUNCTION = """
CREATE OR REPLACE FUNCTION occupancy_abgelaufene_freigeben(das_angebot uuid) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH lapsed AS (
    SELECT b.id FROM occupancy_platzbindung b JOIN providers_platz p ON p.id = b.platz_id
     WHERE p.angebot_id = das_angebot AND b.zustand = 'RESERVIERT' AND b.ablauf_at < now()
     ORDER BY b.id FOR NO KEY UPDATE OF b SKIP LOCKED),
  frei AS (
    UPDATE occupancy_platzbindung b SET zustand = 'FREIGEGEBEN' FROM lapsed WHERE b.id = lapsed.id RETURNING 1)
  SELECT count(*)::integer FROM frei
$f$;
"""


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0002_functions")]
    operations = [migrations.RunSQL(FUNCTION, migrations.RunSQL.noop)]
