"""The role of who is on call at night for an office that has appointed her, dated; and the mail of the morning after.

It excludes every other role of the same office but the committee's (ADR 0091). Nobody deputises for it, so the list of
migration 0016 stays as it is.
"""

import datetime

import django.db.models.expressions
from django.db import migrations, models

# The pairs of accounts/rules.py; tests/shared_apps/accounts/test_refused_pairs.py compares them.
PAIRS = """
CREATE OR REPLACE FUNCTION accounts_refused_pairs() RETURNS TABLE (a text, b text, wo text)
LANGUAGE sql IMMUTABLE AS $f$
  VALUES
    ('ASD', 'WJH', 'HIER'),
    ('ASD', 'JUGENDAMTSLEITUNG', 'HIER'),
    ('TEAMLEITUNG', 'WJH', 'HIER'),
    ('ASD', 'TENANT_ADMIN', 'HIER'),
    ('TEAMLEITUNG', 'TENANT_ADMIN', 'HIER'),
    ('TENANT_ADMIN', 'WJH', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN', 'HIER'),
    ('ASD', 'CONTROLLING', 'HIER'),
    ('CONTROLLING', 'TEAMLEITUNG', 'HIER'),
    ('ASD', 'VORMUND', 'HIER'),
    ('AUSSCHUSS', 'VORMUND', 'HIER'),
    ('CONTROLLING', 'VORMUND', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'VORMUND', 'HIER'),
    ('TEAMLEITUNG', 'VORMUND', 'HIER'),
    ('TENANT_ADMIN', 'VORMUND', 'HIER'),
    ('VORMUND', 'WJH', 'HIER'),
    ('ASD', 'DATENSCHUTZ', 'HIER'),
    ('DATENSCHUTZ', 'TEAMLEITUNG', 'HIER'),
    ('DATENSCHUTZ', 'WJH', 'HIER'),
    ('DATENSCHUTZ', 'JUGENDAMTSLEITUNG', 'HIER'),
    ('DATENSCHUTZ', 'TENANT_ADMIN', 'HIER'),
    ('DATENSCHUTZ', 'VORMUND', 'HIER'),
    ('ASD', 'PRUEFUNG', 'HIER'),
    ('PRUEFUNG', 'TEAMLEITUNG', 'HIER'),
    ('PRUEFUNG', 'WJH', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'PRUEFUNG', 'HIER'),
    ('CONTROLLING', 'PRUEFUNG', 'HIER'),
    ('PRUEFUNG', 'TENANT_ADMIN', 'HIER'),
    ('PRUEFUNG', 'VORMUND', 'HIER'),
    ('ASD', 'BETRIEB', 'UEBERALL'),
    ('AUSSCHUSS', 'BETRIEB', 'UEBERALL'),
    ('BETRIEB', 'CONTROLLING', 'UEBERALL'),
    ('BETRIEB', 'DATENSCHUTZ', 'UEBERALL'),
    ('BETRIEB', 'JUGENDAMTSLEITUNG', 'UEBERALL'),
    ('BETRIEB', 'PRUEFUNG', 'UEBERALL'),
    ('BETRIEB', 'TEAMLEITUNG', 'UEBERALL'),
    ('BETRIEB', 'TENANT_ADMIN', 'UEBERALL'),
    ('BETRIEB', 'VORMUND', 'UEBERALL'),
    ('BETRIEB', 'WJH', 'UEBERALL'),
    ('ANBIETER', 'BETRIEB', 'UEBERALL'),
    ('ANBIETER_ABRECHNUNG', 'BETRIEB', 'UEBERALL'),
    ('BETRIEB', 'EINRICHTUNG', 'UEBERALL'),
    ('ANBIETER', 'EINRICHTUNG', 'UEBERALL'),
    ('ANBIETER_ABRECHNUNG', 'EINRICHTUNG', 'UEBERALL'),
    ('ANBIETER', 'ANBIETER_ABRECHNUNG', 'FREMD'),
    ('RUFBEREITSCHAFT', 'VORMUND', 'HIER'),
    ('ASD', 'RUFBEREITSCHAFT', 'HIER'),
    ('CONTROLLING', 'RUFBEREITSCHAFT', 'HIER'),
    ('DATENSCHUTZ', 'RUFBEREITSCHAFT', 'HIER'),
    ('JUGENDAMTSLEITUNG', 'RUFBEREITSCHAFT', 'HIER'),
    ('PRUEFUNG', 'RUFBEREITSCHAFT', 'HIER'),
    ('RUFBEREITSCHAFT', 'TEAMLEITUNG', 'HIER'),
    ('RUFBEREITSCHAFT', 'TENANT_ADMIN', 'HIER'),
    ('RUFBEREITSCHAFT', 'WJH', 'HIER'),
    ('BETRIEB', 'RUFBEREITSCHAFT', 'UEBERALL')
$f$
"""
#: What 0005 said, for the way back.
PAIRS_BEFORE = "\n".join(line for line in PAIRS.splitlines() if "RUFBEREITSCHAFT" not in line)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0034_postfach_index'),
        ('tenants', '0004_migrationsstand'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_genau_ein_ort',
        ),
        migrations.AlterField(
            model_name='anmelderegel',
            name='rolle',
            field=models.CharField(choices=[('ASD', 'Sozialpädagogischer Dienst (ASD)'), ('TEAMLEITUNG', 'Teamleitung'), ('WJH', 'Wirtschaftliche Jugendhilfe'), ('CONTROLLING', 'Controlling'), ('JUGENDAMTSLEITUNG', 'Jugendamtsleitung'), ('TENANT_ADMIN', 'Administration des Jugendamtes'), ('DATENSCHUTZ', 'Datenschutzbeauftragte'), ('AUSSCHUSS', 'Jugendhilfeausschuss'), ('VORMUND', 'Vormundschaft und Beistandschaft'), ('RUFBEREITSCHAFT', 'Rufbereitschaft (befristet)'), ('PRUEFUNG', 'Rechnungsprüfung (befristet)'), ('ANBIETER', 'Anbieter'), ('ANBIETER_ABRECHNUNG', 'Anbieter, Abrechnung'), ('EINRICHTUNG', 'Einrichtung'), ('LANDESJUGENDAMT', 'Landesjugendamt'), ('MINISTERIUM', 'Ministerium'), ('BETRIEB', 'Betrieb')], max_length=24, verbose_name='Rolle'),
        ),
        migrations.AlterField(
            model_name='mailauftrag',
            name='art',
            field=models.CharField(choices=[('PASSWORT_VERGESSEN', 'Link für ein neues Passwort'), ('PASSWORT_NEU', 'Passwort geändert'), ('PASSWORT_SCHLUESSEL', 'Passwort geändert, Schlüssel behalten'), ('FAKTOR_NEU', 'zweiter Faktor eingerichtet'), ('FAKTOR_WEG', 'zweiter Faktor entfernt'), ('CODES_NEU', 'Wiederherstellungscodes angelegt'), ('CODE_BENUTZT', 'Wiederherstellungscode benutzt'), ('SCHLUESSEL_NEU', 'API-Schlüssel angelegt'), ('CODES_FALSCH', 'mehrere falsche Codes nach dem richtigen Passwort'), ('FEHLVERSUCHE', 'mehrere Fehlversuche in einer offenen Sitzung'), ('EINLADUNG', 'Einladung'), ('ZUGANG_BESTAETIGEN', 'Adresse bestätigen'), ('ZUGANG_ABGELEHNT', 'Zugangsantrag abgelehnt'), ('AUFNAHME_BESTAETIGEN', 'Adresse eines neuen Anbieters bestätigen'), ('AUFNAHME_ABGELEHNT', 'Aufnahmeantrag abgelehnt'), ('VERWALTUNG_NEU', 'erste Verwaltung eines Anbieters eingeladen'), ('ROLLENANTRAG', 'Rollenantrag wartet'), ('ROLLE_BESTAETIGT', 'Rolle vom Betrieb bestätigt'), ('SIEGELKOEPFE', 'Siegelköpfe des Tages'), ('VAKANZERINNERUNG', 'Bitte Vakanzen bestätigen'), ('ENTGELT_ENTSCHIEDEN', 'Entgeltvorschlag entschieden'), ('KONTO_WARTET', 'Bankverbindung wartet auf Bestätigung'), ('KONTO_GEAENDERT', 'Bankverbindung geändert'), ('KONTO_ZU_PRUEFEN', 'Bankverbindung wartet auf das Jugendamt'), ('KONTO_ABGELEHNT', 'Bankverbindung abgelehnt'), ('KONTO_ZAHLENDE', 'Bankverbindung eines Anbieters geändert'), ('KONTO_EHEMALIGE', 'Bankverbindung eines früheren Anbieters'), ('SUCHTREFFER', 'Neues zu einem Suchauftrag'), ('NACHT_UEBERNAHME', 'Fälle aus der Nacht zu übernehmen'), ('LISTE_STEHT', 'Liste stehen geblieben')], max_length=20, verbose_name='Art'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='rolle',
            field=models.CharField(choices=[('ASD', 'Sozialpädagogischer Dienst (ASD)'), ('TEAMLEITUNG', 'Teamleitung'), ('WJH', 'Wirtschaftliche Jugendhilfe'), ('CONTROLLING', 'Controlling'), ('JUGENDAMTSLEITUNG', 'Jugendamtsleitung'), ('TENANT_ADMIN', 'Administration des Jugendamtes'), ('DATENSCHUTZ', 'Datenschutzbeauftragte'), ('AUSSCHUSS', 'Jugendhilfeausschuss'), ('VORMUND', 'Vormundschaft und Beistandschaft'), ('RUFBEREITSCHAFT', 'Rufbereitschaft (befristet)'), ('PRUEFUNG', 'Rechnungsprüfung (befristet)'), ('ANBIETER', 'Anbieter'), ('ANBIETER_ABRECHNUNG', 'Anbieter, Abrechnung'), ('EINRICHTUNG', 'Einrichtung'), ('LANDESJUGENDAMT', 'Landesjugendamt'), ('MINISTERIUM', 'Ministerium'), ('BETRIEB', 'Betrieb')], max_length=24, verbose_name='Rolle'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('anbieter_id__isnull', True), ('koerperschaft', ''), ('rolle__in', ['ASD', 'AUSSCHUSS', 'CONTROLLING', 'DATENSCHUTZ', 'JUGENDAMTSLEITUNG', 'PRUEFUNG', 'RUFBEREITSCHAFT', 'TEAMLEITUNG', 'TENANT_ADMIN', 'VORMUND', 'WJH']), ('tenant__isnull', False)), models.Q(('anbieter_id__isnull', False), ('koerperschaft', ''), ('rolle__in', ['ANBIETER', 'ANBIETER_ABRECHNUNG', 'EINRICHTUNG']), ('tenant__isnull', True)), models.Q(('anbieter_id__isnull', True), ('rolle', models.F('koerperschaft')), ('rolle__in', ['BETRIEB', 'LANDESJUGENDAMT', 'MINISTERIUM']), ('tenant__isnull', True)), _connector='OR'), name='membership_genau_ein_ort'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rolle', 'RUFBEREITSCHAFT'), _negated=True), models.Q(('gueltig_bis__isnull', False), ('gueltig_bis__lte', django.db.models.expressions.CombinedExpression(models.F('gueltig_ab'), '+', models.Value(datetime.timedelta(days=366))))), _connector='OR'), name='membership_rufbereitschaft_befristet'),
        ),
        migrations.RunSQL(PAIRS, PAIRS_BEFORE),
    ]
