"""What an office has written is a pointer of its own (ADR 0101)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0005_anfragen'),
    ]

    operations = [
        migrations.AlterField(
            model_name='hinweis',
            name='art',
            field=models.CharField(choices=[('ANFRAGE', 'Anfrage wartet auf Antwort'), ('RESERVIERUNG', 'Reservierung wartet auf Zustimmung'), ('BUCHUNG', 'Buchung liegt vor'), ('LEISTUNGSNACHWEIS', 'Leistungsnachweis ist fällig'), ('RECHNUNG_BEANSTANDET', 'Rechnung wurde beanstandet'), ('BEENDIGUNG', 'Hilfe wurde beendet'), ('VERLAENGERUNG', 'Hilfe wurde verlängert'), ('STORNIERUNG', 'Buchung wurde storniert'), ('RUECKFRAGE', 'Nachricht des Jugendamtes')], max_length=24, verbose_name='Art'),
        ),
    ]
