-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION public.providers_amt_prueft(anbieter uuid, kreis uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  WITH haeuser AS MATERIALIZED (
    SELECT e.gebietskoerperschaft_id AS kreis, EXISTS (
             SELECT FROM public.journal_journaleintrag j JOIN public.accounts_membership m ON m.user_id = j.user_id
              WHERE j.tabelle = 'providers_einrichtung' AND j.zeile = e.id::text AND j.art = 'ANLEGEN'
                AND m.anbieter_id = $1) AS ist_selbst_eingetragen
      FROM public.providers_einrichtung e
      JOIN public.regions_gebietskoerperschaft g ON g.id = e.gebietskoerperschaft_id
      JOIN public.tenants_tenant t ON t.kuerzel = g.kuerzel
     WHERE e.anbieter_id = $1
       AND (e.gueltig_bis IS NULL OR e.gueltig_bis > (now() AT TIME ZONE 'Europe/Berlin')::date)
  )
  SELECT EXISTS (
    SELECT FROM haeuser h WHERE h.kreis = $2
       AND (NOT h.ist_selbst_eingetragen OR NOT EXISTS (SELECT FROM haeuser n WHERE NOT n.ist_selbst_eingetragen)))
$function$;

CREATE OR REPLACE FUNCTION public.providers_ausgeschiedene(anbieter uuid, eintragende uuid, tag date)
 RETURNS TABLE(wer uuid, am date, von_ihr boolean)
 LANGUAGE sql
 STABLE
AS $function$
  WITH enden AS MATERIALIZED (
    SELECT m.user_id, greatest(m.gueltig_bis, max((j.created_at AT TIME ZONE 'Europe/Berlin')::date)) AS am,
           array_agg(DISTINCT j.user_id) FILTER (WHERE j.user_id IS NOT NULL) AS beendet_von
      FROM public.accounts_membership m
      LEFT JOIN public.journal_journaleintrag j
        ON j.tabelle = 'accounts_membership' AND j.zeile = m.id::text AND j.art = 'AENDERN'
       AND 'gueltig_bis' = ANY (j.felder)
     WHERE m.anbieter_id = $1 AND m.rolle IN ('ANBIETER', 'ANBIETER_ABRECHNUNG') AND m.gueltig_bis <= $3
     GROUP BY m.id
  )
  SELECT e.user_id, max(e.am), bool_or(EXISTS (
           SELECT FROM unnest(e.beendet_von) AS b (konto) WHERE NOT public.providers_unabhaengig($1, $2, b.konto)))
    FROM enden e
   WHERE e.am > $3 - 90
     AND NOT EXISTS (SELECT FROM public.accounts_membership h
                      WHERE h.user_id = e.user_id AND h.anbieter_id = $1
                        AND h.rolle IN ('ANBIETER', 'ANBIETER_ABRECHNUNG')
                        AND daterange(h.gueltig_ab, h.gueltig_bis) @> $3)
     AND public.providers_unabhaengig($1, $2, e.user_id)
   GROUP BY e.user_id
$function$;

CREATE OR REPLACE FUNCTION public.providers_befangen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  der_anbieter uuid;
  seit date;
BEGIN
  IF TG_TABLE_NAME = 'providers_entgeltvorschlag' THEN
    SELECT e.anbieter_id INTO der_anbieter
      FROM providers_angebot a JOIN providers_einrichtung e ON e.id = a.einrichtung_id WHERE a.id = NEW.angebot_id;
  ELSE
    der_anbieter := NEW.anbieter_id;
  END IF;
  IF providers_ist_dieselbe(NEW.vorgeschlagen_von_id, NEW.entschieden_von_id) THEN
    RAISE EXCEPTION 'whoever proposes does not decide, under another account either'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entscheidet_dieselbe', TABLE = TG_TABLE_NAME;
  END IF;
  SELECT (least(NEW.created_at, min(j.created_at)) AT TIME ZONE 'Europe/Berlin')::date INTO seit
    FROM journal_journaleintrag j
   WHERE j.tabelle = TG_TABLE_NAME::text AND j.zeile = NEW.id::text AND j.art = 'ANLEGEN';
  IF EXISTS (SELECT FROM accounts_membership m
              WHERE m.anbieter_id = der_anbieter AND providers_ist_dieselbe(NEW.entschieden_von_id, m.user_id)
                AND (m.gueltig_bis IS NULL OR m.gueltig_bis >= seit
                     OR EXISTS (SELECT FROM journal_journaleintrag j
                                 WHERE j.tabelle = 'accounts_membership' AND j.zeile = m.id::text
                                   AND j.user_id IS NOT NULL
                                   AND (j.created_at AT TIME ZONE 'Europe/Berlin')::date >= seit))) THEN
    RAISE EXCEPTION 'nobody decides for an office about a provider that she works for'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entscheidet_befangen', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_befangen AFTER UPDATE OF zustand ON public.providers_entgeltvorschlag FOR EACH ROW WHEN (((new.zustand)::text = ANY (ARRAY['BESTAETIGT'::text, 'ABGELEHNT'::text]))) EXECUTE FUNCTION public.providers_befangen();
CREATE TRIGGER providers_befangen AFTER UPDATE OF zustand ON public.providers_stammdatenvorschlag FOR EACH ROW WHEN (((new.zustand)::text = ANY (ARRAY['BESTAETIGT'::text, 'ABGELEHNT'::text]))) EXECUTE FUNCTION public.providers_befangen();

CREATE OR REPLACE FUNCTION public.providers_beginn_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF public.sojus_anbieter() <> '{}' THEN
    RAISE EXCEPTION 'an offer and its places keep their first day'
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_beginn_bleibt AFTER UPDATE OF gueltig ON public.providers_angebot FOR EACH ROW WHEN ((lower(new.gueltig) IS DISTINCT FROM lower(old.gueltig))) EXECUTE FUNCTION public.providers_beginn_bleibt();
CREATE TRIGGER providers_beginn_bleibt AFTER UPDATE OF gueltig ON public.providers_platz FOR EACH ROW WHEN ((lower(new.gueltig) IS DISTINCT FROM lower(old.gueltig))) EXECUTE FUNCTION public.providers_beginn_bleibt();

CREATE OR REPLACE FUNCTION public.providers_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'the district of a facility and the kind of help of an offer stay as they are'
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END
$function$;
CREATE TRIGGER angebot_hilfeart_bleibt BEFORE UPDATE OF hilfeart_id ON public.providers_angebot FOR EACH ROW WHEN ((new.hilfeart_id <> old.hilfeart_id)) EXECUTE FUNCTION public.providers_bleibt();
CREATE TRIGGER einrichtung_standort_bleibt BEFORE UPDATE OF gebietskoerperschaft_id ON public.providers_einrichtung FOR EACH ROW WHEN ((new.gebietskoerperschaft_id <> old.gebietskoerperschaft_id)) EXECUTE FUNCTION public.providers_bleibt();

CREATE OR REPLACE FUNCTION public.providers_datei_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF nullif(current_setting('sojus.user', true), '') IS NOT NULL AND NEW.pruefung = 'FREI'
     AND (TG_OP = 'INSERT' OR (NEW.pruefung, NEW.datei) IS DISTINCT FROM (OLD.pruefung, OLD.datei)) THEN
    RAISE EXCEPTION 'only the scanner lets a file through'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'datei_geprueft', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.pruefung = 'BEFALLEN' AND NEW.datei <> '' THEN
    RAISE EXCEPTION 'what the scanner refused is not kept'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'datei_geloescht', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END
$function$;
CREATE TRIGGER providers_datei_geprueft BEFORE INSERT OR UPDATE ON public.providers_betriebserlaubnis FOR EACH ROW EXECUTE FUNCTION public.providers_datei_pruefen();
CREATE TRIGGER providers_datei_geprueft BEFORE INSERT OR UPDATE ON public.providers_foto FOR EACH ROW EXECUTE FUNCTION public.providers_datei_pruefen();
CREATE TRIGGER providers_datei_geprueft BEFORE INSERT OR UPDATE ON public.providers_leistungsbeschreibung FOR EACH ROW EXECUTE FUNCTION public.providers_datei_pruefen();
CREATE TRIGGER providers_datei_geprueft BEFORE INSERT OR UPDATE ON public.providers_leqvereinbarung FOR EACH ROW EXECUTE FUNCTION public.providers_datei_pruefen();

CREATE OR REPLACE FUNCTION public.providers_datum_nicht_voraus()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF NEW.datum > (clock_timestamp() AT TIME ZONE 'Europe/Berlin')::date THEN
    RAISE EXCEPTION 'a paper is not dated with a day that is still to come'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'datum_nicht_voraus', TABLE = TG_TABLE_NAME, COLUMN = 'datum';
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_datum_nicht_voraus AFTER INSERT OR UPDATE OF datum ON public.providers_ausnahme FOR EACH ROW EXECUTE FUNCTION public.providers_datum_nicht_voraus();
CREATE TRIGGER providers_datum_nicht_voraus AFTER INSERT OR UPDATE OF datum ON public.providers_betriebserlaubnis FOR EACH ROW EXECUTE FUNCTION public.providers_datum_nicht_voraus();
CREATE TRIGGER providers_datum_nicht_voraus AFTER INSERT OR UPDATE OF datum ON public.providers_leistungsbeschreibung FOR EACH ROW EXECUTE FUNCTION public.providers_datum_nicht_voraus();
CREATE TRIGGER providers_datum_nicht_voraus AFTER INSERT OR UPDATE OF datum ON public.providers_leqvereinbarung FOR EACH ROW EXECUTE FUNCTION public.providers_datum_nicht_voraus();

CREATE OR REPLACE FUNCTION public.providers_entgelt_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF nullif(current_setting('sojus.user', true), '') IS NULL THEN
    RETURN NULL;
  END IF;
  IF (NEW.angebot_id, NEW.jugendamt_id, NEW.betrag, NEW.einheit, NEW.vorschlag_id, lower(NEW.gueltig))
     IS DISTINCT FROM (OLD.angebot_id, OLD.jugendamt_id, OLD.betrag, OLD.einheit, OLD.vorschlag_id, lower(OLD.gueltig))
     OR NOT NEW.gueltig <@ OLD.gueltig THEN
    RAISE EXCEPTION 'a rate that was agreed is followed by another one, and does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entgelt_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF upper(NEW.gueltig) IS DISTINCT FROM upper(OLD.gueltig) AND NOT EXISTS (
       SELECT FROM providers_entgelt n
        WHERE n.angebot_id = NEW.angebot_id AND n.jugendamt_id IS NOT DISTINCT FROM NEW.jugendamt_id
          AND n.einheit = NEW.einheit AND lower(n.gueltig) = upper(NEW.gueltig)) THEN
    RAISE EXCEPTION 'a rate goes on until another one follows'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entgelt_ohne_luecke', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE CONSTRAINT TRIGGER providers_entgelt_bleibt AFTER UPDATE ON public.providers_entgelt DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.providers_entgelt_bleibt();

CREATE OR REPLACE FUNCTION public.providers_entgelt_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF NEW.jugendamt_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM providers_angebot a JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id
        WHERE a.id = NEW.angebot_id AND h.entgeltrecht = '77') THEN
    RAISE EXCEPTION 'a rate of this kind of help binds all offices'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entgelt_bindet_alle', TABLE = TG_TABLE_NAME;
  END IF;
  IF nullif(current_setting('sojus.user', true), '') IS NOT NULL AND NOT EXISTS (
       SELECT FROM providers_entgeltvorschlag v JOIN providers_angebot a ON a.id = v.angebot_id
         JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id AND h.einheit = NEW.einheit
        WHERE upper_inf(NEW.gueltig) AND v.id = NEW.vorschlag_id AND v.zustand = 'BESTAETIGT' AND v.angebot_id = NEW.angebot_id
          AND v.jugendamt_id IS NOT DISTINCT FROM NEW.jugendamt_id
          AND v.ab = lower(NEW.gueltig) AND v.grundleistung + v.investition + v.sonderleistung = NEW.betrag) THEN
    RAISE EXCEPTION 'a rate is a proposal that was confirmed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entgelt_bestaetigt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_entgelt_geprueft AFTER INSERT ON public.providers_entgelt FOR EACH ROW EXECUTE FUNCTION public.providers_entgelt_pruefen();

CREATE OR REPLACE FUNCTION public.providers_erlaubnis_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
DECLARE
  haeuser uuid[];
  haus uuid;
  zu_viele boolean;
  falsches_alter boolean;
BEGIN
  -- What a list takes back has a day before all days (`rules.nie_gewesen`): nothing is offered or allowed more by it.
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'providers_angebot' THEN
    IF NEW.gueltig << daterange('1901-01-01', NULL) THEN
      RETURN NULL;
    END IF;
  ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'providers_betriebserlaubnis' THEN
    IF NEW.gueltig_bis <= '1901-01-01' THEN
      RETURN NULL;
    END IF;
  END IF;
  IF TG_TABLE_NAME <> 'providers_platz' THEN
    haeuser := ARRAY[NEW.einrichtung_id];
    IF TG_OP = 'UPDATE' THEN
      haeuser := haeuser || OLD.einrichtung_id;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    haeuser := ARRAY(
      SELECT a.einrichtung_id FROM providers_angebot a
        JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id AND h.erlaubnispflichtig WHERE a.id = NEW.angebot_id);
  ELSE
    haeuser := ARRAY(
      SELECT a.einrichtung_id FROM neue n JOIN providers_angebot a ON a.id = n.angebot_id
        JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id AND h.erlaubnispflichtig);
  END IF;
  FOR haus IN SELECT DISTINCT h FROM unnest(haeuser) h ORDER BY h LOOP
    PERFORM pg_advisory_xact_lock(77147, hashtext(haus::text));
    CONTINUE WHEN NOT EXISTS (SELECT FROM providers_betriebserlaubnis b WHERE b.einrichtung_id = haus);
    WITH erlaubnis AS (
      SELECT daterange(coalesce(b.gueltig_ab, b.datum), b.gueltig_bis) AS zeit, b.plaetze, b.alter_von, b.alter_bis
        FROM providers_betriebserlaubnis b WHERE b.einrichtung_id = haus),
    ausnahme AS (
      SELECT x.gueltig AS zeit, x.plaetze_mehr, x.alter_von, x.alter_bis
        FROM providers_ausnahme x WHERE x.einrichtung_id = haus),
    angebot AS (
      SELECT a.id, a.gueltig AS zeit, a.alter_von, a.alter_bis
        FROM providers_angebot a JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id AND h.erlaubnispflichtig
       WHERE a.einrichtung_id = haus AND a.alter_von < 18),
    platz AS (
      SELECT p.gueltig * a.zeit AS zeit FROM angebot a JOIN providers_platz p ON p.angebot_id = a.id
       WHERE p.gueltig && a.zeit),
    tag AS (
      SELECT lower(zeit) AS am FROM erlaubnis UNION SELECT upper(zeit) FROM ausnahme
      UNION SELECT lower(zeit) FROM platz UNION SELECT lower(zeit) FROM angebot),
    grenze AS (
      SELECT t.am, e.plaetze + coalesce(x.mehr, 0) AS plaetze,
             least(e.alter_von, x.von) AS von, greatest(e.alter_bis, x.bis) AS bis
        FROM tag t JOIN erlaubnis e ON e.zeit @> t.am
        LEFT JOIN LATERAL (
          SELECT sum(x.plaetze_mehr) AS mehr, min(x.alter_von) AS von, max(x.alter_bis) AS bis
            FROM ausnahme x WHERE x.zeit @> t.am) x ON true)
    SELECT bool_or((SELECT count(*) FROM platz p WHERE p.zeit @> g.am) > g.plaetze),
           bool_or(EXISTS (SELECT FROM angebot a
                            WHERE a.zeit @> g.am AND (a.alter_von < g.von OR a.alter_bis > g.bis)))
      INTO zu_viele, falsches_alter FROM grenze g;
    IF zu_viele THEN
      RAISE EXCEPTION 'a facility does not have more places than its licence allows'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'erlaubnis_plaetze', TABLE = TG_TABLE_NAME;
    END IF;
    IF falsches_alter THEN
      RAISE EXCEPTION 'an offer does not take ages that the licence of its facility leaves out'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'erlaubnis_alter_angebot', TABLE = TG_TABLE_NAME;
    END IF;
  END LOOP;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_angebot_erlaubt AFTER INSERT OR UPDATE OF einrichtung_id, hilfeart_id, gueltig, alter_von, alter_bis ON public.providers_angebot FOR EACH ROW EXECUTE FUNCTION public.providers_erlaubnis_pruefen();
CREATE TRIGGER providers_ausnahme_geaendert AFTER UPDATE OF einrichtung_id, gueltig, plaetze_mehr, alter_von, alter_bis ON public.providers_ausnahme FOR EACH ROW EXECUTE FUNCTION public.providers_erlaubnis_pruefen();
CREATE TRIGGER providers_erlaubnis_angelegt AFTER INSERT ON public.providers_betriebserlaubnis FOR EACH ROW EXECUTE FUNCTION public.providers_erlaubnis_pruefen();
CREATE TRIGGER providers_erlaubnis_geaendert AFTER UPDATE OF einrichtung_id, datum, gueltig_ab, gueltig_bis, plaetze, alter_von, alter_bis ON public.providers_betriebserlaubnis FOR EACH ROW EXECUTE FUNCTION public.providers_erlaubnis_pruefen();
CREATE TRIGGER providers_plaetze_erlaubt AFTER INSERT ON public.providers_platz REFERENCING NEW TABLE AS neue FOR EACH STATEMENT EXECUTE FUNCTION public.providers_erlaubnis_pruefen();
CREATE TRIGGER providers_platz_erlaubt AFTER UPDATE OF angebot_id, gueltig ON public.providers_platz FOR EACH ROW EXECUTE FUNCTION public.providers_erlaubnis_pruefen();

CREATE OR REPLACE FUNCTION public.providers_eroeffnung_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  tag date;
  falsch boolean;
BEGIN
  IF TG_TABLE_NAME = 'providers_angebot' THEN
    SELECT e.eroeffnet_am INTO tag FROM providers_einrichtung e WHERE e.id = NEW.einrichtung_id FOR SHARE;
    falsch := lower(NEW.gueltig) < tag AND upper(NEW.gueltig) IS DISTINCT FROM DATE '1900-01-02';
  ELSE
    falsch := EXISTS (
      SELECT FROM providers_angebot a WHERE a.einrichtung_id = NEW.id AND lower(a.gueltig) < NEW.eroeffnet_am
         AND upper(a.gueltig) IS DISTINCT FROM DATE '1900-01-02');
  END IF;
  IF falsch THEN
    RAISE EXCEPTION 'no offer begins before its house opens'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'angebot_nach_eroeffnung', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_eroeffnung_geprueft AFTER INSERT OR UPDATE OF gueltig, einrichtung_id ON public.providers_angebot FOR EACH ROW EXECUTE FUNCTION public.providers_eroeffnung_pruefen();
CREATE TRIGGER providers_eroeffnung_geprueft AFTER UPDATE OF eroeffnet_am ON public.providers_einrichtung FOR EACH ROW WHEN ((new.eroeffnet_am IS NOT NULL)) EXECUTE FUNCTION public.providers_eroeffnung_pruefen();

CREATE OR REPLACE FUNCTION public.providers_gemeldet_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  -- Depth 1: a statement of the provider's own people. An answer is written by the trigger of reports, one deeper.
  IF pg_trigger_depth() = 1 AND public.sojus_anbieter() <> '{}' THEN
    RAISE EXCEPTION 'a report stays until it is answered'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'gemeldet_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_gemeldet_bleibt AFTER UPDATE OF vakanz_gemeldet_at ON public.providers_angebot FOR EACH ROW WHEN ((new.vakanz_gemeldet_at IS DISTINCT FROM old.vakanz_gemeldet_at)) EXECUTE FUNCTION public.providers_gemeldet_bleibt();

CREATE OR REPLACE FUNCTION public.providers_iban_stimmt(iban text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT CASE WHEN iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' AND (left(iban, 2) <> 'DE' OR iban ~ '^DE[0-9]{20}$')
    THEN (SELECT string_agg(CASE WHEN z ~ '[A-Z]' THEN (ascii(z) - 55)::text ELSE z END, '' ORDER BY n)
            FROM regexp_split_to_table(substr(iban, 5) || left(iban, 4), '') WITH ORDINALITY AS t(z, n))::numeric % 97 = 1
    ELSE false END
$function$;

CREATE OR REPLACE FUNCTION public.providers_ist_dieselbe(eine uuid, andere uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT $1 = $2 OR EXISTS (
    SELECT FROM public.accounts_user a JOIN public.accounts_user b ON public.accounts_postfach(b.email) = public.accounts_postfach(a.email)
     WHERE a.id = $1 AND b.id = $2 AND a.email <> '')
$function$;

CREATE OR REPLACE FUNCTION public.providers_konto_ausgeschieden()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  NEW.ausgeschieden_am := NULL;
  NEW.selbst_beendet := false;
  IF NEW.gebietskoerperschaft_id IS NOT NULL THEN
    SELECT a.am, a.von_ihr INTO NEW.ausgeschieden_am, NEW.selbst_beendet
      FROM providers_ausgeschiedene(NEW.anbieter_id, NEW.vorgeschlagen_von_id,
                                    (now() AT TIME ZONE 'Europe/Berlin')::date) a
     ORDER BY a.von_ihr DESC, a.am DESC LIMIT 1;
    NEW.selbst_beendet := coalesce(NEW.selbst_beendet, false);
  END IF;
  RETURN NEW;
END
$function$;
CREATE TRIGGER providers_konto_ausgeschieden BEFORE INSERT ON public.providers_kontovorschlag FOR EACH ROW EXECUTE FUNCTION public.providers_konto_ausgeschieden();

CREATE OR REPLACE FUNCTION public.providers_konto_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
  heute date := (now() AT TIME ZONE 'Europe/Berlin')::date;
  eingetragen timestamptz;
  im_amt boolean := false;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.zustand <> 'VORGESCHLAGEN' OR NEW.created_at > clock_timestamp() + interval '5 minutes'
       OR NEW.gilt_bis > NEW.created_at + interval '15 days' THEN
      RAISE EXCEPTION 'an account begins open, now, for a time'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_beginnt_offen', TABLE = TG_TABLE_NAME;
    END IF;
    IF NOT providers_iban_stimmt(NEW.iban) THEN
      RAISE EXCEPTION 'the check digits are wrong'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_iban_stimmt', TABLE = TG_TABLE_NAME;
    END IF;
    IF who IS NOT NULL AND NEW.vorgeschlagen_von_id <> who THEN
      RAISE EXCEPTION 'nobody enters an account in the name of another'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_eigener_name', TABLE = TG_TABLE_NAME;
    END IF;
    IF NOT EXISTS (
         SELECT FROM accounts_membership m
          WHERE m.user_id = NEW.vorgeschlagen_von_id AND m.anbieter_id = NEW.anbieter_id
            AND m.rolle IN ('ANBIETER', 'ANBIETER_ABRECHNUNG') AND daterange(m.gueltig_ab, m.gueltig_bis) @> heute) THEN
      RAISE EXCEPTION 'an account is entered by somebody who keeps it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_ihr_anbieter', TABLE = TG_TABLE_NAME;
    END IF;
    IF NEW.gebietskoerperschaft_id IS NOT NULL
       AND NOT providers_amt_prueft(NEW.anbieter_id, NEW.gebietskoerperschaft_id) THEN
      RAISE EXCEPTION 'an office is asked where the provider has a facility'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_amt_am_standort', TABLE = TG_TABLE_NAME;
    END IF;
    IF who IS NOT NULL AND NEW.gebietskoerperschaft_id IS NOT NULL AND EXISTS (
         SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
          WHERE m.anbieter_id = NEW.anbieter_id AND m.rolle IN ('ANBIETER', 'ANBIETER_ABRECHNUNG')
            AND m.user_id <> NEW.vorgeschlagen_von_id AND daterange(m.gueltig_ab, m.gueltig_bis) @> heute
            AND providers_unabhaengig(NEW.anbieter_id, NEW.vorgeschlagen_von_id, m.user_id)) THEN
      RAISE EXCEPTION 'an office is asked where no colleague is independent'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_amt_ohne_zweite', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
  END IF;
  IF OLD.zustand <> 'VORGESCHLAGEN'
     OR (NEW.anbieter_id, NEW.iban, NEW.inhaber, NEW.gilt_bis, NEW.vorgeschlagen_von_id, NEW.created_at,
         NEW.gebietskoerperschaft_id, NEW.ausgeschieden_am, NEW.selbst_beendet)
        IS DISTINCT FROM
        (OLD.anbieter_id, OLD.iban, OLD.inhaber, OLD.gilt_bis, OLD.vorgeschlagen_von_id, OLD.created_at,
         OLD.gebietskoerperschaft_id, OLD.ausgeschieden_am, OLD.selbst_beendet) THEN
    RAISE EXCEPTION 'what was entered, and what was decided, stays as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand = 'ABGELAUFEN' THEN
    IF NEW.gilt_bis >= clock_timestamp() THEN
      RAISE EXCEPTION 'there is time left'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_laeuft_noch', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
  END IF;
  IF who IS NOT NULL AND NEW.entschieden_von_id IS DISTINCT FROM who THEN
    RAISE EXCEPTION 'nobody decides in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  SELECT least(NEW.created_at, min(j.created_at)) INTO eingetragen FROM journal_journaleintrag j
   WHERE j.tabelle = TG_TABLE_NAME::text AND j.zeile = NEW.id::text AND j.art = 'ANLEGEN';
  IF NEW.gebietskoerperschaft_id IS NOT NULL THEN
    im_amt := EXISTS (
      SELECT FROM accounts_membership m
        JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        JOIN tenants_tenant t ON t.id = m.tenant_id
        JOIN regions_gebietskoerperschaft g ON g.kuerzel = t.kuerzel
       WHERE m.user_id = NEW.entschieden_von_id AND m.rolle IN ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN')
         AND g.id = NEW.gebietskoerperschaft_id AND daterange(m.gueltig_ab, m.gueltig_bis) @> heute)
      AND NOT EXISTS (SELECT FROM accounts_membership m
                       WHERE m.anbieter_id = NEW.anbieter_id
                         AND providers_ist_dieselbe(NEW.entschieden_von_id, m.user_id));
    IF NEW.zustand = 'BESTAETIGT' AND NOT im_amt THEN
      RAISE EXCEPTION 'it is confirmed by head or administration of the office that was asked'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_ihr_amt', TABLE = TG_TABLE_NAME;
    END IF;
  ELSIF NEW.zustand = 'BESTAETIGT'
        AND NOT providers_unabhaengig(NEW.anbieter_id, NEW.vorgeschlagen_von_id, NEW.entschieden_von_id) THEN
    RAISE EXCEPTION 'one person of the provider stands behind both'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_unabhaengig', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand IN ('BESTAETIGT', 'ABGELEHNT') AND NOT im_amt AND NOT EXISTS (
       SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        WHERE m.user_id = NEW.entschieden_von_id AND m.anbieter_id = NEW.anbieter_id
          AND m.rolle IN ('ANBIETER', 'ANBIETER_ABRECHNUNG') AND m.created_at <= eingetragen
          AND NOT EXISTS (SELECT FROM journal_journaleintrag j
                           WHERE j.tabelle = 'accounts_membership' AND j.zeile = m.id::text AND j.art = 'ANLEGEN'
                             AND j.created_at > eingetragen)
          AND daterange(m.gueltig_ab, m.gueltig_bis) @> heute) THEN
    RAISE EXCEPTION 'an account is confirmed by somebody who kept it before it was entered'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_zweite_person', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand <> 'BESTAETIGT' THEN
    RETURN NULL;
  END IF;
  IF NEW.gilt_bis < clock_timestamp()
     OR NOT EXISTS (
       SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        WHERE m.user_id = NEW.vorgeschlagen_von_id AND m.anbieter_id = NEW.anbieter_id
          AND m.rolle IN ('ANBIETER', 'ANBIETER_ABRECHNUNG') AND daterange(m.gueltig_ab, m.gueltig_bis) @> heute) THEN
    RAISE EXCEPTION 'nothing is confirmed out of time, nor of somebody who has left'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_rechtzeitig', TABLE = TG_TABLE_NAME;
  END IF;
  INSERT INTO providers_bankverbindung AS b (id, created_at, anbieter_id, iban, inhaber)
  VALUES (gen_random_uuid(), now(), NEW.anbieter_id, NEW.iban, NEW.inhaber)
  ON CONFLICT (anbieter_id) DO UPDATE SET iban = excluded.iban, inhaber = excluded.inhaber;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_konto_geprueft AFTER INSERT OR UPDATE ON public.providers_kontovorschlag FOR EACH ROW EXECUTE FUNCTION public.providers_konto_pruefen();

CREATE OR REPLACE FUNCTION public.providers_meldungen(einrichtungen uuid[], seit date)
 RETURNS TABLE(einrichtung_id uuid, aemter bigint, bestritten bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  RETURN QUERY
  SELECT je_amt.ort, count(*) FILTER (WHERE je_amt.gilt), count(*) FILTER (WHERE NOT je_amt.gilt)
    FROM (SELECT e.id AS ort, bool_or(m.zustand <> 'BESTRITTEN') AS gilt
            FROM providers_vakanzmeldung m
            JOIN providers_angebot a ON a.id = m.angebot_id
            JOIN providers_einrichtung e ON e.id = a.einrichtung_id
           WHERE e.id = ANY (einrichtungen) AND m.tag >= seit AND m.zustand <> 'ZURUECKGENOMMEN'
             AND (sojus_anbieter() = '{}' OR (e.anbieter_id = ANY (sojus_anbieter())
                  AND (sojus_einrichtung() = '{}' OR e.id = ANY (sojus_einrichtung()))))
           GROUP BY e.id, m.mandant) je_amt
   GROUP BY je_amt.ort;
END
$function$;

CREATE OR REPLACE FUNCTION public.providers_nicht_voraus()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  spalte text;
BEGIN
  IF public.sojus_anbieter() = '{}' THEN
    RETURN NULL;
  END IF;
  FOREACH spalte IN ARRAY TG_ARGV LOOP
    IF (to_jsonb(NEW) ->> spalte)::timestamptz > clock_timestamp() + interval '5 minutes' THEN
      RAISE EXCEPTION 'nothing has happened that is still to come'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'nicht_voraus', TABLE = TG_TABLE_NAME, COLUMN = spalte;
    END IF;
  END LOOP;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_nicht_voraus AFTER INSERT OR UPDATE OF vakanz_bestaetigt_at ON public.providers_angebot FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('vakanz_bestaetigt_at');
CREATE TRIGGER providers_nicht_voraus AFTER INSERT OR UPDATE OF hochgeladen_at ON public.providers_betriebserlaubnis FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('hochgeladen_at');
CREATE TRIGGER providers_nicht_voraus AFTER INSERT OR UPDATE OF entschieden_at ON public.providers_entgeltvorschlag FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('created_at', 'entschieden_at');
CREATE TRIGGER providers_nicht_voraus AFTER INSERT OR UPDATE OF hochgeladen_at ON public.providers_foto FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('hochgeladen_at');
CREATE TRIGGER providers_nicht_voraus AFTER UPDATE OF entschieden_at ON public.providers_kontovorschlag FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('entschieden_at');
CREATE TRIGGER providers_nicht_voraus AFTER INSERT OR UPDATE OF hochgeladen_at ON public.providers_leistungsbeschreibung FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('hochgeladen_at');
CREATE TRIGGER providers_nicht_voraus AFTER INSERT OR UPDATE OF hochgeladen_at ON public.providers_leqvereinbarung FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('hochgeladen_at');
CREATE TRIGGER providers_nicht_voraus AFTER INSERT OR UPDATE OF entschieden_at ON public.providers_stammdatenvorschlag FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('created_at', 'entschieden_at');
CREATE TRIGGER providers_nicht_voraus AFTER INSERT ON public.providers_vakanzbestaetigung FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('bestaetigt_at');
CREATE TRIGGER providers_nicht_voraus AFTER UPDATE OF benutzt_at ON public.providers_vakanzerinnerung FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('benutzt_at');
CREATE TRIGGER providers_nicht_voraus AFTER UPDATE OF beantwortet_at ON public.providers_vakanzmeldung FOR EACH ROW EXECUTE FUNCTION public.providers_nicht_voraus('beantwortet_at');

CREATE OR REPLACE FUNCTION public.providers_stammdaten_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
BEGIN
  IF TG_OP = 'UPDATE' AND who IS NULL AND OLD.zustand <> 'VORGESCHLAGEN' AND NEW.begruendung = '' AND NEW.grund = ''
     AND to_jsonb(NEW) - '{begruendung,grund}'::text[] = to_jsonb(OLD) - '{begruendung,grund}'::text[] THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.zustand <> 'VORGESCHLAGEN' THEN
      RAISE EXCEPTION 'a proposal begins open'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'stammdaten_beginnt_offen', TABLE = TG_TABLE_NAME;
    END IF;
    IF who IS NOT NULL AND NEW.vorgeschlagen_von_id <> who THEN
      RAISE EXCEPTION 'nobody proposes in the name of another'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'stammdaten_eigener_name', TABLE = TG_TABLE_NAME;
    END IF;
    IF NOT providers_amt_prueft(NEW.anbieter_id, NEW.gebietskoerperschaft_id) THEN
      RAISE EXCEPTION 'an office is asked where the provider has a facility'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'stammdaten_amt_am_standort', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
  END IF;
  IF OLD.zustand <> 'VORGESCHLAGEN'
     OR (NEW.anbieter_id, NEW.gebietskoerperschaft_id, NEW.name, NEW.rechtsform, NEW.register_nr, NEW.anerkennung,
         NEW.bisher, NEW.begruendung, NEW.vorgeschlagen_von_id, NEW.created_at)
        IS DISTINCT FROM
        (OLD.anbieter_id, OLD.gebietskoerperschaft_id, OLD.name, OLD.rechtsform, OLD.register_nr, OLD.anerkennung,
         OLD.bisher, OLD.begruendung, OLD.vorgeschlagen_von_id, OLD.created_at) THEN
    RAISE EXCEPTION 'what was proposed, and what was decided, stays as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stammdaten_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF who IS NOT NULL AND NEW.entschieden_von_id IS DISTINCT FROM who THEN
    RAISE EXCEPTION 'nobody decides in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stammdaten_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand IN ('BESTAETIGT', 'ABGELEHNT') AND NOT EXISTS (
       SELECT FROM accounts_membership m
         JOIN accounts_user u ON u.id = m.user_id AND u.is_active
         JOIN tenants_tenant t ON t.id = m.tenant_id
         JOIN regions_gebietskoerperschaft g ON g.kuerzel = t.kuerzel
        WHERE m.user_id = NEW.entschieden_von_id AND m.rolle IN ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN')
          AND g.id = NEW.gebietskoerperschaft_id
          AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date) THEN
    RAISE EXCEPTION 'it is decided by head or administration of the office that was asked'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stammdaten_ihr_amt', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand = 'BESTAETIGT' THEN
    UPDATE providers_anbieter a
       SET name = NEW.name, rechtsform = NEW.rechtsform, register_nr = NEW.register_nr, anerkennung = NEW.anerkennung
     WHERE a.id = NEW.anbieter_id
       AND jsonb_build_object('name', a.name, 'rechtsform', a.rechtsform, 'register_nr', a.register_nr,
                              'anerkennung', a.anerkennung) = NEW.bisher;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'what was to be changed has changed meanwhile'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'stammdaten_bisher', TABLE = TG_TABLE_NAME;
    END IF;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_stammdaten_geprueft AFTER INSERT OR UPDATE ON public.providers_stammdatenvorschlag FOR EACH ROW EXECUTE FUNCTION public.providers_stammdaten_pruefen();

CREATE OR REPLACE FUNCTION public.providers_suchzeile_anbieter()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF (OLD.name, OLD.gueltig_bis) IS NOT DISTINCT FROM (NEW.name, NEW.gueltig_bis) THEN
    RETURN NULL;
  END IF;
  UPDATE providers_suchzeile SET anbieter_name = NEW.name, anbieter_gueltig_bis = NEW.gueltig_bis WHERE anbieter_id = NEW.id;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_suchzeile_anbieter AFTER UPDATE ON public.providers_anbieter FOR EACH ROW EXECUTE FUNCTION public.providers_suchzeile_anbieter();

CREATE OR REPLACE FUNCTION public.providers_suchzeile_angebot()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.einrichtung_id = OLD.einrichtung_id THEN
    IF (OLD.hilfeart_id, OLD.name, OLD.geschlecht, OLD.alter_von, OLD.alter_bis, OLD.hinweis, OLD.barrierefrei, OLD.stunden_je_woche, OLD.gueltig, OLD.vakanz_bestaetigt_at, OLD.vakanz_gemeldet_at, OLD.einrichtung_id) IS NOT DISTINCT FROM (NEW.hilfeart_id, NEW.name, NEW.geschlecht, NEW.alter_von, NEW.alter_bis, NEW.hinweis, NEW.barrierefrei, NEW.stunden_je_woche, NEW.gueltig, NEW.vakanz_bestaetigt_at, NEW.vakanz_gemeldet_at, NEW.einrichtung_id) THEN
      RETURN NULL;
    END IF;
    UPDATE providers_suchzeile SET hilfeart_id = NEW.hilfeart_id, name = NEW.name, geschlecht = NEW.geschlecht, alter_von = NEW.alter_von, alter_bis = NEW.alter_bis, hinweis = NEW.hinweis, barrierefrei = NEW.barrierefrei, stunden_je_woche = NEW.stunden_je_woche, gueltig = NEW.gueltig, vakanz_bestaetigt_at = NEW.vakanz_bestaetigt_at, vakanz_gemeldet_at = NEW.vakanz_gemeldet_at, einrichtung_id = NEW.einrichtung_id WHERE id = NEW.id;
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM providers_suchzeile WHERE id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO providers_suchzeile (id, created_at, hilfeart_id, name, geschlecht, alter_von, alter_bis, hinweis, barrierefrei, stunden_je_woche, gueltig, vakanz_bestaetigt_at, vakanz_gemeldet_at, einrichtung_id, haus_name, ort, plz, breite, laenge, haus_gueltig_bis, anbieter_id, gebietskoerperschaft_id, anbieter_name, anbieter_gueltig_bis, land, kreis, kreis_name)
    SELECT NEW.id, NEW.created_at, NEW.hilfeart_id, NEW.name, NEW.geschlecht, NEW.alter_von, NEW.alter_bis, NEW.hinweis, NEW.barrierefrei, NEW.stunden_je_woche, NEW.gueltig, NEW.vakanz_bestaetigt_at, NEW.vakanz_gemeldet_at, NEW.einrichtung_id, e.name, e.ort, e.plz, e.breite, e.laenge, e.gueltig_bis, e.anbieter_id, e.gebietskoerperschaft_id, t.name, t.gueltig_bis, k.land, k.kuerzel, k.kurzname
      FROM providers_einrichtung e
    JOIN providers_anbieter t ON t.id = e.anbieter_id
    JOIN regions_gebietskoerperschaft k ON k.id = e.gebietskoerperschaft_id
     WHERE e.id = NEW.einrichtung_id FOR SHARE OF e, t;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_suchzeile_angebot AFTER INSERT OR DELETE OR UPDATE ON public.providers_angebot FOR EACH ROW EXECUTE FUNCTION public.providers_suchzeile_angebot();

CREATE OR REPLACE FUNCTION public.providers_suchzeile_haus()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF (OLD.name, OLD.ort, OLD.plz, OLD.breite, OLD.laenge, OLD.gueltig_bis, OLD.anbieter_id, OLD.gebietskoerperschaft_id) IS NOT DISTINCT FROM (NEW.name, NEW.ort, NEW.plz, NEW.breite, NEW.laenge, NEW.gueltig_bis, NEW.anbieter_id, NEW.gebietskoerperschaft_id) THEN
    RETURN NULL;
  END IF;
  UPDATE providers_suchzeile SET haus_name = NEW.name, ort = NEW.ort, plz = NEW.plz, breite = NEW.breite, laenge = NEW.laenge, haus_gueltig_bis = NEW.gueltig_bis, anbieter_id = NEW.anbieter_id, gebietskoerperschaft_id = NEW.gebietskoerperschaft_id WHERE einrichtung_id = NEW.id;
  IF NEW.anbieter_id <> OLD.anbieter_id OR NEW.gebietskoerperschaft_id <> OLD.gebietskoerperschaft_id THEN
    PERFORM FROM providers_anbieter t WHERE t.id = NEW.anbieter_id FOR SHARE;
    UPDATE providers_suchzeile SET anbieter_name = x.name, anbieter_gueltig_bis = x.gueltig_bis, land = x.land, kreis = x.kuerzel, kreis_name = x.kurzname
      FROM (SELECT t.name, t.gueltig_bis, k.land, k.kuerzel, k.kurzname
              FROM providers_anbieter t, regions_gebietskoerperschaft k
             WHERE t.id = NEW.anbieter_id AND k.id = NEW.gebietskoerperschaft_id) x
     WHERE einrichtung_id = NEW.id;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_suchzeile_haus AFTER UPDATE ON public.providers_einrichtung FOR EACH ROW EXECUTE FUNCTION public.providers_suchzeile_haus();

CREATE OR REPLACE FUNCTION public.providers_suchzeile_kreis()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF (OLD.land, OLD.kuerzel, OLD.kurzname) IS NOT DISTINCT FROM (NEW.land, NEW.kuerzel, NEW.kurzname) THEN
    RETURN NULL;
  END IF;
  UPDATE providers_suchzeile SET land = NEW.land, kreis = NEW.kuerzel, kreis_name = NEW.kurzname WHERE gebietskoerperschaft_id = NEW.id;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_suchzeile_kreis AFTER UPDATE ON public.regions_gebietskoerperschaft FOR EACH ROW EXECUTE FUNCTION public.providers_suchzeile_kreis();

CREATE OR REPLACE FUNCTION public.providers_suchzeilen_neu()
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE
  anzahl integer;
BEGIN
  LOCK TABLE providers_anbieter, providers_einrichtung, providers_angebot IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM providers_suchzeile;
  INSERT INTO providers_suchzeile (id, created_at, hilfeart_id, name, geschlecht, alter_von, alter_bis, hinweis, barrierefrei, stunden_je_woche, gueltig, vakanz_bestaetigt_at, vakanz_gemeldet_at, einrichtung_id, haus_name, ort, plz, breite, laenge, haus_gueltig_bis, anbieter_id, gebietskoerperschaft_id, anbieter_name, anbieter_gueltig_bis, land, kreis, kreis_name)
  SELECT a.id, a.created_at, a.hilfeart_id, a.name, a.geschlecht, a.alter_von, a.alter_bis, a.hinweis, a.barrierefrei, a.stunden_je_woche, a.gueltig, a.vakanz_bestaetigt_at, a.vakanz_gemeldet_at, a.einrichtung_id, e.name, e.ort, e.plz, e.breite, e.laenge, e.gueltig_bis, e.anbieter_id, e.gebietskoerperschaft_id, t.name, t.gueltig_bis, k.land, k.kuerzel, k.kurzname
    FROM providers_angebot a JOIN providers_einrichtung e
    JOIN providers_anbieter t ON t.id = e.anbieter_id
    JOIN regions_gebietskoerperschaft k ON k.id = e.gebietskoerperschaft_id ON e.id = a.einrichtung_id;
  GET DIAGNOSTICS anzahl = ROW_COUNT;
  RETURN anzahl;
END
$function$;

CREATE OR REPLACE FUNCTION public.providers_unabhaengig(anbieter uuid, eine uuid, andere uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT NOT public.providers_zulassungskette($1, $2) && public.providers_zulassungskette($1, $3)
$function$;

CREATE OR REPLACE FUNCTION public.providers_vakanz_gemeldet()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM FROM providers_angebot a WHERE a.id = NEW.angebot_id FOR NO KEY UPDATE;
  UPDATE providers_angebot a
     SET vakanz_gemeldet_at = (SELECT min(m.gemeldet_at) FROM providers_vakanzmeldung m
                                WHERE m.angebot_id = NEW.angebot_id AND m.zustand = 'OFFEN')
   WHERE a.id = NEW.angebot_id;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_vakanz_gemeldet AFTER INSERT OR UPDATE OF zustand ON public.providers_vakanzmeldung FOR EACH ROW EXECUTE FUNCTION public.providers_vakanz_gemeldet();

CREATE OR REPLACE FUNCTION public.providers_vereinbart_nicht_voraus()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF NEW.vereinbart_am > (clock_timestamp() AT TIME ZONE 'Europe/Berlin')::date THEN
    RAISE EXCEPTION 'a rate is not agreed on a day that is still to come'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vereinbart_nicht_voraus', TABLE = TG_TABLE_NAME,
        COLUMN = 'vereinbart_am';
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_vereinbart_nicht_voraus AFTER INSERT OR UPDATE OF vereinbart_am ON public.providers_entgeltvorschlag FOR EACH ROW EXECUTE FUNCTION public.providers_vereinbart_nicht_voraus();

CREATE OR REPLACE FUNCTION public.providers_vorschlag_gilt()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF NOT EXISTS (SELECT FROM providers_entgelt e WHERE e.vorschlag_id = NEW.id) THEN
    RAISE EXCEPTION 'what was confirmed is a rate'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vorschlag_gilt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE CONSTRAINT TRIGGER providers_vorschlag_gilt AFTER UPDATE ON public.providers_entgeltvorschlag DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.zustand)::text = 'BESTAETIGT'::text)) EXECUTE FUNCTION public.providers_vorschlag_gilt();

CREATE OR REPLACE FUNCTION public.providers_vorschlag_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
BEGIN
  IF TG_OP = 'UPDATE' AND who IS NULL AND OLD.zustand <> 'VORGESCHLAGEN' AND NEW.grund = ''
     AND to_jsonb(NEW) - '{grund}'::text[] = to_jsonb(OLD) - '{grund}'::text[] THEN
    RETURN NULL;
  END IF;
  IF NEW.jugendamt_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM providers_angebot a JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id
        WHERE a.id = NEW.angebot_id AND h.entgeltrecht = '77') THEN
    RAISE EXCEPTION 'a rate of this kind of help binds all offices'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vorschlag_bindet_alle', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.vereinbarung_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM providers_leqvereinbarung l JOIN providers_angebot a ON a.einrichtung_id = l.einrichtung_id
        WHERE l.id = NEW.vereinbarung_id AND a.id = NEW.angebot_id AND l.rechtsgrundlage = NEW.rechtsgrundlage
          AND (l.jugendamt_id IS NULL OR l.jugendamt_id = NEW.jugendamt_id))
     OR NEW.leistungsbeschreibung_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM providers_leistungsbeschreibung l JOIN providers_angebot a ON a.einrichtung_id = l.einrichtung_id
        WHERE l.id = NEW.leistungsbeschreibung_id AND a.id = NEW.angebot_id) THEN
    RAISE EXCEPTION 'a proposal names papers of its own facility'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vorschlag_eigene_papiere', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.zustand <> 'VORGESCHLAGEN' THEN
      RAISE EXCEPTION 'a proposal begins open'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'vorschlag_beginnt_offen', TABLE = TG_TABLE_NAME;
    END IF;
    IF who IS NOT NULL AND NEW.vorgeschlagen_von_id <> who THEN
      RAISE EXCEPTION 'nobody proposes in the name of another'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'vorschlag_eigener_name', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
  END IF;
  IF OLD.zustand <> 'VORGESCHLAGEN'
     OR (NEW.angebot_id, NEW.grundleistung, NEW.investition, NEW.sonderleistung, NEW.ab, NEW.vereinbart_am,
         NEW.rechtsgrundlage, NEW.jugendamt_id, NEW.vereinbarung_id, NEW.leistungsbeschreibung_id,
         NEW.vorgeschlagen_von_id, NEW.vom_anbieter, NEW.created_at)
        IS DISTINCT FROM
        (OLD.angebot_id, OLD.grundleistung, OLD.investition, OLD.sonderleistung, OLD.ab, OLD.vereinbart_am,
         OLD.rechtsgrundlage, OLD.jugendamt_id, OLD.vereinbarung_id, OLD.leistungsbeschreibung_id,
         OLD.vorgeschlagen_von_id, OLD.vom_anbieter, OLD.created_at) THEN
    RAISE EXCEPTION 'what was proposed, and what was decided, stays as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vorschlag_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF who IS NOT NULL AND NEW.entschieden_von_id IS DISTINCT FROM who THEN
    RAISE EXCEPTION 'nobody decides in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vorschlag_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand IN ('BESTAETIGT', 'ABGELEHNT') AND NOT EXISTS (
       SELECT FROM accounts_membership m
         JOIN accounts_user u ON u.id = m.user_id AND u.is_active
         JOIN tenants_tenant t ON t.id = m.tenant_id
         JOIN regions_gebietskoerperschaft g ON g.kuerzel = t.kuerzel
         JOIN providers_einrichtung e ON g.id = coalesce(NEW.jugendamt_id, e.gebietskoerperschaft_id)
         JOIN providers_angebot a ON a.einrichtung_id = e.id
        WHERE m.user_id = NEW.entschieden_von_id AND m.rolle IN ('CONTROLLING', 'JUGENDAMTSLEITUNG')
          AND a.id = NEW.angebot_id
          AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date) THEN
    RAISE EXCEPTION 'a rate is decided by the youth office at the place of the facility'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vorschlag_amt_am_standort', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_vorschlag_geprueft AFTER INSERT OR UPDATE ON public.providers_entgeltvorschlag FOR EACH ROW EXECUTE FUNCTION public.providers_vorschlag_pruefen();

CREATE OR REPLACE FUNCTION public.providers_zugehoerigkeit_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF public.sojus_user() IS NOT NULL OR public.sojus_anbieter() <> '{}' THEN
    RAISE EXCEPTION 'a row of the register stays where it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF einrichtung_id ON public.providers_angebot FOR EACH ROW WHEN ((new.einrichtung_id IS DISTINCT FROM old.einrichtung_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF einrichtung_id ON public.providers_ausnahme FOR EACH ROW WHEN ((new.einrichtung_id IS DISTINCT FROM old.einrichtung_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF einrichtung_id ON public.providers_betriebserlaubnis FOR EACH ROW WHEN ((new.einrichtung_id IS DISTINCT FROM old.einrichtung_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF anbieter_id ON public.providers_einrichtung FOR EACH ROW WHEN ((new.anbieter_id IS DISTINCT FROM old.anbieter_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF angebot_id ON public.providers_entgelt FOR EACH ROW WHEN ((new.angebot_id IS DISTINCT FROM old.angebot_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF angebot_id ON public.providers_entgeltvorschlag FOR EACH ROW WHEN ((new.angebot_id IS DISTINCT FROM old.angebot_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF einrichtung_id ON public.providers_foto FOR EACH ROW WHEN ((new.einrichtung_id IS DISTINCT FROM old.einrichtung_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF einrichtung_id, anbieter_id ON public.providers_kontakt FOR EACH ROW WHEN (((new.einrichtung_id IS DISTINCT FROM old.einrichtung_id) OR (new.anbieter_id IS DISTINCT FROM old.anbieter_id))) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF einrichtung_id ON public.providers_leistungsbeschreibung FOR EACH ROW WHEN ((new.einrichtung_id IS DISTINCT FROM old.einrichtung_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF einrichtung_id ON public.providers_leqvereinbarung FOR EACH ROW WHEN ((new.einrichtung_id IS DISTINCT FROM old.einrichtung_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();
CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF angebot_id ON public.providers_platz FOR EACH ROW WHEN ((new.angebot_id IS DISTINCT FROM old.angebot_id)) EXECUTE FUNCTION public.providers_zugehoerigkeit_bleibt();

CREATE OR REPLACE FUNCTION public.providers_zugelassen_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  -- Depth 1: a statement of the provider's own people. What is confirmed is written by the trigger above, one deeper.
  IF pg_trigger_depth() = 1 AND (public.sojus_anbieter() <> '{}'
     OR public.sojus_user() IS NOT NULL AND NOT public.providers_liste_schreibt()) THEN
    RAISE EXCEPTION 'what an office has admitted, an office confirms'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'zugelassen_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF pg_trigger_depth() = 1 AND public.sojus_user() IS NOT NULL AND EXISTS (
       SELECT FROM public.accounts_membership m
        WHERE m.anbieter_id = NEW.id AND public.providers_ist_dieselbe(public.sojus_user(), m.user_id)
          AND (m.gueltig_bis IS NULL OR m.gueltig_bis >= (now() AT TIME ZONE 'Europe/Berlin')::date)) THEN
    RAISE EXCEPTION 'nobody decides for an office about a provider that she works for'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stammdaten_befangen', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER providers_zugelassen_bleibt AFTER UPDATE OF name, rechtsform, register_nr, anerkennung ON public.providers_anbieter FOR EACH ROW WHEN ((((new.name)::text <> (old.name)::text) OR ((new.rechtsform)::text <> (old.rechtsform)::text) OR ((new.register_nr)::text <> (old.register_nr)::text) OR ((new.anerkennung)::text <> (old.anerkennung)::text))) EXECUTE FUNCTION public.providers_zugelassen_bleibt();

CREATE OR REPLACE FUNCTION public.providers_zulassungskette(anbieter uuid, person uuid)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
AS $function$
  WITH RECURSIVE leute AS MATERIALIZED (
    SELECT m.id, m.user_id FROM public.accounts_membership m WHERE m.anbieter_id = $1
  ), zugelassen AS MATERIALIZED (
    SELECT l.user_id AS wen, j.user_id AS wer
      FROM leute l JOIN public.journal_journaleintrag j
        ON j.tabelle = 'accounts_membership' AND j.zeile = l.id::text AND j.art = 'ANLEGEN'
    UNION
    SELECT l.user_id, j.user_id
      FROM leute l JOIN public.journal_journaleintrag j ON j.tabelle = 'accounts_user' AND j.zeile = l.user_id::text
     WHERE j.art = 'ANLEGEN' OR j.felder && ARRAY['einladung_nr', 'email', 'password']::varchar[]
    UNION
    SELECT l.user_id, l.user_id FROM leute l
  ), gleich AS MATERIALIZED (
    SELECT a.id AS konto, b.id AS eine
      FROM public.accounts_user a
      JOIN public.accounts_user b
        ON b.id = a.id OR a.email <> '' AND public.accounts_postfach(b.email) = public.accounts_postfach(a.email)
     WHERE a.id IN (SELECT z.wer FROM zugelassen z) AND b.id IN (SELECT l.user_id FROM leute l)
  ), kette (wer) AS (
    SELECT $2
    UNION
    SELECT g.eine FROM kette k JOIN zugelassen z ON z.wen = k.wer JOIN gleich g ON g.konto = z.wer
  )
  SELECT array_agg(k.wer) FROM kette k
$function$;
