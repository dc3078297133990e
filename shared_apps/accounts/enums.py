"""Roles and bodies, as in docs/security.md "Who may see what"."""

from collections.abc import Callable

from django.db import models

from shared_apps.accounts.rollen import Rollenart, Wirkungsort, rollenart


class Rolle(models.TextChoices):
    """What a person does in an office, at a provider or in a body of the state."""

    ASD = "ASD", "Sozialpädagogischer Dienst (ASD)"
    TEAMLEITUNG = "TEAMLEITUNG", "Teamleitung"
    WJH = "WJH", "Wirtschaftliche Jugendhilfe"
    CONTROLLING = "CONTROLLING", "Controlling"
    JUGENDAMTSLEITUNG = "JUGENDAMTSLEITUNG", "Jugendamtsleitung"
    TENANT_ADMIN = "TENANT_ADMIN", "Administration des Jugendamtes"
    DATENSCHUTZ = "DATENSCHUTZ", "Datenschutzbeauftragte"
    AUSSCHUSS = "AUSSCHUSS", "Jugendhilfeausschuss"
    VORMUND = "VORMUND", "Vormundschaft und Beistandschaft"
    RUFBEREITSCHAFT = "RUFBEREITSCHAFT", "Rufbereitschaft (befristet)"
    PRUEFUNG = "PRUEFUNG", "Rechnungsprüfung (befristet)"
    ANBIETER = "ANBIETER", "Anbieter"
    ANBIETER_ABRECHNUNG = "ANBIETER_ABRECHNUNG", "Anbieter, Abrechnung"
    EINRICHTUNG = "EINRICHTUNG", "Einrichtung"
    LANDESJUGENDAMT = "LANDESJUGENDAMT", "Landesjugendamt"
    MINISTERIUM = "MINISTERIUM", "Ministerium"
    BETRIEB = "BETRIEB", "Betrieb"


def _rollen(passt: Callable[[Rollenart], bool]) -> frozenset[Rolle]:
    return frozenset(rolle for rolle in Rolle if passt(rollenart(rolle.value)))


#: Roles inside a youth office.
AMT = _rollen(lambda art: art.ort is Wirkungsort.AMT)
#: Roles of who works in an office: not who is only on call for it at night, whoever employs her (ADR 0091).
IM_DIENST = AMT - {Rolle.RUFBEREITSCHAFT}
#: Roles at a provider.
ANBIETERSEITE = _rollen(lambda art: art.ort is Wirkungsort.ANBIETERSEITE)
#: Roles of the state and of operations, portal only.
LAND = _rollen(lambda art: art.ort is Wirkungsort.LAND)
#: Roles of an office that somebody proposes and the head of the office alone approves.
LEITUNG_ENTSCHEIDET = _rollen(lambda art: art.leitung_entscheidet)
#: Roles of an office that see single persons; its administration may approve them, too.
PERSONENNAH = _rollen(lambda art: art.personennah)
#: Roles with which somebody sees single persons of an office.
PERSONENSICHT = PERSONENNAH | (LEITUNG_ENTSCHEIDET - {Rolle.TENANT_ADMIN})
#: Roles of an office that see no single person and are the second person of what costs money (ADR 0078).
BESTAETIGEND = _rollen(lambda art: art.zweite_person)
#: Roles nobody gives alone: one person proposes, a second one decides (ADR 0029). The same list is in the database.
ZU_ZWEIT = LEITUNG_ENTSCHEIDET | PERSONENNAH | BESTAETIGEND | LAND


class Verfahren(models.TextChoices):
    """What a sign-in needs beside the password."""

    VORGABE = "VORGABE", "wie vom Betrieb vorgegeben"
    PFLICHT = "PFLICHT", "zweiter Faktor Pflicht"
    FREIWILLIG = "FREIWILLIG", "zweiter Faktor freiwillig"


class FaktorArt(models.TextChoices):
    """Kinds of second factors; the values are those of the rows that django-allauth once wrote."""

    TOTP = "totp", "App auf dem Telefon"
    PASSKEY = "webauthn", "Passkey"
    CODES = "recovery_codes", "Wiederherstellungscodes"


class SicherheitsereignisArt(models.TextChoices):
    """What has happened to a person's ways to sign in."""

    PASSWORT_NEU = "PASSWORT_NEU", "Passwort geändert"
    APP_NEU = "APP_NEU", "App eingerichtet"
    APP_WEG = "APP_WEG", "App entfernt"
    PASSKEY_NEU = "PASSKEY_NEU", "Passkey eingerichtet"
    PASSKEY_WEG = "PASSKEY_WEG", "Passkey entfernt"
    CODES_NEU = "CODES_NEU", "Wiederherstellungscodes angelegt"
    CODE_BENUTZT = "CODE_BENUTZT", "Wiederherstellungscode benutzt"
    FAKTOREN_WEG = "FAKTOREN_WEG", "alle zweiten Faktoren durch den Betrieb entfernt"
    SCHLUESSEL_NEU = "SCHLUESSEL_NEU", "API-Schlüssel angelegt"
    CODES_FALSCH = "CODES_FALSCH", "mehrere falsche Codes nach dem richtigen Passwort"
    FEHLVERSUCHE = "FEHLVERSUCHE", "mehrere Fehlversuche in einer offenen Sitzung"


class MailArt(models.TextChoices):
    """What a mail says. There is no other: its text is in the code, its recipient is looked up when it is sent."""

    PASSWORT_VERGESSEN = "PASSWORT_VERGESSEN", "Link für ein neues Passwort"
    PASSWORT_NEU = "PASSWORT_NEU", "Passwort geändert"
    PASSWORT_SCHLUESSEL = "PASSWORT_SCHLUESSEL", "Passwort geändert, Schlüssel behalten"
    FAKTOR_NEU = "FAKTOR_NEU", "zweiter Faktor eingerichtet"
    FAKTOR_WEG = "FAKTOR_WEG", "zweiter Faktor entfernt"
    CODES_NEU = "CODES_NEU", "Wiederherstellungscodes angelegt"
    CODE_BENUTZT = "CODE_BENUTZT", "Wiederherstellungscode benutzt"
    SCHLUESSEL_NEU = "SCHLUESSEL_NEU", "API-Schlüssel angelegt"
    CODES_FALSCH = "CODES_FALSCH", "mehrere falsche Codes nach dem richtigen Passwort"
    FEHLVERSUCHE = "FEHLVERSUCHE", "mehrere Fehlversuche in einer offenen Sitzung"
    EINLADUNG = "EINLADUNG", "Einladung"
    ZUGANG_BESTAETIGEN = "ZUGANG_BESTAETIGEN", "Adresse bestätigen"
    ZUGANG_ABGELEHNT = "ZUGANG_ABGELEHNT", "Zugangsantrag abgelehnt"
    AUFNAHME_BESTAETIGEN = "AUFNAHME_BESTAETIGEN", "Adresse eines neuen Anbieters bestätigen"
    AUFNAHME_ABGELEHNT = "AUFNAHME_ABGELEHNT", "Aufnahmeantrag abgelehnt"
    VERWALTUNG_NEU = "VERWALTUNG_NEU", "erste Verwaltung eines Anbieters eingeladen"
    ROLLENANTRAG = "ROLLENANTRAG", "Rollenantrag wartet"
    ROLLE_BESTAETIGT = "ROLLE_BESTAETIGT", "Rolle vom Betrieb bestätigt"
    SIEGELKOEPFE = "SIEGELKOEPFE", "Siegelköpfe des Tages"
    VAKANZERINNERUNG = "VAKANZERINNERUNG", "Bitte Vakanzen bestätigen"
    ENTGELT_ENTSCHIEDEN = "ENTGELT_ENTSCHIEDEN", "Entgeltvorschlag entschieden"
    KONTO_WARTET = "KONTO_WARTET", "Bankverbindung wartet auf Bestätigung"
    KONTO_GEAENDERT = "KONTO_GEAENDERT", "Bankverbindung geändert"
    KONTO_ZU_PRUEFEN = "KONTO_ZU_PRUEFEN", "Bankverbindung wartet auf das Jugendamt"
    KONTO_ABGELEHNT = "KONTO_ABGELEHNT", "Bankverbindung abgelehnt"
    KONTO_ZAHLENDE = "KONTO_ZAHLENDE", "Bankverbindung eines Anbieters geändert"
    KONTO_EHEMALIGE = "KONTO_EHEMALIGE", "Bankverbindung eines früheren Anbieters"
    SUCHTREFFER = "SUCHTREFFER", "Neues zu einem Suchauftrag"
    NACHT_UEBERNAHME = "NACHT_UEBERNAHME", "Fälle aus der Nacht zu übernehmen"
    RUECKFRAGE = "RUECKFRAGE", "Nachricht einer Einrichtung"
    RUECKFRAGE_OFFEN = "RUECKFRAGE_OFFEN", "Einrichtung wartet auf Antwort"
    LISTE_STEHT = "LISTE_STEHT", "Liste stehen geblieben"


class MailZustand(models.TextChoices):
    """Where a mail is. Only WARTET and FEHLGESCHLAGEN can still be sent."""

    WARTET = "WARTET", "wartet auf den Versand"
    GESENDET = "GESENDET", "gesendet"
    FEHLGESCHLAGEN = "FEHLGESCHLAGEN", "fehlgeschlagen"
    ENTFALLEN = "ENTFALLEN", "entfallen"
