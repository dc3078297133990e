"""Routes of accounts, on every host."""

from django.urls import path

from shared_apps.accounts.views import account, forgotten, handover, invitation, second_factor, security, sign_in, texts

urlpatterns = [
    path("anmelden/", sign_in.sign_in, name="login"),
    path("anmelden/zweiter-faktor/", second_factor.second_factor, name="second_factor"),
    path("anmelden/passkey/", second_factor.passkey, name="passkey"),
    path("abmelden/", sign_in.sign_out, name="logout"),
    path("konto/", account.account, name="account"),
    path("konto/sicherheit/", security.overview, name="security"),
    path("konto/sicherheit/bestaetigen/", security.confirm, name="security_confirm"),
    path("konto/sicherheit/app/", security.add_totp, name="security_totp"),
    path("konto/sicherheit/passkey/", security.add_passkey, name="security_passkey"),
    path("konto/sicherheit/passkey/<int:pk>/", security.rename_passkey, name="security_rename"),
    path("konto/sicherheit/<int:pk>/entfernen/", security.remove_factor, name="security_remove"),
    path("konto/sicherheit/codes/", security.recovery_codes, name="security_codes"),
    path("konto/sicherheit/codes/datei/", security.download_codes, name="security_codes_file"),
    path("konto/schluessel/<uuid:pk>/widerrufen/", account.revoke_key, name="key_revoke"),
    path("passwort/", account.change_password, name="password"),
    path("passwort/vergessen/", forgotten.forgotten, name="forgotten"),
    path("passwort/neu/<str:uid>/<str:token>/", forgotten.new_password, name="password_new"),
    path("einladung/<str:uid>/<str:token>/", invitation.accept, name="invitation"),
    path("weiter/<slug:kuerzel>/", handover.handover, name="handover"),
    path("uebergabe/", handover.redeem, name="redeem"),
    path("datenschutz/", texts.datenschutz, name="datenschutz"),
    path("impressum/", texts.impressum, name="impressum"),
    path("barrierefreiheit/", texts.barrierefreiheit, name="barrierefreiheit"),
    path("kontakt/", texts.kontakt, name="contact"),
]
