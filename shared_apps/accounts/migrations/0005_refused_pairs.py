"""Roles that exclude each other, and deputies, held by the database: whoever writes, by whatever way."""

from django.db import migrations

# The pairs of accounts/rules.py; tests/shared_apps/accounts/test_refused_pairs.py compares them.
PAIRS = """
CREATE FUNCTION accounts_refused_pairs() RETURNS TABLE (a text, b text, wo text)
LANGUAGE sql IMMUTABLE AS $f$
  VALUES
    ('ASD', 'WJH', 'HIER'),
    ('ASD', 'JUGENDAMTSLEITUNG', 'HIER'),
    ('TEAMLEITUNG', 'WJH', 'HIER'),
    ('ASD', 'TENANT_ADMIN', 'HIER'),
    ('TEAMLEITUNG', 'TENANT_ADMIN', 'HIER'),
    ('TENANT_ADMIN', 'WJH', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN', 'HIER'),
    ('ASD', 'CONTROLLING', 'HIER'),
    ('CONTROLLING', 'TEAMLEITUNG', 'HIER'),
    ('ASD', 'VORMUND', 'HIER'),
    ('AUSSCHUSS', 'VORMUND', 'HIER'),
    ('CONTROLLING', 'VORMUND', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'VORMUND', 'HIER'),
    ('TEAMLEITUNG', 'VORMUND', 'HIER'),
    ('TENANT_ADMIN', 'VORMUND', 'HIER'),
    ('VORMUND', 'WJH', 'HIER'),
    ('ASD', 'DATENSCHUTZ', 'HIER'),
    ('DATENSCHUTZ', 'TEAMLEITUNG', 'HIER'),
    ('DATENSCHUTZ', 'WJH', 'HIER'),
    ('DATENSCHUTZ', 'JUGENDAMTSLEITUNG', 'HIER'),
    ('DATENSCHUTZ', 'TENANT_ADMIN', 'HIER'),
    ('DATENSCHUTZ', 'VORMUND', 'HIER'),
    ('ASD', 'PRUEFUNG', 'HIER'),
    ('PRUEFUNG', 'TEAMLEITUNG', 'HIER'),
    ('PRUEFUNG', 'WJH', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'PRUEFUNG', 'HIER'),
    ('CONTROLLING', 'PRUEFUNG', 'HIER'),
    ('PRUEFUNG', 'TENANT_ADMIN', 'HIER'),
    ('PRUEFUNG', 'VORMUND', 'HIER'),
    ('ASD', 'BETRIEB', 'UEBERALL'),
    ('AUSSCHUSS', 'BETRIEB', 'UEBERALL'),
    ('BETRIEB', 'CONTROLLING', 'UEBERALL'),
    ('BETRIEB', 'DATENSCHUTZ', 'UEBERALL'),
    ('BETRIEB', 'JUGENDAMTSLEITUNG', 'UEBERALL'),
    ('BETRIEB', 'PRUEFUNG', 'UEBERALL'),
    ('BETRIEB', 'TEAMLEITUNG', 'UEBERALL'),
    ('BETRIEB', 'TENANT_ADMIN', 'UEBERALL'),
    ('BETRIEB', 'VORMUND', 'UEBERALL'),
    ('BETRIEB', 'WJH', 'UEBERALL'),
    ('ANBIETER', 'BETRIEB', 'UEBERALL'),
    ('ANBIETER_ABRECHNUNG', 'BETRIEB', 'UEBERALL'),
    ('BETRIEB', 'EINRICHTUNG', 'UEBERALL'),
    ('ANBIETER', 'EINRICHTUNG', 'UEBERALL'),
    ('ANBIETER_ABRECHNUNG', 'EINRICHTUNG', 'UEBERALL'),
    ('ANBIETER', 'ANBIETER_ABRECHNUNG', 'FREMD')
$f$
"""

REFUSE = """
CREATE FUNCTION accounts_membership_refuse() RETURNS trigger LANGUAGE plpgsql AS $f$
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
$f$;
CREATE TRIGGER accounts_membership_refused AFTER INSERT OR UPDATE ON accounts_membership
  FOR EACH ROW EXECUTE FUNCTION accounts_membership_refuse()
"""

DROP = """
DROP TRIGGER accounts_membership_refused ON accounts_membership;
DROP FUNCTION accounts_membership_refuse();
DROP FUNCTION accounts_refused_pairs()
"""


class Migration(migrations.Migration):
    """Function, trigger; migrations run as the owner, the login role can neither drop nor disable them."""

    dependencies = [("accounts", "0004_membership_rules")]
    operations = [migrations.RunSQL(PAIRS + ";" + REFUSE, DROP)]
