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
    ("SIEGELKOEPFE", "Siegelköpfe des Tages"),
]


class Migration(migrations.Migration):
    """One kind of mail more: the heads of the trails' chains, each night."""

    dependencies = [("accounts", "0014_anmeldedienst_bestaetigt")]
    operations = [
        migrations.AlterField(
            "Mailauftrag", "art", models.CharField(choices=CHOICES, max_length=20, verbose_name="Art")
        )
    ]
