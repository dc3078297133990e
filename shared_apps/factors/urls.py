"""Routes of the second factors, on every host."""

from django.urls import path

from shared_apps.factors.views import second_factor, security, signin_rules

urlpatterns = [
    path("anmelden/zweiter-faktor/", second_factor.second_factor, name="second_factor"),
    path("anmelden/passkey/", second_factor.passkey, name="passkey"),
    path("anmelderegeln/", signin_rules.rules, name="signin_rules"),
    path("anmelderegeln/alle/", signin_rules.rules_everywhere, name="signin_rules_everywhere"),
    path("konto/sicherheit/", security.overview, name="security"),
    path("konto/sicherheit/bestaetigen/", security.confirm, name="security_confirm"),
    path("konto/sicherheit/app/", security.add_totp, name="security_totp"),
    path("konto/sicherheit/passkey/", security.add_passkey, name="security_passkey"),
    path("konto/sicherheit/passkey/<int:pk>/", security.rename_passkey, name="security_rename"),
    path("konto/sicherheit/<int:pk>/entfernen/", security.remove_factor, name="security_remove"),
    path("konto/sicherheit/codes/", security.recovery_codes, name="security_codes"),
    path("konto/sicherheit/codes/datei/", security.download_codes, name="security_codes_file"),
]
