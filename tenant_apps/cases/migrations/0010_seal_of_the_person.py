"""Whether a person is sealed follows from her cases, whoever writes: all of them are sealed (docs/adr/0057).

The first trigger holds the person before it asks: of two who seal one case each at the same moment the second one sees
what the first one did. The second one lets nobody write it otherwise, an old row that is saved whole included. Both run
with the rights of whoever writes, and take the schema from the table they hang on. Last, who should have been sealed
and is not gets it.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION cases_person_folgt() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE format('SELECT 1 FROM %I.cases_klient WHERE id = $1 FOR NO KEY UPDATE', TG_TABLE_SCHEMA)
    USING NEW.klient_id;
  EXECUTE format(
    'UPDATE %1$I.cases_klient k SET gesperrt = f.alle FROM (SELECT NOT EXISTS (SELECT FROM %1$I.cases_hilfefall h'
    ' WHERE h.klient_id = $1 AND NOT h.gesperrt) AS alle) f WHERE k.id = $1 AND k.gesperrt <> f.alle', TG_TABLE_SCHEMA)
    USING NEW.klient_id;
  RETURN NULL;
END
$f$;
CREATE FUNCTION cases_person_wie_faelle() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  alle boolean;
BEGIN
  EXECUTE format('SELECT bool_and(gesperrt) FROM %I.cases_hilfefall WHERE klient_id = $1', TG_TABLE_SCHEMA)
    INTO alle USING NEW.id;
  NEW.gesperrt := coalesce(alle, NEW.gesperrt);
  RETURN NEW;
END
$f$;
CREATE TRIGGER cases_person_folgt AFTER UPDATE OF gesperrt ON cases_hilfefall
  FOR EACH ROW WHEN (NEW.gesperrt <> OLD.gesperrt) EXECUTE FUNCTION cases_person_folgt();
CREATE TRIGGER cases_person_wie_faelle BEFORE UPDATE OF gesperrt ON cases_klient
  FOR EACH ROW WHEN (NEW.gesperrt <> OLD.gesperrt) EXECUTE FUNCTION cases_person_wie_faelle()
"""
SEAL = """
UPDATE cases_klient k SET gesperrt = true WHERE NOT k.gesperrt
  AND EXISTS (SELECT FROM cases_hilfefall h WHERE h.klient_id = k.id)
  AND NOT EXISTS (SELECT FROM cases_hilfefall h WHERE h.klient_id = k.id AND NOT h.gesperrt)
"""
DROP = """
DROP FUNCTION cases_person_wie_faelle() CASCADE;
DROP FUNCTION cases_person_folgt() CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_order_of_lists")]
    operations = [migrations.RunSQL(TRIGGERS, DROP), migrations.RunSQL(SEAL, migrations.RunSQL.noop)]
