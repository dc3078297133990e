"""A mailbox is one person, however its address is written; and an address stays while somebody acts.

Rules of two people ask whether two accounts are one person's (ADR 0075). Who reads a mailbox opens every account behind
it, with a link for a new password: so it is the mailbox that counts. Capitals and a suffix after a plus (RFC 5233) are
the same mailbox; dots and other domains are not, they belong to different people elsewhere.

No page alters an address. Somebody who could, by whatever SQL, would be another person for as long as she decides.
"""

from django.db import migrations

POSTFACH = r"""
CREATE FUNCTION accounts_postfach(adresse text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
  SELECT lower(regexp_replace(btrim($1), '^([^+@]+)\+[^@]*@', '\1@'))
$f$;
CREATE FUNCTION accounts_adresse_bleibt() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF public.sojus_user() IS NOT NULL THEN
    RAISE EXCEPTION 'nobody alters the address of an account'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'adresse_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END
$f$;
CREATE TRIGGER accounts_adresse_bleibt BEFORE UPDATE OF email ON accounts_user
  FOR EACH ROW WHEN (NEW.email IS DISTINCT FROM OLD.email) EXECUTE FUNCTION accounts_adresse_bleibt()
"""


class Migration(migrations.Migration):

    dependencies = [("accounts", "0030_mail_ueber_listen")]
    operations = [
        migrations.RunSQL(
            POSTFACH, "DROP FUNCTION accounts_adresse_bleibt() CASCADE; DROP FUNCTION accounts_postfach(text)"
        )
    ]
