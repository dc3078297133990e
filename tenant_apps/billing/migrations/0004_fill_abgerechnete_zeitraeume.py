from django.db import migrations

#: Days of what is certified already, the earlier certification first; where two invoices charge the same day the later
#: one gets no row: it was certified under the old rule and stays as it is.
FILL = """
INSERT INTO billing_abgerechneterzeitraum (id, created_at, rechnung_id, klient_id, kreis, zeitraum)
SELECT gen_random_uuid(), r.festgestellt_at, r.id, b.klient_id,
       CASE h.form WHEN 'STATIONAER' THEN 'AUFENTHALT' ELSE h.code END, teil.zeitraum
  FROM billing_rechnung r
  JOIN placements_buchung b ON b.id = r.buchung_id
  JOIN public.catalogue_hilfeart h ON h.id = b.hilfeart_id
  JOIN billing_leistungsnachweis n ON n.id = r.leistungsnachweis_id
  JOIN LATERAL (
       SELECT unnest(range_agg(daterange(n.monat + tag - 1, n.monat + tag))) AS zeitraum FROM unnest(n.tage) AS tag
  ) teil ON true
 WHERE h.einheit = 'TAG' AND r.zustand IN ('SACHLICH_RICHTIG', 'ANGEORDNET', 'BEZAHLT')
 ORDER BY r.festgestellt_at, r.id
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_abgerechnete_zeitraeume"), ("catalogue", "0001_initial")]

    operations = [migrations.RunSQL(FILL, "DELETE FROM billing_abgerechneterzeitraum")]
