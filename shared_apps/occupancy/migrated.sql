-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION public.occupancy_abgelaufene_freigeben(das_angebot uuid)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH lapsed AS (
    SELECT b.id FROM occupancy_platzbindung b JOIN providers_platz p ON p.id = b.platz_id
     WHERE p.angebot_id = das_angebot AND b.zustand = 'RESERVIERT' AND b.ablauf_at < now()
     ORDER BY b.id FOR NO KEY UPDATE OF b SKIP LOCKED),
  frei AS (
    UPDATE occupancy_platzbindung b SET zustand = 'FREIGEGEBEN' FROM lapsed WHERE b.id = lapsed.id RETURNING 1)
  SELECT count(*)::integer FROM frei
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_bindung_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  ende date;
BEGIN
  SELECT least(upper(p.gueltig), upper(a.gueltig), e.gueltig_bis, n.gueltig_bis) INTO ende
    FROM providers_platz p
    JOIN providers_angebot a ON a.id = p.angebot_id
    JOIN providers_einrichtung e ON e.id = a.einrichtung_id
    JOIN providers_anbieter n ON n.id = e.anbieter_id
   WHERE p.id = NEW.platz_id FOR SHARE;
  IF coalesce(upper(NEW.zeitraum), 'infinity') > coalesce(ende, 'infinity') THEN
    RAISE EXCEPTION 'a hold does not reach beyond the end of its place, offer, facility or provider'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bindung_nach_dem_ende', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER occupancy_bindung_angelegt AFTER INSERT ON public.occupancy_platzbindung FOR EACH ROW WHEN (((new.zustand)::text = ANY (ARRAY['RESERVIERT'::text, 'GEBUCHT'::text]))) EXECUTE FUNCTION public.occupancy_bindung_pruefen();
CREATE TRIGGER occupancy_bindung_geaendert AFTER UPDATE OF zustand, zeitraum, platz_id, ablauf_at ON public.occupancy_platzbindung FOR EACH ROW WHEN ((((new.zustand)::text = ANY (ARRAY['RESERVIERT'::text, 'GEBUCHT'::text])) AND (NOT (((old.zustand)::text = (new.zustand)::text) AND (new.zeitraum <@ old.zeitraum) AND (old.platz_id = new.platz_id) AND (NOT (old.ablauf_at IS DISTINCT FROM new.ablauf_at)))))) EXECUTE FUNCTION public.occupancy_bindung_pruefen();

CREATE OR REPLACE FUNCTION public.occupancy_eigene_bindungen(zr daterange)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung),
  platz AS (
    SELECT p.id FROM wer JOIN providers_einrichtung e ON e.anbieter_id = ANY (wer.anbieter)
      JOIN providers_angebot a ON a.einrichtung_id = e.id
      JOIN providers_platz p ON p.angebot_id = a.id
     WHERE cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung))
  SELECT b.id FROM platz CROSS JOIN LATERAL (
    SELECT b.id FROM occupancy_platzbindung b
     WHERE b.platz_id = platz.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT') AND b.zeitraum && zr
    UNION ALL
    SELECT b.id FROM occupancy_platzbindung b
     WHERE b.platz_id = platz.id AND b.zustand = 'FREIGEGEBEN' AND b.zeitraum && zr) b
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_eigener_monat(zr daterange)
 RETURNS TABLE(id uuid, mandant character varying, einrichtung_id uuid, hilfeart_id uuid, zeitraum daterange, zustand character varying, ablauf_at timestamp with time zone, created_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_ende_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  plaetze uuid[];
BEGIN
  IF TG_TABLE_NAME = 'providers_platz' THEN
    plaetze := ARRAY[NEW.id];
  ELSIF TG_TABLE_NAME = 'providers_angebot' THEN
    plaetze := ARRAY(SELECT p.id FROM providers_platz p WHERE p.angebot_id = NEW.id);
  ELSIF TG_TABLE_NAME = 'providers_einrichtung' THEN
    plaetze := ARRAY(SELECT p.id FROM providers_platz p JOIN providers_angebot a ON a.id = p.angebot_id
                      WHERE a.einrichtung_id = NEW.id);
  ELSE
    plaetze := ARRAY(SELECT p.id FROM providers_platz p JOIN providers_angebot a ON a.id = p.angebot_id
                       JOIN providers_einrichtung e ON e.id = a.einrichtung_id WHERE e.anbieter_id = NEW.id);
  END IF;
  IF EXISTS (
       SELECT FROM occupancy_platzbindung b
         JOIN providers_platz p ON p.id = b.platz_id
         JOIN providers_angebot a ON a.id = p.angebot_id
         JOIN providers_einrichtung e ON e.id = a.einrichtung_id
         JOIN providers_anbieter n ON n.id = e.anbieter_id
        WHERE b.platz_id = ANY (plaetze) AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
          AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
          AND coalesce(upper(b.zeitraum), 'infinity')
            > coalesce(least(upper(p.gueltig), upper(a.gueltig), e.gueltig_bis, n.gueltig_bis), 'infinity')) THEN
    RAISE EXCEPTION 'a place that is held does not end before the hold'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ende_vor_bindung', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER occupancy_ende_anbieter AFTER UPDATE OF gueltig_bis ON public.providers_anbieter FOR EACH ROW EXECUTE FUNCTION public.occupancy_ende_pruefen();
CREATE TRIGGER occupancy_ende_angebot AFTER UPDATE OF gueltig, einrichtung_id ON public.providers_angebot FOR EACH ROW EXECUTE FUNCTION public.occupancy_ende_pruefen();
CREATE TRIGGER occupancy_ende_einrichtung AFTER UPDATE OF gueltig_bis, anbieter_id ON public.providers_einrichtung FOR EACH ROW EXECUTE FUNCTION public.occupancy_ende_pruefen();
CREATE TRIGGER occupancy_ende_platz AFTER UPDATE OF gueltig, angebot_id ON public.providers_platz FOR EACH ROW EXECUTE FUNCTION public.occupancy_ende_pruefen();

CREATE OR REPLACE FUNCTION public.occupancy_erlaubnis_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF NOT EXISTS (
       SELECT FROM providers_platz p
         JOIN providers_angebot a ON a.id = p.angebot_id
         JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id
        WHERE p.id = NEW.platz_id
          AND (NOT h.erlaubnispflichtig OR a.alter_von >= 18 OR EXISTS (
                SELECT FROM providers_betriebserlaubnis b
                 WHERE b.einrichtung_id = a.einrichtung_id
                   AND daterange(coalesce(b.gueltig_ab, b.datum), b.gueltig_bis) @> lower(NEW.zeitraum)))) THEN
    RAISE EXCEPTION 'nobody is taken in where there is no licence on the first day'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bindung_ohne_erlaubnis', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER occupancy_bindung_erlaubt AFTER INSERT ON public.occupancy_platzbindung FOR EACH ROW WHEN (((new.zustand)::text = ANY (ARRAY['RESERVIERT'::text, 'GEBUCHT'::text]))) EXECUTE FUNCTION public.occupancy_erlaubnis_pruefen();
CREATE TRIGGER occupancy_buchung_erlaubt AFTER UPDATE OF zustand, zeitraum, platz_id ON public.occupancy_platzbindung FOR EACH ROW WHEN ((((new.zustand)::text = ANY (ARRAY['RESERVIERT'::text, 'GEBUCHT'::text])) AND (((new.zustand)::text <> (old.zustand)::text) OR (new.platz_id <> old.platz_id) OR (lower(new.zeitraum) IS DISTINCT FROM lower(old.zeitraum))))) EXECUTE FUNCTION public.occupancy_erlaubnis_pruefen();

CREATE OR REPLACE FUNCTION public.occupancy_frei_ab_bis(angebote uuid[], zr daterange)
 RETURNS TABLE(angebot_id uuid, frei_ab date, frei_bis date)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_freie_angebote(angebote uuid[], zr daterange)
 RETURNS TABLE(angebot_id uuid, frei integer)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
  anbieter uuid[] := coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[];
  tag date := coalesce(lower(zr), '-infinity');
  danach date := coalesce(upper(zr), 'infinity');
  lebt date := least(coalesce(lower(zr), '-infinity'), date '9999-12-30');
BEGIN
  IF cardinality(anbieter) > 0 OR coalesce(isempty(zr), true) OR tag < (now() AT TIME ZONE 'Europe/Berlin')::date - 1 THEN
    RETURN QUERY SELECT v.angebot_id, v.frei FROM occupancy_vakanzen(angebote, zr) v WHERE v.frei > 0;
  ELSIF cardinality(angebote) <= 300 THEN
    RETURN QUERY
    SELECT l.angebot_id, count(*)::integer
      FROM (SELECT DISTINCT g.id FROM unnest(angebote) g (id)) a
      JOIN occupancy_luecke l ON l.angebot_id = a.id AND l.von <= tag AND (l.bis IS NULL OR l.bis >= danach)
      LEFT JOIN LATERAL (
        SELECT b.platz_id FROM occupancy_platzbindung b
         WHERE b.platz_id = l.platz_id AND b.zustand = 'RESERVIERT' AND b.ende > lebt
           AND range_overlaps(b.zeitraum, zr) AND b.ablauf_at >= now()
         LIMIT 1) w ON true
     WHERE w.platz_id IS NULL AND NOT EXISTS (
           SELECT FROM occupancy_aufnahmestopp t
            WHERE t.angebot_id = l.angebot_id AND t.aufgehoben_at IS NULL AND t.zeitraum @> lower(zr))
     GROUP BY l.angebot_id;
  ELSE
    RETURN QUERY
    SELECT l.angebot_id, count(*)::integer
      FROM occupancy_luecke l
     WHERE l.von <= tag AND (l.bis IS NULL OR l.bis >= danach) AND l.angebot_id IN (SELECT unnest(angebote))
       AND l.platz_id NOT IN (
           SELECT b.platz_id FROM occupancy_platzbindung b
            WHERE b.zustand = 'RESERVIERT' AND b.ende > lebt AND range_overlaps(b.zeitraum, zr)
              AND b.ablauf_at >= now())
       AND l.angebot_id NOT IN (
           SELECT t.angebot_id FROM occupancy_aufnahmestopp t
            WHERE t.aufgehoben_at IS NULL AND t.zeitraum @> lower(zr))
     GROUP BY l.angebot_id;
  END IF;
END
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_freie_plaetze(das_angebot uuid, zr daterange)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT p.id FROM providers_platz p
   WHERE p.angebot_id = das_angebot AND p.gueltig @> zr AND NOT occupancy_ist_belegt(p.id, zr)
     AND NOT EXISTS (SELECT FROM occupancy_platzsperre s
                      WHERE s.platz_id = p.id AND s.aufgehoben_at IS NULL AND s.zeitraum && zr)
     AND NOT EXISTS (SELECT FROM occupancy_aufnahmestopp t
                      WHERE t.angebot_id = das_angebot AND t.aufgehoben_at IS NULL AND t.zeitraum @> lower(zr))
   ORDER BY p.nummer
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_fremdbelegung(standort uuid, eigener_mandant text, zr daterange)
 RETURNS TABLE(hilfeart_code text, spezialisierung_code text, anzahl integer, tage integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_ist_belegt(der_platz uuid, zr daterange)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT EXISTS (
    SELECT 1 FROM occupancy_platzbindung b
     WHERE b.platz_id = der_platz AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
       AND (upper_inf(b.zeitraum) OR upper(b.zeitraum) > lower(zr)) AND b.zeitraum && zr
       AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now()))
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_je_belegt(angebote uuid[], ab date)
 RETURNS TABLE(angebot_id uuid, plaetze integer, vom_haus boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_luecken_des_platzes()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM occupancy_luecken_rechnen(CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END);
  RETURN NULL;
END
$function$;
CREATE TRIGGER occupancy_luecken_platz AFTER INSERT OR DELETE OR UPDATE OF gueltig, angebot_id ON public.providers_platz FOR EACH ROW EXECUTE FUNCTION public.occupancy_luecken_des_platzes();

CREATE OR REPLACE FUNCTION public.occupancy_luecken_folgen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM occupancy_luecken_rechnen(OLD.platz_id);
  END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.platz_id <> OLD.platz_id THEN
    PERFORM occupancy_luecken_rechnen(NEW.platz_id);
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER occupancy_luecken_bindung_geaendert AFTER UPDATE OF zustand, zeitraum, platz_id, ablauf_at ON public.occupancy_platzbindung FOR EACH ROW WHEN (((((old.zustand)::text = 'GEBUCHT'::text) OR (((old.zustand)::text = 'RESERVIERT'::text) AND (old.ablauf_at IS NULL)) OR (((new.zustand)::text = 'GEBUCHT'::text) OR (((new.zustand)::text = 'RESERVIERT'::text) AND (new.ablauf_at IS NULL)))) AND (((((old.zustand)::text = 'GEBUCHT'::text) OR (((old.zustand)::text = 'RESERVIERT'::text) AND (old.ablauf_at IS NULL))) IS DISTINCT FROM (((new.zustand)::text = 'GEBUCHT'::text) OR (((new.zustand)::text = 'RESERVIERT'::text) AND (new.ablauf_at IS NULL)))) OR (old.zeitraum IS DISTINCT FROM new.zeitraum) OR (old.platz_id IS DISTINCT FROM new.platz_id)))) EXECUTE FUNCTION public.occupancy_luecken_folgen();
CREATE TRIGGER occupancy_luecken_bindung_neu AFTER INSERT ON public.occupancy_platzbindung FOR EACH ROW WHEN ((((new.zustand)::text = 'GEBUCHT'::text) OR (((new.zustand)::text = 'RESERVIERT'::text) AND (new.ablauf_at IS NULL)))) EXECUTE FUNCTION public.occupancy_luecken_folgen();
CREATE TRIGGER occupancy_luecken_bindung_weg AFTER DELETE ON public.occupancy_platzbindung FOR EACH ROW WHEN ((((old.zustand)::text = 'GEBUCHT'::text) OR (((old.zustand)::text = 'RESERVIERT'::text) AND (old.ablauf_at IS NULL)))) EXECUTE FUNCTION public.occupancy_luecken_folgen();
CREATE TRIGGER occupancy_luecken_sperre AFTER INSERT OR DELETE OR UPDATE ON public.occupancy_platzsperre FOR EACH ROW EXECUTE FUNCTION public.occupancy_luecken_folgen();

CREATE OR REPLACE FUNCTION public.occupancy_luecken_neu()
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE
  anzahl integer;
BEGIN
  LOCK TABLE providers_platz, occupancy_platzbindung, occupancy_platzsperre IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM occupancy_luecke;
  INSERT INTO occupancy_luecke (id, created_at, platz_id, angebot_id, von, bis)
  SELECT gen_random_uuid(), now(), p.id, p.angebot_id, coalesce(lower(l), date '0001-01-01'), upper(l)
    FROM providers_platz p
   CROSS JOIN LATERAL unnest(datemultirange(p.gueltig) - coalesce((
           SELECT range_agg(v.zeitraum) FROM (
             SELECT b.zeitraum FROM occupancy_platzbindung b
              WHERE b.platz_id = p.id AND b.ende > (now() AT TIME ZONE 'Europe/Berlin')::date - 2
                AND (b.zustand = 'GEBUCHT' OR b.zustand = 'RESERVIERT' AND b.ablauf_at IS NULL)
              UNION ALL
             SELECT s.zeitraum FROM occupancy_platzsperre s WHERE s.platz_id = p.id AND s.aufgehoben_at IS NULL) v
         ), '{}')) l
   WHERE (upper(l) IS NULL OR upper(l) > (now() AT TIME ZONE 'Europe/Berlin')::date - 2);
  GET DIAGNOSTICS anzahl = ROW_COUNT;
  RETURN anzahl;
END
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_luecken_rechnen(der_platz uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('occupancy_luecke'), hashtext(der_platz::text));
  DELETE FROM occupancy_luecke g WHERE g.platz_id = der_platz;
  INSERT INTO occupancy_luecke (id, created_at, platz_id, angebot_id, von, bis)
  SELECT gen_random_uuid(), now(), p.id, p.angebot_id, coalesce(lower(l), date '0001-01-01'), upper(l)
    FROM providers_platz p
   CROSS JOIN LATERAL unnest(datemultirange(p.gueltig) - coalesce((
           SELECT range_agg(v.zeitraum) FROM (
             SELECT b.zeitraum FROM occupancy_platzbindung b
              WHERE b.platz_id = p.id AND b.ende > (now() AT TIME ZONE 'Europe/Berlin')::date - 2
                AND (b.zustand = 'GEBUCHT' OR b.zustand = 'RESERVIERT' AND b.ablauf_at IS NULL)
              UNION ALL
             SELECT s.zeitraum FROM occupancy_platzsperre s WHERE s.platz_id = p.id AND s.aufgehoben_at IS NULL) v
         ), '{}')) l
   WHERE (upper(l) IS NULL OR upper(l) > (now() AT TIME ZONE 'Europe/Berlin')::date - 2)
     AND p.id = der_platz;
END
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_platz_halten(die_id uuid, das_angebot uuid, zr daterange, der_mandant text, ablauf timestamp with time zone, zuvor text)
 RETURNS SETOF public.occupancy_platzbindung
 LANGUAGE plpgsql
AS $function$
DECLARE
  plaetze uuid[];
  anzahl integer;
  erster integer;
  grund text;
  gehalten boolean;
  bindung public.occupancy_platzbindung;
BEGIN
  IF zuvor <> '' THEN
    PERFORM pg_advisory_xact_lock(hashtext(zuvor));
  END IF;
  PERFORM public.occupancy_abgelaufene_freigeben(das_angebot);
  FOR anlauf IN 1..3 LOOP  -- a rival who rolls back may free a place after we looked; not for ever
    plaetze := ARRAY(SELECT public.occupancy_freie_plaetze(das_angebot, zr));
    anzahl := cardinality(plaetze);
    EXIT WHEN anzahl = 0;
    erster := floor(random() * anzahl);  -- rivals begin at different places, so that they do not queue up for the first
    FOR n IN 0 .. anzahl - 1 LOOP
      BEGIN
        INSERT INTO public.occupancy_platzbindung (id, created_at, mandant, platz_id, zeitraum, zustand, ablauf_at)
        VALUES (die_id, now(), der_mandant, plaetze[1 + (erster + n) % anzahl], zr, 'RESERVIERT', ablauf)
        ON CONFLICT ON CONSTRAINT platzbindung_keine_doppelbelegung DO NOTHING
        RETURNING * INTO bindung;
        gehalten := FOUND;
      EXCEPTION WHEN check_violation THEN  -- since we looked, its house has ended or blocked it, or its licence has ended
        GET STACKED DIAGNOSTICS grund = CONSTRAINT_NAME;
        IF grund NOT IN ('bindung_nach_dem_ende', 'bindung_auf_gesperrtem_platz', 'bindung_trotz_aufnahmestopp',
                         'bindung_ohne_erlaubnis') THEN
          RAISE;
        END IF;
        gehalten := false;
      END;
      IF gehalten THEN
        RETURN NEXT bindung;
        RETURN;
      END IF;
    END LOOP;
  END LOOP;
END
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_sperre_beachten()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  kommt boolean := true;
  das_angebot uuid;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    kommt := NEW.platz_id <> OLD.platz_id OR lower(NEW.zeitraum) IS DISTINCT FROM lower(OLD.zeitraum)
             OR OLD.zustand NOT IN ('RESERVIERT', 'GEBUCHT');
  END IF;
  SELECT a.id INTO das_angebot FROM providers_platz p JOIN providers_angebot a ON a.id = p.angebot_id
   WHERE p.id = NEW.platz_id FOR SHARE;
  IF EXISTS (SELECT FROM occupancy_platzsperre s
              WHERE s.platz_id = NEW.platz_id AND s.aufgehoben_at IS NULL AND s.zeitraum && NEW.zeitraum) THEN
    RAISE EXCEPTION 'a place that its house has blocked is not held'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bindung_auf_gesperrtem_platz', TABLE = TG_TABLE_NAME;
  END IF;
  IF kommt AND EXISTS (SELECT FROM occupancy_aufnahmestopp t
              WHERE t.angebot_id = das_angebot AND t.aufgehoben_at IS NULL AND t.zeitraum @> lower(NEW.zeitraum)) THEN
    RAISE EXCEPTION 'an offer that takes nobody in is not held'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bindung_trotz_aufnahmestopp', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER occupancy_bindung_sperre_geaendert AFTER UPDATE OF zustand, zeitraum, platz_id, ablauf_at ON public.occupancy_platzbindung FOR EACH ROW WHEN ((((new.zustand)::text = ANY (ARRAY['RESERVIERT'::text, 'GEBUCHT'::text])) AND (NOT (((old.zustand)::text = (new.zustand)::text) AND (new.zeitraum <@ old.zeitraum) AND (old.platz_id = new.platz_id) AND (lower(old.zeitraum) = lower(new.zeitraum)) AND (NOT (old.ablauf_at IS DISTINCT FROM new.ablauf_at)))))) EXECUTE FUNCTION public.occupancy_sperre_beachten();
CREATE TRIGGER occupancy_bindung_sperre_neu AFTER INSERT ON public.occupancy_platzbindung FOR EACH ROW WHEN (((new.zustand)::text = ANY (ARRAY['RESERVIERT'::text, 'GEBUCHT'::text]))) EXECUTE FUNCTION public.occupancy_sperre_beachten();

CREATE OR REPLACE FUNCTION public.occupancy_sperre_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
BEGIN
  IF who IS NOT NULL AND NEW.geaendert_von_id <> who THEN
    RAISE EXCEPTION 'nobody blocks a place in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sperre_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.aufgehoben_at IS NOT NULL OR NEW.platz_id <> OLD.platz_id
       OR lower(NEW.zeitraum) <> lower(OLD.zeitraum) THEN
      RAISE EXCEPTION 'a block keeps its place and its first day, and does not come back'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'sperre_bleibt', TABLE = TG_TABLE_NAME;
    END IF;
    IF NEW.aufgehoben_at IS NOT NULL OR NEW.zeitraum <@ OLD.zeitraum THEN
      RETURN NULL;
    END IF;
  END IF;
  PERFORM FROM providers_platz p WHERE p.id = NEW.platz_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM occupancy_platzbindung b
              WHERE b.platz_id = NEW.platz_id AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
                AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
                AND b.zeitraum && NEW.zeitraum) THEN
    RAISE EXCEPTION 'a place that is held is not blocked'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sperre_ueber_bindung', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER occupancy_sperre_geprueft AFTER INSERT OR UPDATE ON public.occupancy_platzsperre FOR EACH ROW EXECUTE FUNCTION public.occupancy_sperre_pruefen();

CREATE OR REPLACE FUNCTION public.occupancy_stopp_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
BEGIN
  IF who IS NOT NULL AND NEW.geaendert_von_id <> who THEN
    RAISE EXCEPTION 'nobody stops an offer in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stopp_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.aufgehoben_at IS NOT NULL OR NEW.angebot_id <> OLD.angebot_id
       OR lower(NEW.zeitraum) <> lower(OLD.zeitraum)) THEN
    RAISE EXCEPTION 'a stop keeps its offer and its first day, and does not come back'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stopp_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  PERFORM FROM providers_angebot a WHERE a.id = NEW.angebot_id FOR NO KEY UPDATE;
  RETURN NULL;
END
$function$;
CREATE TRIGGER occupancy_stopp_geprueft AFTER INSERT OR UPDATE ON public.occupancy_aufnahmestopp FOR EACH ROW EXECUTE FUNCTION public.occupancy_stopp_pruefen();

CREATE OR REPLACE FUNCTION public.occupancy_vakanzen(angebote uuid[], zr daterange)
 RETURNS TABLE(angebot_id uuid, frei integer, gesamt integer)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.occupancy_vakanzen_je_zeitraum(angebote uuid[], zeiten daterange[])
 RETURNS TABLE(nr integer, angebot_id uuid, frei integer, gesamt integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE TRIGGER occupancy_nicht_voraus AFTER INSERT OR UPDATE OF geaendert_at, aufgehoben_at ON public.occupancy_aufnahmestopp FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('geaendert_at', 'aufgehoben_at');

CREATE TRIGGER occupancy_nicht_voraus AFTER INSERT OR UPDATE OF geaendert_at, aufgehoben_at ON public.occupancy_platzsperre FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('geaendert_at', 'aufgehoben_at');
