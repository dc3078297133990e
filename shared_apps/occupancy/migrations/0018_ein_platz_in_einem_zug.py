"""A place is found and held in one statement, where there were seven.

What the service did in turn, in the same order: free what the clock has ended, look which places are free, insert at
one after the other until the constraint lets one through, look again when a rival may have given one back. A place that
a trigger refuses since we looked is passed over by the exception, where the service had a savepoint for each try.

With the rights of whoever calls it: the hold is inserted under her row rules. The path is not set, so that nothing has
to be undone afterwards; every name says its schema.
"""

from django.db import migrations

HOLD = """
CREATE FUNCTION occupancy_platz_halten(
  die_id uuid, das_angebot uuid, zr daterange, der_mandant text, ablauf timestamptz, zuvor text)
RETURNS SETOF public.occupancy_platzbindung
LANGUAGE plpgsql AS $f$
DECLARE
  plaetze uuid[];
  anzahl integer;
  erster integer;
  grund text;
  gehalten boolean;
  bindung public.occupancy_platzbindung;
BEGIN
  IF zuvor <> '' THEN
    PERFORM pg_advisory_xact_lock(hashtext(zuvor));
  END IF;
  PERFORM public.occupancy_abgelaufene_freigeben(das_angebot);
  FOR anlauf IN 1..3 LOOP  -- a rival who rolls back may free a place after we looked; not for ever
    plaetze := ARRAY(SELECT public.occupancy_freie_plaetze(das_angebot, zr));
    anzahl := cardinality(plaetze);
    EXIT WHEN anzahl = 0;
    erster := floor(random() * anzahl);  -- rivals begin at different places, so that they do not queue up for the first
    FOR n IN 0 .. anzahl - 1 LOOP
      BEGIN
        INSERT INTO public.occupancy_platzbindung (id, created_at, mandant, platz_id, zeitraum, zustand, ablauf_at)
        VALUES (die_id, now(), der_mandant, plaetze[1 + (erster + n) % anzahl], zr, 'RESERVIERT', ablauf)
        ON CONFLICT ON CONSTRAINT platzbindung_keine_doppelbelegung DO NOTHING
        RETURNING * INTO bindung;
        gehalten := FOUND;
      EXCEPTION WHEN check_violation THEN  -- since we looked, its house has ended or blocked it, or its licence has ended
        GET STACKED DIAGNOSTICS grund = CONSTRAINT_NAME;
        IF grund NOT IN ('bindung_nach_dem_ende', 'bindung_auf_gesperrtem_platz', 'bindung_trotz_aufnahmestopp',
                         'bindung_ohne_erlaubnis') THEN
          RAISE;
        END IF;
        gehalten := false;
      END;
      IF gehalten THEN
        RETURN NEXT bindung;
        RETURN;
      END IF;
    END LOOP;
  END LOOP;
END
$f$
"""


class Migration(migrations.Migration):
    dependencies = [("occupancy", "0017_frei_durch_btree")]
    operations = [
        migrations.RunSQL(
            HOLD, "DROP FUNCTION occupancy_platz_halten(uuid, uuid, daterange, text, timestamptz, text)"
        )
    ]
