"""A provider's first administration may also come from its admission by an office (ADR 0061). Triggers of 0004.

`members_aufgenommen` says whether a role comes from one. No admission is known here: the app that keeps them replaces
the function by its own.
"""

from django.db import migrations

AUFGENOMMEN = """
CREATE FUNCTION members_aufgenommen(rolle uuid) RETURNS boolean LANGUAGE sql STABLE AS $f$ SELECT false $f$
"""

# Deferred: the role is written first, then the request that names it. Runs with the owner's rights, because the role
# in charge at the end of the transaction may be one that reads no requests; session_user stays who has logged in.
MEMBERSHIP = """
CREATE OR REPLACE FUNCTION members_vier_augen() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
  row_now accounts_membership%ROWTYPE;
  who uuid;
BEGIN
  SELECT * INTO row_now FROM accounts_membership WHERE id = NEW.id;
  IF NOT FOUND OR isempty(daterange(row_now.gueltig_ab, row_now.gueltig_bis))
     OR (row_now.rolle <> ALL (members_zu_zweit_rollen())
         AND row_now.deputy_of_id IS NULL AND row_now.anbieter_id IS NULL) THEN
    RETURN NULL;
  END IF;
  -- Ending only narrows a role, and must always be possible; so does another team for who leads none.
  IF TG_OP = 'UPDATE' AND NEW.rolle = OLD.rolle AND NEW.verwaltet <= OLD.verwaltet
     AND (NEW.team = OLD.team OR NEW.rolle <> 'TEAMLEITUNG')
     AND daterange(NEW.gueltig_ab, NEW.gueltig_bis) <@ daterange(OLD.gueltig_ab, OLD.gueltig_bis)
     AND (NEW.user_id, NEW.tenant_id, NEW.koerperschaft, NEW.deputy_of_id, NEW.anbieter_id, NEW.einrichtung_id)
         IS NOT DISTINCT FROM
         (OLD.user_id, OLD.tenant_id, OLD.koerperschaft, OLD.deputy_of_id, OLD.anbieter_id, OLD.einrichtung_id) THEN
    RETURN NULL;
  END IF;
  -- Set-up: a process that logs in with the owner's rights (onboarding, demo world). The application cannot.
  IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
    RETURN NULL;
  END IF;
  -- Who administers a provider sees all of it already: what she gives there widens nothing. The journal says who.
  IF TG_OP = 'INSERT' AND row_now.anbieter_id IS NOT NULL THEN
    SELECT j.user_id INTO who FROM journal_journaleintrag j
     WHERE j.tabelle = 'accounts_membership' AND j.zeile = row_now.id::text AND j.art = 'ANLEGEN';
  END IF;
  IF who <> row_now.user_id AND EXISTS (
       SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        WHERE m.user_id = who AND m.anbieter_id = row_now.anbieter_id AND m.verwaltet
          AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date) THEN
    RETURN NULL;
  END IF;
  -- The first of a provider that two people of an office have admitted.
  IF TG_OP = 'INSERT' AND row_now.verwaltet AND members_aufgenommen(row_now.id) THEN
    RETURN NULL;
  END IF;
  -- A row that begins. To widen one that exists (also one that has ended) is to give it anew.
  IF TG_OP = 'UPDATE' OR NOT EXISTS (
       SELECT FROM members_mitgliedschaftsantrag a
        WHERE a.membership_id = row_now.id AND a.zustand = 'BEWILLIGT' AND a.user_id = row_now.user_id
          AND a.rolle = row_now.rolle AND a.koerperschaft = row_now.koerperschaft
          AND (a.team = row_now.team OR a.rolle <> 'TEAMLEITUNG') AND a.verwaltet >= row_now.verwaltet
          AND (a.tenant_id, a.deputy_of_id, a.anbieter_id)
              IS NOT DISTINCT FROM (row_now.tenant_id, row_now.deputy_of_id, row_now.anbieter_id)
          AND daterange(row_now.gueltig_ab, row_now.gueltig_bis) <@ daterange(a.gueltig_ab, a.gueltig_bis)
     ) THEN
    RAISE EXCEPTION 'role % needs a request that a second person has approved', row_now.rolle
      USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_vier_augen', TABLE = 'accounts_membership';
  END IF;
  RETURN NULL;
END
$f$
"""


class Migration(migrations.Migration):
    """Functions only; the triggers of 0002 call them. Going back would leave admitted roles, so there is no way back."""

    dependencies = [("members", "0005_offener_antrag")]
    operations = [migrations.RunSQL(";".join((AUFGENOMMEN, MEMBERSHIP)))]
