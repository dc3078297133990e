from django.db import migrations

#: Pointers of before: whose matter they are, and what the reservation says today. What was consented to and waits for
#: the office is open again, on its side of the worklist.
FILL = """
UPDATE public.inbox_hinweis h
   SET platzbindung_id = r.platzbindung_id, beginn = lower(r.zeitraum),
       wartet_auf = CASE r.zustand WHEN 'ZUGESTIMMT' THEN 'AMT' ELSE 'ANBIETER' END,
       frist_at = CASE r.zustand WHEN 'ZUGESTIMMT' THEN r.ablauf_at ELSE h.frist_at END,
       erledigt_at = CASE r.zustand WHEN 'ZUGESTIMMT' THEN NULL ELSE h.erledigt_at END,
       ausgang = CASE WHEN h.erledigt_at IS NULL THEN '' ELSE CASE r.zustand
           WHEN 'GEBUCHT' THEN 'GEBUCHT' WHEN 'ABGELEHNT' THEN 'ABGELEHNT'
           WHEN 'ZURUECKGEZOGEN' THEN 'ZURUECKGENOMMEN' WHEN 'ABGELAUFEN' THEN 'ABGELAUFEN' ELSE '' END END
  FROM placements_reservierung r
 WHERE h.mandant = current_schema() AND h.art = 'RESERVIERUNG' AND h.objekt_id = r.id;
UPDATE public.inbox_hinweis h SET platzbindung_id = b.platzbindung_id, beginn = lower(b.zeitraum)
  FROM placements_buchung b
 WHERE h.mandant = current_schema() AND h.art IN ('BUCHUNG', 'BEENDIGUNG', 'LEISTUNGSNACHWEIS') AND h.objekt_id = b.id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0003_whose_turn_and_what_became_of_it"),
        ("placements", "0008_when_it_can_be_billed"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
