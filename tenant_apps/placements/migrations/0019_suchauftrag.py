"""A search that goes on looking, and tells whoever is responsible when a place comes free."""


import django.contrib.postgres.fields
import django.db.models.deletion
import tenants.tables.base
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0033_mail_suchtreffer'),
        ('placements', '0018_suche_gemerkt'),
    ]

    operations = [
        migrations.CreateModel(
            name='Suchauftrag',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('gilt_bis', models.DateField(verbose_name='sucht bis')),
                ('bekannt', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None, verbose_name='bekannte Angebote')),
                ('neu', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None, verbose_name='neue Angebote')),
                ('geprueft_at', models.DateTimeField(verbose_name='zuletzt gesucht am')),
                ('gemeldet_an', models.UUIDField(editable=False, null=True, verbose_name='benachrichtigt')),
                ('beendet_at', models.DateTimeField(null=True, verbose_name='beendet am')),
                ('fachkraft', tenants.tables.base.SharedReference(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.fachkraft', verbose_name='beauftragt von')),
                ('suche', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='auftraege', to='placements.suche', verbose_name='Suche')),
            ],
            options={
                'verbose_name': 'Suchauftrag',
                'verbose_name_plural': 'Suchaufträge',
                'ordering': ('-created_at',),
                'indexes': [models.Index(condition=models.Q(('beendet_at__isnull', True)), fields=['created_at', 'id'], name='suchauftrag_neueste'), models.Index(condition=models.Q(('beendet_at__isnull', True)), fields=['geprueft_at', 'id'], name='suchauftrag_faellig')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('beendet_at__isnull', True)), fields=('suche',), name='suchauftrag_einmal')],
            },
        ),
    ]
