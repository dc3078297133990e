"""A deputy's own role lets her do the work she stands in for, and a deputyship ends within a year.

Only new deputyships are asked: one that stands stays until its last day.
"""

from django.db import migrations

# VERTRETBAR_DURCH of accounts/rules.py; tests/shared_apps/accounts/test_refused_pairs.py compares them.
VERTRETBAR = """
CREATE FUNCTION accounts_vertretbar() RETURNS TABLE (rolle text, durch text)
LANGUAGE sql IMMUTABLE AS $f$
  VALUES
    ('ASD', 'ASD'),
    ('ASD', 'TEAMLEITUNG'),
    ('AUSSCHUSS', 'AUSSCHUSS'),
    ('CONTROLLING', 'CONTROLLING'),
    ('DATENSCHUTZ', 'DATENSCHUTZ'),
    ('JUGENDAMTSLEITUNG', 'JUGENDAMTSLEITUNG'),
    ('JUGENDAMTSLEITUNG', 'TEAMLEITUNG'),
    ('PRUEFUNG', 'PRUEFUNG'),
    ('TEAMLEITUNG', 'ASD'),
    ('TEAMLEITUNG', 'JUGENDAMTSLEITUNG'),
    ('TEAMLEITUNG', 'TEAMLEITUNG'),
    ('TENANT_ADMIN', 'TENANT_ADMIN'),
    ('VORMUND', 'VORMUND'),
    ('WJH', 'WJH')
$f$
"""

REFUSE = """
CREATE OR REPLACE FUNCTION accounts_membership_refuse() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  meant daterange := daterange(NEW.gueltig_ab, NEW.gueltig_bis);
  pair record;
BEGIN
  -- Ending or revoking only narrows a role: it cannot make a pair, and must always be possible.
  IF isempty(meant) OR (
       TG_OP = 'UPDATE' AND meant <@ daterange(OLD.gueltig_ab, OLD.gueltig_bis) AND NEW.rolle = OLD.rolle
       AND (NEW.user_id, NEW.tenant_id, NEW.anbieter_id, NEW.koerperschaft, NEW.deputy_of_id)
           IS NOT DISTINCT FROM (OLD.user_id, OLD.tenant_id, OLD.anbieter_id, OLD.koerperschaft, OLD.deputy_of_id)
     ) THEN
    RETURN NULL;
  END IF;
  -- Two transactions of the same person wait for each other; a snapshot older than the lock would see too little.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'memberships are written in READ COMMITTED only' USING ERRCODE = 'active_sql_transaction';
  END IF;
  PERFORM pg_advisory_xact_lock(77130, hashtext(NEW.user_id::text));
  SELECT p.a, p.b INTO pair
    FROM public.accounts_membership o, public.accounts_refused_pairs() p
   WHERE o.user_id = NEW.user_id AND o.id <> NEW.id
     AND daterange(o.gueltig_ab, o.gueltig_bis) && meant
     AND p.a = least(o.rolle COLLATE "C", NEW.rolle COLLATE "C")
     AND p.b = greatest(o.rolle COLLATE "C", NEW.rolle COLLATE "C")
     AND (p.wo = 'UEBERALL' OR (p.wo = 'HIER') = (
           o.tenant_id IS NOT DISTINCT FROM NEW.tenant_id
           AND o.anbieter_id IS NOT DISTINCT FROM NEW.anbieter_id
           AND o.koerperschaft = NEW.koerperschaft))
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'refused pair of roles: % and %', pair.a, pair.b
      USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_refused_pair', TABLE = 'accounts_membership';
  END IF;
  IF NEW.deputy_of_id IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM public.accounts_membership o
                    WHERE o.user_id = NEW.deputy_of_id AND o.tenant_id = NEW.tenant_id AND o.rolle = NEW.rolle
                      AND o.deputy_of_id IS NULL AND daterange(o.gueltig_ab, o.gueltig_bis) && meant)
    OR NOT EXISTS (SELECT FROM public.accounts_membership o
                    WHERE o.user_id = NEW.user_id AND o.tenant_id = NEW.tenant_id
                      AND (NEW.rolle, o.rolle) IN (SELECT v.rolle, v.durch FROM public.accounts_vertretbar() v)
                      AND o.deputy_of_id IS NULL AND daterange(o.gueltig_ab, o.gueltig_bis) && meant) THEN
      RAISE EXCEPTION 'deputy and represented person must be members of the same tenant whose roles fit'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_vertretung_im_amt', TABLE = 'accounts_membership';
    END IF;
    IF NEW.gueltig_bis > NEW.gueltig_ab + 366 THEN
      RAISE EXCEPTION 'a deputyship lasts 366 days at most'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_vertretung_befristet', TABLE = 'accounts_membership';
    END IF;
  END IF;
  RETURN NULL;
END
$f$
"""

# As migration 0005 left it.
REFUSE_BEFORE = """
CREATE OR REPLACE FUNCTION accounts_membership_refuse() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  meant daterange := daterange(NEW.gueltig_ab, NEW.gueltig_bis);
  pair record;
BEGIN
  -- Ending or revoking only narrows a role: it cannot make a pair, and must always be possible.
  IF isempty(meant) OR (
       TG_OP = 'UPDATE' AND meant <@ daterange(OLD.gueltig_ab, OLD.gueltig_bis) AND NEW.rolle = OLD.rolle
       AND (NEW.user_id, NEW.tenant_id, NEW.anbieter_id, NEW.koerperschaft, NEW.deputy_of_id)
           IS NOT DISTINCT FROM (OLD.user_id, OLD.tenant_id, OLD.anbieter_id, OLD.koerperschaft, OLD.deputy_of_id)
     ) THEN
    RETURN NULL;
  END IF;
  -- Two transactions of the same person wait for each other; a snapshot older than the lock would see too little.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'memberships are written in READ COMMITTED only' USING ERRCODE = 'active_sql_transaction';
  END IF;
  PERFORM pg_advisory_xact_lock(77130, hashtext(NEW.user_id::text));
  SELECT p.a, p.b INTO pair
    FROM public.accounts_membership o, public.accounts_refused_pairs() p
   WHERE o.user_id = NEW.user_id AND o.id <> NEW.id
     AND daterange(o.gueltig_ab, o.gueltig_bis) && meant
     AND p.a = least(o.rolle COLLATE "C", NEW.rolle COLLATE "C")
     AND p.b = greatest(o.rolle COLLATE "C", NEW.rolle COLLATE "C")
     AND (p.wo = 'UEBERALL' OR (p.wo = 'HIER') = (
           o.tenant_id IS NOT DISTINCT FROM NEW.tenant_id
           AND o.anbieter_id IS NOT DISTINCT FROM NEW.anbieter_id
           AND o.koerperschaft = NEW.koerperschaft))
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'refused pair of roles: % and %', pair.a, pair.b
      USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_refused_pair', TABLE = 'accounts_membership';
  END IF;
  IF NEW.deputy_of_id IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM public.accounts_membership o
                    WHERE o.user_id = NEW.deputy_of_id AND o.tenant_id = NEW.tenant_id AND o.rolle = NEW.rolle
                      AND o.deputy_of_id IS NULL AND daterange(o.gueltig_ab, o.gueltig_bis) && meant)
    OR NOT EXISTS (SELECT FROM public.accounts_membership o
                    WHERE o.user_id = NEW.user_id AND o.tenant_id = NEW.tenant_id
                      AND o.deputy_of_id IS NULL AND daterange(o.gueltig_ab, o.gueltig_bis) && meant) THEN
      RAISE EXCEPTION 'deputy and represented person must be members of the same tenant'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_vertretung_im_amt', TABLE = 'accounts_membership';
    END IF;
  END IF;
  RETURN NULL;
END
$f$
"""


class Migration(migrations.Migration):
    """The trigger's function made anew; the trigger itself stays."""

    dependencies = [("accounts", "0015_mail_of_heads")]
    operations = [
        migrations.RunSQL(VERTRETBAR + ";" + REFUSE, REFUSE_BEFORE + "; DROP FUNCTION accounts_vertretbar()")
    ]
