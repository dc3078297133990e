"""Routes of signing in and of one's own account, on every host."""

from django.urls import path

from shared_apps.signin.views import account, consent, forgotten, handover, invitation, keys, sessions, sign_in, texts

urlpatterns = [
    path("anmelden/", sign_in.sign_in, name="login"),
    path("anmelden/zustimmung/", consent.consent, name="consent"),
    path("abmelden/", sign_in.sign_out, name="logout"),
    path("konto/", account.account, name="account"),
    path("konto/sitzungen/", sessions.list_sessions, name="sessions"),
    path("konto/sitzungen/andere/beenden/", sessions.end_others, name="sessions_end_others"),
    path("konto/sitzungen/<uuid:pk>/beenden/", sessions.end_one, name="session_end"),
    path("konto/schluessel/", keys.list_keys, name="keys"),
    path("konto/schluessel/neu/", keys.create_key, name="key_create"),
    path("konto/schluessel/<uuid:pk>/widerrufen/", keys.revoke_key, name="key_revoke"),
    path("sitzung/", sessions.session_state, name="session_state"),
    path("sitzung/verlaengern/", sessions.stay, name="session_stay"),
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

#: At a youth office's host only.
urlpatterns_tenant = [
    path("konto/schluessel/amt/", keys.list_office_keys, name="office_keys"),
    path("konto/schluessel/amt/<uuid:pk>/widerrufen/", keys.revoke_office_key, name="office_key_revoke"),
]
