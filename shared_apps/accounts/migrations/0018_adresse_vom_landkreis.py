"""Who vouches for an address that is in another claim than `email`: the office, with two signatures (ADR 0054)."""

from django.db import migrations, models

FUNCTION = """
CREATE OR REPLACE FUNCTION accounts_anmeldedienst_pruefen() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
  changed boolean := TG_OP = 'INSERT';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    changed := (NEW.issuer, NEW.client_id, NEW.email_claim, NEW.adresse_vom_landkreis, NEW.faktor_claim,
                NEW.mfa_werte, NEW.tenant_id)
      IS DISTINCT FROM (OLD.issuer, OLD.client_id, OLD.email_claim, OLD.adresse_vom_landkreis, OLD.faktor_claim,
                        OLD.mfa_werte, OLD.tenant_id);
  END IF;
  IF changed AND NEW.bestaetigt_at IS NOT NULL THEN
    RAISE EXCEPTION 'a changed sign-in server asks for a second person anew'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'anmeldedienst_neu_bestaetigen', TABLE = TG_TABLE_NAME;
  END IF;
  IF who IS NULL THEN
    RETURN NULL;
  END IF;
  IF changed AND NEW.geaendert_von_id IS DISTINCT FROM who
     OR TG_OP = 'UPDATE' AND NOT changed AND NEW.geaendert_von_id IS DISTINCT FROM OLD.geaendert_von_id THEN
    RAISE EXCEPTION 'nobody changes a sign-in server in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'anmeldedienst_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.bestaetigt_at IS NOT NULL
     AND (NEW.bestaetigt_at, NEW.bestaetigt_von_id) IS DISTINCT FROM (OLD.bestaetigt_at, OLD.bestaetigt_von_id)
     AND (NEW.bestaetigt_von_id <> who OR NOT EXISTS (
       SELECT FROM accounts_membership m
        WHERE m.user_id = who AND m.tenant_id = NEW.tenant_id AND m.rolle IN ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN')
          AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date)) THEN
    RAISE EXCEPTION 'the second person has no right to confirm this sign-in server'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'anmeldedienst_zweite_person', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$
"""
BEFORE = """
CREATE OR REPLACE FUNCTION accounts_anmeldedienst_pruefen() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
  changed boolean := TG_OP = 'INSERT';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    changed := (NEW.issuer, NEW.client_id, NEW.email_claim, NEW.faktor_claim, NEW.mfa_werte, NEW.tenant_id)
      IS DISTINCT FROM (OLD.issuer, OLD.client_id, OLD.email_claim, OLD.faktor_claim, OLD.mfa_werte, OLD.tenant_id);
  END IF;
  IF changed AND NEW.bestaetigt_at IS NOT NULL THEN
    RAISE EXCEPTION 'a changed sign-in server asks for a second person anew'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'anmeldedienst_neu_bestaetigen', TABLE = TG_TABLE_NAME;
  END IF;
  IF who IS NULL THEN
    RETURN NULL;
  END IF;
  IF changed AND NEW.geaendert_von_id IS DISTINCT FROM who
     OR TG_OP = 'UPDATE' AND NOT changed AND NEW.geaendert_von_id IS DISTINCT FROM OLD.geaendert_von_id THEN
    RAISE EXCEPTION 'nobody changes a sign-in server in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'anmeldedienst_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.bestaetigt_at IS NOT NULL
     AND (NEW.bestaetigt_at, NEW.bestaetigt_von_id) IS DISTINCT FROM (OLD.bestaetigt_at, OLD.bestaetigt_von_id)
     AND (NEW.bestaetigt_von_id <> who OR NOT EXISTS (
       SELECT FROM accounts_membership m
        WHERE m.user_id = who AND m.tenant_id = NEW.tenant_id AND m.rolle IN ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN')
          AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date)) THEN
    RAISE EXCEPTION 'the second person has no right to confirm this sign-in server'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'anmeldedienst_zweite_person', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_own_factors")]

    operations = [
        migrations.AddField(
            model_name="anmeldedienst",
            name="adresse_vom_landkreis",
            field=models.BooleanField(db_default=False, default=False, verbose_name="Adresse vergibt der Landkreis"),
        ),
        migrations.RunSQL(FUNCTION, BEFORE),
    ]
