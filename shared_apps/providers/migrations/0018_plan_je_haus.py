"""A plan that is made for each house stays with the function that needs it, and what never was is not looked at.

`providers_erlaubnis_pruefen` of 0007 asked for a plan of its own at each call: one that was made while a house had two
places is not kept for one that has two hundred. It said so for the whole transaction, and every other trigger of a list
was planned again for each row, too. Said at the function, it ends with it.
"""

from importlib import import_module

from django.db import migrations

PRUEFEN = """
CREATE OR REPLACE FUNCTION providers_erlaubnis_pruefen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $f$
DECLARE
  haeuser uuid[];
  haus uuid;
  zu_viele boolean;
  falsches_alter boolean;
BEGIN
  -- What a list takes back has a day before all days (`rules.nie_gewesen`): nothing is offered or allowed more by it.
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'providers_angebot' THEN
    IF NEW.gueltig << daterange('1901-01-01', NULL) THEN
      RETURN NULL;
    END IF;
  ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'providers_betriebserlaubnis' THEN
    IF NEW.gueltig_bis <= '1901-01-01' THEN
      RETURN NULL;
    END IF;
  END IF;
  IF TG_TABLE_NAME <> 'providers_platz' THEN
    haeuser := ARRAY[NEW.einrichtung_id];
    IF TG_OP = 'UPDATE' THEN
      haeuser := haeuser || OLD.einrichtung_id;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    haeuser := ARRAY(
      SELECT a.einrichtung_id FROM providers_angebot a
        JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id AND h.erlaubnispflichtig WHERE a.id = NEW.angebot_id);
  ELSE
    haeuser := ARRAY(
      SELECT a.einrichtung_id FROM neue n JOIN providers_angebot a ON a.id = n.angebot_id
        JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id AND h.erlaubnispflichtig);
  END IF;
  FOR haus IN SELECT DISTINCT h FROM unnest(haeuser) h ORDER BY h LOOP
    PERFORM pg_advisory_xact_lock(77147, hashtext(haus::text));
    CONTINUE WHEN NOT EXISTS (SELECT FROM providers_betriebserlaubnis b WHERE b.einrichtung_id = haus);
    WITH erlaubnis AS (
      SELECT daterange(coalesce(b.gueltig_ab, b.datum), b.gueltig_bis) AS zeit, b.plaetze, b.alter_von, b.alter_bis
        FROM providers_betriebserlaubnis b WHERE b.einrichtung_id = haus),
    ausnahme AS (
      SELECT x.gueltig AS zeit, x.plaetze_mehr, x.alter_von, x.alter_bis
        FROM providers_ausnahme x WHERE x.einrichtung_id = haus),
    angebot AS (
      SELECT a.id, a.gueltig AS zeit, a.alter_von, a.alter_bis
        FROM providers_angebot a JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id AND h.erlaubnispflichtig
       WHERE a.einrichtung_id = haus AND a.alter_von < 18),
    platz AS (
      SELECT p.gueltig * a.zeit AS zeit FROM angebot a JOIN providers_platz p ON p.angebot_id = a.id
       WHERE p.gueltig && a.zeit),
    tag AS (
      SELECT lower(zeit) AS am FROM erlaubnis UNION SELECT upper(zeit) FROM ausnahme
      UNION SELECT lower(zeit) FROM platz UNION SELECT lower(zeit) FROM angebot),
    grenze AS (
      SELECT t.am, e.plaetze + coalesce(x.mehr, 0) AS plaetze,
             least(e.alter_von, x.von) AS von, greatest(e.alter_bis, x.bis) AS bis
        FROM tag t JOIN erlaubnis e ON e.zeit @> t.am
        LEFT JOIN LATERAL (
          SELECT sum(x.plaetze_mehr) AS mehr, min(x.alter_von) AS von, max(x.alter_bis) AS bis
            FROM ausnahme x WHERE x.zeit @> t.am) x ON true)
    SELECT bool_or((SELECT count(*) FROM platz p WHERE p.zeit @> g.am) > g.plaetze),
           bool_or(EXISTS (SELECT FROM angebot a
                            WHERE a.zeit @> g.am AND (a.alter_von < g.von OR a.alter_bis > g.bis)))
      INTO zu_viele, falsches_alter FROM grenze g;
    IF zu_viele THEN
      RAISE EXCEPTION 'a facility does not have more places than its licence allows'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'erlaubnis_plaetze', TABLE = TG_TABLE_NAME;
    END IF;
    IF falsches_alter THEN
      RAISE EXCEPTION 'an offer does not take ages that the licence of its facility leaves out'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'erlaubnis_alter_angebot', TABLE = TG_TABLE_NAME;
    END IF;
  END LOOP;
  RETURN NULL;
END
$f$
"""

# The one of 0007, without its triggers, which stay.
_LIMITS: str = import_module("shared_apps.providers.migrations.0007_betriebserlaubnis").LIMITS
BACK = _LIMITS.split(";\nREVOKE ALL")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    """One function; the triggers of 0007 call it."""

    dependencies = [("providers", "0017_meldegruende_des_katalogs")]
    operations = [migrations.RunSQL(PRUEFEN, BACK)]
