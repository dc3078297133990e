"""A job may empty the reasons of a proposal that is decided, and nobody anything else of it.

And the history of the register loses the values of columns that are only marked as changed: reasons and notes, which
somebody may have written a name into, were kept in it for ten years.
"""

from importlib import import_module

from django.db import migrations

#: The columns whose values the history does not keep, as of this day.
VERMERKT = {
    "occupancy_aufnahmestopp": ["hinweis"],
    "occupancy_platzsperre": ["notiz"],
    "providers_anbieter": ["ansprechpartner", "email", "telefon"],
    "providers_ausnahme": ["grund"],
    "providers_bankverbindung": ["iban", "inhaber"],
    "providers_betriebserlaubnis": ["datei"],
    "providers_einrichtung": ["ansprechpartner", "email", "telefon"],
    "providers_entgeltvorschlag": ["grund"],
    "providers_foto": ["datei"],
    "providers_kontakt": ["email", "name", "telefon"],
    "providers_kontovorschlag": ["geprueft_an", "grund", "iban", "inhaber"],
    "providers_leistungsbeschreibung": ["datei"],
    "providers_leqvereinbarung": ["datei"],
    "providers_stammdatenvorschlag": ["begruendung", "grund"],
}
_STAMMDATEN = import_module("shared_apps.providers.migrations.0014_stammdaten").STAMMDATEN.split("REVOKE ALL")[0]
_STAMMDATEN = _STAMMDATEN[_STAMMDATEN.index("CREATE FUNCTION providers_stammdaten_pruefen") :]
_STAMMDATEN = _STAMMDATEN.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_VORSCHLAG = import_module("shared_apps.providers.migrations.0015_entgelt_je_jugendamt").VORSCHLAG

_BEGIN = "  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;\nBEGIN\n"
_FORGET = """  IF TG_OP = 'UPDATE' AND who IS NULL AND OLD.zustand <> 'VORGESCHLAGEN' AND {empty}
     AND to_jsonb(NEW) - {columns} = to_jsonb(OLD) - {columns} THEN
    RETURN NULL;
  END IF;
"""


def _with_forgetting(text, *columns):
    assert text.count(_BEGIN) == 1
    empty = " AND ".join(f"NEW.{column} = ''" for column in columns)
    names = "'{%s}'::text[]" % ",".join(columns)
    return text.replace(_BEGIN, _BEGIN + _FORGET.format(empty=empty, columns=names))


STAMMDATEN = _with_forgetting(_STAMMDATEN, "begruendung", "grund")
VORSCHLAG = _with_forgetting(_VORSCHLAG, "grund")


def forget_values(apps, schema_editor):
    """Nobody alters the history, not even its owner: its triggers stand aside for this one statement a table."""
    history = "public.providers_registeraenderung"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {history} DISABLE TRIGGER USER")
        for table, noted in VERMERKT.items():
            cursor.execute(
                f"UPDATE {history} SET vorher = vorher - %(noted)s::text[], nachher = nachher - %(noted)s::text[],"
                " vermerkt = ARRAY(SELECT DISTINCT k FROM unnest(vermerkt || ARRAY(SELECT n::varchar"
                " FROM unnest(%(noted)s::text[]) n WHERE nachher ? n)) k ORDER BY k)"
                " WHERE tabelle = %(table)s AND (vorher ?| %(noted)s::text[] OR nachher ?| %(noted)s::text[])",
                {"noted": noted, "table": table},
            )
        cursor.execute(f"ALTER TABLE {history} ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("providers", "0025_nach_ende_und_entscheidung")]
    operations = [
        migrations.RunSQL(STAMMDATEN + ";" + VORSCHLAG, _STAMMDATEN + ";" + _VORSCHLAG),
        migrations.RunPython(forget_values, migrations.RunPython.noop),
    ]
