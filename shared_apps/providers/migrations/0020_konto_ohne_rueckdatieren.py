"""Two of a provider's people sign an account, both of them today, and the second was there before; whatever a row says.

When a role was given, and when an account was entered, the journal knows, which nobody writes. Whoever entered it and
has left since has signed nothing that another one completes. And a report of an office that nothing was free is taken
away by its answer alone: the house's own statement does not touch what the trigger `providers_vakanz_gemeldet` wrote.
"""

from importlib import import_module

from django.db import migrations

_KONTO = import_module("shared_apps.providers.migrations.0014_stammdaten").KONTO.split("REVOKE ALL")[0]
_KONTO = _KONTO.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _with(text, *changes):
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


KONTO = _with(
    _KONTO,
    (
        "  heute date := (now() AT TIME ZONE 'Europe/Berlin')::date;\n",
        "  heute date := (now() AT TIME ZONE 'Europe/Berlin')::date;\n  eingetragen timestamptz;\n",
    ),
    (
        "  IF NEW.zustand IN ('BESTAETIGT', 'ABGELEHNT') AND NOT EXISTS (\n",
        """  SELECT least(NEW.created_at, min(j.created_at)) INTO eingetragen FROM journal_journaleintrag j
   WHERE j.tabelle = TG_TABLE_NAME AND j.zeile = NEW.id::text AND j.art = 'ANLEGEN';
  IF NEW.zustand IN ('BESTAETIGT', 'ABGELEHNT') AND NOT EXISTS (
""",
    ),
    (
        "AND m.created_at <= NEW.created_at\n",
        """AND m.created_at <= eingetragen
          AND NOT EXISTS (SELECT FROM journal_journaleintrag j
                           WHERE j.tabelle = 'accounts_membership' AND j.zeile = m.id::text AND j.art = 'ANLEGEN'
                             AND j.created_at > eingetragen)
""",
    ),
    (
        "     OR NOT EXISTS (SELECT FROM accounts_user u WHERE u.id = NEW.vorgeschlagen_von_id AND u.is_active) THEN\n",
        """     OR NOT EXISTS (
       SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        WHERE m.user_id = NEW.vorgeschlagen_von_id AND m.anbieter_id = NEW.anbieter_id
          AND m.rolle IN ('ANBIETER', 'ANBIETER_ABRECHNUNG') AND daterange(m.gueltig_ab, m.gueltig_bis) @> heute) THEN
""",
    ),
    ("nor of a closed account'", "nor of somebody who has left'"),
)
GEMELDET = """
CREATE FUNCTION providers_gemeldet_bleibt() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  -- Depth 1: a statement of the provider's own people. An answer is written by the trigger of reports, one deeper.
  IF pg_trigger_depth() = 1 AND public.sojus_anbieter() <> '{}' THEN
    RAISE EXCEPTION 'a report stays until it is answered'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'gemeldet_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
CREATE TRIGGER providers_gemeldet_bleibt AFTER UPDATE OF vakanz_gemeldet_at ON providers_angebot
  FOR EACH ROW WHEN (NEW.vakanz_gemeldet_at IS DISTINCT FROM OLD.vakanz_gemeldet_at)
  EXECUTE FUNCTION providers_gemeldet_bleibt()
"""


class Migration(migrations.Migration):

    dependencies = [
        ("journal", "0001_initial"),
        ("providers", "0019_weg_und_entschiedene"),
    ]
    operations = [
        migrations.RunSQL(KONTO, _KONTO),
        migrations.RunSQL(GEMELDET, "DROP FUNCTION providers_gemeldet_bleibt() CASCADE"),
    ]
