"""What a search asks of an offer stands in one row, for a state is read faster than four tables are joined (ADR 0099).

Offer, house, provider and district remain the truth. Each of them writes the columns it is the source of, from its own
new row and nothing else, so that of two at the same moment neither undoes what the other has written: both wait for the
row. Only a row that is made reads the others, and holds them while it does.
"""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import uuid6
from django.db import migrations, models

_ANGEBOT = {name: name for name in (
    "hilfeart_id", "name", "geschlecht", "alter_von", "alter_bis", "hinweis", "barrierefrei", "stunden_je_woche",
    "gueltig", "vakanz_bestaetigt_at", "vakanz_gemeldet_at", "einrichtung_id",
)}  # fmt: skip
#: Column of the row -> column of its source.
_HAUS = {
    "haus_name": "name", "ort": "ort", "plz": "plz", "breite": "breite", "laenge": "laenge",
    "haus_gueltig_bis": "gueltig_bis", "anbieter_id": "anbieter_id", "gebietskoerperschaft_id": "gebietskoerperschaft_id",
}  # fmt: skip
_ANBIETER = {"anbieter_name": "name", "anbieter_gueltig_bis": "gueltig_bis"}
_KREIS = {"land": "land", "kreis": "kuerzel", "kreis_name": "kurzname"}


def _set(columns: dict[str, str], source: str) -> str:
    return ", ".join(f"{column} = {source}.{name}" for column, name in columns.items())


def _of(columns: dict[str, str], source: str) -> str:
    return ", ".join(f"{source}.{name}" for name in columns.values())


def _unchanged(columns: dict[str, str]) -> str:
    """In the function and not at the trigger: a release may make a column wider that no trigger names."""
    return f"({_of(columns, 'OLD')}) IS NOT DISTINCT FROM ({_of(columns, 'NEW')})"


_ALL = ", ".join(["id", "created_at", *_ANGEBOT, *_HAUS, *_ANBIETER, *_KREIS])
_JOINED = """providers_einrichtung e
    JOIN providers_anbieter t ON t.id = e.anbieter_id
    JOIN regions_gebietskoerperschaft k ON k.id = e.gebietskoerperschaft_id"""


def _row(angebot: str) -> str:
    own = ", ".join(f"{angebot}.{name}" for name in ("id", "created_at", *_ANGEBOT))
    return f"{own}, {_of(_HAUS, 'e')}, {_of(_ANBIETER, 't')}, {_of(_KREIS, 'k')}"


FUNCTIONS = f"""
CREATE FUNCTION providers_suchzeile_angebot() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.einrichtung_id = OLD.einrichtung_id THEN
    IF {_unchanged(_ANGEBOT)} THEN
      RETURN NULL;
    END IF;
    UPDATE providers_suchzeile SET {_set(_ANGEBOT, "NEW")} WHERE id = NEW.id;
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM providers_suchzeile WHERE id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO providers_suchzeile ({_ALL})
    SELECT {_row("NEW")}
      FROM {_JOINED}
     WHERE e.id = NEW.einrichtung_id FOR SHARE OF e, t;
  END IF;
  RETURN NULL;
END
$f$;
CREATE FUNCTION providers_suchzeile_haus() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  IF {_unchanged(_HAUS)} THEN
    RETURN NULL;
  END IF;
  UPDATE providers_suchzeile SET {_set(_HAUS, "NEW")} WHERE einrichtung_id = NEW.id;
  IF NEW.anbieter_id <> OLD.anbieter_id OR NEW.gebietskoerperschaft_id <> OLD.gebietskoerperschaft_id THEN
    PERFORM FROM providers_anbieter t WHERE t.id = NEW.anbieter_id FOR SHARE;
    UPDATE providers_suchzeile SET {_set(_ANBIETER | _KREIS, "x")}
      FROM (SELECT t.name, t.gueltig_bis, k.land, k.kuerzel, k.kurzname
              FROM providers_anbieter t, regions_gebietskoerperschaft k
             WHERE t.id = NEW.anbieter_id AND k.id = NEW.gebietskoerperschaft_id) x
     WHERE einrichtung_id = NEW.id;
  END IF;
  RETURN NULL;
END
$f$;
CREATE FUNCTION providers_suchzeile_anbieter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  IF {_unchanged(_ANBIETER)} THEN
    RETURN NULL;
  END IF;
  UPDATE providers_suchzeile SET {_set(_ANBIETER, "NEW")} WHERE anbieter_id = NEW.id;
  RETURN NULL;
END
$f$;
CREATE FUNCTION providers_suchzeile_kreis() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  IF {_unchanged(_KREIS)} THEN
    RETURN NULL;
  END IF;
  UPDATE providers_suchzeile SET {_set(_KREIS, "NEW")} WHERE gebietskoerperschaft_id = NEW.id;
  RETURN NULL;
END
$f$;
CREATE FUNCTION providers_suchzeilen_neu() RETURNS integer
LANGUAGE plpgsql AS $f$
DECLARE
  anzahl integer;
BEGIN
  LOCK TABLE providers_anbieter, providers_einrichtung, providers_angebot IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM providers_suchzeile;
  INSERT INTO providers_suchzeile ({_ALL})
  SELECT {_row("a")}
    FROM providers_angebot a JOIN {_JOINED} ON e.id = a.einrichtung_id;
  GET DIAGNOSTICS anzahl = ROW_COUNT;
  RETURN anzahl;
END
$f$;
REVOKE ALL ON FUNCTION providers_suchzeile_angebot(), providers_suchzeile_haus(), providers_suchzeile_anbieter(),
  providers_suchzeile_kreis() FROM PUBLIC;

CREATE TRIGGER providers_suchzeile_angebot AFTER INSERT OR UPDATE OR DELETE ON providers_angebot
  FOR EACH ROW EXECUTE FUNCTION providers_suchzeile_angebot();
CREATE TRIGGER providers_suchzeile_haus AFTER UPDATE ON providers_einrichtung
  FOR EACH ROW EXECUTE FUNCTION providers_suchzeile_haus();
CREATE TRIGGER providers_suchzeile_anbieter AFTER UPDATE ON providers_anbieter
  FOR EACH ROW EXECUTE FUNCTION providers_suchzeile_anbieter();
CREATE TRIGGER providers_suchzeile_kreis AFTER UPDATE ON regions_gebietskoerperschaft
  FOR EACH ROW EXECUTE FUNCTION providers_suchzeile_kreis()
"""
DROP = """
DROP FUNCTION providers_suchzeile_angebot() CASCADE;
DROP FUNCTION providers_suchzeile_haus() CASCADE;
DROP FUNCTION providers_suchzeile_anbieter() CASCADE;
DROP FUNCTION providers_suchzeile_kreis() CASCADE;
DROP FUNCTION providers_suchzeilen_neu()
"""


def _refers(to: str, name: str, **more: bool) -> models.ForeignKey:
    """Where it leads to is asked of the source, not of this row."""
    return models.ForeignKey(
        db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=to,
        verbose_name=name, **more,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("providers", "0036_journal_mit_seinem_index")]
    operations = [
        migrations.CreateModel(
            name="Suchzeile",
            fields=[
                ("id", models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="angelegt am")),
                ("name", models.CharField(max_length=200, verbose_name="Bezeichnung")),
                ("geschlecht", models.CharField(blank=True, max_length=1, verbose_name="Geschlecht")),
                ("alter_von", models.PositiveSmallIntegerField(verbose_name="Aufnahmealter von")),
                ("alter_bis", models.PositiveSmallIntegerField(verbose_name="Aufnahmealter bis einschließlich")),
                ("hinweis", models.CharField(blank=True, max_length=200, verbose_name="Hinweis")),
                ("barrierefrei", models.CharField(blank=True, max_length=10, verbose_name="Barrierefrei")),
                (
                    "stunden_je_woche",
                    models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name="Stunden je Woche"),
                ),
                ("gueltig", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="im Angebot")),
                ("vakanz_bestaetigt_at", models.DateTimeField(null=True, verbose_name="Vakanzen bestätigt am")),
                (
                    "vakanz_gemeldet_at",
                    models.DateTimeField(null=True, verbose_name="„war nicht frei“ gemeldet am"),
                ),
                ("haus_name", models.CharField(max_length=200, verbose_name="Name der Einrichtung")),
                ("ort", models.CharField(blank=True, max_length=100, verbose_name="Ort")),
                ("plz", models.CharField(blank=True, max_length=5, verbose_name="PLZ")),
                (
                    "breite",
                    models.DecimalField(decimal_places=5, max_digits=8, null=True, verbose_name="Breite (Grad Nord)"),
                ),
                (
                    "laenge",
                    models.DecimalField(decimal_places=5, max_digits=8, null=True, verbose_name="Länge (Grad Ost)"),
                ),
                (
                    "haus_gueltig_bis",
                    models.DateField(null=True, verbose_name="Einrichtung gültig bis (ausschließlich)"),
                ),
                ("anbieter_name", models.CharField(max_length=200, verbose_name="Name des Anbieters")),
                (
                    "anbieter_gueltig_bis",
                    models.DateField(null=True, verbose_name="Anbieter gültig bis (ausschließlich)"),
                ),
                ("land", models.CharField(max_length=60, verbose_name="Land")),
                ("kreis", models.CharField(max_length=12, verbose_name="Kürzel des Kreises")),
                ("kreis_name", models.CharField(max_length=100, verbose_name="Kurzname des Kreises")),
                ("anbieter", _refers("providers.anbieter", "Anbieter")),
                ("einrichtung", _refers("providers.einrichtung", "Einrichtung")),
                (
                    "gebietskoerperschaft",
                    _refers("regions.gebietskoerperschaft", "Kreis oder kreisfreie Stadt", db_index=False),
                ),
                ("hilfeart", _refers("catalogue.hilfeart", "Hilfeart", db_index=False)),
            ],
            options={
                "verbose_name": "Suchzeile",
                "verbose_name_plural": "Suchzeilen",
                "indexes": [
                    models.Index(fields=["land", "hilfeart"], name="suchzeile_land"),
                    models.Index(fields=["gebietskoerperschaft", "hilfeart"], name="suchzeile_kreis"),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, DROP),
        migrations.RunSQL("SELECT providers_suchzeilen_neu()", migrations.RunSQL.noop),
    ]
