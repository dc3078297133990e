"""From when an offer is free, and until when: what is taken says the day on which that changes.

`occupancy_vakanzen` says of one period whether a place is free in all of it. Somebody who reads "belegt" asks next from
which day there is one; asked day by day, that is one call for each day of the period. This is the same answer in one:
the first day from which `occupancy_vakanzen` counts a free place to the end of the period, and the last day to which it
counts one from its beginning (tests/tenant_apps/placements/test_search__oracle.py).
"""

from django.db import migrations

# A place is free to the end from the day on which its last hold or block has ended, and from the beginning to the day
# on which its first one begins. A stop only says who may come: it moves the first day, and leaves no last one.
CREATE = """
CREATE FUNCTION occupancy_frei_ab_bis(angebote uuid[], zr daterange)
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
$f$;
REVOKE ALL ON FUNCTION occupancy_frei_ab_bis(uuid[], daterange) FROM PUBLIC
"""
DROP = "DROP FUNCTION occupancy_frei_ab_bis(uuid[], daterange)"


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0015_wochen_in_einem_zug")]
    operations = [migrations.RunSQL(CREATE, DROP)]
