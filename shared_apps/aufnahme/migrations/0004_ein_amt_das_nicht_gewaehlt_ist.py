"""The first administration of a provider of the register is named by an office that its own people have not chosen.

Whoever speaks for a provider enters a facility in any district, alone and at once; if her role ends then, nobody
administers it, and the office there could name the next one. Asked is now the office that an account asks, too
(`providers_amt_prueft`, ADR 0075). And neither signature is of somebody who works or ever worked for that provider, nor
are both of one person with two accounts; a person of the office is known by her mailbox, not by how she writes it.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("shared_apps.aufnahme.migrations.0003_vorhandener_anbieter")
_UNVERWALTET = _BEFORE.UNVERWALTET.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _with(text, *changes):
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


UNVERWALTET = _with(
    _UNVERWALTET,
    (
        """      JOIN providers_einrichtung e ON e.anbieter_id = p.id
      JOIN regions_gebietskoerperschaft g ON g.id = e.gebietskoerperschaft_id
      JOIN tenants_tenant t ON t.kuerzel = g.kuerzel
     WHERE p.id = wen AND t.id = amt
""",
        """      JOIN tenants_tenant t ON t.id = amt
      JOIN regions_gebietskoerperschaft g ON g.kuerzel = t.kuerzel
     WHERE p.id = wen AND providers_amt_prueft(p.id, g.id)
""",
    ),
    (
        """       AND (p.gueltig_bis IS NULL OR p.gueltig_bis > (now() AT TIME ZONE 'Europe/Berlin')::date)
       AND (e.gueltig_bis IS NULL OR e.gueltig_bis > (now() AT TIME ZONE 'Europe/Berlin')::date))
""",
        """       AND (p.gueltig_bis IS NULL OR p.gueltig_bis > (now() AT TIME ZONE 'Europe/Berlin')::date))
""",
    ),
)
ANTRAG = _with(
    _BEFORE.ANTRAG,
    (
        "        WHERE lower(u.email) = NEW.person_email AND m.tenant_id = NEW.tenant_id\n",
        "        WHERE accounts_postfach(u.email) = accounts_postfach(NEW.person_email) AND m.tenant_id = NEW.tenant_id\n",
    ),
    (
        "  -- A provider that stands in the register: it has a facility here",
        """  IF NEW.zustand = 'AUFGENOMMEN' AND providers_ist_dieselbe(NEW.vorgeschlagen_von_id, NEW.entschieden_von_id) THEN
    RAISE EXCEPTION 'the second signature is of another person, not of another account of hers'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_dieselbe', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand IN ('GEPRUEFT', 'AUFGENOMMEN', 'ABGELEHNT') AND EXISTS (
       SELECT FROM accounts_membership m
        WHERE m.anbieter_id = NEW.vorhandener_id AND providers_ist_dieselbe(who, m.user_id)) THEN
    RAISE EXCEPTION 'nobody decides for an office about a provider that she works for, or ever did'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'aufnahme_befangen', TABLE = TG_TABLE_NAME;
  END IF;
  -- A provider that stands in the register: it has a facility here""",
    ),
)


class Migration(migrations.Migration):
    """What was admitted before stays."""

    dependencies = [
        ("accounts", "0031_ein_postfach_eine_person"),
        ("aufnahme", "0003_vorhandener_anbieter"),
        ("providers", "0031_eine_person_ein_postfach"),
    ]
    operations = [migrations.RunSQL(";".join((UNVERWALTET, ANTRAG)), ";".join((_UNVERWALTET, _BEFORE.ANTRAG)))]
