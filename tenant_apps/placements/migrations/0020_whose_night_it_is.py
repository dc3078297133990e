"""Each booking says whose its nights are (ADR 0084), and the seal of a choice says who, when and for whom (ADR 0086).

Until now the constraints computed it from the row alone. A stay that ends or is cancelled leaves nights to whatever lay
over it, and no row said so. `placements_naechte` says it for the row that is written, whoever writes, the release before,
too; `placements_naechte_frei` asks it again of the stays that lay over what was given up. An advisory lock of the person
lets writers of her stays take turns; the services hold the person already.

`placements_vermerk_anketten` takes neither moment nor checksum from whoever writes an Auswahlvermerk, and no other name
or person. What was sealed before stays as it is, under the first version of the seal.
"""

import django.contrib.postgres.constraints
from django.db import migrations, models

import tenant_apps.placements.naechte

#: Bookings as they stand: a night in which nothing lies beneath is its own. What does not say that it lies over another
#: stay comes first, then in the order of booking, so that no night is given twice.
FILL = """
DO $f$
DECLARE
  b record;
  unten datemultirange;
BEGIN
  FOR b IN
    SELECT id, klient_id, beginn, ende,
           CASE WHEN bis IS NULL THEN beginn WHEN bis >= letzter THEN ende ELSE greatest(beginn, bis) END AS wechsel
      FROM (SELECT id, klient_id, gebucht_at, beginn, letzter, greatest(letzter, beginn + 1) AS ende, bis
              FROM (SELECT id, klient_id, gebucht_at, ueberlagerung_bis AS bis,
                           coalesce(beginn_tatsaechlich, lower(zeitraum)) AS beginn,
                           coalesce(ende_tatsaechlich, upper(zeitraum) - 1) AS letzter
                      FROM placements_buchung WHERE ist_aufenthalt AND zustand <> 'STORNIERT') t) n
  LOOP
    UPDATE placements_buchung
       SET allein = datemultirange(daterange(b.wechsel, b.ende)),
           ueberlagernd = datemultirange(daterange(b.beginn, b.wechsel))
     WHERE id = b.id;
  END LOOP;
  FOR b IN
    SELECT id, klient_id FROM placements_buchung
     WHERE ist_aufenthalt AND NOT isempty(ueberlagernd) ORDER BY gebucht_at, id
  LOOP
    SELECT coalesce(range_agg(o.allein), '{}') INTO unten
      FROM placements_buchung o WHERE o.klient_id = b.klient_id AND o.ist_aufenthalt AND o.id <> b.id;
    UPDATE placements_buchung
       SET allein = allein + (ueberlagernd - unten), ueberlagernd = ueberlagernd * unten
     WHERE id = b.id;
  END LOOP;
END
$f$
"""
NAECHTE = """
CREATE FUNCTION placements_naechte() RETURNS trigger LANGUAGE plpgsql AS $f$
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
$f$;
CREATE FUNCTION placements_naechte_frei() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  frei datemultirange := OLD.allein;
  andere uuid;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.klient_id = OLD.klient_id THEN
    frei := OLD.allein - NEW.allein;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('naechte.' || TG_TABLE_SCHEMA || OLD.klient_id, 0));
  FOR andere IN EXECUTE format('SELECT id FROM %I.placements_buchung WHERE klient_id = $1 AND ist_aufenthalt'
    ' AND ueberlagernd && $2 ORDER BY gebucht_at, id', TG_TABLE_SCHEMA) USING OLD.klient_id, frei
  LOOP
    EXECUTE format('UPDATE %I.placements_buchung SET ueberlagernd = ueberlagernd WHERE id = $1', TG_TABLE_SCHEMA)
      USING andere;
  END LOOP;
  RETURN NULL;
END
$f$;
CREATE TRIGGER placements_naechte BEFORE INSERT OR UPDATE OF klient_id, hilfeart_id, ist_aufenthalt, zustand, zeitraum,
  beginn_tatsaechlich, ende_tatsaechlich, ueberlagerung_bis, allein, ueberlagernd ON placements_buchung
  FOR EACH ROW EXECUTE FUNCTION placements_naechte();
CREATE TRIGGER placements_naechte_frei AFTER UPDATE ON placements_buchung FOR EACH ROW
  WHEN (OLD.allein <> NEW.allein OR OLD.klient_id <> NEW.klient_id) EXECUTE FUNCTION placements_naechte_frei();
CREATE TRIGGER placements_naechte_weg AFTER DELETE ON placements_buchung
  FOR EACH ROW EXECUTE FUNCTION placements_naechte_frei()
"""
ANKETTEN = """
CREATE OR REPLACE FUNCTION placements_vermerk_anketten() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  erster record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('auswahlvermerk.' || TG_TABLE_SCHEMA));
  EXECUTE format('SELECT nummer, siegel FROM %I.placements_auswahlvermerk ORDER BY nummer DESC LIMIT 1',
    TG_TABLE_SCHEMA) INTO NEW.nummer, NEW.vorgaenger;
  NEW.nummer := coalesce(NEW.nummer, 0) + 1;
  NEW.vorgaenger := coalesce(NEW.vorgaenger, '');
  NEW.created_at := clock_timestamp();
  NEW.klient_id := coalesce(NEW.klient_id, (NEW.kriterien ->> 'klient')::uuid);
  IF NEW.fachkraft_id <> coalesce(public.sojus_user(), NEW.fachkraft_id) THEN
    RAISE EXCEPTION 'a choice is written by whoever makes it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'auswahlvermerk_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.nachtrag_zu_id IS NULL THEN
    IF NEW.klient_id IS DISTINCT FROM (NEW.kriterien ->> 'klient')::uuid OR NEW.klient_id IS NULL THEN
      RAISE EXCEPTION 'a choice is for the person its criteria name'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'auswahlvermerk_fuer_die_person', TABLE = TG_TABLE_NAME;
    END IF;
  ELSE
    EXECUTE format('SELECT klient_id, suche_id, nachtrag_zu_id FROM %I.placements_auswahlvermerk WHERE id = $1',
      TG_TABLE_SCHEMA) INTO erster USING NEW.nachtrag_zu_id;
    IF erster.klient_id <> NEW.klient_id OR NEW.klient_id IS NULL OR erster.suche_id <> NEW.suche_id
       OR erster.nachtrag_zu_id IS NOT NULL THEN
      RAISE EXCEPTION 'a note corrects the first one of the same person'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'auswahlvermerk_zum_ersten', TABLE = TG_TABLE_NAME;
    END IF;
  END IF;
  SELECT encode(sha256(convert_to(string_agg(encode(sha256(teil), 'hex'), '' ORDER BY n), 'UTF8')), 'hex')
    INTO NEW.pruefsumme
    FROM unnest(ARRAY[convert_to(NEW.suche_id::text, 'UTF8'), convert_to(NEW.fachkraft_name, 'UTF8'),
      convert_to(NEW.kriterien::text, 'UTF8'), convert_to(NEW.angebote::text, 'UTF8'),
      convert_to(coalesce(NEW.angebot_id::text, ''), 'UTF8'), convert_to(NEW.rang::text, 'UTF8'),
      convert_to(NEW.anzahl::text, 'UTF8'), convert_to(NEW.im_guenstigsten_drittel::text, 'UTF8'),
      convert_to(NEW.begruendung, 'UTF8'), NEW.wuensche, convert_to(coalesce(NEW.ersparnis::text, ''), 'UTF8')
    ]::bytea[]) WITH ORDINALITY t(teil, n);
  NEW.fassung := 2;
  NEW.salz := encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex');
  NEW.abdruck := encode(sha256(convert_to(NEW.salz || '|' || NEW.pruefsumme, 'UTF8')), 'hex');
  NEW.siegel := encode(sha256(convert_to(concat_ws('|', NEW.fassung, NEW.nummer, NEW.vorgaenger, NEW.id,
    (extract(epoch FROM NEW.created_at) * 1000000)::bigint, NEW.fachkraft_id, NEW.klient_id,
    coalesce(NEW.nachtrag_zu_id::text, ''), NEW.abdruck), 'UTF8')), 'hex');
  RETURN NEW;
END
$f$
"""
DROP = "DROP FUNCTION placements_naechte() CASCADE; DROP FUNCTION placements_naechte_frei() CASCADE"

#: As 0017 left it.
ANKETTEN_DAVOR = """
CREATE OR REPLACE FUNCTION placements_vermerk_anketten() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('auswahlvermerk.' || TG_TABLE_SCHEMA));
  EXECUTE format('SELECT nummer, siegel FROM %I.placements_auswahlvermerk ORDER BY nummer DESC LIMIT 1',
    TG_TABLE_SCHEMA) INTO NEW.nummer, NEW.vorgaenger;
  NEW.nummer := coalesce(NEW.nummer, 0) + 1;
  NEW.vorgaenger := coalesce(NEW.vorgaenger, '');
  NEW.klient_id := coalesce(NEW.klient_id, (NEW.kriterien ->> 'klient')::uuid);
  NEW.siegel := encode(sha256(convert_to(concat_ws('|', NEW.nummer, NEW.vorgaenger, NEW.id,
    (extract(epoch FROM NEW.created_at) * 1000000)::bigint, NEW.pruefsumme), 'UTF8')), 'hex');
  RETURN NEW;
END
$f$
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0019_suchauftrag")]

    operations = [
        migrations.AddField(
            "buchung", "allein", tenant_apps.placements.naechte.NaechteField(verbose_name="Nächte für sich")
        ),
        migrations.AddField(
            "buchung",
            "ueberlagernd",
            tenant_apps.placements.naechte.NaechteField(verbose_name="Nächte über einem anderen Aufenthalt"),
        ),
        migrations.RemoveConstraint("buchung", "buchung_ein_aufenthalt"),
        migrations.RemoveConstraint("buchung", "buchung_eine_ueberlagerung"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(NAECHTE, DROP),
        migrations.AddConstraint(
            "buchung",
            django.contrib.postgres.constraints.ExclusionConstraint(
                name="buchung_ein_aufenthalt",
                expressions=[("klient", "="), ("allein", "&&")],
                condition=models.Q(ist_aufenthalt=True),
            ),
        ),
        migrations.AddConstraint(
            "buchung",
            django.contrib.postgres.constraints.ExclusionConstraint(
                name="buchung_eine_ueberlagerung",
                expressions=[("klient", "="), ("ueberlagernd", "&&")],
                condition=models.Q(ist_aufenthalt=True) & ~models.Q(ueberlagerung__in=["", "BESTAND"]),
            ),
        ),
        migrations.AddField(
            "auswahlvermerk",
            "fassung",
            models.PositiveSmallIntegerField(db_default=1, editable=False, verbose_name="Fassung des Siegels"),
        ),
        migrations.AddField(
            "auswahlvermerk",
            "salz",
            models.CharField(
                blank=True, db_default="", editable=False, max_length=64, verbose_name="Salz des Abdrucks"
            ),
        ),
        migrations.AddField(
            "auswahlvermerk",
            "abdruck",
            models.CharField(
                blank=True, db_default="", editable=False, max_length=64, verbose_name="Abdruck der Prüfsumme"
            ),
        ),
        migrations.AlterField(
            "auswahlvermerk",
            "pruefsumme",
            models.CharField(blank=True, db_default="", editable=False, max_length=64, verbose_name="Prüfsumme"),
        ),
        migrations.RunSQL(ANKETTEN, ANKETTEN_DAVOR),
    ]
