import django.contrib.postgres.fields.ranges
import django.db.models.functions.comparison
import uuid6
from django.db import migrations, models

import shared_apps.catalogue.models

# What rows of blocks, stops and reports say already; the file of reference data says the same of them. Ids as the file
# gives them, so that it finds them.
GRUENDE = """
INSERT INTO catalogue_grund (id, created_at, art, code, name, sortierung, fest) VALUES
  ('a184e651-6010-5509-be04-ab9c4087828e', now(), 'SPERRE', 'BELEGT_AUSSERHALB', 'belegt außerhalb von SoJuS', 1, true),
  ('c65a98f6-3fc7-519a-b625-726ee090cbcb', now(), 'SPERRE', 'RENOVIERUNG', 'Renovierung', 2, false),
  ('9399844b-af42-585a-afda-d9b887f6bb01', now(), 'SPERRE', 'EINGEWOEHNUNG', 'Eingewöhnung', 3, false),
  ('6442cf36-8b59-5a83-b468-fbe1c7131d88', now(), 'SPERRE', 'PERSONAL', 'Personal fehlt', 4, false),
  ('29ab85b2-5d36-5e78-b7d6-7f26d8880bb9', now(), 'SPERRE', 'SONSTIGES', 'anderer Grund', 9, false),
  ('e6619301-51fd-501b-b3fc-70d036ce099c', now(), 'STOPP', 'PERSONAL', 'Personal', 1, false),
  ('8d4085d6-4ae4-5be4-bcf6-9809c26bb1e8', now(), 'STOPP', 'GRUPPENMISCHUNG', 'Gruppenmischung', 2, false),
  ('4e4c9477-94a4-54f0-a1d2-4cf5d33e0523', now(), 'STOPP', 'RENOVIERUNG', 'Renovierung', 3, false),
  ('193fbb79-7c98-5f60-a6c1-e034052a8d32', now(), 'STOPP', 'BELEGUNGSSTOPP', 'Belegungsstopp', 4, true),
  ('71b9d6cd-e43a-509d-8585-79a36b7bfbe9', now(), 'MELDUNG', 'BELEGT', 'War schon vergeben', 1, true),
  ('79e8ece4-3aff-5d9a-acfc-d64b05d248b1', now(), 'MELDUNG', 'STOPP', 'Die Einrichtung nimmt zurzeit niemanden auf', 2,
   false),
  ('97fac8ef-9ff9-543c-82fe-5ef09fd64cb7', now(), 'MELDUNG', 'ANDERS', 'Das Angebot gibt es nicht so wie angegeben', 3,
   false)
"""

# As in 0004; what a reason is for and whether it stays do not change either, and nobody enters one that stays.
AENDERUNG = """
CREATE OR REPLACE FUNCTION catalogue_aenderung_notieren() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
  who uuid := nullif(current_setting('sojus.user', true), '')::uuid;
  davor jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}'::jsonb END;
  danach jsonb := to_jsonb(NEW);
BEGIN
  IF who IS NULL THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND EXISTS (
       SELECT FROM unnest(ARRAY['id', 'created_at', 'code', 'modul_id', 'paragraf', 'form', 'einheit', 'hat_barbetrag',
                          'erlaubnispflichtig'%s]) f
        WHERE davor -> f IS DISTINCT FROM danach -> f)%s THEN
    RAISE EXCEPTION 'offers, bookings and figures rest on this'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'katalog_bleibt', TABLE = TG_TABLE_NAME;
  END IF;
  INSERT INTO catalogue_katalogaenderung (id, created_at, tabelle, zeile, feld, vorher, nachher, user_id)
  SELECT gen_random_uuid(), clock_timestamp(), TG_TABLE_NAME, NEW.id, n.key, coalesce(davor ->> n.key, ''),
         coalesce(n.value, ''), who
    FROM jsonb_each_text(danach) n
   WHERE n.key NOT IN ('id', 'created_at') AND (TG_OP = 'INSERT' OR davor -> n.key IS DISTINCT FROM danach -> n.key);
  RETURN NULL;
END
$f$
"""
NACHHER = AENDERUNG % (", 'art', 'fest'", "\n     OR TG_OP = 'INSERT' AND danach ->> 'fest' = 'true'")
VORHER = AENDERUNG % ("", "")
TRIGGER = """
CREATE TRIGGER catalogue_aenderung_notiert AFTER INSERT OR UPDATE ON catalogue_grund
  FOR EACH ROW EXECUTE FUNCTION catalogue_aenderung_notieren()
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0004_catalogue_module'),
    ]

    operations = [
        migrations.CreateModel(
            name='Grund',
            fields=[
                ('id', models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='angelegt am')),
                ('gueltig', django.contrib.postgres.fields.ranges.DateRangeField(db_default=models.Value('(,)'), default=shared_apps.catalogue.models.immer, verbose_name='gültig')),
                ('art', models.CharField(choices=[('SPERRE', 'Sperre durch das Haus'), ('STOPP', 'Aufnahmestopp'), ('MELDUNG', 'Meldung „war nicht frei“')], max_length=8, verbose_name='Wofür')),
                ('code', models.CharField(max_length=20, verbose_name='Code')),
                ('name', models.CharField(max_length=120, verbose_name='Bezeichnung')),
                ('sortierung', models.PositiveSmallIntegerField(default=0, verbose_name='Sortierung')),
                ('fest', models.BooleanField(db_default=False, default=False, verbose_name='bleibt immer')),
            ],
            options={
                'verbose_name': 'Grund',
                'verbose_name_plural': 'Gründe',
                'ordering': ('art', 'sortierung', django.db.models.functions.comparison.Collate(models.F('name'), 'deutsch')),
                'constraints': [models.UniqueConstraint(fields=('art', 'code'), name='grund_einmal'), models.CheckConstraint(condition=models.Q(('fest', False), models.Q(('gueltig__endswith__isnull', True), ('gueltig__isempty', False), ('gueltig__startswith__isnull', True)), _connector='OR'), name='grund_fest_ohne_ende')],
            },
        ),
        migrations.RunSQL(GRUENDE, migrations.RunSQL.noop),
        migrations.RunSQL(NACHHER, VORHER),
        migrations.RunSQL(TRIGGER, migrations.RunSQL.noop),
    ]
