"""A row of the register stays where it is, and an offer and its places keep their first day.

An offer with its agreed rate that is put into another house of the same provider is under another licence, perhaps of
another office; a held place that is put into another offer has another rate; and neither is in the history, which says
of a row what it is and not where. No service does it, so no person may. A first day is taken back by a job alone, with
the list that brought it (`rules.nie_gewesen`). Both look after row rules and licences have been asked: what those
refuse, they say first.

And nobody decides for an office about a provider that she works for herself (§ 16 Abs. 1 Nr. 5 SGB X): of her two
memberships the office's host knows one only, so the signature of the house and that of the office could be hers alone.
"""

from django.db import migrations

PLACES = {
    "providers_angebot": ("einrichtung_id",),
    "providers_ausnahme": ("einrichtung_id",),
    "providers_betriebserlaubnis": ("einrichtung_id",),
    "providers_einrichtung": ("anbieter_id",),
    "providers_entgelt": ("angebot_id",),
    "providers_entgeltvorschlag": ("angebot_id",),
    "providers_foto": ("einrichtung_id",),
    "providers_kontakt": ("einrichtung_id", "anbieter_id"),
    "providers_leistungsbeschreibung": ("einrichtung_id",),
    "providers_leqvereinbarung": ("einrichtung_id",),
    "providers_platz": ("angebot_id",),
}
FIRST_DAYS = ("providers_angebot", "providers_platz")

FUNCTIONS = """
CREATE FUNCTION providers_zugehoerigkeit_bleibt() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF public.sojus_user() IS NOT NULL OR public.sojus_anbieter() <> '{}' THEN
    RAISE EXCEPTION 'a row of the register stays where it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
CREATE FUNCTION providers_beginn_bleibt() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF public.sojus_anbieter() <> '{}' THEN
    RAISE EXCEPTION 'an offer and its places keep their first day'
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$"""


BEFANGEN = """
CREATE FUNCTION providers_befangen() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
  der_anbieter uuid;
BEGIN
  IF TG_TABLE_NAME = 'providers_entgeltvorschlag' THEN
    SELECT e.anbieter_id INTO der_anbieter
      FROM providers_angebot a JOIN providers_einrichtung e ON e.id = a.einrichtung_id WHERE a.id = NEW.angebot_id;
  ELSE
    der_anbieter := NEW.anbieter_id;
  END IF;
  IF EXISTS (SELECT FROM accounts_membership m
              WHERE m.user_id = NEW.entschieden_von_id AND m.anbieter_id = der_anbieter
                AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date) THEN
    RAISE EXCEPTION 'nobody decides for an office about a provider that she works for'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entscheidet_befangen', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
REVOKE ALL ON FUNCTION providers_befangen() FROM PUBLIC;
CREATE TRIGGER providers_befangen AFTER UPDATE OF zustand ON providers_entgeltvorschlag
  FOR EACH ROW WHEN (NEW.zustand::text IN ('BESTAETIGT', 'ABGELEHNT')) EXECUTE FUNCTION providers_befangen();
CREATE TRIGGER providers_befangen AFTER UPDATE OF zustand ON providers_stammdatenvorschlag
  FOR EACH ROW WHEN (NEW.zustand::text IN ('BESTAETIGT', 'ABGELEHNT')) EXECUTE FUNCTION providers_befangen()"""


def _stays(table: str, columns: tuple[str, ...]) -> str:
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    return (
        f"CREATE TRIGGER providers_zugehoerigkeit_bleibt AFTER UPDATE OF {', '.join(columns)} ON {table}"
        f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION providers_zugehoerigkeit_bleibt()"
    )


def _begins(table: str) -> str:
    return (
        f"CREATE TRIGGER providers_beginn_bleibt AFTER UPDATE OF gueltig ON {table}"
        " FOR EACH ROW WHEN (lower(NEW.gueltig) IS DISTINCT FROM lower(OLD.gueltig))"
        " EXECUTE FUNCTION providers_beginn_bleibt()"
    )


DROP = """
DROP FUNCTION providers_zugehoerigkeit_bleibt() CASCADE;
DROP FUNCTION providers_beginn_bleibt() CASCADE;
DROP FUNCTION providers_befangen() CASCADE
"""


class Migration(migrations.Migration):

    dependencies = [("providers", "0026_reasons_are_forgotten")]
    operations = [
        migrations.RunSQL(
            ";".join((FUNCTIONS, *(_stays(*row) for row in PLACES.items()), *map(_begins, FIRST_DAYS), BEFANGEN)), DROP
        )
    ]
