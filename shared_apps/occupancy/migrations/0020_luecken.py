"""When each place is free is kept, and read by the search instead of all holds of the nation (ADR 0099).

To say which of ten thousand places are free, every hold that reaches beyond the day was read, for nearly every place has
one. Free are few: the times between holds are kept for each place, and what is free on a day is one part of an index.

They are no truth of their own. Holds, blocks and places write them by triggers, always all of one place, after a lock
of that place, so that of two at the same moment the second sees what the first has written. A reservation lapses at a
moment, without anybody writing: it is no hold here, and is taken off by whoever reads. So reserving writes nothing.
"""

import django.db.models.deletion
import uuid6
from django.db import migrations, models

#: The office's day; a day of margin on either side, for whoever's clock.
_HEUTE = "(now() AT TIME ZONE 'Europe/Berlin')::date"
# What a place has free between its holds; what was over before the day before yesterday is asked of the holds.
_LUECKEN = f"""
  SELECT gen_random_uuid(), now(), p.id, p.angebot_id, coalesce(lower(l), date '0001-01-01'), upper(l)
    FROM providers_platz p
   CROSS JOIN LATERAL unnest(datemultirange(p.gueltig) - coalesce((
           SELECT range_agg(v.zeitraum) FROM (
             SELECT b.zeitraum FROM occupancy_platzbindung b
              WHERE b.platz_id = p.id AND b.ende > {_HEUTE} - 2
                AND (b.zustand = 'GEBUCHT' OR b.zustand = 'RESERVIERT' AND b.ablauf_at IS NULL)
              UNION ALL
             SELECT s.zeitraum FROM occupancy_platzsperre s WHERE s.platz_id = p.id AND s.aufgehoben_at IS NULL) v
         ), '{{}}')) l
   WHERE (upper(l) IS NULL OR upper(l) > {_HEUTE} - 2)"""
WRITE = f"""
CREATE FUNCTION occupancy_luecken_rechnen(der_platz uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('occupancy_luecke'), hashtext(der_platz::text));
  DELETE FROM occupancy_luecke g WHERE g.platz_id = der_platz;
  INSERT INTO occupancy_luecke (id, created_at, platz_id, angebot_id, von, bis){_LUECKEN}
     AND p.id = der_platz;
END
$f$;
CREATE FUNCTION occupancy_luecken_folgen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM occupancy_luecken_rechnen(OLD.platz_id);
  END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.platz_id <> OLD.platz_id THEN
    PERFORM occupancy_luecken_rechnen(NEW.platz_id);
  END IF;
  RETURN NULL;
END
$f$;
CREATE FUNCTION occupancy_luecken_des_platzes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  PERFORM occupancy_luecken_rechnen(CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END);
  RETURN NULL;
END
$f$;
CREATE FUNCTION occupancy_luecken_neu() RETURNS integer
LANGUAGE plpgsql AS $f$
DECLARE
  anzahl integer;
BEGIN
  LOCK TABLE providers_platz, occupancy_platzbindung, occupancy_platzsperre IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM occupancy_luecke;
  INSERT INTO occupancy_luecke (id, created_at, platz_id, angebot_id, von, bis){_LUECKEN};
  GET DIAGNOSTICS anzahl = ROW_COUNT;
  RETURN anzahl;
END
$f$;
"""

# As `occupancy_vakanzen` counts, of what has something free. What is reserved is looked up for each gap of a few offers
# and read once for many: a plan of the session does not know how many there are.
READ = f"""
CREATE FUNCTION occupancy_freie_angebote(angebote uuid[], zr daterange)
RETURNS TABLE (angebot_id uuid, frei integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
#variable_conflict use_column
DECLARE
  anbieter uuid[] := coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{{}}')::uuid[];
  tag date := coalesce(lower(zr), '-infinity');
  danach date := coalesce(upper(zr), 'infinity');
  lebt date := least(coalesce(lower(zr), '-infinity'), date '9999-12-30');
BEGIN
  IF cardinality(anbieter) > 0 OR coalesce(isempty(zr), true) OR tag < {_HEUTE} - 1 THEN
    RETURN QUERY SELECT v.angebot_id, v.frei FROM occupancy_vakanzen(angebote, zr) v WHERE v.frei > 0;
  ELSIF cardinality(angebote) <= 300 THEN
    RETURN QUERY
    SELECT l.angebot_id, count(*)::integer
      FROM (SELECT DISTINCT g.id FROM unnest(angebote) g (id)) a
      JOIN occupancy_luecke l ON l.angebot_id = a.id AND l.von <= tag AND (l.bis IS NULL OR l.bis >= danach)
      LEFT JOIN LATERAL (
        SELECT b.platz_id FROM occupancy_platzbindung b
         WHERE b.platz_id = l.platz_id AND b.zustand = 'RESERVIERT' AND b.ende > lebt
           AND range_overlaps(b.zeitraum, zr) AND b.ablauf_at >= now()
         LIMIT 1) w ON true
     WHERE w.platz_id IS NULL AND NOT EXISTS (
           SELECT FROM occupancy_aufnahmestopp t
            WHERE t.angebot_id = l.angebot_id AND t.aufgehoben_at IS NULL AND t.zeitraum @> lower(zr))
     GROUP BY l.angebot_id;
  ELSE
    RETURN QUERY
    SELECT l.angebot_id, count(*)::integer
      FROM occupancy_luecke l
     WHERE l.von <= tag AND (l.bis IS NULL OR l.bis >= danach) AND l.angebot_id IN (SELECT unnest(angebote))
       AND l.platz_id NOT IN (
           SELECT b.platz_id FROM occupancy_platzbindung b
            WHERE b.zustand = 'RESERVIERT' AND b.ende > lebt AND range_overlaps(b.zeitraum, zr)
              AND b.ablauf_at >= now())
       AND l.angebot_id NOT IN (
           SELECT t.angebot_id FROM occupancy_aufnahmestopp t
            WHERE t.aufgehoben_at IS NULL AND t.zeitraum @> lower(zr))
     GROUP BY l.angebot_id;
  END IF;
END
$f$;
"""

# Of a hold only what does not lapse by itself.
_FEST = "({0}.zustand::text = 'GEBUCHT' OR {0}.zustand::text = 'RESERVIERT' AND {0}.ablauf_at IS NULL)"
_ALT, _NEU = _FEST.format("OLD"), _FEST.format("NEW")
TRIGGERS = f"""
CREATE TRIGGER occupancy_luecken_bindung_neu AFTER INSERT ON occupancy_platzbindung
  FOR EACH ROW WHEN ({_NEU}) EXECUTE FUNCTION occupancy_luecken_folgen();
CREATE TRIGGER occupancy_luecken_bindung_geaendert
  AFTER UPDATE OF zustand, zeitraum, platz_id, ablauf_at ON occupancy_platzbindung
  FOR EACH ROW WHEN (({_ALT} OR {_NEU}) AND ({_ALT} IS DISTINCT FROM {_NEU}
    OR OLD.zeitraum IS DISTINCT FROM NEW.zeitraum OR OLD.platz_id IS DISTINCT FROM NEW.platz_id))
  EXECUTE FUNCTION occupancy_luecken_folgen();
CREATE TRIGGER occupancy_luecken_bindung_weg AFTER DELETE ON occupancy_platzbindung
  FOR EACH ROW WHEN ({_ALT}) EXECUTE FUNCTION occupancy_luecken_folgen();
CREATE TRIGGER occupancy_luecken_sperre AFTER INSERT OR UPDATE OR DELETE ON occupancy_platzsperre
  FOR EACH ROW EXECUTE FUNCTION occupancy_luecken_folgen();
CREATE TRIGGER occupancy_luecken_platz AFTER INSERT OR DELETE OR UPDATE OF gueltig, angebot_id ON providers_platz
  FOR EACH ROW EXECUTE FUNCTION occupancy_luecken_des_platzes();
"""
PRIVATE = """
REVOKE ALL ON FUNCTION occupancy_luecken_rechnen(uuid), occupancy_luecken_folgen(), occupancy_luecken_des_platzes(),
  occupancy_freie_angebote(uuid[], daterange) FROM PUBLIC
"""
DROP = """
DROP FUNCTION occupancy_luecken_folgen() CASCADE;
DROP FUNCTION occupancy_luecken_des_platzes() CASCADE;
DROP FUNCTION occupancy_luecken_rechnen(uuid), occupancy_luecken_neu(), occupancy_freie_angebote(uuid[], daterange)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("occupancy", "0019_a_hold_begins_and_a_reservation_lapses"),
        ("providers", "0036_journal_mit_seinem_index"),
    ]
    operations = [
        migrations.CreateModel(
            name="Luecke",
            fields=[
                ("id", models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="angelegt am")),
                ("von", models.DateField(verbose_name="von")),
                ("bis", models.DateField(null=True, verbose_name="bis (ausschließlich)")),
                (
                    "angebot",
                    models.ForeignKey(
                        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+", to="providers.angebot", verbose_name="Angebot",
                    ),
                ),
                (
                    "platz",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+",
                        to="providers.platz", verbose_name="Platz",
                    ),
                ),
            ],
            options={
                "verbose_name": "Lücke",
                "verbose_name_plural": "Lücken",
                "indexes": [
                    models.Index(fields=["angebot", "von"], include=["bis", "platz"], name="luecke_angebot"),
                    models.Index(fields=["von", "bis"], include=["angebot", "platz"], name="luecke_frei"),
                ],
            },
        ),
        migrations.AddIndex(
            "platzbindung",
            models.Index(
                fields=["platz", "ende"],
                name="platzbindung_wartet",
                condition=models.Q(zustand="RESERVIERT"),
                include=["zeitraum", "ablauf_at"],
            ),
        ),
        migrations.RunSQL("".join((WRITE, READ, TRIGGERS, PRIVATE)), DROP),
        migrations.RunSQL("SELECT occupancy_luecken_neu()", migrations.RunSQL.noop),
    ]  # fmt: skip
