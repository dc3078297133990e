"""A mail that says there is news about a search that goes on looking."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0032_mail_an_ehemalige'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mailauftrag',
            name='art',
            field=models.CharField(choices=[('PASSWORT_VERGESSEN', 'Link für ein neues Passwort'), ('PASSWORT_NEU', 'Passwort geändert'), ('PASSWORT_SCHLUESSEL', 'Passwort geändert, Schlüssel behalten'), ('FAKTOR_NEU', 'zweiter Faktor eingerichtet'), ('FAKTOR_WEG', 'zweiter Faktor entfernt'), ('CODES_NEU', 'Wiederherstellungscodes angelegt'), ('CODE_BENUTZT', 'Wiederherstellungscode benutzt'), ('SCHLUESSEL_NEU', 'API-Schlüssel angelegt'), ('CODES_FALSCH', 'mehrere falsche Codes nach dem richtigen Passwort'), ('FEHLVERSUCHE', 'mehrere Fehlversuche in einer offenen Sitzung'), ('EINLADUNG', 'Einladung'), ('ZUGANG_BESTAETIGEN', 'Adresse bestätigen'), ('ZUGANG_ABGELEHNT', 'Zugangsantrag abgelehnt'), ('AUFNAHME_BESTAETIGEN', 'Adresse eines neuen Anbieters bestätigen'), ('AUFNAHME_ABGELEHNT', 'Aufnahmeantrag abgelehnt'), ('VERWALTUNG_NEU', 'erste Verwaltung eines Anbieters eingeladen'), ('ROLLENANTRAG', 'Rollenantrag wartet'), ('ROLLE_BESTAETIGT', 'Rolle vom Betrieb bestätigt'), ('SIEGELKOEPFE', 'Siegelköpfe des Tages'), ('VAKANZERINNERUNG', 'Bitte Vakanzen bestätigen'), ('ENTGELT_ENTSCHIEDEN', 'Entgeltvorschlag entschieden'), ('KONTO_WARTET', 'Bankverbindung wartet auf Bestätigung'), ('KONTO_GEAENDERT', 'Bankverbindung geändert'), ('KONTO_ZU_PRUEFEN', 'Bankverbindung wartet auf das Jugendamt'), ('KONTO_ABGELEHNT', 'Bankverbindung abgelehnt'), ('KONTO_ZAHLENDE', 'Bankverbindung eines Anbieters geändert'), ('KONTO_EHEMALIGE', 'Bankverbindung eines früheren Anbieters'), ('SUCHTREFFER', 'Neues zu einem Suchauftrag'), ('LISTE_STEHT', 'Liste stehen geblieben')], max_length=20, verbose_name='Art'),
        ),
    ]
