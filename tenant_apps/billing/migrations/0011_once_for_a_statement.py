"""What follows from new invoices is done once for the statement that writes them, and planned once.

The triggers named the tables of their office only when they ran, and so planned what they sent for each row: a
statement that brings thousands of invoices paid for that, for its bookings' rows and for their trail as many times. Now
each has the office's schema in its text from the beginning, as the functions of the trail do, and an invoice that comes
or goes does so among all of its statement. What is guaranteed stays the same: whoever writes, no invoice is without its
account, for somebody unknown, or unseen by its booking. When an invoice changes, its booking follows row by row.
"""

from django.db import migrations

FUNCTIONS = """
DO $do$
BEGIN
  EXECUTE format($t$
CREATE OR REPLACE FUNCTION billing_abrechenbar_ab() RETURNS trigger LANGUAGE plpgsql AS $f$
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
    SELECT r.monat FROM %1$I.billing_rechnung r
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
$f$;
CREATE OR REPLACE FUNCTION billing_abrechenbar_folgt() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
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
  UPDATE %1$I.placements_buchung SET abrechenbar_ab = NULL WHERE id = ANY (buchungen);
  RETURN NULL;
END
$f$;
CREATE OR REPLACE FUNCTION billing_konto_festhalten() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  INSERT INTO %1$I.billing_rechnungskonto (id, created_at, rechnung_id, iban, inhaber)
  SELECT gen_random_uuid(), now(), n.id, coalesce(b.iban, ''), coalesce(b.inhaber, '')
    FROM neue n LEFT JOIN public.providers_bankverbindung b ON b.anbieter_id = n.anbieter_id;
  RETURN NULL;
END
$f$;
CREATE OR REPLACE FUNCTION billing_person_bekannt() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  PERFORM FROM neue n
    JOIN %1$I.placements_buchung b ON b.id = n.buchung_id
    JOIN %1$I.cases_klient k ON k.id = b.klient_id
   WHERE octet_length(k.vorname) = 0 OR octet_length(k.nachname) = 0 OR octet_length(k.geburtsdatum) = 0;
  IF FOUND THEN
    RAISE EXCEPTION 'rechnung_person_bekannt: no invoice before name and birth are entered'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rechnung_person_bekannt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$
  $t$, current_schema());
END
$do$
"""
TRIGGERS = """
DROP TRIGGER IF EXISTS billing_abrechenbar_neu ON billing_rechnung;
DROP TRIGGER IF EXISTS billing_konto_festgehalten ON billing_rechnung;
DROP TRIGGER IF EXISTS billing_person_bekannt ON billing_rechnung;
CREATE TRIGGER billing_abrechenbar_neu AFTER INSERT ON billing_rechnung
  REFERENCING NEW TABLE AS neue FOR EACH STATEMENT EXECUTE FUNCTION billing_abrechenbar_folgt();
CREATE TRIGGER billing_abrechenbar_weg AFTER DELETE ON billing_rechnung
  REFERENCING OLD TABLE AS alte FOR EACH STATEMENT EXECUTE FUNCTION billing_abrechenbar_folgt();
CREATE TRIGGER billing_konto_festgehalten AFTER INSERT ON billing_rechnung
  REFERENCING NEW TABLE AS neue FOR EACH STATEMENT EXECUTE FUNCTION billing_konto_festhalten();
CREATE TRIGGER billing_person_bekannt AFTER INSERT ON billing_rechnung
  REFERENCING NEW TABLE AS neue FOR EACH STATEMENT EXECUTE FUNCTION billing_person_bekannt()
"""
FUNCTIONS_BEFORE = """
CREATE OR REPLACE FUNCTION billing_abrechenbar_ab() RETURNS trigger LANGUAGE plpgsql AS $f$
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
$f$;
CREATE OR REPLACE FUNCTION billing_abrechenbar_folgt() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
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
$f$;
CREATE OR REPLACE FUNCTION billing_konto_festhalten() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  EXECUTE format(
    'INSERT INTO %I.billing_rechnungskonto (id, created_at, rechnung_id, iban, inhaber)'
    ' SELECT gen_random_uuid(), now(), $1, coalesce(b.iban, ''''), coalesce(b.inhaber, '''')'
    ' FROM (SELECT $2 AS anbieter_id) r'
    ' LEFT JOIN public.providers_bankverbindung b ON b.anbieter_id = r.anbieter_id', TG_TABLE_SCHEMA)
    USING NEW.id, NEW.anbieter_id;
  RETURN NULL;
END
$f$;
CREATE OR REPLACE FUNCTION billing_person_bekannt() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
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
$f$
"""
TRIGGERS_BEFORE = """
DROP TRIGGER IF EXISTS billing_abrechenbar_neu ON billing_rechnung;
DROP TRIGGER IF EXISTS billing_abrechenbar_weg ON billing_rechnung;
DROP TRIGGER IF EXISTS billing_konto_festgehalten ON billing_rechnung;
DROP TRIGGER IF EXISTS billing_person_bekannt ON billing_rechnung;
CREATE TRIGGER billing_abrechenbar_neu AFTER INSERT OR DELETE ON billing_rechnung
  FOR EACH ROW EXECUTE FUNCTION billing_abrechenbar_folgt();
CREATE TRIGGER billing_konto_festgehalten AFTER INSERT ON billing_rechnung
  FOR EACH ROW EXECUTE FUNCTION billing_konto_festhalten();
CREATE TRIGGER billing_person_bekannt AFTER INSERT ON billing_rechnung
  FOR EACH ROW EXECUTE FUNCTION billing_person_bekannt()
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_nobody_without_a_name")]

    operations = [
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_BEFORE),
        migrations.RunSQL(TRIGGERS, TRIGGERS_BEFORE),
    ]
