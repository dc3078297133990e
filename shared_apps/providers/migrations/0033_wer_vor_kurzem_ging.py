"""When the second person of an account has just left, the office that is asked reads it (ADR 0075).

Whoever administers a provider ends an independent colleague's role: now nobody is independent, and an office is asked.
It would check the account with the bank all the same, but not ask why nobody of the house looks at it any more. So the
row says when the last one left who could have confirmed, within 90 days before, and whether whoever entered the account,
or somebody who is not independent of her, has ended that role. No name. Written by the database when it is entered,
whatever the statement says, and part of what stays as it is.

When a role ended is its day, or that of the change that ended it, whichever is later: a role can be dated back, the
journal cannot.
"""

from django.db import migrations, models

AUSGESCHIEDENE = """
CREATE FUNCTION providers_ausgeschiedene(anbieter uuid, eintragende uuid, tag date)
RETURNS TABLE (wer uuid, am date, von_ihr boolean) LANGUAGE sql STABLE AS $f$
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
$f$
"""
VERMERKT = """
CREATE FUNCTION providers_konto_ausgeschieden() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $f$
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
$f$;
REVOKE ALL ON FUNCTION providers_konto_ausgeschieden() FROM PUBLIC;
CREATE TRIGGER providers_konto_ausgeschieden BEFORE INSERT ON providers_kontovorschlag
  FOR EACH ROW EXECUTE FUNCTION providers_konto_ausgeschieden()
"""
# As it was (0031), and what the trigger above has written stays as well.
KONTO = """
CREATE OR REPLACE FUNCTION providers_konto_pruefen() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $f$
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
   WHERE j.tabelle = TG_TABLE_NAME AND j.zeile = NEW.id::text AND j.art = 'ANLEGEN';
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
$f$
"""
#: The text of 0031, for the way back: it is what is above without the two columns.
KONTO_DAVOR = KONTO.replace(", NEW.ausgeschieden_am, NEW.selbst_beendet", "").replace(
    ", OLD.ausgeschieden_am, OLD.selbst_beendet", ""
)
ZURUECK = """
DROP FUNCTION providers_konto_ausgeschieden() CASCADE;
DROP FUNCTION providers_ausgeschiedene(uuid, uuid, date)
"""


class Migration(migrations.Migration):
    """Accounts of before say nothing of who had left."""

    dependencies = [
        ("journal", "0001_initial"),
        ("providers", "0032_kein_bescheid_aus_der_zukunft"),
    ]
    operations = [
        migrations.AddField(
            model_name="kontovorschlag",
            name="ausgeschieden_am",
            field=models.DateField(blank=True, null=True, verbose_name="unabhängige zweite Person ausgeschieden am"),
        ),
        migrations.AddField(
            model_name="kontovorschlag",
            name="selbst_beendet",
            field=models.BooleanField(db_default=False, default=False, verbose_name="von der eintragenden Seite beendet"),
        ),
        migrations.RunSQL(";".join((AUSGESCHIEDENE, VERMERKT, KONTO)), ";".join((KONTO_DAVOR, ZURUECK))),
    ]
