-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION public.accounts_adresse_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF public.sojus_user() IS NOT NULL THEN
    RAISE EXCEPTION 'nobody alters the address of an account'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'adresse_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END
$function$;
CREATE TRIGGER accounts_adresse_bleibt BEFORE UPDATE OF email ON public.accounts_user FOR EACH ROW WHEN (((new.email)::text IS DISTINCT FROM (old.email)::text)) EXECUTE FUNCTION public.accounts_adresse_bleibt();

CREATE OR REPLACE FUNCTION public.accounts_anmeldedienst_pruefen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$;
CREATE TRIGGER accounts_anmeldedienst_geprueft AFTER INSERT OR UPDATE ON public.accounts_anmeldedienst FOR EACH ROW EXECUTE FUNCTION public.accounts_anmeldedienst_pruefen();

CREATE OR REPLACE FUNCTION public.accounts_membership_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  meant daterange := daterange(NEW.gueltig_ab, NEW.gueltig_bis);
  pair record;
BEGIN
  -- Ending or revoking only narrows a role: it cannot make a pair, and must always be possible.
  IF isempty(meant) OR (
       TG_OP = 'UPDATE' AND meant <@ daterange(OLD.gueltig_ab, OLD.gueltig_bis) AND NEW.rolle = OLD.rolle
       AND (NEW.user_id, NEW.tenant_id, NEW.anbieter_id, NEW.koerperschaft, NEW.deputy_of_id)
           IS NOT DISTINCT FROM (OLD.user_id, OLD.tenant_id, OLD.anbieter_id, OLD.koerperschaft, OLD.deputy_of_id)
     ) THEN
    RETURN NULL;
  END IF;
  -- Two transactions of the same person wait for each other; a snapshot older than the lock would see too little.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'memberships are written in READ COMMITTED only' USING ERRCODE = 'active_sql_transaction';
  END IF;
  PERFORM pg_advisory_xact_lock(77130, hashtext(NEW.user_id::text));
  SELECT p.a, p.b INTO pair
    FROM public.accounts_membership o, public.accounts_refused_pairs() p
   WHERE o.user_id = NEW.user_id AND o.id <> NEW.id
     AND daterange(o.gueltig_ab, o.gueltig_bis) && meant
     AND p.a = least(o.rolle COLLATE "C", NEW.rolle COLLATE "C")
     AND p.b = greatest(o.rolle COLLATE "C", NEW.rolle COLLATE "C")
     AND (p.wo = 'UEBERALL' OR (p.wo = 'HIER') = (
           o.tenant_id IS NOT DISTINCT FROM NEW.tenant_id
           AND o.anbieter_id IS NOT DISTINCT FROM NEW.anbieter_id
           AND o.koerperschaft = NEW.koerperschaft))
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'refused pair of roles: % and %', pair.a, pair.b
      USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_refused_pair', TABLE = 'accounts_membership';
  END IF;
  IF NEW.deputy_of_id IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM public.accounts_membership o
                    WHERE o.user_id = NEW.deputy_of_id AND o.tenant_id = NEW.tenant_id AND o.rolle = NEW.rolle
                      AND o.deputy_of_id IS NULL AND daterange(o.gueltig_ab, o.gueltig_bis) && meant)
    OR NOT EXISTS (SELECT FROM public.accounts_membership o
                    WHERE o.user_id = NEW.user_id AND o.tenant_id = NEW.tenant_id
                      AND (NEW.rolle, o.rolle) IN (SELECT v.rolle, v.durch FROM public.accounts_vertretbar() v)
                      AND o.deputy_of_id IS NULL AND daterange(o.gueltig_ab, o.gueltig_bis) && meant) THEN
      RAISE EXCEPTION 'deputy and represented person must be members of the same tenant whose roles fit'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_vertretung_im_amt', TABLE = 'accounts_membership';
    END IF;
    IF NEW.gueltig_bis > NEW.gueltig_ab + 366 THEN
      RAISE EXCEPTION 'a deputyship lasts 366 days at most'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_vertretung_befristet', TABLE = 'accounts_membership';
    END IF;
  END IF;
  RETURN NULL;
END
$function$;
CREATE TRIGGER accounts_membership_refused AFTER INSERT OR UPDATE ON public.accounts_membership FOR EACH ROW EXECUTE FUNCTION public.accounts_membership_refuse();

CREATE OR REPLACE FUNCTION public.accounts_postfach(adresse text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT lower(regexp_replace(btrim($1), '^([^+@]+)\+[^@]*@', '\1@'))
$function$;

CREATE OR REPLACE FUNCTION public.accounts_refused_pairs()
 RETURNS TABLE(a text, b text, wo text)
 LANGUAGE sql
 IMMUTABLE
AS $function$
  VALUES
    ('ASD', 'WJH', 'HIER'),
    ('ASD', 'JUGENDAMTSLEITUNG', 'HIER'),
    ('TEAMLEITUNG', 'WJH', 'HIER'),
    ('ASD', 'TENANT_ADMIN', 'HIER'),
    ('TEAMLEITUNG', 'TENANT_ADMIN', 'HIER'),
    ('TENANT_ADMIN', 'WJH', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN', 'HIER'),
    ('ASD', 'CONTROLLING', 'HIER'),
    ('CONTROLLING', 'TEAMLEITUNG', 'HIER'),
    ('ASD', 'VORMUND', 'HIER'),
    ('AUSSCHUSS', 'VORMUND', 'HIER'),
    ('CONTROLLING', 'VORMUND', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'VORMUND', 'HIER'),
    ('TEAMLEITUNG', 'VORMUND', 'HIER'),
    ('TENANT_ADMIN', 'VORMUND', 'HIER'),
    ('VORMUND', 'WJH', 'HIER'),
    ('ASD', 'DATENSCHUTZ', 'HIER'),
    ('DATENSCHUTZ', 'TEAMLEITUNG', 'HIER'),
    ('DATENSCHUTZ', 'WJH', 'HIER'),
    ('DATENSCHUTZ', 'JUGENDAMTSLEITUNG', 'HIER'),
    ('DATENSCHUTZ', 'TENANT_ADMIN', 'HIER'),
    ('DATENSCHUTZ', 'VORMUND', 'HIER'),
    ('ASD', 'PRUEFUNG', 'HIER'),
    ('PRUEFUNG', 'TEAMLEITUNG', 'HIER'),
    ('PRUEFUNG', 'WJH', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'PRUEFUNG', 'HIER'),
    ('CONTROLLING', 'PRUEFUNG', 'HIER'),
    ('PRUEFUNG', 'TENANT_ADMIN', 'HIER'),
    ('PRUEFUNG', 'VORMUND', 'HIER'),
    ('ASD', 'BETRIEB', 'UEBERALL'),
    ('AUSSCHUSS', 'BETRIEB', 'UEBERALL'),
    ('BETRIEB', 'CONTROLLING', 'UEBERALL'),
    ('BETRIEB', 'DATENSCHUTZ', 'UEBERALL'),
    ('BETRIEB', 'JUGENDAMTSLEITUNG', 'UEBERALL'),
    ('BETRIEB', 'PRUEFUNG', 'UEBERALL'),
    ('BETRIEB', 'TEAMLEITUNG', 'UEBERALL'),
    ('BETRIEB', 'TENANT_ADMIN', 'UEBERALL'),
    ('BETRIEB', 'VORMUND', 'UEBERALL'),
    ('BETRIEB', 'WJH', 'UEBERALL'),
    ('ANBIETER', 'BETRIEB', 'UEBERALL'),
    ('ANBIETER_ABRECHNUNG', 'BETRIEB', 'UEBERALL'),
    ('BETRIEB', 'EINRICHTUNG', 'UEBERALL'),
    ('ANBIETER', 'EINRICHTUNG', 'UEBERALL'),
    ('ANBIETER_ABRECHNUNG', 'EINRICHTUNG', 'UEBERALL'),
    ('ANBIETER', 'ANBIETER_ABRECHNUNG', 'FREMD'),
    ('RUFBEREITSCHAFT', 'VORMUND', 'HIER'),
    ('ASD', 'RUFBEREITSCHAFT', 'HIER'),
    ('CONTROLLING', 'RUFBEREITSCHAFT', 'HIER'),
    ('DATENSCHUTZ', 'RUFBEREITSCHAFT', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'RUFBEREITSCHAFT', 'HIER'),
    ('PRUEFUNG', 'RUFBEREITSCHAFT', 'HIER'),
    ('RUFBEREITSCHAFT', 'TEAMLEITUNG', 'HIER'),
    ('RUFBEREITSCHAFT', 'TENANT_ADMIN', 'HIER'),
    ('RUFBEREITSCHAFT', 'WJH', 'HIER'),
    ('BETRIEB', 'RUFBEREITSCHAFT', 'UEBERALL')
$function$;

CREATE OR REPLACE FUNCTION public.accounts_schluessel_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'a person and a role keep their key'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'schluessel_bleibt', TABLE = TG_TABLE_NAME;
END
$function$;
CREATE TRIGGER accounts_schluessel_bleibt BEFORE UPDATE ON public.accounts_membership FOR EACH ROW WHEN ((new.id IS DISTINCT FROM old.id)) EXECUTE FUNCTION public.accounts_schluessel_bleibt();
CREATE TRIGGER accounts_schluessel_bleibt BEFORE UPDATE ON public.accounts_user FOR EACH ROW WHEN ((new.id IS DISTINCT FROM old.id)) EXECUTE FUNCTION public.accounts_schluessel_bleibt();

CREATE OR REPLACE FUNCTION public.accounts_vertretbar()
 RETURNS TABLE(rolle text, durch text)
 LANGUAGE sql
 IMMUTABLE
AS $function$
  VALUES
    ('ASD', 'ASD'),
    ('ASD', 'TEAMLEITUNG'),
    ('AUSSCHUSS', 'AUSSCHUSS'),
    ('CONTROLLING', 'CONTROLLING'),
    ('DATENSCHUTZ', 'DATENSCHUTZ'),
    ('JUGENDAMTSLEITUNG', 'JUGENDAMTSLEITUNG'),
    ('JUGENDAMTSLEITUNG', 'TEAMLEITUNG'),
    ('PRUEFUNG', 'PRUEFUNG'),
    ('TEAMLEITUNG', 'ASD'),
    ('TEAMLEITUNG', 'JUGENDAMTSLEITUNG'),
    ('TEAMLEITUNG', 'TEAMLEITUNG'),
    ('TENANT_ADMIN', 'TENANT_ADMIN'),
    ('VORMUND', 'VORMUND'),
    ('WJH', 'WJH')
$function$;
