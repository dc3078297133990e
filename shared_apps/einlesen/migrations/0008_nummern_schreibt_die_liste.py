"""The office's numbers are written by the list that is read in or taken back, and by nothing else (ADR 0067).

By such a number the next list finds its row. Whoever is of no provider changed them with one statement: another
office's number then led to another house, and its next list, signed by two, changed that one. Now a number is written
while a list of the same office is at work, in the name of whoever released it or takes it back, as what lists did
(0007). Nobody (set-up, when an office leaves) may remove them.
"""

from django.db import migrations

SCHLUESSEL = """
CREATE FUNCTION einlesen_schluessel_bleibt() RETURNS trigger LANGUAGE plpgsql AS $f$
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
$f$;
CREATE TRIGGER einlesen_schluessel_bleibt BEFORE INSERT OR UPDATE OR DELETE ON einlesen_fremdschluessel
  FOR EACH ROW EXECUTE FUNCTION einlesen_schluessel_bleibt()
"""


class Migration(migrations.Migration):

    dependencies = [("einlesen", "0007_zwei_menschen_und_ihr_recht")]
    operations = [migrations.RunSQL(SCHLUESSEL, "DROP FUNCTION einlesen_schluessel_bleibt() CASCADE")]
