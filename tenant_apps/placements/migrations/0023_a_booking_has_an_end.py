"""A booking has a last day, and a night of a stay without one is never free.

`placements_naechte` counted a stay without an end as one night: `greatest` leaves out what is unknown. No service writes
such a stay; now the database refuses it, and the function takes it for endless.

A proposal to the register remembers which application was made of it (`vorschlag_id`).
"""

from django.db import migrations, models

NAECHTE = """
CREATE OR REPLACE FUNCTION placements_naechte() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  war datemultirange;
  unten datemultirange;
  klient uuid;
  beginn date;
  letzter date;
  ende date;
  wechsel date;
BEGIN
  war := coalesce(OLD.allein, '{}');
  NEW.allein := '{}';
  NEW.ueberlagernd := '{}';
  IF NOT NEW.ist_aufenthalt AND isempty(war) THEN
    RETURN NEW;
  END IF;
  FOR klient IN SELECT DISTINCT k FROM unnest(ARRAY[OLD.klient_id, NEW.klient_id]) k WHERE k IS NOT NULL ORDER BY k LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('naechte.' || TG_TABLE_SCHEMA || klient, 0));
  END LOOP;
  IF NOT NEW.ist_aufenthalt OR NEW.zustand = 'STORNIERT' THEN
    RETURN NEW;
  END IF;
  IF NEW.klient_id IS DISTINCT FROM OLD.klient_id THEN
    war := '{}';
  END IF;
  EXECUTE format('SELECT coalesce(range_agg(allein), ''{}'') FROM %I.placements_buchung'
    ' WHERE klient_id = $1 AND ist_aufenthalt AND id <> $2', TG_TABLE_SCHEMA)
     INTO unten USING NEW.klient_id, NEW.id;
  beginn := coalesce(NEW.beginn_tatsaechlich, lower(NEW.zeitraum));
  letzter := coalesce(NEW.ende_tatsaechlich, upper(NEW.zeitraum) - 1, 'infinity');
  ende := greatest(letzter, beginn + 1);
  wechsel := CASE WHEN NEW.ueberlagerung_bis IS NULL THEN beginn WHEN NEW.ueberlagerung_bis >= letzter THEN ende
                  ELSE greatest(beginn, NEW.ueberlagerung_bis) END;
  NEW.ueberlagernd := datemultirange(daterange(beginn, wechsel)) * unten - war;
  NEW.allein := datemultirange(daterange(beginn, ende)) - NEW.ueberlagernd;
  RETURN NEW;
END
$f$
"""
#: As 0020 left it.
NAECHTE_DAVOR = """
CREATE OR REPLACE FUNCTION placements_naechte() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  war datemultirange;
  unten datemultirange;
  klient uuid;
  beginn date;
  letzter date;
  ende date;
  wechsel date;
BEGIN
  war := coalesce(OLD.allein, '{}');
  NEW.allein := '{}';
  NEW.ueberlagernd := '{}';
  IF NOT NEW.ist_aufenthalt AND isempty(war) THEN
    RETURN NEW;
  END IF;
  FOR klient IN SELECT DISTINCT k FROM unnest(ARRAY[OLD.klient_id, NEW.klient_id]) k WHERE k IS NOT NULL ORDER BY k LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('naechte.' || TG_TABLE_SCHEMA || klient, 0));
  END LOOP;
  IF NOT NEW.ist_aufenthalt OR NEW.zustand = 'STORNIERT' THEN
    RETURN NEW;
  END IF;
  IF NEW.klient_id IS DISTINCT FROM OLD.klient_id THEN
    war := '{}';
  END IF;
  EXECUTE format('SELECT coalesce(range_agg(allein), ''{}'') FROM %I.placements_buchung'
    ' WHERE klient_id = $1 AND ist_aufenthalt AND id <> $2', TG_TABLE_SCHEMA)
     INTO unten USING NEW.klient_id, NEW.id;
  beginn := coalesce(NEW.beginn_tatsaechlich, lower(NEW.zeitraum));
  letzter := coalesce(NEW.ende_tatsaechlich, upper(NEW.zeitraum) - 1);
  ende := greatest(letzter, beginn + 1);
  wechsel := CASE WHEN NEW.ueberlagerung_bis IS NULL THEN beginn WHEN NEW.ueberlagerung_bis >= letzter THEN ende
                  ELSE greatest(beginn, NEW.ueberlagerung_bis) END;
  NEW.ueberlagernd := datemultirange(daterange(beginn, wechsel)) * unten - war;
  NEW.allein := datemultirange(daterange(beginn, ende)) - NEW.ueberlagernd;
  RETURN NEW;
END
$f$
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0022_what_of_the_night_is_open")]

    operations = [
        migrations.RunSQL(NAECHTE, NAECHTE_DAVOR),
        migrations.AddConstraint(
            "buchung",
            models.CheckConstraint(
                name="buchung_hat_ende", condition=models.Q(zeitraum__upper_inf=False, zeitraum__isempty=False)
            ),
        ),
        migrations.AddField(
            "fremdeinrichtung",
            "vorschlag_id",
            models.UUIDField(null=True, editable=False, verbose_name="Aufnahmeantrag des Vorschlags"),
        ),
    ]
