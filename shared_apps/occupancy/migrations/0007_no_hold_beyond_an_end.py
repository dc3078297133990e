"""No living hold reaches beyond the end of its place, offer, facility or provider (ADR 0039).

Both run with the owner's rights: a hold must be seen whoever's it is, and an office may not lock a row of the register.
They tell nobody more than that the statement is refused. A new hold locks the four rows above it, an end is an update of
one of them: of two at the same moment the second waits, and then sees what the first one did.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION occupancy_bindung_pruefen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
  ende date;
BEGIN
  SELECT least(upper(p.gueltig), upper(a.gueltig), e.gueltig_bis, n.gueltig_bis) INTO ende
    FROM providers_platz p
    JOIN providers_angebot a ON a.id = p.angebot_id
    JOIN providers_einrichtung e ON e.id = a.einrichtung_id
    JOIN providers_anbieter n ON n.id = e.anbieter_id
   WHERE p.id = NEW.platz_id FOR SHARE;
  IF coalesce(upper(NEW.zeitraum), 'infinity') > coalesce(ende, 'infinity') THEN
    RAISE EXCEPTION 'a hold does not reach beyond the end of its place, offer, facility or provider'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bindung_nach_dem_ende', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
CREATE FUNCTION occupancy_ende_pruefen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
  plaetze uuid[];
BEGIN
  IF TG_TABLE_NAME = 'providers_platz' THEN
    plaetze := ARRAY[NEW.id];
  ELSIF TG_TABLE_NAME = 'providers_angebot' THEN
    plaetze := ARRAY(SELECT p.id FROM providers_platz p WHERE p.angebot_id = NEW.id);
  ELSIF TG_TABLE_NAME = 'providers_einrichtung' THEN
    plaetze := ARRAY(SELECT p.id FROM providers_platz p JOIN providers_angebot a ON a.id = p.angebot_id
                      WHERE a.einrichtung_id = NEW.id);
  ELSE
    plaetze := ARRAY(SELECT p.id FROM providers_platz p JOIN providers_angebot a ON a.id = p.angebot_id
                       JOIN providers_einrichtung e ON e.id = a.einrichtung_id WHERE e.anbieter_id = NEW.id);
  END IF;
  IF EXISTS (
       SELECT FROM occupancy_platzbindung b
         JOIN providers_platz p ON p.id = b.platz_id
         JOIN providers_angebot a ON a.id = p.angebot_id
         JOIN providers_einrichtung e ON e.id = a.einrichtung_id
         JOIN providers_anbieter n ON n.id = e.anbieter_id
        WHERE b.platz_id = ANY (plaetze) AND b.zustand IN ('RESERVIERT', 'GEBUCHT')
          AND (b.zustand = 'GEBUCHT' OR b.ablauf_at IS NULL OR b.ablauf_at >= now())
          AND coalesce(upper(b.zeitraum), 'infinity')
            > coalesce(least(upper(p.gueltig), upper(a.gueltig), e.gueltig_bis, n.gueltig_bis), 'infinity')) THEN
    RAISE EXCEPTION 'a place that is held does not end before the hold'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ende_vor_bindung', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
REVOKE ALL ON FUNCTION occupancy_bindung_pruefen(), occupancy_ende_pruefen() FROM PUBLIC;

CREATE TRIGGER occupancy_bindung_angelegt AFTER INSERT ON occupancy_platzbindung
  FOR EACH ROW WHEN (NEW.zustand::text IN ('RESERVIERT', 'GEBUCHT')) EXECUTE FUNCTION occupancy_bindung_pruefen();
CREATE TRIGGER occupancy_bindung_geaendert
  AFTER UPDATE OF zustand, zeitraum, platz_id, ablauf_at ON occupancy_platzbindung
  FOR EACH ROW WHEN (NEW.zustand::text IN ('RESERVIERT', 'GEBUCHT')
    AND NOT (OLD.zustand = NEW.zustand AND NEW.zeitraum <@ OLD.zeitraum AND OLD.platz_id = NEW.platz_id
             AND OLD.ablauf_at IS NOT DISTINCT FROM NEW.ablauf_at))
  EXECUTE FUNCTION occupancy_bindung_pruefen();
CREATE TRIGGER occupancy_ende_platz AFTER UPDATE OF gueltig, angebot_id ON providers_platz
  FOR EACH ROW EXECUTE FUNCTION occupancy_ende_pruefen();
CREATE TRIGGER occupancy_ende_angebot AFTER UPDATE OF gueltig, einrichtung_id ON providers_angebot
  FOR EACH ROW EXECUTE FUNCTION occupancy_ende_pruefen();
CREATE TRIGGER occupancy_ende_einrichtung AFTER UPDATE OF gueltig_bis, anbieter_id ON providers_einrichtung
  FOR EACH ROW EXECUTE FUNCTION occupancy_ende_pruefen();
CREATE TRIGGER occupancy_ende_anbieter AFTER UPDATE OF gueltig_bis ON providers_anbieter
  FOR EACH ROW EXECUTE FUNCTION occupancy_ende_pruefen()
"""
DROP = """
DROP FUNCTION occupancy_bindung_pruefen() CASCADE;
DROP FUNCTION occupancy_ende_pruefen() CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0006_lying_arguments"), ("providers", "0005_one_meaning_of_an_end")]
    operations = [migrations.RunSQL(TRIGGERS, DROP)]
