from importlib import import_module

from django.db import migrations, models

# What rates rest on is held like the rest of it.
_OLD = import_module("shared_apps.catalogue.migrations.0005_gruende").NACHHER
_NEW = _OLD.replace("'erlaubnispflichtig'", "'erlaubnispflichtig', 'entgeltrecht'")


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0005_gruende'),
    ]

    operations = [
        migrations.AddField(
            model_name='hilfeart',
            name='entgeltrecht',
            field=models.CharField(choices=[('78a', '§§ 78a ff. SGB VIII (bindet alle Jugendämter)'), ('77', '§ 77 SGB VIII (auch mit einem Jugendamt allein)')], db_default='78a', default='78a', max_length=4, verbose_name='Entgelte nach'),
        ),
        migrations.RunSQL(_NEW, _OLD),
    ]
