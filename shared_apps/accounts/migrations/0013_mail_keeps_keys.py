from django.db import migrations, models

CHOICES = [
    ("PASSWORT_VERGESSEN", "Link für ein neues Passwort"),
    ("PASSWORT_NEU", "Passwort geändert"),
    ("PASSWORT_SCHLUESSEL", "Passwort geändert, Schlüssel behalten"),
    ("FAKTOR_NEU", "zweiter Faktor eingerichtet"),
    ("FAKTOR_WEG", "zweiter Faktor entfernt"),
    ("CODES_NEU", "Wiederherstellungscodes angelegt"),
    ("CODE_BENUTZT", "Wiederherstellungscode benutzt"),
    ("EINLADUNG", "Einladung"),
    ("ZUGANG_BESTAETIGEN", "Adresse bestätigen"),
    ("ZUGANG_ABGELEHNT", "Zugangsantrag abgelehnt"),
    ("ROLLENANTRAG", "Rollenantrag wartet"),
    ("ROLLE_BESTAETIGT", "Rolle vom Betrieb bestätigt"),
]


class Migration(migrations.Migration):
    """One kind of mail more: the password has changed, the keys go on."""

    dependencies = [("accounts", "0012_attempts_counted")]
    operations = [
        migrations.AlterField(
            "Mailauftrag", "art", models.CharField(choices=CHOICES, max_length=20, verbose_name="Art")
        )
    ]
