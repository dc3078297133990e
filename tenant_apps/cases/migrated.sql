-- Functions and triggers of this app's migrations, as the last of them left them. Nothing loads this file.
-- Written by SOJUS_WRITE_MIGRATED=1 .venv/bin/python -m pytest tests/tenants/fence/test_migrated__texts.py -q -n0

CREATE OR REPLACE FUNCTION {schema}.cases_person_folgt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  EXECUTE format('SELECT 1 FROM %I.cases_klient WHERE id = $1 FOR NO KEY UPDATE', TG_TABLE_SCHEMA)
    USING NEW.klient_id;
  EXECUTE format(
    'UPDATE %1$I.cases_klient k SET gesperrt = f.alle FROM (SELECT NOT EXISTS (SELECT FROM %1$I.cases_hilfefall h'
    ' WHERE h.klient_id = $1 AND NOT h.gesperrt) AS alle) f WHERE k.id = $1 AND k.gesperrt <> f.alle', TG_TABLE_SCHEMA)
    USING NEW.klient_id;
  RETURN NULL;
END
$function$;
CREATE TRIGGER cases_person_folgt AFTER UPDATE OF gesperrt ON {schema}.cases_hilfefall FOR EACH ROW WHEN ((new.gesperrt <> old.gesperrt)) EXECUTE FUNCTION {schema}.cases_person_folgt();

CREATE OR REPLACE FUNCTION {schema}.cases_person_wie_faelle()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  alle boolean;
BEGIN
  EXECUTE format('SELECT bool_and(gesperrt) FROM %I.cases_hilfefall WHERE klient_id = $1', TG_TABLE_SCHEMA)
    INTO alle USING NEW.id;
  NEW.gesperrt := coalesce(alle, NEW.gesperrt);
  RETURN NEW;
END
$function$;
CREATE TRIGGER cases_person_wie_faelle BEFORE UPDATE OF gesperrt ON {schema}.cases_klient FOR EACH ROW WHEN ((new.gesperrt <> old.gesperrt)) EXECUTE FUNCTION {schema}.cases_person_wie_faelle();
