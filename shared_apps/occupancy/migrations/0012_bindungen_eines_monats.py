"""Which holds on her own places a provider has in a period, found by places and days.

Under row-level security an overlap of days is asked only after the row's own rule, so for one month every hold there
ever was on her places was read and its house looked up: a million pages of the database for 100,000 holds. With the
owner's rights the index of places and days finds them. What has been given back is in no constraint's index.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION occupancy_eigene_bindungen(zr daterange) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  WITH wer AS (
    SELECT coalesce(nullif(current_setting('sojus.anbieter', true), ''), '{}')::uuid[] AS anbieter,
           coalesce(nullif(current_setting('sojus.einrichtung', true), ''), '{}')::uuid[] AS einrichtung),
  platz AS (
    SELECT p.id FROM wer JOIN providers_einrichtung e ON e.anbieter_id = ANY (wer.anbieter)
      JOIN providers_angebot a ON a.einrichtung_id = e.id
      JOIN providers_platz p ON p.angebot_id = a.id
     WHERE cardinality(wer.einrichtung) = 0 OR e.id = ANY (wer.einrichtung))
  SELECT b.id FROM platz CROSS JOIN LATERAL (
    SELECT b.id FROM occupancy_platzbindung b
     WHERE b.platz_id = platz.id AND b.zustand IN ('RESERVIERT', 'GEBUCHT') AND b.zeitraum && zr
    UNION ALL
    SELECT b.id FROM occupancy_platzbindung b
     WHERE b.platz_id = platz.id AND b.zustand = 'FREIGEGEBEN' AND b.zeitraum && zr) b
$f$;
REVOKE ALL ON FUNCTION occupancy_eigene_bindungen(daterange) FROM PUBLIC
"""
DROP = "DROP FUNCTION occupancy_eigene_bindungen(daterange)"


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0011_gruende_des_katalogs")]
    operations = [
        migrations.AddIndex(
            model_name="platzbindung",
            index=django.contrib.postgres.indexes.GistIndex(
                fields=["platz", "zeitraum"],
                name="platzbindung_freigegeben",
                condition=models.Q(("zustand", "FREIGEGEBEN")),
            ),
        ),
        migrations.RunSQL(FUNCTION, DROP),
    ]
