"""Free places are counted with one look at whose an offer is, and for many periods at once; a month is read once.

`occupancy_vakanzen` asked of every place whether its offer is the asking provider's: six of ten pages it read. And the
board asked it for each of its weeks, so that thirteen times the same holds were looked up. A place's holds and blocks
are read once now, and each week is compared with them. Both say of a period what the rule says
(tests/shared_apps/occupancy/test_sperren__oracle.py).
"""

from django.db import migrations

# Whose an offer is, is asked of the offers that are named. Joined, or with EXISTS, the planner reads all she has first.
ONE = """
CREATE OR REPLACE FUNCTION occupancy_vakanzen(angebote uuid[], zr daterange)
RETURNS TABLE (angebot_id uuid, frei integer, gesamt integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung),
  angebot AS (
    SELECT DISTINCT g.id FROM wer, unnest(angebote) g (id) WHERE cardinality(wer.anbieter) = 0
    UNION ALL
    SELECT a.id FROM wer, providers_angebot a
     WHERE cardinality(wer.anbieter) > 0 AND a.id = ANY (angebote) AND (
           SELECT e.anbieter_id = ANY (wer.anbieter)
                  AND (cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung))
             FROM providers_einrichtung e WHERE e.id = a.einrichtung_id))
  SELECT p.angebot_id,
         CASE WHEN EXISTS (
                SELECT FROM occupancy_aufnahmestopp t
                 WHERE t.angebot_id = p.angebot_id AND t.aufgehoben_at IS NULL AND t.zeitraum @> lower(zr))
              THEN 0
              ELSE count(*) FILTER (WHERE b.platz_id IS NULL AND s.platz_id IS NULL)::integer END,
         count(*)::integer
    FROM angebot JOIN providers_platz p ON p.angebot_id = angebot.id AND p.gueltig @> zr
    LEFT JOIN LATERAL (
      SELECT b.platz_id FROM occupancy_platzbindung b
       WHERE b.platz_id = p.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT') AND b.zeitraum && zr
         AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
       LIMIT 1) b ON true
    LEFT JOIN LATERAL (
      SELECT s.platz_id FROM occupancy_platzsperre s
       WHERE b.platz_id IS NULL AND s.platz_id = p.id AND s.aufgehoben_at IS NULL AND s.zeitraum && zr
       LIMIT 1) s ON true
   GROUP BY p.angebot_id
$f$
"""
BEFORE = """
CREATE OR REPLACE FUNCTION occupancy_vakanzen(angebote uuid[], zr daterange)
RETURNS TABLE (angebot_id uuid, frei integer, gesamt integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung)
  SELECT p.angebot_id,
         CASE WHEN EXISTS (
                SELECT FROM occupancy_aufnahmestopp t
                 WHERE t.angebot_id = p.angebot_id AND t.aufgehoben_at IS NULL AND t.zeitraum @> lower(zr))
              THEN 0
              ELSE count(*) FILTER (WHERE b.platz_id IS NULL AND s.platz_id IS NULL)::integer END,
         count(*)::integer
    FROM wer, providers_platz p
    LEFT JOIN LATERAL (
      SELECT b.platz_id FROM occupancy_platzbindung b
       WHERE b.platz_id = p.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
         AND (upper_inf(b.zeitraum) OR upper(b.zeitraum) > lower(zr)) AND b.zeitraum && zr
         AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
       LIMIT 1) b ON true
    LEFT JOIN LATERAL (
      SELECT s.platz_id FROM occupancy_platzsperre s
       WHERE b.platz_id IS NULL AND s.platz_id = p.id AND s.aufgehoben_at IS NULL
         AND (upper_inf(s.zeitraum) OR upper(s.zeitraum) > lower(zr)) AND s.zeitraum && zr
       LIMIT 1) s ON true
   WHERE p.angebot_id = ANY (angebote) AND p.gueltig @> zr
     AND (cardinality(wer.anbieter) = 0 OR EXISTS (
          SELECT 1 FROM providers_angebot a JOIN providers_einrichtung e ON e.id = a.einrichtung_id
           WHERE a.id = p.angebot_id AND e.anbieter_id = ANY (wer.anbieter)
             AND (cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung))))
   GROUP BY p.angebot_id
$f$
"""

# Holds and blocks of a place are kept (MATERIALIZED): else each period would look for them again.
MANY = """
CREATE FUNCTION occupancy_vakanzen_je_zeitraum(angebote uuid[], zeiten daterange[])
RETURNS TABLE (nr integer, angebot_id uuid, frei integer, gesamt integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung),
  angebot AS (
    SELECT DISTINCT g.id FROM wer, unnest(angebote) g (id) WHERE cardinality(wer.anbieter) = 0
    UNION ALL
    SELECT a.id FROM wer, providers_angebot a
     WHERE cardinality(wer.anbieter) > 0 AND a.id = ANY (angebote) AND (
           SELECT e.anbieter_id = ANY (wer.anbieter)
                  AND (cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung))
             FROM providers_einrichtung e WHERE e.id = a.einrichtung_id)),
  alle AS (SELECT range_merge(range_agg(z)) AS zr FROM unnest(zeiten) z),
  platz AS MATERIALIZED (
    SELECT p.angebot_id, p.gueltig, v.vergeben
      FROM alle, angebot JOIN providers_platz p ON p.angebot_id = angebot.id AND p.gueltig @> ANY (zeiten)
     CROSS JOIN LATERAL (
       SELECT range_agg(u.zeitraum) AS vergeben FROM (
         SELECT b.zeitraum FROM occupancy_platzbindung b
          WHERE b.platz_id = p.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT') AND b.zeitraum && alle.zr
            AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
          UNION ALL
         SELECT s.zeitraum FROM occupancy_platzsperre s
          WHERE s.platz_id = p.id AND s.aufgehoben_at IS NULL AND s.zeitraum && alle.zr) u) v)
  SELECT z.nr::integer, p.angebot_id,
         CASE WHEN EXISTS (
                SELECT FROM occupancy_aufnahmestopp t
                 WHERE t.angebot_id = p.angebot_id AND t.aufgehoben_at IS NULL AND t.zeitraum @> lower(z.zr))
              THEN 0
              ELSE count(*) FILTER (WHERE NOT coalesce(p.vergeben && z.zr, false))::integer END,
         count(*)::integer
    FROM unnest(zeiten) WITH ORDINALITY z (zr, nr) JOIN platz p ON p.gueltig @> z.zr
   GROUP BY z.nr, z.zr, p.angebot_id
$f$;
REVOKE ALL ON FUNCTION occupancy_vakanzen_je_zeitraum(uuid[], daterange[]) FROM PUBLIC
"""
DROP = "DROP FUNCTION occupancy_vakanzen_je_zeitraum(uuid[], daterange[])"

# What the keys of `occupancy_eigene_bindungen` were asked for one by one, under row-level security, three times. The
# release before asks for these keys.
MONTH = """
CREATE FUNCTION occupancy_eigener_monat(zr daterange)
RETURNS TABLE (id uuid, mandant varchar, einrichtung_id uuid, hilfeart_id uuid, zeitraum daterange, zustand varchar,
               ablauf_at timestamptz, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung),
  platz AS (
    SELECT p.id, a.einrichtung_id, a.hilfeart_id
      FROM wer JOIN providers_einrichtung e ON e.anbieter_id = ANY (wer.anbieter)
      JOIN providers_angebot a ON a.einrichtung_id = e.id
      JOIN providers_platz p ON p.angebot_id = a.id
     WHERE cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung))
  SELECT b.id, b.mandant, platz.einrichtung_id, platz.hilfeart_id, b.zeitraum, b.zustand, b.ablauf_at, b.created_at
    FROM platz CROSS JOIN LATERAL (
    SELECT b.* FROM occupancy_platzbindung b
     WHERE b.platz_id = platz.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT') AND b.zeitraum && zr
    UNION ALL
    SELECT b.* FROM occupancy_platzbindung b
     WHERE b.platz_id = platz.id AND b.zustand = 'FREIGEGEBEN' AND b.zeitraum && zr) b
$f$;
REVOKE ALL ON FUNCTION occupancy_eigener_monat(daterange) FROM PUBLIC
"""
DROP_MONTH = "DROP FUNCTION occupancy_eigener_monat(daterange)"


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0014_ende_der_bindung")]
    operations = [
        migrations.RunSQL(ONE, BEFORE),
        migrations.RunSQL(MANY, DROP),
        migrations.RunSQL(MONTH, DROP_MONTH),
    ]
