"""Own places of foster families, and what they cost (ADR 0094)."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import tenants.tables.base
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0035_rufbereitschaft'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pflegegeldsatz',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('gueltig', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='gilt')),
                ('form', models.CharField(choices=[('VOLLZEIT', 'Vollzeitpflege (§\xa033)'), ('KURZZEIT', 'Kurzzeitpflege (§\xa033)'), ('BEREITSCHAFT', 'Bereitschaftspflege (§\xa042)')], max_length=12, verbose_name='Form')),
                ('alter_von', models.PositiveSmallIntegerField(verbose_name='Alter von')),
                ('alter_bis', models.PositiveSmallIntegerField(verbose_name='Alter bis einschließlich')),
                ('betrag', models.DecimalField(decimal_places=2, max_digits=8, verbose_name='Betrag je Monat')),
                ('quelle', models.CharField(max_length=200, verbose_name='Quelle')),
                ('eingetragen_von', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='eingetragen von')),
            ],
            options={
                'verbose_name': 'Pflegegeldsatz',
                'verbose_name_plural': 'Pflegegeldsätze',
                'ordering': ('form', 'alter_von', 'gueltig'),
                'constraints': [models.CheckConstraint(condition=models.Q(('betrag__gt', 0)), name='pflegegeldsatz_betrag'), models.CheckConstraint(condition=models.Q(('quelle', ''), _negated=True), name='pflegegeldsatz_quelle'), models.CheckConstraint(condition=models.Q(('alter_bis__gte', models.F('alter_von'))), name='pflegegeldsatz_alter'), models.CheckConstraint(condition=models.Q(('gueltig__isempty', False), ('gueltig__lower_inf', False)), name='pflegegeldsatz_tage'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('form', '='), (models.Func(models.F('alter_von'), models.F('alter_bis'), models.Value('[]'), function='int4range', output_field=django.contrib.postgres.fields.ranges.IntegerRangeField()), '&&'), ('gueltig', '&&')], name='pflegegeldsatz_einer')],
            },
        ),
        migrations.CreateModel(
            name='Pflegestelle',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('gueltig', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='gilt')),
                ('kennzeichen', models.CharField(max_length=40, verbose_name='Kennzeichen')),
                ('form', models.CharField(choices=[('VOLLZEIT', 'Vollzeitpflege (§\xa033)'), ('KURZZEIT', 'Kurzzeitpflege (§\xa033)'), ('BEREITSCHAFT', 'Bereitschaftspflege (§\xa042)')], max_length=12, verbose_name='Form')),
                ('region', models.CharField(blank=True, max_length=80, verbose_name='Region')),
                ('plaetze', models.PositiveSmallIntegerField(verbose_name='Plätze')),
                ('belegt', models.PositiveSmallIntegerField(default=0, verbose_name='davon belegt')),
                ('frei_ab', models.DateField(blank=True, null=True, verbose_name='frei ab')),
                ('alter_von', models.PositiveSmallIntegerField(verbose_name='Alter von')),
                ('alter_bis', models.PositiveSmallIntegerField(verbose_name='Alter bis einschließlich')),
                ('geschlecht', models.CharField(blank=True, choices=[('', 'alle'), ('w', 'Nur weiblich'), ('m', 'Nur männlich')], default='', max_length=1, verbose_name='Geschlecht')),
                ('hoechstens_tage', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='höchstens … Tage')),
                ('bemerkung', models.CharField(blank=True, max_length=300, verbose_name='Bemerkung')),
                ('stand_at', models.DateTimeField(verbose_name='Stand')),
                ('eingetragen_von', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='eingetragen von')),
                ('stand_von', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='Stand von')),
            ],
            options={
                'verbose_name': 'Pflegestelle',
                'verbose_name_plural': 'Pflegestellen',
                'ordering': (django.db.models.functions.comparison.Collate(models.F('kennzeichen'), 'deutsch'), 'id'),
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('kennzeichen'), name='pflegestelle_kennzeichen'), models.CheckConstraint(condition=models.Q(('kennzeichen__regex', '^[^[:space:],]*[0-9][^[:space:],]*$')), name='pflegestelle_ist_zeichen'), models.CheckConstraint(condition=models.Q(('alter_bis__gte', models.F('alter_von'))), name='pflegestelle_alter'), models.CheckConstraint(condition=models.Q(('belegt__lte', models.F('plaetze')), ('plaetze__gte', 1)), name='pflegestelle_belegt'), models.CheckConstraint(condition=models.Q(('frei_ab__isnull', True), ('belegt', models.F('plaetze')), _connector='OR'), name='pflegestelle_frei_ab'), models.CheckConstraint(condition=models.Q(models.Q(('hoechstens_tage__gte', 1), ('hoechstens_tage__isnull', False)), models.Q(('hoechstens_tage__isnull', True), models.Q(('form', 'KURZZEIT'), _negated=True)), _connector='OR'), name='pflegestelle_dauer'), models.CheckConstraint(condition=models.Q(('gueltig__isempty', False), ('gueltig__lower_inf', False)), name='pflegestelle_tage')],
            },
        ),
    ]
