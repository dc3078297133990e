"""A closed case has no living help, and a living help no closed case (ADR 0039).

Both triggers take the schema from the table they hang on, whichever is open. Each locks, or is called by
who has locked, the case: of two transactions at the same moment the second one sees what the first one did.
`::text` in a condition: a dump writes it back as it is.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION placements_fall_ist_offen() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  stand text;
BEGIN
  EXECUTE format('SELECT zustand FROM %I.cases_hilfefall WHERE id = $1 FOR NO KEY UPDATE', TG_TABLE_SCHEMA)
     INTO stand USING NEW.hilfefall_id;
  IF stand = 'ABGESCHLOSSEN' THEN
    RAISE EXCEPTION 'a closed case takes no help'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fall_abgeschlossen', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
CREATE FUNCTION placements_nichts_laeuft() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  laeuft boolean;
BEGIN
  EXECUTE format(
    'SELECT EXISTS (SELECT FROM %1$I.placements_reservierung r WHERE r.hilfefall_id = $1'
    ' AND r.zustand IN (''RESERVIERT'', ''ZUGESTIMMT'') AND r.ablauf_at > now())'
    ' OR EXISTS (SELECT FROM %1$I.placements_buchung b WHERE b.hilfefall_id = $1'
    ' AND (b.zustand IN (''GEBUCHT'', ''LAUFEND'') OR b.ende_tatsaechlich > $2))', TG_TABLE_SCHEMA)
     INTO laeuft USING NEW.id, NEW.abgeschlossen_am;
  IF laeuft THEN
    RAISE EXCEPTION 'a case with a living help is not closed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fall_laeuft_noch', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
CREATE TRIGGER placements_nichts_laeuft AFTER INSERT OR UPDATE OF zustand, abgeschlossen_am ON cases_hilfefall
  FOR EACH ROW WHEN (NEW.zustand = 'ABGESCHLOSSEN') EXECUTE FUNCTION placements_nichts_laeuft();
CREATE TRIGGER placements_fall_ist_offen AFTER INSERT ON placements_reservierung
  FOR EACH ROW WHEN (NEW.zustand::text IN ('RESERVIERT', 'ZUGESTIMMT')) EXECUTE FUNCTION placements_fall_ist_offen();
CREATE TRIGGER placements_fall_bleibt_offen AFTER UPDATE OF zustand, hilfefall_id ON placements_reservierung
  FOR EACH ROW WHEN (NEW.zustand::text IN ('RESERVIERT', 'ZUGESTIMMT')
    AND (OLD.zustand::text NOT IN ('RESERVIERT', 'ZUGESTIMMT') OR NEW.hilfefall_id <> OLD.hilfefall_id))
  EXECUTE FUNCTION placements_fall_ist_offen();
CREATE TRIGGER placements_fall_ist_offen AFTER INSERT ON placements_buchung
  FOR EACH ROW WHEN (NEW.zustand::text IN ('GEBUCHT', 'LAUFEND')) EXECUTE FUNCTION placements_fall_ist_offen();
CREATE TRIGGER placements_fall_bleibt_offen AFTER UPDATE OF zustand, hilfefall_id ON placements_buchung
  FOR EACH ROW WHEN (NEW.zustand::text IN ('GEBUCHT', 'LAUFEND')
    AND (OLD.zustand::text NOT IN ('GEBUCHT', 'LAUFEND') OR NEW.hilfefall_id <> OLD.hilfefall_id))
  EXECUTE FUNCTION placements_fall_ist_offen()
"""
DROP = """
DROP FUNCTION placements_nichts_laeuft() CASCADE;
DROP FUNCTION placements_fall_ist_offen() CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0003_responsible_is_the_case"), ("cases", "0008_end_of_a_case")]
    operations = [migrations.RunSQL(TRIGGERS, DROP)]
