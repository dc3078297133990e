"""Whether a place is held is asked of a B-tree on the ends of its holds; of very many places all at once.

The index of the constraint that forbids double booking is a GiST index: 80 µs for a place that has had forty stays, in
a market of two million. What still reaches beyond the first day is one entry or two, and a B-tree finds them in a
quarter of the time (`platzbindung_ende`). Whether such a hold really lies within the period is asked of the function
behind `&&`, which no index answers, so that the planner cannot go back to the GiST index.

Of a few offers each place is looked up; the plan is kept for the session. Of very many the holds that reach beyond the
day are read once, out of an index that has all that is asked of them, and planned for this question: an index that
begins with their end.
"""

from django.db import migrations, models

# A hold without an end ends on 9999-12-31 (`Platzbindung.ende`): a period that begins later is asked of the day before.
COUNT = """
CREATE OR REPLACE FUNCTION occupancy_vakanzen(angebote uuid[], zr daterange)
RETURNS TABLE (angebot_id uuid, frei integer, gesamt integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE
  anbieter uuid[] := coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[];
  einrichtung uuid[] := coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[];
  gefragt uuid[] := angebote;
  ab date := least(coalesce(lower(zr), '-infinity'), date '9999-12-30');
BEGIN
  IF cardinality(anbieter) > 0 THEN
    gefragt := ARRAY(
      SELECT a.id FROM providers_angebot a
       WHERE a.id = ANY (angebote) AND (
             SELECT e.anbieter_id = ANY (anbieter)
                    AND (cardinality(einrichtung) = 0 OR e.id = ANY (einrichtung))
               FROM providers_einrichtung e WHERE e.id = a.einrichtung_id));
  END IF;
  IF cardinality(gefragt) <= 300 THEN
    RETURN QUERY
    SELECT p.angebot_id,
           CASE WHEN EXISTS (
                  SELECT FROM occupancy_aufnahmestopp t
                   WHERE t.angebot_id = p.angebot_id AND t.aufgehoben_at IS NULL AND t.zeitraum @> lower(zr))
                THEN 0
                ELSE count(*) FILTER (WHERE b.platz_id IS NULL AND s.platz_id IS NULL)::integer END,
           count(*)::integer
      FROM (SELECT DISTINCT g.id FROM unnest(gefragt) g (id)) angebot
      JOIN providers_platz p ON p.angebot_id = angebot.id AND p.gueltig @> zr
      LEFT JOIN LATERAL (
        SELECT b.platz_id FROM occupancy_platzbindung b
         WHERE b.platz_id = p.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
           AND b.ende > ab AND range_overlaps(b.zeitraum, zr)
           AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
         LIMIT 1) b ON true
      LEFT JOIN LATERAL (
        SELECT s.platz_id FROM occupancy_platzsperre s
         WHERE b.platz_id IS NULL AND s.platz_id = p.id AND s.aufgehoben_at IS NULL AND s.zeitraum && zr
         LIMIT 1) s ON true
     GROUP BY p.angebot_id;
    RETURN;
  END IF;
  RETURN QUERY EXECUTE $q$
    WITH platz AS MATERIALIZED (
      SELECT p.id, p.angebot_id FROM providers_platz p WHERE p.angebot_id = ANY ($1) AND p.gueltig @> $2),
    vergeben AS (
      SELECT b.platz_id FROM occupancy_platzbindung b
       WHERE b.zustand IN ('RESERVIERT', 'GEBUCHT') AND b.ende > $3 AND range_overlaps(b.zeitraum, $2)
         AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
       UNION ALL
      SELECT s.platz_id FROM occupancy_platzsperre s WHERE s.aufgehoben_at IS NULL AND s.zeitraum && $2),
    gestoppt AS (
      SELECT t.angebot_id FROM occupancy_aufnahmestopp t WHERE t.aufgehoben_at IS NULL AND t.zeitraum @> lower($2))
    SELECT z.angebot_id,
           CASE WHEN z.angebot_id IN (SELECT g.angebot_id FROM gestoppt g) THEN 0 ELSE sum(z.frei)::integer END,
           sum(z.gesamt)::integer
      FROM (SELECT p.angebot_id, 0 AS frei, 1 AS gesamt FROM platz p
             UNION ALL
            SELECT p.angebot_id, 1, 0 FROM platz p
             WHERE NOT EXISTS (SELECT FROM vergeben v WHERE v.platz_id = p.id)) z
     GROUP BY z.angebot_id
  $q$ USING gefragt, zr, ab;
END
$f$
"""

# The same for the first and the last free day.
DAYS = """
CREATE OR REPLACE FUNCTION occupancy_frei_ab_bis(angebote uuid[], zr daterange)
RETURNS TABLE (angebot_id uuid, frei_ab date, frei_bis date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung
     WHERE NOT (isempty(zr) OR lower_inf(zr) OR upper_inf(zr))),
  angebot AS (
    SELECT DISTINCT g.id FROM wer, unnest(angebote) g (id) WHERE cardinality(wer.anbieter) = 0
    UNION ALL
    SELECT a.id FROM wer, providers_angebot a
     WHERE cardinality(wer.anbieter) > 0 AND a.id = ANY (angebote) AND (
           SELECT e.anbieter_id = ANY (wer.anbieter)
                  AND (cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung))
             FROM providers_einrichtung e WHERE e.id = a.einrichtung_id)),
  platz AS (
    SELECT p.angebot_id,
           CASE WHEN upper_inf(p.gueltig) OR upper(p.gueltig) >= upper(zr)
                THEN greatest(lower(zr), lower(p.gueltig), v.bis) END AS ab,
           CASE WHEN lower_inf(p.gueltig) OR lower(p.gueltig) <= lower(zr)
                THEN least(upper(zr), upper(p.gueltig), v.von) END AS bis
      FROM angebot JOIN providers_platz p ON p.angebot_id = angebot.id AND p.gueltig && zr
     CROSS JOIN LATERAL (
       SELECT min(u.von) AS von, max(u.bis) AS bis FROM (
         SELECT lower(b.zeitraum) AS von, coalesce(upper(b.zeitraum), 'infinity') AS bis
           FROM occupancy_platzbindung b
          WHERE b.platz_id = p.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
            AND b.ende > least(lower(zr), date '9999-12-30') AND range_overlaps(b.zeitraum, zr)
            AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
          UNION ALL
         SELECT lower(s.zeitraum), coalesce(upper(s.zeitraum), 'infinity')
           FROM occupancy_platzsperre s
          WHERE s.platz_id = p.id AND s.aufgehoben_at IS NULL AND s.zeitraum && zr) u) v),
  je AS (
    SELECT platz.angebot_id, min(ab) AS ab, max(bis) FILTER (WHERE bis > lower(zr)) AS bis
      FROM platz GROUP BY platz.angebot_id),
  aufnahme AS (
    SELECT je.angebot_id, je.bis, s.zeiten @> lower(zr) AS gestoppt,
           coalesce((SELECT coalesce(upper(z), 'infinity') FROM unnest(s.zeiten) z WHERE z @> je.ab), je.ab) AS ab
      FROM je CROSS JOIN LATERAL (
        SELECT range_agg(t.zeitraum) AS zeiten FROM occupancy_aufnahmestopp t
         WHERE t.angebot_id = je.angebot_id AND t.aufgehoben_at IS NULL AND t.zeitraum && zr) s)
  SELECT angebot_id, CASE WHEN ab < upper(zr) THEN ab END, CASE WHEN gestoppt IS NOT TRUE THEN bis - 1 END
    FROM aufnahme
$f$
"""

COUNT_BEFORE = """
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
DAYS_BEFORE = """
CREATE OR REPLACE FUNCTION occupancy_frei_ab_bis(angebote uuid[], zr daterange)
RETURNS TABLE (angebot_id uuid, frei_ab date, frei_bis date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung
     WHERE NOT (isempty(zr) OR lower_inf(zr) OR upper_inf(zr))),
  angebot AS (
    SELECT DISTINCT g.id FROM wer, unnest(angebote) g (id) WHERE cardinality(wer.anbieter) = 0
    UNION ALL
    SELECT a.id FROM wer, providers_angebot a
     WHERE cardinality(wer.anbieter) > 0 AND a.id = ANY (angebote) AND (
           SELECT e.anbieter_id = ANY (wer.anbieter)
                  AND (cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung))
             FROM providers_einrichtung e WHERE e.id = a.einrichtung_id)),
  platz AS (
    SELECT p.angebot_id,
           CASE WHEN upper_inf(p.gueltig) OR upper(p.gueltig) >= upper(zr)
                THEN greatest(lower(zr), lower(p.gueltig), v.bis) END AS ab,
           CASE WHEN lower_inf(p.gueltig) OR lower(p.gueltig) <= lower(zr)
                THEN least(upper(zr), upper(p.gueltig), v.von) END AS bis
      FROM angebot JOIN providers_platz p ON p.angebot_id = angebot.id AND p.gueltig && zr
     CROSS JOIN LATERAL (
       SELECT min(u.von) AS von, max(u.bis) AS bis FROM (
         SELECT lower(b.zeitraum) AS von, coalesce(upper(b.zeitraum), 'infinity') AS bis
           FROM occupancy_platzbindung b
          WHERE b.platz_id = p.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT') AND b.zeitraum && zr
            AND (upper_inf(b.zeitraum) OR upper(b.zeitraum) > lower(zr))
            AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
          UNION ALL
         SELECT lower(s.zeitraum), coalesce(upper(s.zeitraum), 'infinity')
           FROM occupancy_platzsperre s
          WHERE s.platz_id = p.id AND s.aufgehoben_at IS NULL AND s.zeitraum && zr) u) v),
  je AS (
    SELECT platz.angebot_id, min(ab) AS ab, max(bis) FILTER (WHERE bis > lower(zr)) AS bis
      FROM platz GROUP BY platz.angebot_id),
  aufnahme AS (
    SELECT je.angebot_id, je.bis, s.zeiten @> lower(zr) AS gestoppt,
           coalesce((SELECT coalesce(upper(z), 'infinity') FROM unnest(s.zeiten) z WHERE z @> je.ab), je.ab) AS ab
      FROM je CROSS JOIN LATERAL (
        SELECT range_agg(t.zeitraum) AS zeiten FROM occupancy_aufnahmestopp t
         WHERE t.angebot_id = je.angebot_id AND t.aufgehoben_at IS NULL AND t.zeitraum && zr) s)
  SELECT angebot_id, CASE WHEN ab < upper(zr) THEN ab END, CASE WHEN gestoppt IS NOT TRUE THEN bis - 1 END
    FROM aufnahme
$f$
"""


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0016_frei_ab_und_bis")]
    operations = [
        migrations.RemoveIndex("platzbindung", "platzbindung_lebend"),
        migrations.AddIndex(
            "platzbindung",
            models.Index(
                fields=["ende", "platz"],
                name="platzbindung_kommt",
                condition=models.Q(zustand__in=("RESERVIERT", "GEBUCHT")),
                include=["zeitraum", "zustand", "ablauf_at"],
            ),
        ),
        migrations.RunSQL(COUNT, COUNT_BEFORE),
        migrations.RunSQL(DAYS, DAYS_BEFORE),
    ]
