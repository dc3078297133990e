"""Routes of accounts, on every host."""

from django.urls import path

from shared_apps.accounts.views import account, handover, invitation, sign_in, texts

urlpatterns = [
    path("anmelden/", sign_in.sign_in, name="login"),
    path("abmelden/", sign_in.sign_out, name="logout"),
    path("konto/", account.account, name="account"),
    path("konto/schluessel/<uuid:pk>/widerrufen/", account.revoke_key, name="key_revoke"),
    path("passwort/", account.change_password, name="password"),
    path("einladung/<str:uid>/<str:token>/", invitation.accept, name="invitation"),
    path("weiter/<slug:kuerzel>/", handover.handover, name="handover"),
    path("uebergabe/", handover.redeem, name="redeem"),
    path("datenschutz/", texts.datenschutz, name="datenschutz"),
    path("impressum/", texts.impressum, name="impressum"),
    path("barrierefreiheit/", texts.barrierefreiheit, name="barrierefreiheit"),
    path("kontakt/", texts.kontakt, name="contact"),
]
