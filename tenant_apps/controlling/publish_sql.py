"""The one statement that computes all key figures of some months from the open tenant's own tables.

One statement is one snapshot: the figures of a month always fit together. Definitions: law.md 3.2. A Hilfe
is a case with one type of help; two bookings of it in a month (a move between two homes) are one Hilfe.

`auswaertige_buchungen` count holds on places, as `occupancy_fremdbelegung` does at the other end, so that the sum of
the one over all offices equals the sum of the other. What is booked outside of the register has no place and no other
end; it is not in here, for the difference of the two sums would tell the few it is (ADR 0089).
"""

# Parameters: monate (date[]), heute (date), Gebietskörperschaft (uuid), Zeitzone (text)
WERTE = """
WITH eingabe AS MATERIALIZED (
  SELECT %s::date[] AS liste, %s::date AS heute, %s::uuid AS standort, %s::text AS zone),
alle_monate AS MATERIALIZED (
  SELECT DISTINCT m AS monat, (m + interval '1 month')::date AS ende FROM eingabe, unnest(liste) AS m),
monate AS MATERIALIZED (
  SELECT a.monat, a.ende, least(a.ende - 1, e.heute) AS stichtag
    FROM alle_monate a, eingabe e WHERE a.monat <= e.heute),
spez AS MATERIALIZED (
  SELECT v.angebot_id, s.code FROM providers_angebot_spezialisierungen v
    JOIN catalogue_spezialisierung s ON s.id = v.spezialisierung_id),
buchungen AS MATERIALIZED (
  SELECT b.id, b.hilfefall_id, b.klient_id, b.angebot_id, b.platzbindung_id, b.zustand, b.beendigungsgrund, h.code,
         coalesce(b.beginn_tatsaechlich, lower(b.zeitraum)) AS beginn,
         coalesce(b.ende_tatsaechlich + 1, upper(b.zeitraum), 'infinity'::date) AS ende
    FROM placements_buchung b JOIN catalogue_hilfeart h ON h.id = b.hilfeart_id
   WHERE b.zustand <> 'STORNIERT'),
hilfen AS MATERIALIZED (
  SELECT b.*, '' AS spez FROM buchungen b
  UNION ALL SELECT b.*, s.code FROM buchungen b JOIN spez s ON s.angebot_id = b.angebot_id),
ansaetze AS (
  SELECT a.monat, h.code,
         round(x.betrag * extract(month FROM a.monat) / 12, 2)
         - round(x.betrag * (extract(month FROM a.monat) - 1) / 12, 2) AS wert
    FROM alle_monate a
    JOIN controlling_haushaltsansatz x ON x.jahr = extract(year FROM a.monat)
    JOIN catalogue_hilfeart h ON h.id = x.hilfeart_id),
auswaertig AS (
  SELECT m.monat, h.code, a.id AS angebot_id
    FROM monate m
    JOIN occupancy_platzbindung o ON o.zeitraum && daterange(m.monat, m.ende) AND o.zustand = 'GEBUCHT'
    JOIN providers_platz p ON p.id = o.platz_id
    JOIN providers_angebot a ON a.id = p.angebot_id
    JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id
    JOIN providers_einrichtung e ON e.id = a.einrichtung_id
    CROSS JOIN eingabe i
   WHERE o.mandant = sojus_mandant() AND e.gebietskoerperschaft_id IS DISTINCT FROM i.standort),
suchen AS (
  SELECT date_trunc('month', u.created_at AT TIME ZONE i.zone)::date AS monat, h.code,
         u.angebote_verfuegbar = 0 AS leer, u.spezialisierungen
    FROM placements_suche u JOIN catalogue_hilfeart h ON h.id = u.hilfeart_id CROSS JOIN eingabe i
   WHERE u.created_at >= (SELECT min(monat) FROM monate)::timestamp AT TIME ZONE i.zone
     AND u.created_at < (SELECT max(ende) FROM monate)::timestamp AT TIME ZONE i.zone),
zahlungen AS (
  SELECT date_trunc('month', z.bezahlt_am)::date AS monat, b.code, b.klient_id, b.angebot_id, z.betrag
    FROM billing_auszahlung z
    JOIN billing_rechnung r ON r.id = z.rechnung_id
    JOIN (SELECT x.id, x.klient_id, x.angebot_id, h.code FROM placements_buchung x
            JOIN catalogue_hilfeart h ON h.id = x.hilfeart_id) b ON b.id = r.buchung_id
   WHERE z.bezahlt_am >= (SELECT min(monat) FROM monate) AND z.bezahlt_am < (SELECT max(ende) FROM monate)),
werte AS (
  SELECT 'haushaltsansaetze' AS kennzahl, monat, coalesce(code, '') AS hilfeart, '' AS spez, sum(wert) AS wert,
         NULL::numeric AS zaehler, NULL::numeric AS nenner, 0::bigint AS faelle
    FROM ansaetze GROUP BY GROUPING SETS ((monat, code), (monat))
  UNION ALL
  SELECT 'fallzahlen', m.monat, coalesce(h.code, ''), h.spez, count(DISTINCT (h.hilfefall_id, h.code)), NULL, NULL,
         count(DISTINCT (h.hilfefall_id, h.code))
    FROM monate m JOIN hilfen h ON h.beginn < m.ende AND h.ende > m.monat
   GROUP BY GROUPING SETS ((m.monat, h.spez, h.code), (m.monat, h.spez))
  UNION ALL
  SELECT 'bestand', m.monat, coalesce(h.code, ''), h.spez, count(DISTINCT (h.hilfefall_id, h.code)), NULL, NULL,
         count(DISTINCT (h.hilfefall_id, h.code))
    FROM monate m JOIN hilfen h ON h.beginn <= m.stichtag AND h.ende > m.stichtag
   GROUP BY GROUPING SETS ((m.monat, h.spez, h.code), (m.monat, h.spez))
  UNION ALL
  SELECT 'auszahlungen', z.monat, coalesce(z.code, ''), z.spez, sum(z.betrag), NULL, NULL, count(DISTINCT z.klient_id)
    FROM (SELECT q.*, '' AS spez FROM zahlungen q
          UNION ALL SELECT q.*, s.code FROM zahlungen q JOIN spez s ON s.angebot_id = q.angebot_id) z
    JOIN monate m ON m.monat = z.monat
   GROUP BY GROUPING SETS ((z.monat, z.spez, z.code), (z.monat, z.spez))
  UNION ALL
  SELECT 'auswaertige_buchungen', a.monat, coalesce(a.code, ''), a.spez, count(*), NULL, NULL, count(*)
    FROM (SELECT q.*, '' AS spez FROM auswaertig q
          UNION ALL SELECT q.*, s.code FROM auswaertig q JOIN spez s ON s.angebot_id = q.angebot_id) a
   GROUP BY GROUPING SETS ((a.monat, a.spez, a.code), (a.monat, a.spez))
  UNION ALL
  SELECT 'fremdbelegungen', m.monat, f.hilfeart_code, f.spezialisierung_code, f.anzahl, NULL, NULL, f.anzahl
    FROM monate m CROSS JOIN eingabe i
   CROSS JOIN LATERAL occupancy_fremdbelegung(i.standort, sojus_mandant(), daterange(m.monat, m.ende)) f
  UNION ALL
  SELECT 'ergebnislose_suchen', s.monat, coalesce(s.code, ''), s.spez, count(*) FILTER (WHERE s.leer),
         count(*) FILTER (WHERE s.leer), count(*), count(*) FILTER (WHERE s.leer)
    FROM (SELECT monat, code, leer, '' AS spez FROM suchen
          UNION ALL SELECT monat, code, leer, x FROM suchen, unnest(spezialisierungen) AS x) s
    JOIN monate m ON m.monat = s.monat
   GROUP BY GROUPING SETS ((s.monat, s.spez, s.code), (s.monat, s.spez))
  UNION ALL
  SELECT 'abbrueche', m.monat, coalesce(h.code, ''), h.spez,
         count(*) FILTER (WHERE h.beendigungsgrund IN ('20', '21', '22')),
         count(*) FILTER (WHERE h.beendigungsgrund IN ('20', '21', '22')),
         count(*) FILTER (WHERE h.beendigungsgrund <> '40'),
         count(*) FILTER (WHERE h.beendigungsgrund IN ('20', '21', '22'))
    FROM monate m JOIN hilfen h ON h.zustand IN ('BEENDET', 'ABGEBROCHEN') AND h.ende > m.monat AND h.ende <= m.ende
   GROUP BY GROUPING SETS ((m.monat, h.spez, h.code), (m.monat, h.spez))
  UNION ALL
  SELECT 'verweildauer', m.monat, coalesce(h.code, ''), h.spez, sum(h.ende - h.beginn) / 30.4375 / count(*),
         sum(h.ende - h.beginn) / 30.4375, count(*), count(*)
    FROM monate m JOIN hilfen h ON h.zustand IN ('BEENDET', 'ABGEBROCHEN') AND h.ende > m.monat AND h.ende <= m.ende
   GROUP BY GROUPING SETS ((m.monat, h.spez, h.code), (m.monat, h.spez))),
"""

# `h.ende` is the day after the last day: a Hilfe whose last day is the last of the month has ende = first of the next.
# Zero is a value (rule 3): every figure gets a row for "all" and for each type of help the office ever dealt with.
# A length of stay without an ended Hilfe is no value; a budget nobody entered is not zero either.
AUFFUELLEN = """
aktive AS (
  SELECT '' AS code
  UNION SELECT code FROM buchungen
  UNION SELECT h.code FROM placements_suche u JOIN catalogue_hilfeart h ON h.id = u.hilfeart_id
  UNION SELECT h.code FROM controlling_haushaltsansatz x JOIN catalogue_hilfeart h ON h.id = x.hilfeart_id
  UNION SELECT hilfeart FROM werte WHERE spez = ''),
raster AS (
  SELECT k.code AS kennzahl, m.monat, a.code AS hilfeart
    FROM comparison_kennzahl k CROSS JOIN monate m CROSS JOIN aktive a
   WHERE k.code <> 'haushaltsansaetze'
  UNION ALL
  SELECT 'haushaltsansaetze', m.monat, a.code
    FROM (SELECT DISTINCT monat FROM ansaetze) m CROSS JOIN aktive a),
alle AS (
  SELECT kennzahl, monat, hilfeart, spez, wert, zaehler, nenner, faelle FROM werte
  UNION ALL
  SELECT r.kennzahl, r.monat, r.hilfeart, '', CASE WHEN r.kennzahl <> 'verweildauer' THEN 0 END,
         CASE WHEN r.kennzahl IN ('ergebnislose_suchen', 'abbrueche', 'verweildauer') THEN 0 END,
         CASE WHEN r.kennzahl IN ('ergebnislose_suchen', 'abbrueche', 'verweildauer') THEN 0 END, 0
    FROM raster r
   WHERE r.kennzahl = ANY (%s::text[])
     AND NOT EXISTS (SELECT 1 FROM werte w WHERE w.kennzahl = r.kennzahl AND w.monat = r.monat
                      AND w.hilfeart = r.hilfeart AND w.spez = ''))
"""

# Parameters: Kennzahlen (text[]), Kürzel, computed_at
EINFUEGEN = """
INSERT INTO comparison_kennzahlwert (id, created_at, mandant, kuerzel, kennzahl_id, monat, hilfeart_code,
  spezialisierung_code, wert, zaehler, nenner, faelle, computed_at)
SELECT gen_random_uuid(), now(), sojus_mandant(), %s, k.id, a.monat, a.hilfeart, a.spez, round(a.wert, 6),
       round(a.zaehler, 6), a.nenner, a.faelle, %s
  FROM alle a JOIN comparison_kennzahl k ON k.code = a.kennzahl
"""

PUBLISH = WERTE + AUFFUELLEN + EINFUEGEN

DELETE = """
DELETE FROM comparison_kennzahlwert
 WHERE mandant = %s AND monat = ANY (%s::date[])
   AND kennzahl_id IN (SELECT id FROM comparison_kennzahl WHERE code = ANY (%s::text[]))
"""

# Who uses a place here is decided elsewhere: another office's booking marks its own months, never ours. So the
# published counts are held against the holds of today. Parameters: Mandant, heute, Gebietskörperschaft.
VERALTETE_FREMDBELEGUNG = """
WITH eigene AS MATERIALIZED (
  SELECT w.monat, w.hilfeart_code, w.spezialisierung_code, w.wert
    FROM comparison_kennzahlwert w JOIN comparison_kennzahl k ON k.id = w.kennzahl_id
   WHERE w.mandant = %s AND k.code = 'fremdbelegungen' AND w.monat <= %s)
SELECT DISTINCT m.monat
  FROM (SELECT DISTINCT monat FROM eigene) m
 CROSS JOIN LATERAL occupancy_fremdbelegung(
       %s::uuid, sojus_mandant(), daterange(m.monat, (m.monat + interval '1 month')::date)) f
  LEFT JOIN eigene w ON w.monat = m.monat AND w.hilfeart_code = f.hilfeart_code
        AND w.spezialisierung_code = f.spezialisierung_code
 WHERE w.wert IS DISTINCT FROM f.anzahl
"""
