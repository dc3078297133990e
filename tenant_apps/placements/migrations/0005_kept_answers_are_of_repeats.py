"""State only: the model is in the app `repeats` now, on the same table."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('placements', '0004_closed_case_and_running_help'),
        ('repeats', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name='IdempotencyRecord')])
    ]
