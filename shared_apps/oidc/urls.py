"""Routes of a sign-in with the district's own server."""

from django.urls import path

from shared_apps.oidc.views import oidc, sign_in_server

urlpatterns = [
    path("anmelden/dienst/", oidc.begin, name="oidc_begin"),
    path("anmelden/dienst/zurueck/", oidc.callback, name="oidc_callback"),
]

#: At a youth office's host only.
urlpatterns_tenant = [
    path("konto/anmeldedienst/", sign_in_server.settings_page, name="signin_server"),
    path("konto/anmeldedienst/bestaetigen/", sign_in_server.confirm, name="signin_server_confirm"),
]
