"""No licence, exception or paper is dated with a day that is still to come: it has not been written yet.

When it begins to hold is another column. By the database's own clock, in Germany, whoever writes: a provider on its page
or through the API, an office's list. Only a date that is written is asked; what stood in the register before stays
until somebody corrects it.
"""

from django.db import migrations

FUNKTION = """
CREATE FUNCTION providers_datum_nicht_voraus() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF NEW.datum > (clock_timestamp() AT TIME ZONE 'Europe/Berlin')::date THEN
    RAISE EXCEPTION 'a paper is not dated with a day that is still to come'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'datum_nicht_voraus', TABLE = TG_TABLE_NAME, COLUMN = 'datum';
  END IF;
  RETURN NULL;
END
$f$
"""
TRIGGER = (
    "CREATE TRIGGER providers_datum_nicht_voraus AFTER INSERT OR UPDATE OF datum ON providers_{} FOR EACH ROW"
    " EXECUTE FUNCTION providers_datum_nicht_voraus()"
)
TABELLEN = ("ausnahme", "betriebserlaubnis", "leistungsbeschreibung", "leqvereinbarung")


class Migration(migrations.Migration):
    dependencies = [("providers", "0031_eine_person_ein_postfach")]
    operations = [
        migrations.RunSQL(
            [FUNKTION, *map(TRIGGER.format, TABELLEN)], "DROP FUNCTION providers_datum_nicht_voraus() CASCADE"
        )
    ]
