"""From which day on something of a booking can be billed follows from its days and its invoices, whoever writes.

The first trigger writes the day into every row of a booking that is written, whatever the statement says. The second
one has the row written again when a live invoice comes or goes. A provider sends hers under a role that may not write
bookings, so it runs with the owner's rights; it takes nothing from the caller but which booking the invoice is for.
Two invoices for one booking at the same moment: both write its row, so the second one sees what the first one did.

Bookings that are there already get their day all at once, which takes a fraction of the time of one by one; what was
written until the triggers were there gets it right after them.
"""

from django.db import migrations

_LIVE = "('EINGEREICHT', 'SACHLICH_RICHTIG', 'ANGEORDNET', 'BEZAHLT')"
TRIGGERS = f"""
CREATE FUNCTION billing_abrechenbar_ab() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  beginn date := coalesce(NEW.beginn_tatsaechlich, lower(NEW.zeitraum));
  ende date := coalesce(NEW.ende_tatsaechlich, upper(NEW.zeitraum) - 1, 'infinity');
  erster date;
BEGIN
  NEW.abrechenbar_ab := NULL;
  IF NEW.zustand = 'STORNIERT' OR beginn > ende THEN
    RETURN NEW;
  END IF;
  -- The first month without an invoice is the first of all, or follows one that has one.
  EXECUTE format(
    'WITH berechnet AS (SELECT r.monat FROM %I.billing_rechnung r WHERE r.buchung_id = $1'
    ' AND r.zustand IN {_LIVE.replace("'", "''")})'
    ' SELECT min(m.monat) FROM (SELECT $2 UNION ALL SELECT (b.monat + interval ''1 month'')::date FROM berechnet b'
    ' WHERE b.monat >= $2) m(monat) WHERE m.monat NOT IN (SELECT b.monat FROM berechnet b)', TG_TABLE_SCHEMA)
     INTO erster USING NEW.id, date_trunc('month', beginn::timestamp)::date;
  IF erster <= ende THEN
    NEW.abrechenbar_ab := least((erster + interval '1 month')::date - 1, ende);
  END IF;
  RETURN NEW;
END
$f$;
CREATE FUNCTION billing_abrechenbar_folgt() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    EXECUTE format('UPDATE %I.placements_buchung SET abrechenbar_ab = NULL WHERE id = $1', TG_TABLE_SCHEMA)
      USING OLD.buchung_id;
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.buchung_id <> OLD.buchung_id) THEN
    EXECUTE format('UPDATE %I.placements_buchung SET abrechenbar_ab = NULL WHERE id = $1', TG_TABLE_SCHEMA)
      USING NEW.buchung_id;
  END IF;
  RETURN NULL;
END
$f$;
REVOKE ALL ON FUNCTION billing_abrechenbar_folgt() FROM PUBLIC;
CREATE TRIGGER billing_abrechenbar_ab BEFORE INSERT OR UPDATE ON placements_buchung
  FOR EACH ROW EXECUTE FUNCTION billing_abrechenbar_ab();
CREATE TRIGGER billing_abrechenbar_neu AFTER INSERT OR DELETE ON billing_rechnung
  FOR EACH ROW EXECUTE FUNCTION billing_abrechenbar_folgt();
CREATE TRIGGER billing_abrechenbar_folgt AFTER UPDATE ON billing_rechnung
  FOR EACH ROW WHEN ((OLD.zustand::text IN {_LIVE}) <> (NEW.zustand::text IN {_LIVE})
    OR OLD.monat <> NEW.monat OR OLD.buchung_id <> NEW.buchung_id)
  EXECUTE FUNCTION billing_abrechenbar_folgt()
"""
FILL = f"""
UPDATE placements_buchung b SET abrechenbar_ab = f.tag
  FROM (SELECT k.id, CASE WHEN k.zustand <> 'STORNIERT' AND t.beginn <= t.ende AND e.monat <= t.ende
                          THEN least((e.monat + interval '1 month')::date - 1, t.ende) END AS tag
          FROM placements_buchung k
         CROSS JOIN LATERAL (SELECT coalesce(k.beginn_tatsaechlich, lower(k.zeitraum)) AS beginn,
                                    coalesce(k.ende_tatsaechlich, upper(k.zeitraum) - 1, 'infinity') AS ende) t
         CROSS JOIN LATERAL (SELECT date_trunc('month', t.beginn::timestamp)::date AS monat) a
         CROSS JOIN LATERAL (
               SELECT min(m.monat) AS monat
                 FROM (SELECT a.monat UNION ALL
                       SELECT (r.monat + interval '1 month')::date FROM billing_rechnung r
                        WHERE r.buchung_id = k.id AND r.zustand IN {_LIVE} AND r.monat >= a.monat) m
                WHERE NOT EXISTS (SELECT FROM billing_rechnung r
                                   WHERE r.buchung_id = k.id AND r.zustand IN {_LIVE} AND r.monat = m.monat)) e) f
 WHERE f.id = b.id AND b.abrechenbar_ab IS DISTINCT FROM f.tag
"""
DROP = """
DROP FUNCTION billing_abrechenbar_folgt() CASCADE;
DROP FUNCTION billing_abrechenbar_ab() CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_who_objected"), ("placements", "0008_when_it_can_be_billed")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, DROP),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
