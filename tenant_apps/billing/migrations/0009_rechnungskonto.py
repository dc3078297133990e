"""An invoice keeps the account that held when it was sent (ADR 0074).

The trigger runs with the owner's rights: whoever sends an invoice writes no account, and staff of one facility read
none. It takes nothing from the caller but which provider the invoice is of.

Of invoices that are there: the account that was confirmed last before they were sent; where the provider's account has
never been changed by a proposal, the one of today; else nobody knows it, and nothing is claimed.
"""

import django.db.models.deletion
import uuid6
from django.db import migrations, models

TRIGGER = """
CREATE FUNCTION billing_konto_festhalten() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  EXECUTE format(
    'INSERT INTO %I.billing_rechnungskonto (id, created_at, rechnung_id, iban, inhaber)'
    ' SELECT gen_random_uuid(), now(), $1, coalesce(b.iban, ''''), coalesce(b.inhaber, '''')'
    ' FROM (SELECT $2 AS anbieter_id) r'
    ' LEFT JOIN public.providers_bankverbindung b ON b.anbieter_id = r.anbieter_id', TG_TABLE_SCHEMA)
    USING NEW.id, NEW.anbieter_id;
  RETURN NULL;
END
$f$;
REVOKE ALL ON FUNCTION billing_konto_festhalten() FROM PUBLIC;
CREATE TRIGGER billing_konto_festgehalten AFTER INSERT ON billing_rechnung
  FOR EACH ROW EXECUTE FUNCTION billing_konto_festhalten()
"""
DROP = """
DROP TRIGGER billing_konto_festgehalten ON billing_rechnung;
DROP FUNCTION billing_konto_festhalten()
"""
FILL = """
INSERT INTO billing_rechnungskonto (id, created_at, rechnung_id, iban, inhaber)
SELECT gen_random_uuid(), now(), r.id, coalesce(k.iban, b.iban), coalesce(k.inhaber, b.inhaber)
  FROM billing_rechnung r
  JOIN public.providers_bankverbindung b ON b.anbieter_id = r.anbieter_id
  LEFT JOIN LATERAL (SELECT v.iban, v.inhaber FROM public.providers_kontovorschlag v
                      WHERE v.anbieter_id = r.anbieter_id AND v.zustand = 'BESTAETIGT'
                        AND v.entschieden_at <= r.eingereicht_at
                      ORDER BY v.entschieden_at DESC LIMIT 1) k ON true
 WHERE k.iban IS NOT NULL
    OR NOT EXISTS (SELECT FROM public.providers_kontovorschlag v
                    WHERE v.anbieter_id = r.anbieter_id AND v.zustand = 'BESTAETIGT')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0008_when_it_can_be_billed'),
        ('providers', '0014_stammdaten'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rechnungskonto',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('iban', models.CharField(blank=True, max_length=34, verbose_name='IBAN')),
                ('inhaber', models.CharField(blank=True, max_length=70, verbose_name='Kontoinhaber')),
                ('rechnung', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='konto', to='billing.rechnung', verbose_name='Rechnung')),
            ],
            options={
                'verbose_name': 'Konto einer Rechnung',
                'verbose_name_plural': 'Konten von Rechnungen',
                'ordering': ('rechnung',),
            },
        ),
        migrations.RunSQL(TRIGGER, DROP),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
