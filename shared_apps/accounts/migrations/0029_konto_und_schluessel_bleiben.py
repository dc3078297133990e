"""Mails about an account that waits for an office, was declined, or is paid to; and rows that keep their key.

Who let somebody in, the journal says by the key of her role and of her account (ADR 0075): a row with another key would
be one that nobody gave.
"""

from django.db import migrations, models

BLEIBT = """
CREATE FUNCTION accounts_schluessel_bleibt() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  RAISE EXCEPTION 'a person and a role keep their key'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'schluessel_bleibt', TABLE = TG_TABLE_NAME;
END
$f$;
CREATE TRIGGER accounts_schluessel_bleibt BEFORE UPDATE ON accounts_membership
  FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id) EXECUTE FUNCTION accounts_schluessel_bleibt();
CREATE TRIGGER accounts_schluessel_bleibt BEFORE UPDATE ON accounts_user
  FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id) EXECUTE FUNCTION accounts_schluessel_bleibt()
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0028_mails_der_bankverbindung'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mailauftrag',
            name='art',
            field=models.CharField(choices=[('PASSWORT_VERGESSEN', 'Link für ein neues Passwort'), ('PASSWORT_NEU', 'Passwort geändert'), ('PASSWORT_SCHLUESSEL', 'Passwort geändert, Schlüssel behalten'), ('FAKTOR_NEU', 'zweiter Faktor eingerichtet'), ('FAKTOR_WEG', 'zweiter Faktor entfernt'), ('CODES_NEU', 'Wiederherstellungscodes angelegt'), ('CODE_BENUTZT', 'Wiederherstellungscode benutzt'), ('SCHLUESSEL_NEU', 'API-Schlüssel angelegt'), ('CODES_FALSCH', 'mehrere falsche Codes nach dem richtigen Passwort'), ('FEHLVERSUCHE', 'mehrere Fehlversuche in einer offenen Sitzung'), ('EINLADUNG', 'Einladung'), ('ZUGANG_BESTAETIGEN', 'Adresse bestätigen'), ('ZUGANG_ABGELEHNT', 'Zugangsantrag abgelehnt'), ('AUFNAHME_BESTAETIGEN', 'Adresse eines neuen Anbieters bestätigen'), ('AUFNAHME_ABGELEHNT', 'Aufnahmeantrag abgelehnt'), ('VERWALTUNG_NEU', 'erste Verwaltung eines Anbieters eingeladen'), ('ROLLENANTRAG', 'Rollenantrag wartet'), ('ROLLE_BESTAETIGT', 'Rolle vom Betrieb bestätigt'), ('SIEGELKOEPFE', 'Siegelköpfe des Tages'), ('VAKANZERINNERUNG', 'Bitte Vakanzen bestätigen'), ('ENTGELT_ENTSCHIEDEN', 'Entgeltvorschlag entschieden'), ('KONTO_WARTET', 'Bankverbindung wartet auf Bestätigung'), ('KONTO_GEAENDERT', 'Bankverbindung geändert'), ('KONTO_ZU_PRUEFEN', 'Bankverbindung wartet auf das Jugendamt'), ('KONTO_ABGELEHNT', 'Bankverbindung abgelehnt'), ('KONTO_ZAHLENDE', 'Bankverbindung eines Anbieters geändert')], max_length=20, verbose_name='Art'),
        ),
        migrations.RunSQL(BLEIBT, "DROP FUNCTION accounts_schluessel_bleibt() CASCADE"),
    ]
