"""State only: the table stays that of placements, with its rows, and the release before goes on using it."""

import tenant_apps.cases.encrypted
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [('placements', '0004_closed_case_and_running_help')]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='IdempotencyRecord',
                    fields=[
                        ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                        ('user_id', models.UUIDField()),
                        ('key', models.CharField(max_length=200)),
                        ('method', models.CharField(max_length=8)),
                        ('path', models.CharField(max_length=300)),
                        ('body_hash', models.CharField(max_length=64)),
                        ('status', models.PositiveSmallIntegerField()),
                        ('response', tenant_apps.cases.encrypted.EncryptedTextField(person='')),
                    ],
                    options={
                        'verbose_name': 'Idempotenz-Eintrag',
                        'verbose_name_plural': 'Idempotenz-Einträge',
                        'db_table': 'placements_idempotencyrecord',
                        'constraints': [
                            models.UniqueConstraint(fields=('user_id', 'key'), name='idempotency_einmal'),
                        ],
                    },
                ),
            ]
        )
    ]
