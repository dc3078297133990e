"""Whether anybody was, is or will be at an offer, and whether its house has entered a block or a stop.

For what would say of an offer, or of a rate, that it never was (ADR 0067). `occupancy_vakanzen` answers another
question: it counts places without an end, from a day on, and takes what a house has blocked for taken.
"""

from django.db import migrations

EVER_HELD = """
CREATE FUNCTION occupancy_je_belegt(angebote uuid[], ab date)
RETURNS TABLE (angebot_id uuid, plaetze integer, vom_haus boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung),
  gefragt AS (
    SELECT a.id FROM wer, providers_angebot a JOIN providers_einrichtung e ON e.id = a.einrichtung_id
     WHERE a.id = ANY (angebote)
       AND (cardinality(wer.anbieter) = 0 OR e.anbieter_id = ANY (wer.anbieter)
            AND (cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung)))),
  gezaehlt AS (
    SELECT g.id,
           (SELECT count(DISTINCT b.platz_id)::integer
              FROM providers_platz p JOIN occupancy_platzbindung b ON b.platz_id = p.id
             WHERE p.angebot_id = g.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
               AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
               AND (upper_inf(b.zeitraum) OR upper(b.zeitraum) > ab)) AS plaetze,
           EXISTS (SELECT FROM occupancy_aufnahmestopp t WHERE t.angebot_id = g.id)
           OR EXISTS (SELECT FROM providers_platz p JOIN occupancy_platzsperre s ON s.platz_id = p.id
                       WHERE p.angebot_id = g.id) AS vom_haus
      FROM gefragt g)
  SELECT id, plaetze, vom_haus FROM gezaehlt WHERE plaetze > 0 OR vom_haus
$f$;
REVOKE ALL ON FUNCTION occupancy_je_belegt(uuid[], date) FROM PUBLIC
"""
DROP = "DROP FUNCTION occupancy_je_belegt(uuid[], date)"


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0009_sperren_und_stopps")]
    operations = [migrations.RunSQL(EVER_HELD, DROP)]
