"""Facilities of an office's own list that are not in the register, and what is booked there (ADR 0089)."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import tenants.tables.base
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0035_rufbereitschaft'),
        ('cases', '0011_aus_der_nacht'),
        ('catalogue', '0006_entgeltrecht'),
        ('placements', '0020_whose_night_it_is'),
        ('providers', '0035_entgelt_angebot'),
        ('regions', '0004_postleitzahl'),
    ]

    operations = [
        migrations.CreateModel(
            name='Fremdentgelt',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('betrag', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='Entgelt (je Tag oder Stunde)')),
                ('gueltig', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='gilt')),
                ('quelle', models.CharField(max_length=200, verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Entgelt außerhalb des Verzeichnisses',
                'verbose_name_plural': 'Entgelte außerhalb des Verzeichnisses',
                'ordering': ('hilfeart_id', 'gueltig'),
            },
        ),
        migrations.AlterField(
            model_name='auswahlvermerk',
            name='angebot',
            field=tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.angebot', verbose_name='gewähltes Angebot'),
        ),
        migrations.AlterField(
            model_name='buchung',
            name='anbieter',
            field=tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.anbieter', verbose_name='Anbieter'),
        ),
        migrations.AlterField(
            model_name='buchung',
            name='angebot',
            field=tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.angebot', verbose_name='Angebot'),
        ),
        migrations.AlterField(
            model_name='buchung',
            name='einrichtung',
            field=tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.einrichtung', verbose_name='Einrichtung'),
        ),
        migrations.AlterField(
            model_name='buchung',
            name='platzbindung_id',
            field=models.UUIDField(null=True, unique=True, verbose_name='Platzbindung'),
        ),
        migrations.AlterField(
            model_name='reservierung',
            name='anbieter',
            field=tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.anbieter', verbose_name='Anbieter'),
        ),
        migrations.AlterField(
            model_name='reservierung',
            name='angebot',
            field=tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.angebot', verbose_name='Angebot'),
        ),
        migrations.AlterField(
            model_name='reservierung',
            name='einrichtung',
            field=tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.einrichtung', verbose_name='Einrichtung'),
        ),
        migrations.AlterField(
            model_name='reservierung',
            name='platz',
            field=tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.platz', verbose_name='Platz'),
        ),
        migrations.AlterField(
            model_name='reservierung',
            name='platzbindung_id',
            field=models.UUIDField(null=True, unique=True, verbose_name='Platzbindung'),
        ),
        migrations.CreateModel(
            name='Fremdeinrichtung',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('name', models.CharField(max_length=200, verbose_name='Einrichtung')),
                ('anbieter', models.CharField(max_length=200, verbose_name='Anbieter')),
                ('strasse', models.CharField(blank=True, max_length=120, verbose_name='Straße und Hausnummer')),
                ('plz', models.CharField(blank=True, max_length=5, verbose_name='PLZ')),
                ('ort', models.CharField(max_length=100, verbose_name='Ort')),
                ('land', models.CharField(choices=[('Baden-Württemberg', 'Baden-Württemberg'), ('Bayern', 'Bayern'), ('Berlin', 'Berlin'), ('Brandenburg', 'Brandenburg'), ('Bremen', 'Bremen'), ('Hamburg', 'Hamburg'), ('Hessen', 'Hessen'), ('Mecklenburg-Vorpommern', 'Mecklenburg-Vorpommern'), ('Niedersachsen', 'Niedersachsen'), ('Nordrhein-Westfalen', 'Nordrhein-Westfalen'), ('Rheinland-Pfalz', 'Rheinland-Pfalz'), ('Saarland', 'Saarland'), ('Sachsen', 'Sachsen'), ('Sachsen-Anhalt', 'Sachsen-Anhalt'), ('Schleswig-Holstein', 'Schleswig-Holstein'), ('Thüringen', 'Thüringen'), ('Ausland', 'Ausland')], max_length=60, verbose_name='Bundesland')),
                ('ansprechpartner', models.CharField(blank=True, max_length=200, verbose_name='Ansprechperson')),
                ('telefon', models.CharField(blank=True, max_length=40, verbose_name='Telefon')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='E-Mail')),
                ('behoerde', models.CharField(blank=True, max_length=200, verbose_name='Erlaubnisbehörde')),
                ('ist_aktiv', models.BooleanField(default=True, verbose_name='wird belegt')),
                ('vorgeschlagen_at', models.DateTimeField(null=True, verbose_name='für das Verzeichnis vorgeschlagen am')),
                ('eingetragen_von', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='eingetragen von')),
                ('kreis', tenants.tables.base.SharedReference(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='regions.gebietskoerperschaft', verbose_name='Kreis')),
                ('vorgeschlagen_von', tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='vorgeschlagen von')),
            ],
            options={
                'verbose_name': 'Einrichtung außerhalb des Verzeichnisses',
                'verbose_name_plural': 'Einrichtungen außerhalb des Verzeichnisses',
                'ordering': (django.db.models.functions.comparison.Collate(models.F('name'), 'deutsch'), 'id'),
            },
        ),
        migrations.CreateModel(
            name='Fremdaenderung',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('feld', models.CharField(max_length=100, verbose_name='Angabe')),
                ('alt', models.CharField(blank=True, max_length=300, verbose_name='vorher')),
                ('neu', models.CharField(blank=True, max_length=300, verbose_name='nachher')),
                ('fachkraft', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='geändert von')),
                ('fremdeinrichtung', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aenderungen', to='placements.fremdeinrichtung', verbose_name='Einrichtung')),
            ],
            options={
                'verbose_name': 'Änderung einer Einrichtung außerhalb des Verzeichnisses',
                'verbose_name_plural': 'Änderungen von Einrichtungen außerhalb des Verzeichnisses',
                'ordering': ('-created_at', '-id'),
            },
        ),
        migrations.AddField(
            model_name='buchung',
            name='fremdeinrichtung',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='placements.fremdeinrichtung', verbose_name='Einrichtung außerhalb des Verzeichnisses'),
        ),
        migrations.AddField(
            model_name='reservierung',
            name='fremdeinrichtung',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='placements.fremdeinrichtung', verbose_name='Einrichtung außerhalb des Verzeichnisses'),
        ),
        migrations.AddConstraint(
            model_name='buchung',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('anbieter__isnull', False), ('angebot__isnull', False), ('einrichtung__isnull', False), ('fremdeinrichtung__isnull', True), ('platzbindung_id__isnull', False)), models.Q(('anbieter__isnull', True), ('angebot__isnull', True), ('einrichtung__isnull', True), ('fremdeinrichtung__isnull', False), ('platzbindung_id__isnull', True)), _connector='OR'), name='buchung_ein_haus'),
        ),
        migrations.AddConstraint(
            model_name='reservierung',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('anbieter__isnull', False), ('angebot__isnull', False), ('einrichtung__isnull', False), ('fremdeinrichtung__isnull', True), ('platz__isnull', False), ('platzbindung_id__isnull', False)), models.Q(('anbieter__isnull', True), ('angebot__isnull', True), ('einrichtung__isnull', True), ('fremdeinrichtung__isnull', False), ('platz__isnull', True), ('platzbindung_id__isnull', True)), _connector='OR'), name='reservierung_ein_haus'),
        ),
        migrations.AddField(
            model_name='fremdentgelt',
            name='eingetragen_von',
            field=tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='eingetragen von'),
        ),
        migrations.AddField(
            model_name='fremdentgelt',
            name='fremdeinrichtung',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entgelte', to='placements.fremdeinrichtung', verbose_name='Einrichtung'),
        ),
        migrations.AddField(
            model_name='fremdentgelt',
            name='hilfeart',
            field=tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalogue.hilfeart', verbose_name='Hilfeart'),
        ),
        migrations.AddConstraint(
            model_name='fremdeinrichtung',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), django.db.models.functions.text.Lower('ort'), condition=models.Q(('ist_aktiv', True)), name='fremdeinrichtung_einmal'),
        ),
        migrations.AddConstraint(
            model_name='fremdentgelt',
            constraint=models.CheckConstraint(condition=models.Q(('betrag__gt', 0)), name='fremdentgelt_betrag'),
        ),
        migrations.AddConstraint(
            model_name='fremdentgelt',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('fremdeinrichtung', '='), ('hilfeart', '='), ('gueltig', '&&')], name='fremdentgelt_eines'),
        ),
    ]
