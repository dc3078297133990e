"""One person is one person, whichever of her accounts signs, and an office is asked only where nobody else could.

- Accounts with one mailbox (`accounts_postfach`) are one person: in the chain of who let whom in, and between whoever
  proposes a rate and whoever decides about it.
- Raw SQL asked an office for an account although a colleague was independent, who so heard nothing of it.
- Whoever decides for an office had left the provider before, if its people dated her end back: a role that a person has
  altered since counts as not over.
- A person of no provider (an office, the state) changed what was admitted with one statement: now only a list does it
  that two people have signed, while it is read in or taken back (`providers_liste_schreibt`; the app that keeps lists
  replaces the function), and not in the name of somebody who works for that provider.
- A rate has the unit of its kind of help, and no end until another one follows.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("shared_apps.providers.migrations.0028_the_office_is_not_chosen")
_KETTE = import_module("shared_apps.providers.migrations.0021_konto_unabhaengige_zweite").KETTE
_KETTE = _KETTE.split("CREATE FUNCTION providers_unabhaengig")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_ZUGELASSEN = import_module("shared_apps.providers.migrations.0014_stammdaten").STAMMDATEN
_ZUGELASSEN = _ZUGELASSEN[_ZUGELASSEN.index("CREATE FUNCTION providers_zugelassen_bleibt") :].split("CREATE TRIGGER")[0]
_ZUGELASSEN = _ZUGELASSEN.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_ENTGELT = import_module("shared_apps.providers.migrations.0015_entgelt_je_jugendamt").ENTGELT
_ENTGELT = _ENTGELT[: _ENTGELT.index("CREATE OR REPLACE FUNCTION providers_entgelt_bleibt")]
_DIESELBE = _BEFORE.PRUEFT[_BEFORE.PRUEFT.index("CREATE FUNCTION providers_ist_dieselbe") :]
_DIESELBE = _DIESELBE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _with(text, *changes):
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


# The same as `accounts.postfach.ist_dieselbe`.
DIESELBE = _with(
    _DIESELBE,
    (
        "ON lower(b.email) = lower(a.email)",
        "ON public.accounts_postfach(b.email) = public.accounts_postfach(a.email)",
    ),
)
# `gleich`: an account, of the provider or not, → those of the provider's people who are the same person.
KETTE = _with(
    _KETTE,
    (
        "  ), kette (wer) AS (\n",
        """    UNION
    SELECT l.user_id, l.user_id FROM leute l
  ), gleich AS MATERIALIZED (
    SELECT a.id AS konto, b.id AS eine
      FROM public.accounts_user a
      JOIN public.accounts_user b
        ON b.id = a.id OR a.email <> '' AND public.accounts_postfach(b.email) = public.accounts_postfach(a.email)
     WHERE a.id IN (SELECT z.wer FROM zugelassen z) AND b.id IN (SELECT l.user_id FROM leute l)
  ), kette (wer) AS (
""",
    ),
    (
        "SELECT z.wer FROM kette k JOIN zugelassen z ON z.wen = k.wer WHERE z.wer IN (SELECT l.user_id FROM leute l)",
        "SELECT g.eine FROM kette k JOIN zugelassen z ON z.wen = k.wer JOIN gleich g ON g.konto = z.wer",
    ),
)
KONTO = _with(
    _BEFORE.KONTO,
    (
        "        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_amt_am_standort', TABLE = TG_TABLE_NAME;\n"
        "    END IF;\n",
        """        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_amt_am_standort', TABLE = TG_TABLE_NAME;
    END IF;
    IF who IS NOT NULL AND NEW.gebietskoerperschaft_id IS NOT NULL AND EXISTS (
         SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
          WHERE m.anbieter_id = NEW.anbieter_id AND m.rolle IN ('ANBIETER', 'ANBIETER_ABRECHNUNG')
            AND m.user_id <> NEW.vorgeschlagen_von_id AND daterange(m.gueltig_ab, m.gueltig_bis) @> heute
            AND providers_unabhaengig(NEW.anbieter_id, NEW.vorgeschlagen_von_id, m.user_id)) THEN
      RAISE EXCEPTION 'an office is asked where no colleague is independent'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_amt_ohne_zweite', TABLE = TG_TABLE_NAME;
    END IF;
""",
    ),
)
BEFANGEN = _with(
    _BEFORE.BEFANGEN,
    ("  der_anbieter uuid;\n", "  der_anbieter uuid;\n  seit date;\n"),
    (
        "  IF EXISTS (SELECT FROM accounts_membership m\n",
        """  IF providers_ist_dieselbe(NEW.vorgeschlagen_von_id, NEW.entschieden_von_id) THEN
    RAISE EXCEPTION 'whoever proposes does not decide, under another account either'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entscheidet_dieselbe', TABLE = TG_TABLE_NAME;
  END IF;
  SELECT (least(NEW.created_at, min(j.created_at)) AT TIME ZONE 'Europe/Berlin')::date INTO seit
    FROM journal_journaleintrag j
   WHERE j.tabelle = TG_TABLE_NAME AND j.zeile = NEW.id::text AND j.art = 'ANLEGEN';
  IF EXISTS (SELECT FROM accounts_membership m
""",
    ),
    (
        "                AND (m.gueltig_bis IS NULL"
        " OR m.gueltig_bis >= (NEW.created_at AT TIME ZONE 'Europe/Berlin')::date)) THEN\n",
        """                AND (m.gueltig_bis IS NULL OR m.gueltig_bis >= seit
                     OR EXISTS (SELECT FROM journal_journaleintrag j
                                 WHERE j.tabelle = 'accounts_membership' AND j.zeile = m.id::text
                                   AND j.user_id IS NOT NULL
                                   AND (j.created_at AT TIME ZONE 'Europe/Berlin')::date >= seit))) THEN
""",
    ),
)
LISTE = """
CREATE FUNCTION providers_liste_schreibt() RETURNS boolean LANGUAGE sql STABLE AS $f$ SELECT false $f$
"""
# Depth 1: a person's own statement, as before.
ZUGELASSEN = _with(
    _ZUGELASSEN,
    (
        "IF pg_trigger_depth() = 1 AND public.sojus_anbieter() <> '{}' THEN",
        "IF pg_trigger_depth() = 1 AND (public.sojus_anbieter() <> '{}'\n"
        "     OR public.sojus_user() IS NOT NULL AND NOT public.providers_liste_schreibt()) THEN",
    ),
    (
        "  RETURN NULL;\nEND\n",
        """  IF pg_trigger_depth() = 1 AND public.sojus_user() IS NOT NULL AND EXISTS (
       SELECT FROM public.accounts_membership m
        WHERE m.anbieter_id = NEW.id AND public.providers_ist_dieselbe(public.sojus_user(), m.user_id)
          AND (m.gueltig_bis IS NULL OR m.gueltig_bis >= (now() AT TIME ZONE 'Europe/Berlin')::date)) THEN
    RAISE EXCEPTION 'nobody decides for an office about a provider that she works for'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stammdaten_befangen', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
""",
    ),
)
ENTGELT = _with(
    _ENTGELT,
    (
        "  IF nullif(current_setting('sojus.user', true), '') IS NOT NULL AND NOT EXISTS (\n"
        "       SELECT FROM providers_entgeltvorschlag v\n"
        "        WHERE v.id = NEW.vorschlag_id",
        "  IF nullif(current_setting('sojus.user', true), '') IS NOT NULL AND NOT EXISTS (\n"
        "       SELECT FROM providers_entgeltvorschlag v JOIN providers_angebot a ON a.id = v.angebot_id\n"
        "         JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id AND h.einheit = NEW.einheit\n"
        "        WHERE upper_inf(NEW.gueltig) AND v.id = NEW.vorschlag_id",
    ),
)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0031_ein_postfach_eine_person"),
        ("journal", "0001_initial"),
        ("providers", "0029_wort_fuer_automatisches"),
    ]
    operations = [
        migrations.RunSQL(
            ";".join((DIESELBE, KETTE, KONTO, BEFANGEN, LISTE, ZUGELASSEN, ENTGELT)),
            ";".join((
                _DIESELBE, _KETTE, _BEFORE.KONTO, _BEFORE.BEFANGEN, _ZUGELASSEN, _ENTGELT,
                "DROP FUNCTION providers_liste_schreibt()",
            )),
        )
    ]
