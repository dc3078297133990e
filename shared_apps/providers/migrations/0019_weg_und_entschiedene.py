"""A confirmation that a program sent is told apart from one at a page, and an office reads what became of its rates."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0018_plan_je_haus'),
    ]

    operations = [
        migrations.CreateModel(
            name='EntschiedenerVorschlag',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('ab', models.DateField(verbose_name='ab')),
                ('zustand', models.CharField(choices=[('VORGESCHLAGEN', 'wartet auf das Jugendamt'), ('BESTAETIGT', 'bestätigt'), ('ABGELEHNT', 'abgelehnt'), ('ZURUECKGEZOGEN', 'zurückgezogen')], max_length=16, verbose_name='Zustand')),
                ('grund', models.CharField(max_length=500, verbose_name='Grund')),
                ('entschieden_at', models.DateTimeField(verbose_name='entschieden am')),
            ],
            options={
                'verbose_name': 'entschiedener Entgeltvorschlag',
                'verbose_name_plural': 'entschiedene Entgeltvorschläge',
                'db_table': 'providers_entschiedenervorschlag',
                'managed': False,
            },
        ),
        migrations.AlterField(
            model_name='vakanzbestaetigung',
            name='weg',
            field=models.CharField(choices=[('SEITE', 'auf der Seite'), ('MAIL', 'über den Link in der E-Mail'), ('AENDERUNG', 'mit einer Änderung'), ('ANTWORT', 'mit der Antwort auf eine Meldung'), ('PROGRAMM', 'durch ein Programm')], default='SEITE', max_length=9, verbose_name='Weg'),
        ),
    ]
