"""A list takes two people who read lists there, and what it did is written by its own job alone.

The database asked whose names stand under a list, not whether they have the right, nor whether both are one person.
Raw SQL of one person handed in the draft of a colleague, after having changed its lines, and released it in her own
name; a person of another office, or an account of hers with no such right, gave the second signature. And what a list
did, from which the way back writes without a second person, could be altered by anybody.
"""

from importlib import import_module

from django.db import migrations

_SIGNATURES = import_module("shared_apps.einlesen.migrations.0003_anbieter_und_rueckweg")._NEW


def _with(text, *changes):
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


# Roles as in `policies.may_einlesen` and `policies.may_release_anbieter`. `leitet`: the list makes a provider.
LIEST = """
CREATE FUNCTION einlesen_liest(wer uuid, amt bigint, leitet boolean) RETURNS boolean LANGUAGE sql STABLE AS $f$
  SELECT EXISTS (
    SELECT FROM public.accounts_membership m JOIN public.accounts_user u ON u.id = m.user_id AND u.is_active
     WHERE m.user_id = $1 AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date
       AND CASE WHEN $2 IS NULL THEN m.rolle = 'BETRIEB'
                ELSE m.tenant_id = $2 AND (m.rolle = 'JUGENDAMTSLEITUNG' OR m.rolle = 'CONTROLLING' AND NOT $3) END)
$f$
"""
SIGNATURES = _with(
    _SIGNATURES,
    (
        "    RETURN NEW;\n  END IF;\n  IF NEW.eingereicht_von_id <> OLD.eingereicht_von_id",
        """    IF who IS NOT NULL AND NOT einlesen_liest(who, NEW.tenant_id, false) THEN
      RAISE EXCEPTION 'a list is sent by who reads lists there'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_ihr_recht', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.eingereicht_von_id <> OLD.eingereicht_von_id""",
    ),
    (
        "      AND (OLD.zustand <> 'EINGELESEN' OR NEW.aufgehoben_von_id IS DISTINCT FROM who)) THEN\n",
        """      AND (OLD.zustand <> 'EINGELESEN' OR NEW.aufgehoben_von_id IS DISTINCT FROM who))
     OR ((OLD.zustand, NEW.zustand) = ('ENTWURF', 'VORGELEGT') AND NEW.eingereicht_von_id <> who) THEN
""",
    ),
    (
        "  IF NEW.zustand <> OLD.zustand AND (OLD.zustand, NEW.zustand) NOT IN (\n",
        """  IF (NEW.freigegeben_von_id IS DISTINCT FROM OLD.freigegeben_von_id
      AND NOT einlesen_liest(NEW.freigegeben_von_id, NEW.tenant_id, NEW.legt_anbieter_an))
     OR (NEW.aufgehoben_von_id IS DISTINCT FROM OLD.aufgehoben_von_id
      AND NOT einlesen_liest(NEW.aufgehoben_von_id, NEW.tenant_id, false)) THEN
    RAISE EXCEPTION 'a list is released, and taken back, by who reads lists there'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_ihr_recht', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.freigegeben_von_id IS DISTINCT FROM OLD.freigegeben_von_id
     AND providers_ist_dieselbe(NEW.eingereicht_von_id, NEW.freigegeben_von_id) THEN
    RAISE EXCEPTION 'a list is released by another person, not by another account of hers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'einlesung_dieselbe', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand <> OLD.zustand AND (OLD.zustand, NEW.zustand) NOT IN (
""",
    ),
)
# The job names the list as its request (`request_of`); a page has a number of its own for each, and cannot choose it.
POSTEN = """
CREATE FUNCTION einlesen_posten_bleibt() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  ihr_lauf boolean := current_setting('sojus.request', true) IS NOT DISTINCT FROM
    CASE WHEN TG_OP = 'DELETE' THEN OLD.einlesung_id ELSE NEW.einlesung_id END::text;
BEGIN
  IF (TG_OP = 'INSERT' AND ihr_lauf)
     OR (TG_OP = 'UPDATE' AND ihr_lauf AND to_jsonb(NEW) - 'grund' = to_jsonb(OLD) - 'grund')
     OR (TG_OP = 'DELETE' AND public.sojus_user() IS NULL) THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION 'what a list did is written by its own job'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'einleseposten_bleibt', TABLE = TG_TABLE_NAME;
END
$f$;
CREATE TRIGGER einlesen_posten_bleibt BEFORE INSERT OR UPDATE OR DELETE ON einlesen_einleseposten
  FOR EACH ROW EXECUTE FUNCTION einlesen_posten_bleibt()
"""
# Not in SQL: that is checked when it is made, and the functions of the fence come after all migrations.
SCHREIBT = """
CREATE OR REPLACE FUNCTION providers_liste_schreibt() RETURNS boolean LANGUAGE plpgsql STABLE AS $f$
BEGIN
  RETURN EXISTS (
    SELECT FROM public.einlesen_einlesung e
     WHERE e.id::text = current_setting('sojus.request', true)
       AND (e.zustand = 'FREIGEGEBEN' AND e.freigegeben_von_id = public.sojus_user()
            OR e.zustand = 'RUECKNAHME' AND e.aufgehoben_von_id = public.sojus_user()));
END
$f$
"""
NIEMAND_SCHREIBT = import_module("shared_apps.providers.migrations.0031_eine_person_ein_postfach").LISTE.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


class Migration(migrations.Migration):

    dependencies = [
        ("einlesen", "0006_stillstand_gemeldet"),
        ("providers", "0031_eine_person_ein_postfach"),
    ]
    operations = [
        migrations.RunSQL(
            ";".join((LIEST, SIGNATURES, POSTEN, SCHREIBT)),
            ";".join((
                _SIGNATURES, NIEMAND_SCHREIBT, "DROP FUNCTION einlesen_posten_bleibt() CASCADE",
                "DROP FUNCTION einlesen_liest(uuid, bigint, boolean)",
            )),
        )
    ]
