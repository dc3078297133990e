"""Whoever acts for a provider writes no moment that is still to come: a confirmation of next year reads "today" for ever.

By the database's own clock, five minutes aside (another machine's may be ahead), as of an account (0014). What nobody of
a provider writes (set-up, jobs, offices) is not asked. `providers_nicht_voraus` takes the columns as its arguments.
"""

from django.db import migrations

FUNKTION = """
CREATE FUNCTION providers_nicht_voraus() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  spalte text;
BEGIN
  IF public.sojus_anbieter() = '{}' THEN
    RETURN NULL;
  END IF;
  FOREACH spalte IN ARRAY TG_ARGV LOOP
    IF (to_jsonb(NEW) ->> spalte)::timestamptz > clock_timestamp() + interval '5 minutes' THEN
      RAISE EXCEPTION 'nothing has happened that is still to come'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'nicht_voraus', TABLE = TG_TABLE_NAME, COLUMN = spalte;
    END IF;
  END LOOP;
  RETURN NULL;
END
$f$
"""
TRIGGER = "CREATE TRIGGER providers_nicht_voraus AFTER {} ON {} FOR EACH ROW EXECUTE FUNCTION providers_nicht_voraus({})"
WANN = (
    ("INSERT OR UPDATE OF vakanz_bestaetigt_at", "providers_angebot", "'vakanz_bestaetigt_at'"),
    ("INSERT", "providers_vakanzbestaetigung", "'bestaetigt_at'"),
    ("UPDATE OF benutzt_at", "providers_vakanzerinnerung", "'benutzt_at'"),
    ("UPDATE OF beantwortet_at", "providers_vakanzmeldung", "'beantwortet_at'"),
    ("INSERT OR UPDATE OF entschieden_at", "providers_entgeltvorschlag", "'created_at', 'entschieden_at'"),
    ("INSERT OR UPDATE OF entschieden_at", "providers_stammdatenvorschlag", "'created_at', 'entschieden_at'"),
    ("UPDATE OF entschieden_at", "providers_kontovorschlag", "'entschieden_at'"),
    *(
        ("INSERT OR UPDATE OF hochgeladen_at", f"providers_{tabelle}", "'hochgeladen_at'")
        for tabelle in ("betriebserlaubnis", "foto", "leistungsbeschreibung", "leqvereinbarung")
    ),
)


class Migration(migrations.Migration):

    dependencies = [("providers", "0021_konto_unabhaengige_zweite")]
    operations = [
        migrations.RunSQL(
            [FUNKTION, *(TRIGGER.format(*wann) for wann in WANN)], "DROP FUNCTION providers_nicht_voraus() CASCADE"
        )
    ]
