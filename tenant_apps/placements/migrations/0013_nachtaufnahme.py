"""A place that was held at night for a child without a name (ADR 0081).

The trigger notes that name and birth are there, whoever enters them at whatever page. It runs with the rights of
whoever writes, and takes the schema from the table it hangs on.
"""

import django.db.models.deletion
import tenants.tables.base
import uuid6
from django.db import migrations, models


TRIGGER = """
CREATE FUNCTION placements_nachgetragen() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE format(
    'UPDATE %I.placements_nachtaufnahme SET nachgetragen_at = now() WHERE klient_id = $1 AND nachgetragen_at IS NULL',
    TG_TABLE_SCHEMA) USING NEW.id;
  RETURN NULL;
END
$f$;
CREATE TRIGGER placements_nachgetragen AFTER UPDATE OF vorname, nachname, geburtsdatum ON cases_klient
  FOR EACH ROW WHEN (octet_length(NEW.vorname) > 0 AND octet_length(NEW.nachname) > 0
    AND octet_length(NEW.geburtsdatum) > 0
    AND (octet_length(OLD.vorname) = 0 OR octet_length(OLD.nachname) = 0 OR octet_length(OLD.geburtsdatum) = 0))
  EXECUTE FUNCTION placements_nachgetragen()
"""
DROP = "DROP FUNCTION placements_nachgetragen() CASCADE"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0031_ein_postfach_eine_person'),
        ('cases', '0010_seal_of_the_person'),
        ('placements', '0012_suche_keeps_no_list'),
    ]

    operations = [
        migrations.CreateModel(
            name='Nachtaufnahme',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('alter', models.PositiveSmallIntegerField(verbose_name='Alter in der Nacht (geschätzt)')),
                ('tag', models.DateField(verbose_name='Tag der Aufnahme')),
                ('faellig_am', models.DateField(verbose_name='Angaben fehlen spätestens am')),
                ('zugesagt_at', models.DateTimeField(null=True, verbose_name='am Telefon zugesagt am')),
                ('nachgetragen_at', models.DateTimeField(editable=False, null=True, verbose_name='nachgetragen am')),
                ('hilfefall', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='nachtaufnahme', to='cases.hilfefall', verbose_name='Fall')),
                ('klient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nachtaufnahmen', to='cases.klient', verbose_name='Klient')),
                ('reservierung', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='nachtaufnahme', to='placements.reservierung', verbose_name='Reservierung')),
                ('zugesagt_von', tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='Zusage entgegengenommen von')),
            ],
            options={
                'verbose_name': 'Aufnahme in der Nacht',
                'verbose_name_plural': 'Aufnahmen in der Nacht',
                'ordering': ('faellig_am', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Nachtschritt',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('pflicht', models.CharField(choices=[('VERTRAUENSPERSON', 'Das Kind darf eine Person seines Vertrauens benachrichtigen'), ('SORGEBERECHTIGTE', 'Sorge- oder Erziehungsberechtigte benachrichtigen'), ('FAMILIENGERICHT', 'Familiengericht anrufen')], max_length=16, verbose_name='Pflicht')),
                ('erledigt_at', models.DateTimeField(verbose_name='erledigt am')),
                ('erledigt_von', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='erledigt von')),
                ('nachtaufnahme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='schritte', to='placements.nachtaufnahme', verbose_name='Aufnahme in der Nacht')),
            ],
            options={
                'verbose_name': 'Schritt in der Nacht',
                'verbose_name_plural': 'Schritte in der Nacht',
                'ordering': ('erledigt_at',),
            },
        ),
        migrations.AddIndex(
            model_name='nachtaufnahme',
            index=models.Index(condition=models.Q(('nachgetragen_at__isnull', True)), fields=['faellig_am', 'id'], name='nachtaufnahme_offen'),
        ),
        migrations.AddConstraint(
            model_name='nachtaufnahme',
            constraint=models.CheckConstraint(condition=models.Q(('alter__lte', 17)), name='nachtaufnahme_alter'),
        ),
        migrations.AddConstraint(
            model_name='nachtaufnahme',
            constraint=models.CheckConstraint(condition=models.Q(('faellig_am__gte', models.F('tag'))), name='nachtaufnahme_faellig'),
        ),
        migrations.AddConstraint(
            model_name='nachtaufnahme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('zugesagt_at__isnull', True), ('zugesagt_von__isnull', True)), models.Q(('zugesagt_at__isnull', False), ('zugesagt_von__isnull', False)), _connector='OR'), name='nachtaufnahme_zusage'),
        ),
        migrations.AddConstraint(
            model_name='nachtschritt',
            constraint=models.UniqueConstraint(fields=('nachtaufnahme', 'pflicht'), name='nachtschritt_einmal'),
        ),
        migrations.RunSQL(TRIGGER, DROP),
    ]
