"""Enquiries: a kind of pointer, and what may become of one (ADR 0100)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0004_hilfe_verlaengert'),
    ]

    operations = [
        migrations.AlterField(
            model_name='hinweis',
            name='art',
            field=models.CharField(choices=[('ANFRAGE', 'Anfrage wartet auf Antwort'), ('RESERVIERUNG', 'Reservierung wartet auf Zustimmung'), ('BUCHUNG', 'Buchung liegt vor'), ('LEISTUNGSNACHWEIS', 'Leistungsnachweis ist fällig'), ('RECHNUNG_BEANSTANDET', 'Rechnung wurde beanstandet'), ('BEENDIGUNG', 'Hilfe wurde beendet'), ('VERLAENGERUNG', 'Hilfe wurde verlängert'), ('STORNIERUNG', 'Buchung wurde storniert')], max_length=24, verbose_name='Art'),
        ),
        migrations.AlterField(
            model_name='hinweis',
            name='ausgang',
            field=models.CharField(blank=True, choices=[('GEBUCHT', 'zugesagt und gebucht'), ('ABGELEHNT', 'von Ihnen abgelehnt'), ('ANGENOMMEN', 'vom Amt angenommen'), ('ANDERWEITIG', 'anderweitig besetzt'), ('ZURUECKGENOMMEN', 'vom Amt zurückgenommen'), ('ABGELAUFEN', 'Frist abgelaufen'), ('STORNIERT', 'vom Amt storniert'), ('BEENDET', 'Hilfe beendet'), ('GESEHEN', 'zur Kenntnis genommen'), ('NEU_BERECHNET', 'neue Rechnung gestellt')], db_default='', max_length=16, verbose_name='Ausgang'),
        ),
    ]
