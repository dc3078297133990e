"""The history of the register calls a column what its form calls it. Nothing in the database changes."""

import django.db.models.deletion
import shared_apps.providers.models.dokument
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0022_kein_moment_im_voraus'),
        ('regions', '0003_referenzdatei'),
    ]

    operations = [
        migrations.AlterField(
            model_name='betriebserlaubnis',
            name='datei',
            field=models.FileField(blank=True, upload_to=shared_apps.providers.models.dokument.dokument_pfad, verbose_name='PDF-Datei'),
        ),
        migrations.AlterField(
            model_name='betriebserlaubnis',
            name='datum',
            field=models.DateField(verbose_name='Bescheid vom'),
        ),
        migrations.AlterField(
            model_name='betriebserlaubnis',
            name='gueltig_ab',
            field=models.DateField(blank=True, null=True, verbose_name='gilt ab'),
        ),
        migrations.AlterField(
            model_name='betriebserlaubnis',
            name='nummer',
            field=models.CharField(max_length=60, verbose_name='Nummer der Betriebserlaubnis'),
        ),
        migrations.AlterField(
            model_name='einrichtung',
            name='breite',
            field=models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, verbose_name='Breite (Grad Nord)'),
        ),
        migrations.AlterField(
            model_name='einrichtung',
            name='gebietskoerperschaft',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='einrichtungen', to='regions.gebietskoerperschaft', verbose_name='Kreis oder kreisfreie Stadt'),
        ),
        migrations.AlterField(
            model_name='einrichtung',
            name='laenge',
            field=models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, verbose_name='Länge (Grad Ost)'),
        ),
        migrations.AlterField(
            model_name='entgelt',
            name='jugendamt',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.gebietskoerperschaft', verbose_name='nur für ein Jugendamt (§ 77)'),
        ),
        migrations.AlterField(
            model_name='entgeltvorschlag',
            name='ab',
            field=models.DateField(verbose_name='gilt ab'),
        ),
        migrations.AlterField(
            model_name='entgeltvorschlag',
            name='jugendamt',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.gebietskoerperschaft', verbose_name='nur für ein Jugendamt (§ 77)'),
        ),
        migrations.AlterField(
            model_name='foto',
            name='alternativtext',
            field=models.CharField(max_length=200, verbose_name='Alternativtext'),
        ),
        migrations.AlterField(
            model_name='kontakt',
            name='ist_notruf',
            field=models.BooleanField(default=False, verbose_name='Notfalltelefon: Hier meldet sich rund um die Uhr jemand (24 h)'),
        ),
        migrations.AlterField(
            model_name='leistungsbeschreibung',
            name='datei',
            field=models.FileField(blank=True, upload_to=shared_apps.providers.models.dokument.dokument_pfad, verbose_name='PDF-Datei'),
        ),
        migrations.AlterField(
            model_name='leqvereinbarung',
            name='datei',
            field=models.FileField(blank=True, upload_to=shared_apps.providers.models.dokument.dokument_pfad, verbose_name='PDF-Datei'),
        ),
    ]
