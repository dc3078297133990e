"""A message stays as it was written, and where a talk stands follows from its messages, whoever writes (ADR 0101)."""

from django.db import migrations

FUNCTIONS = """
DO $do$
BEGIN
  EXECUTE format($t$
CREATE FUNCTION gespraeche_nachricht_bleibt() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF (OLD.id, OLD.created_at, OLD.gespraech_id, OLD.bezug_id, OLD.absender, OLD.verfasser_id, OLD.nach_buchung)
     IS DISTINCT FROM
     (NEW.id, NEW.created_at, NEW.gespraech_id, NEW.bezug_id, NEW.absender, NEW.verfasser_id, NEW.nach_buchung)
     -- Sealed anew by the job that turns the keys, for which nobody acts.
     OR (NEW.text IS DISTINCT FROM OLD.text AND public.sojus_user() IS NOT NULL)
     OR (OLD.gelesen_at IS NOT NULL
         AND (OLD.gelesen_at, OLD.gelesen_von_id) IS DISTINCT FROM (NEW.gelesen_at, NEW.gelesen_von_id)) THEN
    RAISE EXCEPTION 'gespraeche_nachricht_bleibt: a message is not altered, and read once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'gespraeche_nachricht_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END
$f$;
CREATE FUNCTION gespraeche_stand() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  INSERT INTO %1$I.gespraeche_gespraechsstand (id, created_at, gespraech_id)
  SELECT gen_random_uuid(), now(), g.gespraech_id FROM (SELECT DISTINCT n.gespraech_id FROM neue n) g
   ORDER BY g.gespraech_id
  ON CONFLICT (gespraech_id) DO NOTHING;
  -- Whoever writes in the same talk at the same time is waited for, so that what is read next has her message.
  PERFORM FROM %1$I.gespraeche_gespraechsstand s WHERE s.gespraech_id IN (SELECT n.gespraech_id FROM neue n)
    ORDER BY s.gespraech_id FOR UPDATE;
  UPDATE %1$I.gespraeche_gespraechsstand s
     SET bezug_id = jetzt.bezug_id,
         letzte_at = jetzt.letzte_at,
         ungelesen_seit = jetzt.ungelesen_seit,
         wartet_seit = jetzt.wartet_seit,
         gemeldet_an = CASE WHEN jetzt.ungelesen_seit IS NOT NULL THEN s.gemeldet_an END,
         eskaliert_at = CASE WHEN jetzt.wartet_seit IS NOT NULL THEN s.eskaliert_at END
    FROM (
      SELECT alle.gespraech_id, max(alle.created_at) AS letzte_at,
             (array_agg(alle.bezug_id ORDER BY alle.created_at DESC, alle.id DESC))[1] AS bezug_id,
             min(alle.created_at) FILTER (WHERE alle.absender = 'ANBIETER' AND alle.gelesen_at IS NULL) AS ungelesen_seit,
             min(alle.created_at) FILTER (WHERE alle.absender = 'ANBIETER' AND alle.created_at > alle.beantwortet_at)
               AS wartet_seit
        FROM (
          SELECT m.id, m.gespraech_id, m.bezug_id, m.created_at, m.absender, m.gelesen_at, greatest(
                   max(m.created_at) FILTER (WHERE m.absender = 'JUGENDAMT') OVER (PARTITION BY m.gespraech_id),
                   t.erledigt_at, '-infinity') AS beantwortet_at
            FROM %1$I.gespraeche_gespraechsnachricht m
            JOIN %1$I.gespraeche_gespraechsstand t ON t.gespraech_id = m.gespraech_id
           WHERE m.gespraech_id IN (SELECT n.gespraech_id FROM neue n)) alle
       GROUP BY alle.gespraech_id) jetzt
   WHERE s.gespraech_id = jetzt.gespraech_id;
  RETURN NULL;
END
$f$
  $t$, current_schema());
END
$do$
"""
TRIGGERS = """
CREATE TRIGGER gespraeche_nachricht_bleibt BEFORE UPDATE ON gespraeche_gespraechsnachricht
  FOR EACH ROW EXECUTE FUNCTION gespraeche_nachricht_bleibt();
CREATE TRIGGER gespraeche_stand_neu AFTER INSERT ON gespraeche_gespraechsnachricht
  REFERENCING NEW TABLE AS neue FOR EACH STATEMENT EXECUTE FUNCTION gespraeche_stand();
CREATE TRIGGER gespraeche_stand_gelesen AFTER UPDATE ON gespraeche_gespraechsnachricht
  REFERENCING NEW TABLE AS neue FOR EACH STATEMENT EXECUTE FUNCTION gespraeche_stand()
"""
DROP = """
DROP FUNCTION gespraeche_nachricht_bleibt() CASCADE;
DROP FUNCTION gespraeche_stand() CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("gespraeche", "0001_gespraeche")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
