from django.db import migrations


class Migration(migrations.Migration):
    """A search keeps criteria and counts; the list is frozen in the Auswahlvermerk alone (docs/adr/0079)."""

    stops_the_release_before = "its searches write the list they found"

    dependencies = [
        ("placements", "0011_suche_ausschluesse"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="suche",
            name="treffer",
        ),
    ]
