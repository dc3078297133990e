"""An office's sign-in server counts when a second person has confirmed it (ADR 0029); existing ones ask once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGER = """
CREATE FUNCTION accounts_anmeldedienst_pruefen() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
  changed boolean := TG_OP = 'INSERT';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    changed := (NEW.issuer, NEW.client_id, NEW.email_claim, NEW.faktor_claim, NEW.mfa_werte, NEW.tenant_id)
      IS DISTINCT FROM (OLD.issuer, OLD.client_id, OLD.email_claim, OLD.faktor_claim, OLD.mfa_werte, OLD.tenant_id);
  END IF;
  IF changed AND NEW.bestaetigt_at IS NOT NULL THEN
    RAISE EXCEPTION 'a changed sign-in server asks for a second person anew'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'anmeldedienst_neu_bestaetigen', TABLE = TG_TABLE_NAME;
  END IF;
  IF who IS NULL THEN
    RETURN NULL;
  END IF;
  IF changed AND NEW.geaendert_von_id IS DISTINCT FROM who
     OR TG_OP = 'UPDATE' AND NOT changed AND NEW.geaendert_von_id IS DISTINCT FROM OLD.geaendert_von_id THEN
    RAISE EXCEPTION 'nobody changes a sign-in server in the name of another'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'anmeldedienst_eigener_name', TABLE = TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.bestaetigt_at IS NOT NULL
     AND (NEW.bestaetigt_at, NEW.bestaetigt_von_id) IS DISTINCT FROM (OLD.bestaetigt_at, OLD.bestaetigt_von_id)
     AND (NEW.bestaetigt_von_id <> who OR NOT EXISTS (
       SELECT FROM accounts_membership m
        WHERE m.user_id = who AND m.tenant_id = NEW.tenant_id AND m.rolle IN ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN')
          AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date)) THEN
    RAISE EXCEPTION 'the second person has no right to confirm this sign-in server'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'anmeldedienst_zweite_person', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END
$f$;
CREATE TRIGGER accounts_anmeldedienst_geprueft AFTER INSERT OR UPDATE ON accounts_anmeldedienst
  FOR EACH ROW EXECUTE FUNCTION accounts_anmeldedienst_pruefen()
"""
DROP = """
DROP TRIGGER accounts_anmeldedienst_geprueft ON accounts_anmeldedienst;
DROP FUNCTION accounts_anmeldedienst_pruefen()
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_mail_keeps_keys'),
        ('tenants', '0002_rueckstand'),
    ]

    operations = [
        migrations.AddField(
            model_name='anmeldedienst',
            name='bestaetigt_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='bestätigt am'),
        ),
        migrations.AddField(
            model_name='anmeldedienst',
            name='bestaetigt_von',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='bestätigt von'),
        ),
        migrations.AddField(
            model_name='anmeldedienst',
            name='geaendert_von',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='geändert von'),
        ),
        migrations.AddConstraint(
            model_name='anmeldedienst',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bestaetigt_at__isnull', True), ('bestaetigt_von__isnull', True)), models.Q(('bestaetigt_at__isnull', False), ('bestaetigt_von__isnull', False), models.Q(('geaendert_von__isnull', True), models.Q(('geaendert_von', models.F('bestaetigt_von')), _negated=True), _connector='OR')), _connector='OR'), name='anmeldedienst_vier_augen'),
        ),
        migrations.RunSQL(TRIGGER, DROP),
    ]
