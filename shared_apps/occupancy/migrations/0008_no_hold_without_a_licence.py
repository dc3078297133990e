"""What needs a licence is not held where there is none on the first day (§ 45 SGB VIII, ADR 0060).

A licence is asked for on the first day only: one that runs out is prolonged by the authority as a rule, and nobody moves
out for want of the letter. A hold waits for nobody here: of a licence that ends at the same moment it was first.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION occupancy_erlaubnis_pruefen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  IF NOT EXISTS (
       SELECT FROM providers_platz p
         JOIN providers_angebot a ON a.id = p.angebot_id
         JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id
        WHERE p.id = NEW.platz_id
          AND (NOT h.erlaubnispflichtig OR a.alter_von >= 18 OR EXISTS (
                SELECT FROM providers_betriebserlaubnis b
                 WHERE b.einrichtung_id = a.einrichtung_id
                   AND daterange(coalesce(b.gueltig_ab, b.datum), b.gueltig_bis) @> lower(NEW.zeitraum)))) THEN
    RAISE EXCEPTION 'nobody is taken in where there is no licence on the first day'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bindung_ohne_erlaubnis', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
REVOKE ALL ON FUNCTION occupancy_erlaubnis_pruefen() FROM PUBLIC;
CREATE TRIGGER occupancy_bindung_erlaubt AFTER INSERT ON occupancy_platzbindung
  FOR EACH ROW WHEN (NEW.zustand::text IN ('RESERVIERT', 'GEBUCHT')) EXECUTE FUNCTION occupancy_erlaubnis_pruefen();
CREATE TRIGGER occupancy_buchung_erlaubt AFTER UPDATE OF zustand, zeitraum, platz_id ON occupancy_platzbindung
  FOR EACH ROW WHEN (NEW.zustand::text IN ('RESERVIERT', 'GEBUCHT')
    AND (NEW.zustand <> OLD.zustand OR NEW.platz_id <> OLD.platz_id
         OR lower(NEW.zeitraum) IS DISTINCT FROM lower(OLD.zeitraum)))
  EXECUTE FUNCTION occupancy_erlaubnis_pruefen()
"""
DROP = "DROP FUNCTION occupancy_erlaubnis_pruefen() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0007_no_hold_beyond_an_end"), ("providers", "0007_betriebserlaubnis")]
    operations = [migrations.RunSQL(TRIGGERS, DROP)]
