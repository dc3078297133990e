from django.db import migrations

# Row-level security hides other offices' holds. These functions belong to the owner, see all holds and
# return counts or bare place ids only. A reservation past its expiry no longer blocks a place.
FUNCTIONS = """
CREATE FUNCTION occupancy_ist_belegt(der_platz uuid, zr daterange) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT EXISTS (
    SELECT 1 FROM occupancy_platzbindung b
     WHERE b.platz_id = der_platz AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
       AND upper(b.zeitraum) > lower(zr) AND b.zeitraum && zr
       AND NOT (b.zustand = 'RESERVIERT' AND b.ablauf_at < now()))
$f$;

CREATE FUNCTION occupancy_vakanzen(angebote uuid[], zr daterange)
RETURNS TABLE (angebot_id uuid, frei integer, gesamt integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT p.angebot_id, count(*) FILTER (WHERE b.platz_id IS NULL)::integer, count(*)::integer
    FROM providers_platz p
    LEFT JOIN LATERAL (
      SELECT b.platz_id FROM occupancy_platzbindung b
       WHERE b.platz_id = p.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
         AND upper(b.zeitraum) > lower(zr) AND b.zeitraum && zr
         AND NOT (b.zustand = 'RESERVIERT' AND b.ablauf_at < now())
       LIMIT 1) b ON true
   WHERE p.angebot_id = ANY (angebote) AND p.gueltig @> zr
   GROUP BY p.angebot_id
$f$;

CREATE FUNCTION occupancy_freie_plaetze(das_angebot uuid, zr daterange) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT p.id FROM providers_platz p
   WHERE p.angebot_id = das_angebot AND p.gueltig @> zr AND NOT occupancy_ist_belegt(p.id, zr)
   ORDER BY p.nummer
$f$;

CREATE FUNCTION occupancy_abgelaufene_freigeben(das_angebot uuid) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH frei AS (
    UPDATE occupancy_platzbindung b SET zustand = 'FREIGEGEBEN'
      FROM providers_platz p
     WHERE p.id = b.platz_id AND p.angebot_id = das_angebot
       AND b.zustand = 'RESERVIERT' AND b.ablauf_at < now()
    RETURNING 1)
  SELECT count(*)::integer FROM frei
$f$;

CREATE FUNCTION occupancy_fremdbelegung(standort uuid, eigener_mandant text, zr daterange)
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
     WHERE e.gebietskoerperschaft_id = standort AND b.mandant <> eigener_mandant
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

DROP = """
DROP FUNCTION occupancy_fremdbelegung(uuid, text, daterange);
DROP FUNCTION occupancy_abgelaufene_freigeben(uuid);
DROP FUNCTION occupancy_freie_plaetze(uuid, daterange);
DROP FUNCTION occupancy_vakanzen(uuid[], daterange);
DROP FUNCTION occupancy_ist_belegt(uuid, daterange);
"""


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0001_initial"), ("catalogue", "0001_initial"), ("providers", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, DROP)]
