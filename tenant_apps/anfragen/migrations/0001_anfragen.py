"""Enquiries to several houses at once (ADR 0100)."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import tenants.tables.base
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0035_rufbereitschaft'),
        ('cases', '0011_aus_der_nacht'),
        ('catalogue', '0006_entgeltrecht'),
        ('placements', '0024_until_further_notice'),
        ('providers', '0036_journal_mit_seinem_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='Anfrage',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('zeitraum', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Zeitraum')),
                ('ohne_ende', models.BooleanField(db_default=False, default=False, verbose_name='bis auf Weiteres')),
                ('alter_von', models.PositiveSmallIntegerField(verbose_name='Alter von')),
                ('alter_bis', models.PositiveSmallIntegerField(verbose_name='Alter bis einschließlich')),
                ('geschlecht', models.CharField(blank=True, max_length=1, verbose_name='Geschlecht')),
                ('bedarf', models.CharField(blank=True, max_length=600, verbose_name='Was gebraucht wird')),
                ('dringlichkeit', models.CharField(choices=[('HEUTE', 'heute: Antwort in drei Stunden'), ('EILIG', 'eilig: Antwort in zwei Tagen'), ('PLANBAR', 'planbar: Antwort in sieben Tagen')], max_length=8, verbose_name='Dringlichkeit')),
                ('antwort_bis_at', models.DateTimeField(verbose_name='Antwort bis')),
                ('zustand', models.CharField(choices=[('OFFEN', 'offen'), ('ANGENOMMEN', 'Zusage angenommen'), ('ZURUECKGEZOGEN', 'zurückgezogen'), ('BEENDET', 'ohne Ergebnis beendet')], default='OFFEN', max_length=16, verbose_name='Zustand')),
                ('beendet_at', models.DateTimeField(null=True, verbose_name='beendet am')),
                ('rueckzug_grund', models.CharField(blank=True, max_length=500, verbose_name='Grund des Rückzugs')),
                ('beendet_von', tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='beendet von')),
                ('fachkraft', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='Fachkraft')),
                ('hilfeart', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalogue.hilfeart', verbose_name='Hilfeart')),
                ('hilfefall', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='anfragen', to='cases.hilfefall', verbose_name='Fall')),
                ('klient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='anfragen', to='cases.klient', verbose_name='Klient')),
                ('suche', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='anfragen', to='placements.suche', verbose_name='Suche')),
            ],
            options={
                'verbose_name': 'Anfrage',
                'verbose_name_plural': 'Anfragen',
                'ordering': ('-created_at',),
            },
        ),
        migrations.CreateModel(
            name='Hausanfrage',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('tagesentgelt', models.DecimalField(decimal_places=2, max_digits=9, null=True, verbose_name='Entgelt (je Tag oder Stunde)')),
                ('soll_entgelt', models.DecimalField(decimal_places=2, max_digits=11, null=True, verbose_name='Soll-Entgelt')),
                ('passung', models.PositiveSmallIntegerField(null=True, verbose_name='Passung')),
                ('entfernung_km', models.DecimalField(decimal_places=1, max_digits=6, null=True, verbose_name='Entfernung in km')),
                ('zustand', models.CharField(choices=[('ANGEFRAGT', 'noch keine Antwort'), ('ZUGESAGT', 'Ja'), ('RUECKFRAGE', 'Ja, mit Rückfrage'), ('ANRUF', 'bitte anrufen'), ('ABGESAGT', 'Nein'), ('ANGENOMMEN', 'angenommen'), ('GESCHLOSSEN', 'anderweitig besetzt'), ('ZURUECKGEZOGEN', 'zurückgezogen'), ('VERFALLEN', 'Frist abgelaufen')], default='ANGEFRAGT', max_length=16, verbose_name='Zustand')),
                ('antwort_at', models.DateTimeField(null=True, verbose_name='geantwortet am')),
                ('absagegrund', models.CharField(blank=True, choices=[('ANDERWEITIG_BELEGT', 'Platz wurde anderweitig vergeben'), ('VAKANZ_FALSCH', 'Vakanz hätte nicht gemeldet sein dürfen'), ('GRUPPE_PASST_NICHT', 'passt nicht zur Gruppenzusammensetzung'), ('BEDARF_PASST_NICHT', 'Bedarf kann nicht gedeckt werden'), ('PERSONAL', 'Personal fehlt'), ('SONSTIGES', 'anderer Grund (bitte angeben)')], max_length=24, verbose_name='Grund der Absage')),
                ('antwort_text', models.CharField(blank=True, max_length=500, verbose_name='Rückfrage oder Erläuterung')),
                ('haelt_bis_at', models.DateTimeField(null=True, verbose_name='hält einen Platz bis')),
                ('beendet_at', models.DateTimeField(null=True, verbose_name='beendet am')),
                ('anbieter', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.anbieter', verbose_name='Anbieter')),
                ('anfrage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='haeuser', to='anfragen.anfrage', verbose_name='Anfrage')),
                ('angebot', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.angebot', verbose_name='Angebot')),
                ('antwort_von', tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='geantwortet von')),
                ('einrichtung', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.einrichtung', verbose_name='Einrichtung')),
                ('reservierung', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hausanfrage', to='placements.reservierung', verbose_name='Reservierung')),
            ],
            options={
                'verbose_name': 'Anfrage an ein Haus',
                'verbose_name_plural': 'Anfragen an Häuser',
                'ordering': ('created_at', 'id'),
            },
        ),
        migrations.AddIndex(
            model_name='anfrage',
            index=models.Index(fields=['created_at', 'id'], name='anfrage_neueste'),
        ),
        migrations.AddIndex(
            model_name='anfrage',
            index=models.Index(condition=models.Q(('zustand', 'OFFEN')), fields=['antwort_bis_at'], name='anfrage_faellig'),
        ),
        migrations.AddConstraint(
            model_name='anfrage',
            constraint=models.UniqueConstraint(condition=models.Q(('zustand', 'OFFEN')), fields=('suche',), name='anfrage_eine_je_suche'),
        ),
        migrations.AddConstraint(
            model_name='anfrage',
            constraint=models.CheckConstraint(condition=models.Q(('alter_bis__gte', models.F('alter_von'))), name='anfrage_alter'),
        ),
        migrations.AddConstraint(
            model_name='anfrage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('beendet_at__isnull', True), ('zustand', 'OFFEN')), models.Q(models.Q(('zustand', 'OFFEN'), _negated=True), ('beendet_at__isnull', False)), _connector='OR'), name='anfrage_beendet'),
        ),
        migrations.AddIndex(
            model_name='hausanfrage',
            index=models.Index(fields=['anbieter', 'created_at', 'id'], name='hausanfrage_anbieter'),
        ),
        migrations.AddConstraint(
            model_name='hausanfrage',
            constraint=models.UniqueConstraint(fields=('anfrage', 'angebot'), name='hausanfrage_einmal'),
        ),
        migrations.AddConstraint(
            model_name='hausanfrage',
            constraint=models.UniqueConstraint(condition=models.Q(('zustand', 'ANGENOMMEN')), fields=('anfrage',), name='hausanfrage_eine_angenommen'),
        ),
        migrations.AddConstraint(
            model_name='hausanfrage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reservierung__isnull', False), ('zustand', 'ANGENOMMEN')), models.Q(models.Q(('zustand', 'ANGENOMMEN'), _negated=True), ('reservierung__isnull', True)), _connector='OR'), name='hausanfrage_mit_reservierung'),
        ),
        migrations.AddConstraint(
            model_name='hausanfrage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('zustand', 'ABGESAGT'), _negated=True), models.Q(('absagegrund', ''), _negated=True), _connector='OR'), name='hausanfrage_absage_begruendet'),
        ),
    ]
