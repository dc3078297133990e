"""What office and house write each other about one case (ADR 0101)."""

import django.db.models.deletion
import tenant_apps.cases.encrypted
import tenants.tables.base
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0035_rufbereitschaft'),
        ('cases', '0011_aus_der_nacht'),
        ('providers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Gespraech',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('anbieter', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.anbieter', verbose_name='Anbieter')),
                ('einrichtung', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.einrichtung', verbose_name='Einrichtung')),
                ('hilfefall', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gespraeche', to='cases.hilfefall', verbose_name='Fall')),
            ],
            options={
                'verbose_name': 'Gespräch',
                'verbose_name_plural': 'Gespräche',
                'ordering': ('-created_at',),
                'constraints': [models.UniqueConstraint(fields=('hilfefall', 'einrichtung'), name='gespraech_einmal')],
            },
        ),
        migrations.CreateModel(
            name='Gespraechsnachricht',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('bezug_id', models.UUIDField(verbose_name='Vorgang')),
                ('absender', models.CharField(choices=[('JUGENDAMT', 'Jugendamt'), ('ANBIETER', 'Einrichtung')], max_length=10, verbose_name='Absender')),
                ('text', tenant_apps.cases.encrypted.EncryptedTextField(person='', verbose_name='Nachricht')),
                ('nach_buchung', models.BooleanField(default=False, verbose_name='nach der Buchung geschrieben')),
                ('gelesen_at', models.DateTimeField(null=True, verbose_name='gelesen am')),
                ('gelesen_von', tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='gelesen von')),
                ('gespraech', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nachrichten', to='gespraeche.gespraech', verbose_name='Gespräch')),
                ('verfasser', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='geschrieben von')),
            ],
            options={
                'verbose_name': 'Nachricht',
                'verbose_name_plural': 'Nachrichten',
                'ordering': ('-created_at', '-id'),
                'indexes': [models.Index(fields=['gespraech', 'created_at', 'id'], name='nachricht_gespraech')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('gelesen_at__isnull', True), ('gelesen_von__isnull', True)), models.Q(('gelesen_at__isnull', False), ('gelesen_von__isnull', False)), _connector='OR'), name='nachricht_gelesen')],
            },
        ),
        migrations.CreateModel(
            name='Gespraechsstand',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('bezug_id', models.UUIDField(editable=False, null=True, verbose_name='Vorgang')),
                ('letzte_at', models.DateTimeField(editable=False, null=True, verbose_name='letzte Nachricht')),
                ('ungelesen_seit', models.DateTimeField(editable=False, null=True, verbose_name='ungelesen seit')),
                ('wartet_seit', models.DateTimeField(editable=False, null=True, verbose_name='wartet auf Antwort seit')),
                ('erledigt_at', models.DateTimeField(null=True, verbose_name='ohne Antwort abgeschlossen am')),
                ('gemeldet_an', models.UUIDField(editable=False, null=True, verbose_name='benachrichtigt')),
                ('eskaliert_at', models.DateTimeField(editable=False, null=True, verbose_name='der Leitung gemeldet am')),
                ('erledigt_von', tenants.tables.base.SharedReference(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='ohne Antwort abgeschlossen von')),
                ('gespraech', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='stand', to='gespraeche.gespraech', verbose_name='Gespräch')),
            ],
            options={
                'verbose_name': 'Stand eines Gesprächs',
                'verbose_name_plural': 'Stände von Gesprächen',
                'ordering': ('-letzte_at',),
                'indexes': [models.Index(models.OrderBy(models.F('ungelesen_seit')), models.OrderBy(models.F('letzte_at'), descending=True, nulls_last=True), models.OrderBy(models.F('id')), name='gespraechsstand_liste'), models.Index(condition=models.Q(('wartet_seit__isnull', False)), fields=['wartet_seit', 'id'], name='gespraechsstand_wartet')],
            },
        ),
    ]
