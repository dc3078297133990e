"""What of a child of the night is still to be done, in her row, so that two indexes have it (ADR 0081).

Each trigger hangs on the table whose fact it is and asks no other one: whoever writes there sees what she writes,
though the case may be sealed from her. They run with her rights and take the schema from the table they hang on.
"""

from django.db import migrations, models

FILL = """
UPDATE placements_nachtaufnahme a
   SET fall_offen = h.zustand <> 'ABGESCHLOSSEN', pkz_fehlt = k.pkz_index = '',
       pflichten_erledigt = (SELECT count(*) FROM placements_nachtschritt s WHERE s.nachtaufnahme_id = a.id)
  FROM cases_hilfefall h, cases_klient k
 WHERE h.id = a.hilfefall_id AND k.id = a.klient_id
"""
TRIGGERS = """
CREATE FUNCTION placements_nacht_neu() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE format('SELECT coalesce((SELECT zustand <> ''ABGESCHLOSSEN'' FROM %1$I.cases_hilfefall WHERE id = $1), TRUE),'
    ' coalesce((SELECT pkz_index = '''' FROM %1$I.cases_klient WHERE id = $2), TRUE)', TG_TABLE_SCHEMA)
    INTO NEW.fall_offen, NEW.pkz_fehlt USING NEW.hilfefall_id, NEW.klient_id;
  RETURN NEW;
END
$f$;
CREATE TRIGGER placements_nacht_neu BEFORE INSERT ON placements_nachtaufnahme
  FOR EACH ROW EXECUTE FUNCTION placements_nacht_neu();
CREATE FUNCTION placements_nacht_fall() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE format('UPDATE %I.placements_nachtaufnahme SET fall_offen = $2 WHERE hilfefall_id = $1', TG_TABLE_SCHEMA)
    USING NEW.id, NEW.zustand <> 'ABGESCHLOSSEN';
  RETURN NULL;
END
$f$;
CREATE TRIGGER placements_nacht_fall AFTER UPDATE OF zustand ON cases_hilfefall
  FOR EACH ROW WHEN ((OLD.zustand = 'ABGESCHLOSSEN') <> (NEW.zustand = 'ABGESCHLOSSEN'))
  EXECUTE FUNCTION placements_nacht_fall();
CREATE FUNCTION placements_nacht_pkz() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE format('UPDATE %I.placements_nachtaufnahme SET pkz_fehlt = $2 WHERE klient_id = $1', TG_TABLE_SCHEMA)
    USING NEW.id, NEW.pkz_index = '';
  RETURN NULL;
END
$f$;
CREATE TRIGGER placements_nacht_pkz AFTER UPDATE OF pkz_index ON cases_klient
  FOR EACH ROW WHEN ((OLD.pkz_index = '') <> (NEW.pkz_index = '')) EXECUTE FUNCTION placements_nacht_pkz();
CREATE FUNCTION placements_nacht_schritt() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE format('UPDATE %1$I.placements_nachtaufnahme SET pflichten_erledigt ='
    ' (SELECT count(*) FROM %1$I.placements_nachtschritt WHERE nachtaufnahme_id = $1) WHERE id = $1', TG_TABLE_SCHEMA)
    USING CASE WHEN TG_OP = 'DELETE' THEN OLD.nachtaufnahme_id ELSE NEW.nachtaufnahme_id END;
  RETURN NULL;
END
$f$;
CREATE TRIGGER placements_nacht_schritt AFTER INSERT OR DELETE ON placements_nachtschritt
  FOR EACH ROW EXECUTE FUNCTION placements_nacht_schritt()
"""
DROP = """
DROP FUNCTION placements_nacht_neu() CASCADE;
DROP FUNCTION placements_nacht_fall() CASCADE;
DROP FUNCTION placements_nacht_pkz() CASCADE;
DROP FUNCTION placements_nacht_schritt() CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_aus_der_nacht"),
        ("placements", "0021_fremdeinrichtungen"),
    ]

    operations = [
        migrations.AddField(
            "nachtaufnahme",
            "fall_offen",
            models.BooleanField(db_default=True, default=True, editable=False, verbose_name="Fall ist offen"),
        ),
        migrations.AddField(
            "nachtaufnahme",
            "pkz_fehlt",
            models.BooleanField(db_default=True, default=True, editable=False, verbose_name="PKZ fehlt"),
        ),
        migrations.AddField(
            "nachtaufnahme",
            "pflichten_erledigt",
            models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="erledigte Pflichten"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, DROP),
        migrations.RemoveIndex("nachtaufnahme", "nachtaufnahme_offen"),
        migrations.AddIndex(
            "nachtaufnahme",
            models.Index(
                fields=["faellig_am", "id"],
                name="nachtaufnahme_offen",
                condition=models.Q(
                    models.Q(("nachgetragen_at__isnull", True), ("pkz_fehlt", True), _connector="OR"),
                    ("fall_offen", True),
                ),
            ),
        ),
        migrations.AddIndex(
            "nachtaufnahme",
            models.Index(
                fields=["tag", "id"],
                name="nachtaufnahme_pflichten",
                condition=models.Q(("fall_offen", True), ("pflichten_erledigt__lt", 3)),
            ),
        ),
    ]
