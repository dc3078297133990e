-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION public.einlesen_liest(wer uuid, amt bigint, leitet boolean)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT EXISTS (
    SELECT FROM public.accounts_membership m JOIN public.accounts_user u ON u.id = m.user_id AND u.is_active
     WHERE m.user_id = $1 AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date
       AND CASE WHEN $2 IS NULL THEN m.rolle = 'BETRIEB'
                ELSE m.tenant_id = $2 AND (m.rolle = 'JUGENDAMTSLEITUNG' OR m.rolle = 'CONTROLLING' AND NOT $3) END)
$function$;

CREATE OR REPLACE FUNCTION public.einlesen_posten_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  ihr_lauf boolean := current_setting('sojus.request', true) IS NOT DISTINCT FROM
    CASE WHEN TG_OP = 'DELETE' THEN OLD.einlesung_id ELSE NEW.einlesung_id END::text;
BEGIN
  IF (TG_OP = 'INSERT' AND ihr_lauf)
     OR (TG_OP = 'UPDATE' AND ihr_lauf AND to_jsonb(NEW) - 'grund' = to_jsonb(OLD) - 'grund')
     OR (TG_OP = 'DELETE' AND public.sojus_user() IS NULL) THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION 'what a list did is written by its own job'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'einleseposten_bleibt', TABLE = TG_TABLE_NAME;
END
$function$;
CREATE TRIGGER einlesen_posten_bleibt BEFORE INSERT OR DELETE OR UPDATE ON public.einlesen_einleseposten FOR EACH ROW EXECUTE FUNCTION public.einlesen_posten_bleibt();

CREATE OR REPLACE FUNCTION public.einlesen_schluessel_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  amt bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END;
BEGIN
  IF (TG_OP = 'DELETE' AND public.sojus_user() IS NULL)
     OR (public.providers_liste_schreibt()
         AND EXISTS (SELECT FROM public.einlesen_einlesung e
                      WHERE e.id::text = current_setting('sojus.request', true) AND e.tenant_id IS NOT DISTINCT FROM amt)
         AND (TG_OP <> 'UPDATE' OR (NEW.id, NEW.tenant_id, NEW.gegenstand, NEW.schluessel)
                                   IS NOT DISTINCT FROM (OLD.id, OLD.tenant_id, OLD.gegenstand, OLD.schluessel))) THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION 'a number of an office is written by a list of that office'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'fremdschluessel_bleibt', TABLE = TG_TABLE_NAME;
END
$function$;
CREATE TRIGGER einlesen_schluessel_bleibt BEFORE INSERT OR DELETE OR UPDATE ON public.einlesen_fremdschluessel FOR EACH ROW EXECUTE FUNCTION public.einlesen_schluessel_bleibt();

CREATE OR REPLACE FUNCTION public.einlesen_stehen(listen uuid[])
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  RETURN QUERY
  SELECT e.id FROM einlesen_einlesung e
   WHERE e.id = ANY (listen) AND e.zustand IN ('FREIGEGEBEN', 'RUECKNAHME') AND sojus_anbieter() = '{}'
     AND NOT EXISTS (SELECT FROM procrastinate_jobs j
                      WHERE j.task_name = 'einlesen.run' AND j.status IN ('todo', 'doing')
                        AND j.args ->> 'einlesung_id' = e.id::text);
END
$function$;

CREATE OR REPLACE FUNCTION public.einlesen_stehende(amt bigint)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  RETURN (SELECT count(*) FROM einlesen_stehen(ARRAY(
            SELECT e.id FROM einlesen_einlesung e
             WHERE e.tenant_id = amt AND e.zustand IN ('FREIGEGEBEN', 'RUECKNAHME')
               AND EXISTS (SELECT FROM accounts_membership m
                            WHERE m.user_id = sojus_user() AND m.tenant_id = amt
                              AND m.rolle IN ('CONTROLLING', 'JUGENDAMTSLEITUNG')
                              AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date))));
END
$function$;

CREATE OR REPLACE FUNCTION public.einlesen_unterschrift()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.zustand <> 'ENTWURF' OR (who IS NOT NULL AND NEW.eingereicht_von_id <> who) THEN
      RAISE EXCEPTION 'a list begins as a draft of whoever sent it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_beginnt', TABLE = TG_TABLE_NAME;
    END IF;
    IF who IS NOT NULL AND NOT einlesen_liest(who, NEW.tenant_id, false) THEN
      RAISE EXCEPTION 'a list is sent by who reads lists there'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_ihr_recht', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.eingereicht_von_id <> OLD.eingereicht_von_id OR NEW.tenant_id IS DISTINCT FROM OLD.tenant_id
     OR (OLD.zustand <> 'ENTWURF' AND (NEW.kopf, NEW.zuordnung, NEW.legt_anbieter_an)
         IS DISTINCT FROM (OLD.kopf, OLD.zuordnung, OLD.legt_anbieter_an)) THEN
    RAISE EXCEPTION 'what was handed in stays as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF (NEW.freigegeben_von_id IS DISTINCT FROM OLD.freigegeben_von_id
      AND (OLD.zustand <> 'VORGELEGT' OR NEW.freigegeben_von_id IS DISTINCT FROM who))
     OR (NEW.aufgehoben_von_id IS DISTINCT FROM OLD.aufgehoben_von_id
      AND (OLD.zustand <> 'EINGELESEN' OR NEW.aufgehoben_von_id IS DISTINCT FROM who))
     OR ((OLD.zustand, NEW.zustand) = ('ENTWURF', 'VORGELEGT') AND NEW.eingereicht_von_id <> who) THEN
    RAISE EXCEPTION 'nobody signs in the name of another, or what is not asked for'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF (NEW.freigegeben_von_id IS DISTINCT FROM OLD.freigegeben_von_id
      AND NOT einlesen_liest(NEW.freigegeben_von_id, NEW.tenant_id, NEW.legt_anbieter_an))
     OR (NEW.aufgehoben_von_id IS DISTINCT FROM OLD.aufgehoben_von_id
      AND NOT einlesen_liest(NEW.aufgehoben_von_id, NEW.tenant_id, false)) THEN
    RAISE EXCEPTION 'a list is released, and taken back, by who reads lists there'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_ihr_recht', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.freigegeben_von_id IS DISTINCT FROM OLD.freigegeben_von_id
     AND providers_ist_dieselbe(NEW.eingereicht_von_id, NEW.freigegeben_von_id) THEN
    RAISE EXCEPTION 'a list is released by another person, not by another account of hers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_dieselbe', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand <> OLD.zustand AND (OLD.zustand, NEW.zustand) NOT IN (
       ('ENTWURF', 'VORGELEGT'), ('ENTWURF', 'VERWORFEN'), ('VORGELEGT', 'ENTWURF'), ('VORGELEGT', 'FREIGEGEBEN'),
       ('FREIGEGEBEN', 'EINGELESEN'), ('EINGELESEN', 'RUECKNAHME'), ('RUECKNAHME', 'ZURUECKGENOMMEN'),
       ('RUECKNAHME', 'EINGELESEN')) THEN
    RAISE EXCEPTION 'a list does not go this way'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_weg', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END
$function$;
CREATE TRIGGER einlesen_unterschrift BEFORE INSERT OR UPDATE ON public.einlesen_einlesung FOR EACH ROW EXECUTE FUNCTION public.einlesen_unterschrift();

CREATE OR REPLACE FUNCTION public.einlesen_zeile_bleibt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  stand text;
BEGIN
  SELECT e.zustand INTO stand FROM einlesen_einlesung e
   WHERE e.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.einlesung_id ELSE NEW.einlesung_id END;
  IF (TG_OP = 'DELETE' AND stand IN ('VORGELEGT', 'FREIGEGEBEN')) OR (TG_OP <> 'DELETE' AND stand <> 'ENTWURF') THEN
    RAISE EXCEPTION 'lines that were handed in stay as they are'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesezeile_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$function$;
CREATE TRIGGER einlesen_zeile_bleibt BEFORE INSERT OR DELETE ON public.einlesen_einlesezeile FOR EACH ROW EXECUTE FUNCTION public.einlesen_zeile_bleibt();
CREATE TRIGGER einlesen_zeile_geaendert BEFORE UPDATE OF werte, nummer, einlesung_id ON public.einlesen_einlesezeile FOR EACH ROW EXECUTE FUNCTION public.einlesen_zeile_bleibt();

CREATE OR REPLACE FUNCTION public.providers_liste_schreibt()
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
AS $function$
BEGIN
  RETURN EXISTS (
    SELECT FROM public.einlesen_einlesung e
     WHERE e.id::text = current_setting('sojus.request', true)
       AND (e.zustand = 'FREIGEGEBEN' AND e.freigegeben_von_id = public.sojus_user()
            OR e.zustand = 'RUECKNAHME' AND e.aufgehoben_von_id = public.sojus_user()));
END
$function$;
