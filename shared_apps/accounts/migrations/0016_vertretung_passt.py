"""A deputy's own role lets her do the work she stands in for, and a deputyship ends within a year.

Only new deputyships are asked: one that stands stays until its last day.
"""

from importlib import import_module

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

# The trigger's function as migration 0005 left it, its lock and all; two questions about a deputy are new.
_TEXT = import_module("shared_apps.accounts.migrations.0005_refused_pairs").REFUSE
REFUSE_BEFORE = _TEXT[: _TEXT.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _change(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


REFUSE = _change(
    REFUSE_BEFORE,
    """WHERE o.user_id = NEW.user_id AND o.tenant_id = NEW.tenant_id
                      AND o.deputy_of_id IS NULL""",
    """WHERE o.user_id = NEW.user_id AND o.tenant_id = NEW.tenant_id
                      AND (NEW.rolle, o.rolle) IN (SELECT v.rolle, v.durch FROM public.accounts_vertretbar() v)
                      AND o.deputy_of_id IS NULL""",
)
REFUSE = _change(REFUSE, "members of the same tenant'", "members of the same tenant whose roles fit'")
REFUSE = _change(
    REFUSE,
    """CONSTRAINT = 'membership_vertretung_im_amt', TABLE = 'accounts_membership';
    END IF;
""",
    """CONSTRAINT = 'membership_vertretung_im_amt', TABLE = 'accounts_membership';
    END IF;
    IF NEW.gueltig_bis > NEW.gueltig_ab + 366 THEN
      RAISE EXCEPTION 'a deputyship lasts 366 days at most'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_vertretung_befristet', TABLE = 'accounts_membership';
    END IF;
""",
)


class Migration(migrations.Migration):
    """The trigger's function made anew; the trigger itself stays."""

    dependencies = [("accounts", "0015_mail_of_heads")]
    operations = [
        migrations.RunSQL(VERTRETBAR + ";" + REFUSE, REFUSE_BEFORE + "DROP FUNCTION accounts_vertretbar()")
    ]
