"""Two people appoint who is on call at night: she sees single persons (ADR 0029, 0091).

Role sets as in accounts/enums.py (ZU_ZWEIT); tests/shared_apps/members/test_four_eyes.py compares them.
"""

from django.db import migrations, models

ROLES = """
CREATE OR REPLACE FUNCTION members_zu_zweit_rollen() RETURNS text[] LANGUAGE sql IMMUTABLE AS $f$
  SELECT members_leitende_rollen() || ARRAY['ASD', 'CONTROLLING', 'RUFBEREITSCHAFT', 'VORMUND', 'WJH']
$f$
"""
ROLES_BEFORE = ROLES.replace("'RUFBEREITSCHAFT', ", "")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0035_rufbereitschaft'),
        ('members', '0007_wer_bestaetigt_und_ein_postfach'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mitgliedschaftsantrag',
            name='rolle',
            field=models.CharField(choices=[('ASD', 'Sozialpädagogischer Dienst (ASD)'), ('TEAMLEITUNG', 'Teamleitung'), ('WJH', 'Wirtschaftliche Jugendhilfe'), ('CONTROLLING', 'Controlling'), ('JUGENDAMTSLEITUNG', 'Jugendamtsleitung'), ('TENANT_ADMIN', 'Administration des Jugendamtes'), ('DATENSCHUTZ', 'Datenschutzbeauftragte'), ('AUSSCHUSS', 'Jugendhilfeausschuss'), ('VORMUND', 'Vormundschaft und Beistandschaft'), ('RUFBEREITSCHAFT', 'Rufbereitschaft (befristet)'), ('PRUEFUNG', 'Rechnungsprüfung (befristet)'), ('ANBIETER', 'Anbieter'), ('ANBIETER_ABRECHNUNG', 'Anbieter, Abrechnung'), ('EINRICHTUNG', 'Einrichtung'), ('LANDESJUGENDAMT', 'Landesjugendamt'), ('MINISTERIUM', 'Ministerium'), ('BETRIEB', 'Betrieb')], max_length=24, verbose_name='Rolle'),
        ),
        migrations.AlterField(
            model_name='zugangsantrag',
            name='rolle',
            field=models.CharField(choices=[('ASD', 'Sozialpädagogischer Dienst (ASD)'), ('TEAMLEITUNG', 'Teamleitung'), ('WJH', 'Wirtschaftliche Jugendhilfe'), ('CONTROLLING', 'Controlling'), ('JUGENDAMTSLEITUNG', 'Jugendamtsleitung'), ('TENANT_ADMIN', 'Administration des Jugendamtes'), ('DATENSCHUTZ', 'Datenschutzbeauftragte'), ('AUSSCHUSS', 'Jugendhilfeausschuss'), ('VORMUND', 'Vormundschaft und Beistandschaft'), ('RUFBEREITSCHAFT', 'Rufbereitschaft (befristet)'), ('PRUEFUNG', 'Rechnungsprüfung (befristet)'), ('ANBIETER', 'Anbieter'), ('ANBIETER_ABRECHNUNG', 'Anbieter, Abrechnung'), ('EINRICHTUNG', 'Einrichtung'), ('LANDESJUGENDAMT', 'Landesjugendamt'), ('MINISTERIUM', 'Ministerium'), ('BETRIEB', 'Betrieb')], max_length=24, verbose_name='gewünschte Rolle'),
        ),
        migrations.RunSQL(ROLES, ROLES_BEFORE),
    ]
