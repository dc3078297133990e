-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION {schema}.billing_abrechenbar_ab()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  beginn date := coalesce(NEW.beginn_tatsaechlich, lower(NEW.zeitraum));
  ende date := coalesce(NEW.ende_tatsaechlich, upper(NEW.zeitraum) - 1, 'infinity');
  erster date;
BEGIN
  NEW.abrechenbar_ab := NULL;
  IF NEW.zustand = 'STORNIERT' OR beginn > ende THEN
    RETURN NEW;
  END IF;
  -- The first month without an invoice is the first of all, or follows one that has one.
  WITH berechnet AS (
    SELECT r.monat FROM {schema}.billing_rechnung r
     WHERE r.buchung_id = NEW.id AND r.zustand IN ('EINGEREICHT', 'SACHLICH_RICHTIG', 'ANGEORDNET', 'BEZAHLT')
  )
  SELECT min(m.monat) INTO erster
    FROM (SELECT date_trunc('month', beginn::timestamp)::date
          UNION ALL
          SELECT (b.monat + interval '1 month')::date FROM berechnet b
           WHERE b.monat >= date_trunc('month', beginn::timestamp)::date) m(monat)
   WHERE m.monat NOT IN (SELECT b.monat FROM berechnet b);
  IF erster <= ende THEN
    NEW.abrechenbar_ab := least((erster + interval '1 month')::date - 1, ende);
  END IF;
  RETURN NEW;
END
$function$;
CREATE TRIGGER billing_abrechenbar_ab BEFORE INSERT OR UPDATE ON {schema}.placements_buchung FOR EACH ROW EXECUTE FUNCTION {schema}.billing_abrechenbar_ab();

CREATE OR REPLACE FUNCTION {schema}.billing_abrechenbar_folgt()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  buchungen uuid[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    buchungen := ARRAY(SELECT DISTINCT n.buchung_id FROM neue n);
  ELSIF TG_OP = 'DELETE' THEN
    buchungen := ARRAY(SELECT DISTINCT a.buchung_id FROM alte a);
  ELSE
    buchungen := ARRAY[OLD.buchung_id, NEW.buchung_id];
  END IF;
  UPDATE {schema}.placements_buchung SET abrechenbar_ab = NULL WHERE id = ANY (buchungen);
  RETURN NULL;
END
$function$;
CREATE TRIGGER billing_abrechenbar_folgt AFTER UPDATE ON {schema}.billing_rechnung FOR EACH ROW WHEN (((((old.zustand)::text = ANY (ARRAY['EINGEREICHT'::text, 'SACHLICH_RICHTIG'::text, 'ANGEORDNET'::text, 'BEZAHLT'::text])) <> ((new.zustand)::text = ANY (ARRAY['EINGEREICHT'::text, 'SACHLICH_RICHTIG'::text, 'ANGEORDNET'::text, 'BEZAHLT'::text]))) OR (old.monat <> new.monat) OR (old.buchung_id <> new.buchung_id))) EXECUTE FUNCTION {schema}.billing_abrechenbar_folgt();
CREATE TRIGGER billing_abrechenbar_neu AFTER INSERT ON {schema}.billing_rechnung REFERENCING NEW TABLE AS neue FOR EACH STATEMENT EXECUTE FUNCTION {schema}.billing_abrechenbar_folgt();
CREATE TRIGGER billing_abrechenbar_weg AFTER DELETE ON {schema}.billing_rechnung REFERENCING OLD TABLE AS alte FOR EACH STATEMENT EXECUTE FUNCTION {schema}.billing_abrechenbar_folgt();

CREATE OR REPLACE FUNCTION {schema}.billing_konto_festhalten()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO {schema}.billing_rechnungskonto (id, created_at, rechnung_id, iban, inhaber)
  SELECT gen_random_uuid(), now(), n.id, coalesce(b.iban, ''), coalesce(b.inhaber, '')
    FROM neue n LEFT JOIN public.providers_bankverbindung b ON b.anbieter_id = n.anbieter_id;
  RETURN NULL;
END
$function$;
CREATE TRIGGER billing_konto_festgehalten AFTER INSERT ON {schema}.billing_rechnung REFERENCING NEW TABLE AS neue FOR EACH STATEMENT EXECUTE FUNCTION {schema}.billing_konto_festhalten();

CREATE OR REPLACE FUNCTION {schema}.billing_person_bekannt()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM FROM neue n
    JOIN {schema}.placements_buchung b ON b.id = n.buchung_id
    JOIN {schema}.cases_klient k ON k.id = b.klient_id
   WHERE octet_length(k.vorname) = 0 OR octet_length(k.nachname) = 0 OR octet_length(k.geburtsdatum) = 0;
  IF FOUND THEN
    RAISE EXCEPTION 'rechnung_person_bekannt: no invoice before name and birth are entered'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rechnung_person_bekannt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER billing_person_bekannt AFTER INSERT ON {schema}.billing_rechnung REFERENCING NEW TABLE AS neue FOR EACH STATEMENT EXECUTE FUNCTION {schema}.billing_person_bekannt();
