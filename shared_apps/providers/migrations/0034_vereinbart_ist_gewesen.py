"""No rate is agreed on a day that is still to come: nobody has agreed on it yet.

From when it holds is another column. As of the dates of papers (0032): by the database's own clock, in Germany, whoever
writes, and only a day that is written is asked.
"""

from django.db import migrations

FUNKTION = """
CREATE FUNCTION providers_vereinbart_nicht_voraus() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF NEW.vereinbart_am > (clock_timestamp() AT TIME ZONE 'Europe/Berlin')::date THEN
    RAISE EXCEPTION 'a rate is not agreed on a day that is still to come'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vereinbart_nicht_voraus', TABLE = TG_TABLE_NAME,
        COLUMN = 'vereinbart_am';
  END IF;
  RETURN NULL;
END
$f$
"""
TRIGGER = (
    "CREATE TRIGGER providers_vereinbart_nicht_voraus AFTER INSERT OR UPDATE OF vereinbart_am"
    " ON providers_entgeltvorschlag FOR EACH ROW EXECUTE FUNCTION providers_vereinbart_nicht_voraus()"
)


class Migration(migrations.Migration):
    dependencies = [("providers", "0033_wer_vor_kurzem_ging")]
    operations = [
        migrations.RunSQL([FUNKTION, TRIGGER], "DROP FUNCTION providers_vereinbart_nicht_voraus() CASCADE")
    ]
