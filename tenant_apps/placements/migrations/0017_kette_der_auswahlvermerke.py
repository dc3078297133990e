"""The Auswahlvermerke of an office are one chain, and one may correct another (ADR 0086).

The trigger runs with the rights of whoever writes, who may read all of them. It takes nothing from the caller: number,
checksum of the one before and seal are its own, and of the release before it takes the person from the criteria.
What was there before gets its place in the order in which it was written.
"""

import django.db.models.deletion
import tenant_apps.cases.encrypted
from django.db import migrations, models

TRIGGER = """
CREATE FUNCTION placements_vermerk_anketten() RETURNS trigger LANGUAGE plpgsql AS $f$
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
$f$;
CREATE TRIGGER placements_vermerk_anketten BEFORE INSERT ON placements_auswahlvermerk
  FOR EACH ROW EXECUTE FUNCTION placements_vermerk_anketten()
"""
DROP = "DROP FUNCTION placements_vermerk_anketten() CASCADE"
FILL = """
UPDATE placements_auswahlvermerk v SET klient_id = r.klient_id
  FROM placements_reservierung r WHERE r.auswahlvermerk_id = v.id;
DO $f$
DECLARE
  v record; n bigint := 0; davor text := ''; neu text;
BEGIN
  FOR v IN SELECT id, created_at, pruefsumme FROM placements_auswahlvermerk ORDER BY created_at, id LOOP
    n := n + 1;
    neu := encode(sha256(convert_to(concat_ws('|', n, davor, v.id,
      (extract(epoch FROM v.created_at) * 1000000)::bigint, v.pruefsumme), 'UTF8')), 'hex');
    UPDATE placements_auswahlvermerk SET nummer = n, vorgaenger = davor, siegel = neu WHERE id = v.id;
    davor := neu;
  END LOOP;
END
$f$;
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0010_seal_of_the_person'),
        ('placements', '0016_suche_umkreis'),
    ]

    operations = [
        migrations.AddField(
            model_name='auswahlvermerk',
            name='ersparnis',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=11, null=True, verbose_name='Ersparnis gegenüber dem Median'),
        ),
        migrations.AddField(
            model_name='auswahlvermerk',
            name='klient',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='auswahlvermerke', to='cases.klient', verbose_name='Klient'),
        ),
        migrations.AddField(
            model_name='auswahlvermerk',
            name='nachtrag_zu',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='nachtraege', to='placements.auswahlvermerk', verbose_name='Nachtrag zu'),
        ),
        migrations.AddField(
            model_name='auswahlvermerk',
            name='nummer',
            field=models.BigIntegerField(db_default=0, editable=False, verbose_name='Nummer in der Kette'),
        ),
        migrations.AddField(
            model_name='auswahlvermerk',
            name='siegel',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=64, verbose_name='Siegel'),
        ),
        migrations.AddField(
            model_name='auswahlvermerk',
            name='vorgaenger',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=64, verbose_name='Siegel des Vorgängers'),
        ),
        migrations.AddField(
            model_name='auswahlvermerk',
            name='wuensche',
            field=tenant_apps.cases.encrypted.EncryptedTextField(blank=True, db_default='', default='', max_length=4000, person='klient', verbose_name='Wünsche der Familie'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='auswahlvermerk',
            name='nummer',
            field=models.BigIntegerField(db_default=0, editable=False, unique=True, verbose_name='Nummer in der Kette'),
        ),
        migrations.AddConstraint(
            model_name='auswahlvermerk',
            constraint=models.CheckConstraint(condition=models.Q(('nachtrag_zu__isnull', True), models.Q(('begruendung', ''), _negated=True), _connector='OR'), name='auswahlvermerk_nachtrag_begruendet'),
        ),
        migrations.RunSQL(TRIGGER, DROP),
    ]
