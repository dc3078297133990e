"""One child, one bed (ADR 0084): two booked stays of a child never share a night, but for what lies over one.

What was booked twice before stays, and says so (`BESTAND`): the later booking lies over the earlier one to its end.
The trigger marks what gives a bed, whoever writes, the release before, too; it reads the catalogue on the day of the
booking, and a kind of help that changes its form later changes no booking. It takes the schema from no table: it writes
only the row that is written.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models
from django.db.models.functions import Coalesce, Greatest

TAG = models.DateField()
BEGINN = Coalesce("beginn_tatsaechlich", models.Func("zeitraum", function="lower", output_field=TAG))
LETZTER = Coalesce(
    "ende_tatsaechlich", models.Func("zeitraum", template="(upper(%(expressions)s) - 1)", output_field=TAG)
)
ENDE = Greatest(LETZTER, models.Func(BEGINN, template="(%(expressions)s + 1)", output_field=TAG))
WECHSEL = models.Case(
    models.When(ueberlagerung_bis__isnull=True, then=BEGINN),
    models.When(ueberlagerung_bis__gte=LETZTER, then=ENDE),
    default=Greatest(BEGINN, models.F("ueberlagerung_bis")),
    output_field=TAG,
)
TAGE = django.contrib.postgres.fields.ranges.DateRangeField()
STEHT = models.Q(ist_aufenthalt=True) & ~models.Q(zustand="STORNIERT")

FILL = """
DO $f$
DECLARE
  b record;
  doppelt boolean;
BEGIN
  FOR b IN
    SELECT x.id, x.klient_id, x.zustand, coalesce(x.beginn_tatsaechlich, lower(x.zeitraum)) AS beginn,
           coalesce(x.ende_tatsaechlich, upper(x.zeitraum) - 1) AS letzter
      FROM placements_buchung x JOIN public.catalogue_hilfeart h ON h.id = x.hilfeart_id
     WHERE h.form = 'STATIONAER' AND NOT x.ist_aufenthalt ORDER BY x.gebucht_at, x.id
  LOOP
    SELECT b.zustand <> 'STORNIERT' AND EXISTS (
      SELECT FROM placements_buchung o WHERE o.klient_id = b.klient_id AND o.ist_aufenthalt
         AND o.zustand <> 'STORNIERT' AND o.ueberlagerung_bis IS NULL
         AND daterange(coalesce(o.beginn_tatsaechlich, lower(o.zeitraum)),
                       greatest(coalesce(o.ende_tatsaechlich, upper(o.zeitraum) - 1),
                                coalesce(o.beginn_tatsaechlich, lower(o.zeitraum)) + 1))
             && daterange(b.beginn, greatest(b.letzter, b.beginn + 1))) INTO doppelt;
    UPDATE placements_buchung SET ist_aufenthalt = true,
           ueberlagerung = CASE WHEN doppelt THEN 'BESTAND' ELSE '' END,
           ueberlagerung_bis = CASE WHEN doppelt THEN b.letzter END
     WHERE id = b.id;
  END LOOP;
END
$f$
"""
TRIGGER = """
CREATE FUNCTION placements_aufenthalt() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.hilfeart_id = OLD.hilfeart_id THEN
    NEW.ist_aufenthalt := OLD.ist_aufenthalt;
    RETURN NEW;
  END IF;
  SELECT h.form = 'STATIONAER' INTO STRICT NEW.ist_aufenthalt
    FROM public.catalogue_hilfeart h WHERE h.id = NEW.hilfeart_id;
  IF NEW.ueberlagerung <> '' AND NEW.ueberlagerung_grund = '' THEN
    RAISE EXCEPTION 'a stay that lies over another one has a reason'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'buchung_ueberlagerung_mit_grund', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END
$f$;
CREATE TRIGGER placements_aufenthalt BEFORE INSERT OR UPDATE OF hilfeart_id, ist_aufenthalt ON placements_buchung
  FOR EACH ROW EXECUTE FUNCTION placements_aufenthalt()
"""
DROP = "DROP FUNCTION placements_aufenthalt() CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0032_mail_an_ehemalige"),
        ("cases", "0010_seal_of_the_person"),
        ("catalogue", "0006_entgeltrecht"),
        ("placements", "0013_nachtaufnahme"),
        ("providers", "0034_vereinbart_ist_gewesen"),
    ]

    operations = [
        migrations.AddField(
            "buchung",
            "ist_aufenthalt",
            models.BooleanField(db_default=False, default=False, editable=False, verbose_name="Aufenthalt"),
        ),
        migrations.AddField(
            "buchung",
            "ueberlagerung",
            models.CharField(
                blank=True,
                choices=[
                    ("FREIGEHALTEN", "der andere Platz wird freigehalten"),
                    ("INOBHUTNAHME", "Inobhutnahme"),
                    ("PROBEWOHNEN", "Probewohnen"),
                    ("KLINIK", "Aufenthalt in einer Klinik"),
                    ("BESTAND", "vor dieser Regel gebucht"),
                ],
                db_default="",
                max_length=12,
                verbose_name="Überlagerung",
            ),
        ),
        migrations.AddField(
            "buchung", "ueberlagerung_bis", models.DateField(null=True, verbose_name="Überlagerung bis")
        ),
        migrations.AddField(
            "buchung",
            "ueberlagerung_grund",
            models.CharField(
                blank=True, db_default="", default="", max_length=500, verbose_name="Grund der Überlagerung"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGER, DROP),
        migrations.AddConstraint(
            "buchung",
            models.CheckConstraint(
                name="buchung_ueberlagerung_mit_ende",
                condition=models.Q(ueberlagerung="", ueberlagerung_bis__isnull=True)
                | models.Q(~models.Q(ueberlagerung=""), ist_aufenthalt=True, ueberlagerung_bis__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            "buchung",
            django.contrib.postgres.constraints.ExclusionConstraint(
                name="buchung_ein_aufenthalt",
                expressions=[
                    ("klient", "="),
                    (models.Func(WECHSEL, ENDE, function="daterange", output_field=TAGE), "&&"),
                ],
                condition=STEHT,
            ),
        ),
        migrations.AddConstraint(
            "buchung",
            django.contrib.postgres.constraints.ExclusionConstraint(
                name="buchung_eine_ueberlagerung",
                expressions=[
                    ("klient", "="),
                    (models.Func(BEGINN, WECHSEL, function="daterange", output_field=TAGE), "&&"),
                ],
                condition=STEHT & ~models.Q(ueberlagerung__in=["", "BESTAND"]),
            ),
        ),
    ]
