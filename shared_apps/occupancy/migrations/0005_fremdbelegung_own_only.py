from django.db import migrations

# `current_setting('role')` is the role that was SET, also inside a function with the owner's rights: so an office
# gets the counts of its own district and nobody else's, whatever it passes.
FUNCTION = """
CREATE OR REPLACE FUNCTION occupancy_fremdbelegung(standort uuid, eigener_mandant text, zr daterange)
RETURNS TABLE (hilfeart_code text, spezialisierung_code text, anzahl integer, tage integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH fremd AS (
    SELECT b.id, a.id AS angebot_id, h.code,
           (LEAST(upper(b.zeitraum), upper(zr)) - GREATEST(lower(b.zeitraum), lower(zr)))::integer AS tage
      FROM occupancy_platzbindung b
      JOIN providers_platz p ON p.id = b.platz_id
      JOIN providers_angebot a ON a.id = p.angebot_id
      JOIN providers_einrichtung e ON e.id = a.einrichtung_id
      JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id
      JOIN regions_gebietskoerperschaft g ON g.id = e.gebietskoerperschaft_id
      JOIN tenants_tenant t ON t.ags = g.ags AND t.schema_name = eigener_mandant
     WHERE e.gebietskoerperschaft_id = standort AND b.mandant <> eigener_mandant
       AND right(current_setting('role'), length(eigener_mandant) + 2) = 't_' || eigener_mandant
       AND b.zustand = 'GEBUCHT' AND b.zeitraum && zr)
  SELECT code, '', count(*)::integer, sum(tage)::integer FROM fremd GROUP BY code
  UNION ALL
  SELECT '', '', count(*)::integer, coalesce(sum(tage), 0)::integer FROM fremd
  UNION ALL
  SELECT f.code, s.code, count(*)::integer, sum(f.tage)::integer
    FROM fremd f JOIN providers_angebot_spezialisierungen m ON m.angebot_id = f.angebot_id
    JOIN catalogue_spezialisierung s ON s.id = m.spezialisierung_id
   GROUP BY f.code, s.code
  UNION ALL
  SELECT '', s.code, count(*)::integer, sum(f.tage)::integer
    FROM fremd f JOIN providers_angebot_spezialisierungen m ON m.angebot_id = f.angebot_id
    JOIN catalogue_spezialisierung s ON s.id = m.spezialisierung_id
   GROUP BY s.code
$f$;
"""


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0004_unbefristete_bindungen"), ("regions", "0001_initial"), ("tenants", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION, migrations.RunSQL.noop)]
