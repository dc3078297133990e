"""Why a vacancy was none is an entry of the catalogue: its kind and code are a foreign key.

The codes stay in their column, so the release before goes on writing them. Backward, a code that is longer than its
column was stays whole as well: the column stays wide, and the release before reads what it does not know as it is.
"""

from django.db import migrations, models

NACHTRAG = """
INSERT INTO catalogue_grund (id, created_at, gueltig, art, code, name, sortierung)
SELECT gen_random_uuid(), now(), daterange(NULL, (now() AT TIME ZONE 'Europe/Berlin')::date), 'MELDUNG', t.grund, t.grund, 999
  FROM (SELECT DISTINCT grund FROM providers_vakanzmeldung) t
 WHERE NOT EXISTS (SELECT FROM catalogue_grund g WHERE g.art = 'MELDUNG' AND g.code = t.grund)
"""
BINDEN = """
ALTER TABLE providers_vakanzmeldung ADD CONSTRAINT vakanzmeldung_grund
  FOREIGN KEY (grund_art, grund) REFERENCES catalogue_grund (art, code)
"""
LOESEN = "ALTER TABLE providers_vakanzmeldung DROP CONSTRAINT vakanzmeldung_grund"
BREITER = "ALTER TABLE providers_vakanzmeldung ALTER COLUMN grund TYPE varchar(20)"


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0005_gruende'),
        ('providers', '0016_registeraenderung'),
    ]

    operations = [
        migrations.AddField(
            model_name='vakanzmeldung',
            name='grund_art',
            field=models.CharField(db_default='MELDUNG', default='MELDUNG', editable=False, max_length=8, verbose_name='Art des Grundes'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BREITER, migrations.RunSQL.noop)],
            state_operations=[
                migrations.AlterField(
                    model_name='vakanzmeldung',
                    name='grund',
                    field=models.CharField(max_length=20, verbose_name='Grund'),
                ),
            ],
        ),
        migrations.AlterField(
            model_name='vakanzmeldung',
            name='zustand',
            field=models.CharField(choices=[('OFFEN', 'wartet auf die Einrichtung'), ('STIMMT', 'stimmt, ist berichtigt'), ('BEHOBEN', 'stimmte, inzwischen behoben'), ('BESTRITTEN', 'bestritten, es war frei'), ('ZURUECKGENOMMEN', 'vom Jugendamt zurückgenommen')], default='OFFEN', max_length=16, verbose_name='Zustand'),
        ),
        migrations.AddConstraint(
            model_name='vakanzmeldung',
            constraint=models.CheckConstraint(condition=models.Q(('grund_art', 'MELDUNG')), name='vakanzmeldung_grund_art'),
        ),
        migrations.RunSQL([NACHTRAG, BINDEN], LOESEN),
    ]
