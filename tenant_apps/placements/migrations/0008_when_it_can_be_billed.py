from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("placements", "0007_who_booked_and_ended")]

    operations = [
        migrations.AddField(
            "buchung", "abrechenbar_ab", models.DateField(editable=False, null=True, verbose_name="abrechenbar ab")
        ),
        migrations.AddIndex(
            "buchung",
            models.Index(
                condition=models.Q(("abrechenbar_ab__isnull", False)),
                fields=["anbieter", "abrechenbar_ab", "id"],
                name="buchung_abrechenbar",
            ),
        ),
    ]
