"""No invoice for a child whose name and birth nobody has entered yet (ADR 0081).

The trigger runs with the owner's rights: a provider who sends an invoice cannot read all of the person. It takes
nothing from the caller but which booking the invoice is of, and tells nothing but that something is missing. Sealed
columns are empty as long as nobody has entered anything (ADR 0017).
"""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION billing_person_bekannt() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
  fehlt boolean;
BEGIN
  EXECUTE format(
    'SELECT octet_length(k.vorname) = 0 OR octet_length(k.nachname) = 0 OR octet_length(k.geburtsdatum) = 0'
    ' FROM %1$I.placements_buchung b JOIN %1$I.cases_klient k ON k.id = b.klient_id'
    ' WHERE b.id = $1', TG_TABLE_SCHEMA)
     INTO fehlt USING NEW.buchung_id;
  IF fehlt THEN
    RAISE EXCEPTION 'rechnung_person_bekannt: no invoice before name and birth are entered'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rechnung_person_bekannt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
REVOKE ALL ON FUNCTION billing_person_bekannt() FROM PUBLIC;
CREATE TRIGGER billing_person_bekannt AFTER INSERT ON billing_rechnung
  FOR EACH ROW EXECUTE FUNCTION billing_person_bekannt()
"""
DROP = "DROP FUNCTION billing_person_bekannt() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_rechnungskonto"), ("placements", "0013_nachtaufnahme")]
    operations = [migrations.RunSQL(TRIGGER, DROP)]
