from django.db import migrations

# What if all arguments lie? A provider counts the places of her own offers only, not a competitor's. Whose children an
# office's own district houses is told for one whole calendar month: a single day would date single stays.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION occupancy_vakanzen(angebote uuid[], zr daterange)
RETURNS TABLE (angebot_id uuid, frei integer, gesamt integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung)
  SELECT p.angebot_id, count(*) FILTER (WHERE b.platz_id IS NULL)::integer, count(*)::integer
    FROM wer, providers_platz p
    LEFT JOIN LATERAL (
      SELECT b.platz_id FROM occupancy_platzbindung b
       WHERE b.platz_id = p.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
         AND (upper_inf(b.zeitraum) OR upper(b.zeitraum) > lower(zr)) AND b.zeitraum && zr
         AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
       LIMIT 1) b ON true
   WHERE p.angebot_id = ANY (angebote) AND p.gueltig @> zr
     AND (cardinality(wer.anbieter) = 0 OR EXISTS (
          SELECT 1 FROM providers_angebot a JOIN providers_einrichtung e ON e.id = a.einrichtung_id
           WHERE a.id = p.angebot_id AND e.anbieter_id = ANY (wer.anbieter)
             AND (cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung))))
   GROUP BY p.angebot_id
$f$;

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
       AND lower(zr) = date_trunc('month', lower(zr))::date
       AND upper(zr) = (date_trunc('month', lower(zr)) + interval '1 month')::date
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
    dependencies = [("occupancy", "0005_fremdbelegung_own_only")]
    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
