"""Why a place is blocked or nobody is taken in is an entry of the catalogue: its kind and code are a foreign key.

The codes stay in their column, so the release before goes on writing them. What somebody wrote that was no choice of
the form becomes an entry that has ended, called what it was: no row loses what it says.
"""

from django.db import migrations, models

NACHTRAG = """
INSERT INTO catalogue_grund (id, created_at, gueltig, art, code, name, sortierung)
SELECT gen_random_uuid(), now(), daterange(NULL, (now() AT TIME ZONE 'Europe/Berlin')::date), '{art}', t.grund, t.grund, 999
  FROM (SELECT DISTINCT grund FROM {tabelle}) t
 WHERE NOT EXISTS (SELECT FROM catalogue_grund g WHERE g.art = '{art}' AND g.code = t.grund)
"""
BINDEN = """
ALTER TABLE {tabelle} ADD CONSTRAINT {name} FOREIGN KEY (grund_art, grund) REFERENCES catalogue_grund (art, code)
"""
LOESEN = "ALTER TABLE {tabelle} DROP CONSTRAINT {name}"
SPERRE = {'tabelle': 'occupancy_platzsperre', 'name': 'platzsperre_grund', 'art': 'SPERRE'}
STOPP = {'tabelle': 'occupancy_aufnahmestopp', 'name': 'aufnahmestopp_grund', 'art': 'STOPP'}


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0005_gruende'),
        ('occupancy', '0010_ever_held'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='platzsperre',
            options={'ordering': ('zeitraum',), 'verbose_name': 'Sperre', 'verbose_name_plural': 'Sperren'},
        ),
        migrations.AddField(
            model_name='aufnahmestopp',
            name='grund_art',
            field=models.CharField(db_default='STOPP', default='STOPP', editable=False, max_length=8, verbose_name='Art des Grundes'),
        ),
        migrations.AddField(
            model_name='platzsperre',
            name='grund_art',
            field=models.CharField(db_default='SPERRE', default='SPERRE', editable=False, max_length=8, verbose_name='Art des Grundes'),
        ),
        migrations.AlterField(
            model_name='aufnahmestopp',
            name='grund',
            field=models.CharField(max_length=20, verbose_name='Grund'),
        ),
        migrations.AlterField(
            model_name='platzsperre',
            name='grund',
            field=models.CharField(max_length=20, verbose_name='Grund'),
        ),
        migrations.AddConstraint(
            model_name='aufnahmestopp',
            constraint=models.CheckConstraint(condition=models.Q(('grund_art', 'STOPP')), name='aufnahmestopp_grund_art'),
        ),
        migrations.AddConstraint(
            model_name='platzsperre',
            constraint=models.CheckConstraint(condition=models.Q(('grund_art', 'SPERRE')), name='platzsperre_grund_art'),
        ),
        *(
            migrations.RunSQL([NACHTRAG.format(**was), BINDEN.format(**was)], [LOESEN.format(**was)])
            for was in (SPERRE, STOPP)
        ),
    ]
