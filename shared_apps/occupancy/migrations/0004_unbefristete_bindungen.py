from django.db import migrations

# `upper()` of an open-ended range is NULL, so a hold without end was not counted as one. The exclusion
# constraint always knew it; now the counts do too.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION occupancy_ist_belegt(der_platz uuid, zr daterange) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT EXISTS (
    SELECT 1 FROM occupancy_platzbindung b
     WHERE b.platz_id = der_platz AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
       AND (upper_inf(b.zeitraum) OR upper(b.zeitraum) > lower(zr)) AND b.zeitraum && zr
       AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now()))
$f$;

CREATE OR REPLACE FUNCTION occupancy_vakanzen(angebote uuid[], zr daterange)
RETURNS TABLE (angebot_id uuid, frei integer, gesamt integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT p.angebot_id, count(*) FILTER (WHERE b.platz_id IS NULL)::integer, count(*)::integer
    FROM providers_platz p
    LEFT JOIN LATERAL (
      SELECT b.platz_id FROM occupancy_platzbindung b
       WHERE b.platz_id = p.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
         AND (upper_inf(b.zeitraum) OR upper(b.zeitraum) > lower(zr)) AND b.zeitraum && zr
         AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
       LIMIT 1) b ON true
   WHERE p.angebot_id = ANY (angebote) AND p.gueltig @> zr
   GROUP BY p.angebot_id
$f$;
"""


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0003_abgelaufene_ohne_warten")]
    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
