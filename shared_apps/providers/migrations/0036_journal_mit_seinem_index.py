"""Who entered a proposal is found in the journal by its index, however long the journal is.

`TG_TABLE_NAME` is of the type `name`: a text compared with one is no condition of an index, so each confirmation read
the index of all tables and rows from one end to the other. A list of 2,000 facilities did that 6,000 times, in a
journal that grew with every part of it. Read as text it is the first column of the index.
"""

from django.db import migrations

JETZT = r"""
CREATE OR REPLACE FUNCTION providers_befangen()
 RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
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
CREATE OR REPLACE FUNCTION providers_konto_pruefen()
 RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
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
"""
ZUVOR = JETZT.replace("j.tabelle = TG_TABLE_NAME::text AND", "j.tabelle = TG_TABLE_NAME AND")


class Migration(migrations.Migration):
    dependencies = [("providers", "0035_entgelt_angebot")]
    operations = [migrations.RunSQL(JETZT, ZUVOR)]
