"""A leading role without a request that two people made and decided is refused by the database (ADR 0014).

Rolle sets as in accounts/enums.py (LEITENDE, LAND); tests/shared_apps/members/test_four_eyes.py compares them.
"""

from django.db import migrations

LEADING = """
CREATE FUNCTION members_leitende_rollen() RETURNS text[] LANGUAGE sql IMMUTABLE AS $f$
  SELECT ARRAY['BETRIEB', 'DATENSCHUTZ', 'JUGENDAMTSLEITUNG', 'LANDESJUGENDAMT', 'MINISTERIUM', 'PRUEFUNG',
               'TEAMLEITUNG', 'TENANT_ADMIN']
$f$
"""

# Deferred: the role is written first, then the request that names it. Runs with the owner's rights, because the role
# in charge at the end of the transaction may be one that reads no requests; session_user stays who has logged in.
MEMBERSHIP = """
CREATE FUNCTION members_vier_augen() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
  row_now accounts_membership%ROWTYPE;
BEGIN
  SELECT * INTO row_now FROM accounts_membership WHERE id = NEW.id;
  IF NOT FOUND OR row_now.rolle <> ALL (members_leitende_rollen())
     OR isempty(daterange(row_now.gueltig_ab, row_now.gueltig_bis)) THEN
    RETURN NULL;
  END IF;
  -- Ending only narrows a role, and must always be possible; so does another team.
  IF TG_OP = 'UPDATE' AND NEW.rolle = OLD.rolle
     AND daterange(NEW.gueltig_ab, NEW.gueltig_bis) <@ daterange(OLD.gueltig_ab, OLD.gueltig_bis)
     AND (NEW.user_id, NEW.tenant_id, NEW.koerperschaft, NEW.deputy_of_id)
         IS NOT DISTINCT FROM (OLD.user_id, OLD.tenant_id, OLD.koerperschaft, OLD.deputy_of_id) THEN
    RETURN NULL;
  END IF;
  -- Set-up: a process that logs in with the owner's rights (onboarding, demo world). The application cannot.
  IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (
       SELECT FROM members_mitgliedschaftsantrag a
        WHERE a.membership_id = row_now.id AND a.zustand = 'BEWILLIGT' AND a.user_id = row_now.user_id
          AND a.rolle = row_now.rolle AND a.koerperschaft = row_now.koerperschaft
          AND a.tenant_id IS NOT DISTINCT FROM row_now.tenant_id
          AND a.deputy_of_id IS NOT DISTINCT FROM row_now.deputy_of_id
          AND daterange(row_now.gueltig_ab, row_now.gueltig_bis) <@ daterange(a.gueltig_ab, a.gueltig_bis)
     ) THEN
    RAISE EXCEPTION 'role % needs a request that a second person has approved', row_now.rolle
      USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_vier_augen', TABLE = 'accounts_membership';
  END IF;
  RETURN NULL;
END
$f$;
REVOKE ALL ON FUNCTION members_vier_augen() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER members_vier_augen AFTER INSERT OR UPDATE ON accounts_membership
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION members_vier_augen()
"""

# A request begins open, says who really proposed and decided it, and is never touched again once decided.
ANTRAG = """
CREATE FUNCTION members_antrag_pruefen() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
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
                           NEW.deputy_of_id, NEW.beantragt_von_id)
     IS DISTINCT FROM (OLD.user_id, OLD.tenant_id, OLD.koerperschaft, OLD.rolle, OLD.gueltig_ab, OLD.gueltig_bis,
                       OLD.deputy_of_id, OLD.beantragt_von_id) THEN
    RAISE EXCEPTION 'what was proposed, and by whom, does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  IF who IS NOT NULL AND (
       (TG_OP = 'INSERT' AND NEW.beantragt_von_id <> who)
       OR (TG_OP = 'UPDATE' AND NEW.entschieden_von_id IS DISTINCT FROM OLD.entschieden_von_id
           AND NEW.entschieden_von_id IS DISTINCT FROM who)) THEN
    RAISE EXCEPTION 'nobody proposes or decides in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'antrag_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
CREATE TRIGGER members_antrag_geprueft AFTER INSERT OR UPDATE ON members_mitgliedschaftsantrag
  FOR EACH ROW EXECUTE FUNCTION members_antrag_pruefen()
"""

DROP = """
DROP TRIGGER members_antrag_geprueft ON members_mitgliedschaftsantrag;
DROP FUNCTION members_antrag_pruefen();
DROP TRIGGER members_vier_augen ON accounts_membership;
DROP FUNCTION members_vier_augen();
DROP FUNCTION members_leitende_rollen()
"""


class Migration(migrations.Migration):
    """Functions, triggers; migrations run as the owner, the login role can neither drop nor disable them."""

    dependencies = [("members", "0001_initial"), ("accounts", "0007_portalentwurf")]
    operations = [migrations.RunSQL(";".join((LEADING, MEMBERSHIP, ANTRAG)), DROP)]
