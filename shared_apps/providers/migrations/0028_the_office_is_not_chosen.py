"""Which office is asked is not chosen with a house that nobody else has looked at; and who is of the provider's side.

Whoever speaks for a provider enters a facility in any district, alone and at once. So she chose the office that confirms
its account or its name: one where a friend is head, or she herself. Asked is now an office where somebody else has
entered a facility that has not ended (an office when it let the provider in, a list of two people); only where there is
none, one at a facility of the provider's own. Who entered it, the journal says, as of people (0021).

And nobody decides for an office about a provider for which she works, has worked since it was proposed, or will work
(a role that ended this morning begins again this evening); nor when another account with her mail address does:
inviting somebody makes an account of its own, so who is on both sides has two.
"""

from importlib import import_module

from django.db import migrations

_KONTO = import_module("shared_apps.providers.migrations.0021_konto_unabhaengige_zweite").KONTO
_STAMMDATEN = import_module("shared_apps.providers.migrations.0026_reasons_are_forgotten").STAMMDATEN
_BEFANGEN = import_module("shared_apps.providers.migrations.0027_nothing_changes_its_house").BEFANGEN
_BEFANGEN = _BEFANGEN.split("REVOKE ALL")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _with(text, *changes):
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


# The same as `selectors.stammdaten.list_pruefende`.
PRUEFT = """
CREATE FUNCTION providers_amt_prueft(anbieter uuid, kreis uuid) RETURNS boolean LANGUAGE sql STABLE AS $f$
  WITH haeuser AS MATERIALIZED (
    SELECT e.gebietskoerperschaft_id AS kreis, EXISTS (
             SELECT FROM public.journal_journaleintrag j JOIN public.accounts_membership m ON m.user_id = j.user_id
              WHERE j.tabelle = 'providers_einrichtung' AND j.zeile = e.id::text AND j.art = 'ANLEGEN'
                AND m.anbieter_id = $1) AS ist_selbst_eingetragen
      FROM public.providers_einrichtung e
      JOIN public.regions_gebietskoerperschaft g ON g.id = e.gebietskoerperschaft_id
      JOIN public.tenants_tenant t ON t.kuerzel = g.kuerzel
     WHERE e.anbieter_id = $1
       AND (e.gueltig_bis IS NULL OR e.gueltig_bis > (now() AT TIME ZONE 'Europe/Berlin')::date)
  )
  SELECT EXISTS (
    SELECT FROM haeuser h WHERE h.kreis = $2
       AND (NOT h.ist_selbst_eingetragen OR NOT EXISTS (SELECT FROM haeuser n WHERE NOT n.ist_selbst_eingetragen)))
$f$;
CREATE FUNCTION providers_ist_dieselbe(eine uuid, andere uuid) RETURNS boolean LANGUAGE sql STABLE AS $f$
  SELECT $1 = $2 OR EXISTS (
    SELECT FROM public.accounts_user a JOIN public.accounts_user b ON lower(b.email) = lower(a.email)
     WHERE a.id = $1 AND b.id = $2 AND a.email <> '')
$f$
"""
KONTO = _with(
    _KONTO,
    (
        """ AND NOT EXISTS (
         SELECT FROM providers_einrichtung e
          WHERE e.anbieter_id = NEW.anbieter_id AND e.gebietskoerperschaft_id = NEW.gebietskoerperschaft_id) THEN
""",
        """
       AND NOT providers_amt_prueft(NEW.anbieter_id, NEW.gebietskoerperschaft_id) THEN
""",
    ),
    (
        "                       WHERE m.user_id = NEW.entschieden_von_id AND m.anbieter_id = NEW.anbieter_id);\n",
        "                       WHERE m.anbieter_id = NEW.anbieter_id\n"
        "                         AND providers_ist_dieselbe(NEW.entschieden_von_id, m.user_id));\n",
    ),
)
STAMMDATEN = _with(
    _STAMMDATEN,
    (
        """    IF NOT EXISTS (SELECT FROM providers_einrichtung e
                    WHERE e.anbieter_id = NEW.anbieter_id AND e.gebietskoerperschaft_id = NEW.gebietskoerperschaft_id) THEN
""",
        """    IF NOT providers_amt_prueft(NEW.anbieter_id, NEW.gebietskoerperschaft_id) THEN
""",
    ),
)
BEFANGEN = _with(
    _BEFANGEN,
    (
        """              WHERE m.user_id = NEW.entschieden_von_id AND m.anbieter_id = der_anbieter
                AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date) THEN
""",
        """              WHERE m.anbieter_id = der_anbieter AND providers_ist_dieselbe(NEW.entschieden_von_id, m.user_id)
                AND (m.gueltig_bis IS NULL OR m.gueltig_bis >= (NEW.created_at AT TIME ZONE 'Europe/Berlin')::date)) THEN
""",
    ),
)


class Migration(migrations.Migration):

    dependencies = [
        ("journal", "0001_initial"),
        ("providers", "0027_nothing_changes_its_house"),
    ]
    operations = [
        migrations.RunSQL(
            ";".join((PRUEFT, KONTO, STAMMDATEN, BEFANGEN)),
            ";".join((
                _KONTO, _STAMMDATEN, _BEFANGEN,
                "DROP FUNCTION providers_amt_prueft(uuid, uuid)", "DROP FUNCTION providers_ist_dieselbe(uuid, uuid)",
            )),
        )
    ]
