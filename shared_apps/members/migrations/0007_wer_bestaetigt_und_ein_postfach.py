"""Two people give controlling, and a mailbox is one person where roles are proposed and decided (ADR 0078).

- Controlling confirms what costs the state money. An administration gave it alone: to a colleague, or to herself under
  a second address, and then one person proposed a rate and confirmed it.
- Whoever proposes a role, is to get it and decides about it are three people, not three accounts: accounts with one
  mailbox are one person, as everywhere in the market (`providers_ist_dieselbe`, ADR 0075). So is "somebody else of the
  office", as long as whom the operator does not decide.

Role sets as in accounts/enums.py (ZU_ZWEIT); tests/shared_apps/members/test_four_eyes.py compares them.
"""

from django.db import migrations

ROLES = """
CREATE OR REPLACE FUNCTION members_zu_zweit_rollen() RETURNS text[] LANGUAGE sql IMMUTABLE AS $f$
  SELECT members_leitende_rollen() || ARRAY['ASD', 'CONTROLLING', 'VORMUND', 'WJH']
$f$
"""

# Text of 0004, with the mailbox beside the account.
ANTRAG = """
CREATE OR REPLACE FUNCTION members_antrag_pruefen() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
  day date := (now() AT TIME ZONE 'Europe/Berlin')::date;
  leads boolean := NEW.rolle = ANY (members_leitende_rollen());
BEGIN
  IF TG_OP = 'INSERT' AND NEW.zustand <> 'BEANTRAGT' THEN
    RAISE EXCEPTION 'a request begins open'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_beginnt_offen', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.zustand <> 'BEANTRAGT' THEN
    RAISE EXCEPTION 'a decided request stays as it is'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.user_id, NEW.tenant_id, NEW.koerperschaft, NEW.rolle, NEW.gueltig_ab, NEW.gueltig_bis,
                           NEW.deputy_of_id, NEW.beantragt_von_id, NEW.anbieter_id, NEW.verwaltet, NEW.team)
     IS DISTINCT FROM (OLD.user_id, OLD.tenant_id, OLD.koerperschaft, OLD.rolle, OLD.gueltig_ab, OLD.gueltig_bis,
                       OLD.deputy_of_id, OLD.beantragt_von_id, OLD.anbieter_id, OLD.verwaltet, OLD.team) THEN
    RAISE EXCEPTION 'what was proposed, and by whom, does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF (TG_OP = 'INSERT' AND public.providers_ist_dieselbe(NEW.beantragt_von_id, NEW.user_id))
     OR (TG_OP = 'UPDATE' AND (public.providers_ist_dieselbe(NEW.entschieden_von_id, NEW.beantragt_von_id)
                               OR public.providers_ist_dieselbe(NEW.entschieden_von_id, NEW.user_id))) THEN
    RAISE EXCEPTION 'who proposes, who gets the role and who decides are three people, not three accounts'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_dieselbe', TABLE = TG_TABLE_NAME;
  END IF;
  IF who IS NULL THEN
    RETURN NULL;
  END IF;
  IF (TG_OP = 'INSERT' AND NEW.beantragt_von_id <> who)
     OR (TG_OP = 'UPDATE' AND NEW.entschieden_von_id IS DISTINCT FROM OLD.entschieden_von_id
         AND NEW.entschieden_von_id IS DISTINCT FROM who) THEN
    RAISE EXCEPTION 'nobody proposes or decides in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.zustand = 'BEWILLIGT'
     AND NEW.deputy_of_id IS DISTINCT FROM who -- the represented person consents
     AND NOT EXISTS (
       SELECT FROM accounts_membership m
        WHERE m.user_id = who AND daterange(m.gueltig_ab, m.gueltig_bis) @> day AND (
          (m.tenant_id = NEW.tenant_id
           AND (m.rolle = 'JUGENDAMTSLEITUNG' OR (m.rolle = 'TENANT_ADMIN' AND NOT leads)))
          OR (m.rolle = 'BETRIEB' AND (NEW.tenant_id IS NULL OR (NEW.auftrag <> '' AND NOT EXISTS (
            SELECT FROM accounts_membership z JOIN accounts_user u ON u.id = z.user_id AND u.is_active
             WHERE z.tenant_id = NEW.tenant_id AND daterange(z.gueltig_ab, z.gueltig_bis) @> day
               AND (z.rolle = 'JUGENDAMTSLEITUNG' OR (z.rolle = 'TENANT_ADMIN' AND NOT leads))
               AND NOT public.providers_ist_dieselbe(z.user_id, NEW.beantragt_von_id)
               AND NOT public.providers_ist_dieselbe(z.user_id, NEW.user_id))))))) THEN
    RAISE EXCEPTION 'the second person has no right to decide this request'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_zweite_person', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$
"""
#: What 0004 said, for the way back.
ROLES_DAVOR = ROLES.replace("'CONTROLLING', ", "")
_DREI = ANTRAG[ANTRAG.index("  IF (TG_OP = 'INSERT' AND public.") : ANTRAG.index("  IF who IS NULL")]
_DIESELBE = """
               AND NOT public.providers_ist_dieselbe(z.user_id, NEW.beantragt_von_id)
               AND NOT public.providers_ist_dieselbe(z.user_id, NEW.user_id)"""
ANTRAG_DAVOR = ANTRAG.replace(_DREI, "").replace(
    _DIESELBE, "\n               AND z.user_id NOT IN (NEW.beantragt_von_id, NEW.user_id)"
)


class Migration(migrations.Migration):
    """Functions only; triggers of 0002 call them. Who has controlling already keeps it, as in 0004."""

    dependencies = [
        ("members", "0006_aufgenommene_verwaltung"),
        ("providers", "0031_eine_person_ein_postfach"),
    ]
    operations = [migrations.RunSQL(";".join((ROLES, ANTRAG)), ";".join((ROLES_DAVOR, ANTRAG_DAVOR)))]
