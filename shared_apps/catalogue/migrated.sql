-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION public.catalogue_aenderung_notieren()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
  davor jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}'::jsonb END;
  danach jsonb := to_jsonb(NEW);
BEGIN
  IF who IS NULL THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND EXISTS (
       SELECT FROM unnest(ARRAY['id', 'created_at', 'code', 'modul_id', 'paragraf', 'form', 'einheit', 'hat_barbetrag',
                          'erlaubnispflichtig', 'entgeltrecht', 'art', 'fest']) f
        WHERE davor -> f IS DISTINCT FROM danach -> f)
     OR TG_OP = 'INSERT' AND danach ->> 'fest' = 'true' THEN
    RAISE EXCEPTION 'offers, bookings and figures rest on this'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'katalog_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  INSERT INTO catalogue_katalogaenderung (id, created_at, tabelle, zeile, feld, vorher, nachher, user_id)
  SELECT gen_random_uuid(), clock_timestamp(), TG_TABLE_NAME, NEW.id, n.key, coalesce(davor ->> n.key, ''),
         coalesce(n.value, ''), who
    FROM jsonb_each_text(danach) n
   WHERE n.key NOT IN ('id', 'created_at') AND (TG_OP = 'INSERT' OR davor -> n.key IS DISTINCT FROM danach -> n.key);
  RETURN NULL;
END
$function$;
CREATE TRIGGER catalogue_aenderung_notiert AFTER INSERT OR UPDATE ON public.catalogue_grund FOR EACH ROW EXECUTE FUNCTION public.catalogue_aenderung_notieren();
CREATE TRIGGER catalogue_aenderung_notiert AFTER INSERT OR UPDATE ON public.catalogue_hilfeart FOR EACH ROW EXECUTE FUNCTION public.catalogue_aenderung_notieren();
CREATE TRIGGER catalogue_aenderung_notiert AFTER INSERT OR UPDATE ON public.catalogue_modul FOR EACH ROW EXECUTE FUNCTION public.catalogue_aenderung_notieren();
CREATE TRIGGER catalogue_aenderung_notiert AFTER INSERT OR UPDATE ON public.catalogue_spezialisierung FOR EACH ROW EXECUTE FUNCTION public.catalogue_aenderung_notieren();
CREATE TRIGGER catalogue_aenderung_notiert AFTER INSERT OR UPDATE ON public.catalogue_sprache FOR EACH ROW EXECUTE FUNCTION public.catalogue_aenderung_notieren();
