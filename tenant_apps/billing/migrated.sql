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
  EXECUTE format(
    'WITH berechnet AS (SELECT r.monat FROM %I.billing_rechnung r WHERE r.buchung_id = $1'
    ' AND r.zustand IN (''EINGEREICHT'', ''SACHLICH_RICHTIG'', ''ANGEORDNET'', ''BEZAHLT''))'
    ' SELECT min(m.monat) FROM (SELECT $2 UNION ALL SELECT (b.monat + interval ''1 month'')::date FROM berechnet b'
    ' WHERE b.monat >= $2) m(monat) WHERE m.monat NOT IN (SELECT b.monat FROM berechnet b)', TG_TABLE_SCHEMA)
     INTO erster USING NEW.id, date_trunc('month', beginn::timestamp)::date;
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
BEGIN
  IF TG_OP <> 'INSERT' THEN
    EXECUTE format('UPDATE %I.placements_buchung SET abrechenbar_ab = NULL WHERE id = $1', TG_TABLE_SCHEMA)
      USING OLD.buchung_id;
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.buchung_id <> OLD.buchung_id) THEN
    EXECUTE format('UPDATE %I.placements_buchung SET abrechenbar_ab = NULL WHERE id = $1', TG_TABLE_SCHEMA)
      USING NEW.buchung_id;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER billing_abrechenbar_folgt AFTER UPDATE ON {schema}.billing_rechnung FOR EACH ROW WHEN (((((old.zustand)::text = ANY (ARRAY['EINGEREICHT'::text, 'SACHLICH_RICHTIG'::text, 'ANGEORDNET'::text, 'BEZAHLT'::text])) <> ((new.zustand)::text = ANY (ARRAY['EINGEREICHT'::text, 'SACHLICH_RICHTIG'::text, 'ANGEORDNET'::text, 'BEZAHLT'::text]))) OR (old.monat <> new.monat) OR (old.buchung_id <> new.buchung_id))) EXECUTE FUNCTION {schema}.billing_abrechenbar_folgt();
CREATE TRIGGER billing_abrechenbar_neu AFTER INSERT OR DELETE ON {schema}.billing_rechnung FOR EACH ROW EXECUTE FUNCTION {schema}.billing_abrechenbar_folgt();

CREATE OR REPLACE FUNCTION {schema}.billing_konto_festhalten()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  EXECUTE format(
    'INSERT INTO %I.billing_rechnungskonto (id, created_at, rechnung_id, iban, inhaber)'
    ' SELECT gen_random_uuid(), now(), $1, coalesce(b.iban, ''''), coalesce(b.inhaber, '''')'
    ' FROM (SELECT $2 AS anbieter_id) r'
    ' LEFT JOIN public.providers_bankverbindung b ON b.anbieter_id = r.anbieter_id', TG_TABLE_SCHEMA)
    USING NEW.id, NEW.anbieter_id;
  RETURN NULL;
END
$function$;
CREATE TRIGGER billing_konto_festgehalten AFTER INSERT ON {schema}.billing_rechnung FOR EACH ROW EXECUTE FUNCTION {schema}.billing_konto_festhalten();

CREATE OR REPLACE FUNCTION {schema}.billing_person_bekannt()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  fehlt boolean;
BEGIN
  EXECUTE format(
    'SELECT octet_length(k.vorname) = 0 OR octet_length(k.nachname) = 0 OR octet_length(k.geburtsdatum) = 0'
    ' FROM %1$I.placements_buchung b JOIN %1$I.cases_klient k ON k.id = b.klient_id'
    ' WHERE b.id = $1', TG_TABLE_SCHEMA)
     INTO fehlt USING NEW.buchung_id;
  IF fehlt THEN
    RAISE EXCEPTION 'rechnung_person_bekannt: no invoice before name and birth are entered'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rechnung_person_bekannt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER billing_person_bekannt AFTER INSERT ON {schema}.billing_rechnung FOR EACH ROW EXECUTE FUNCTION {schema}.billing_person_bekannt();
