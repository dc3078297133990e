"""Become a provider, at the portal; who is admitted is decided at the office's host (`urls.tenant`)."""

from django.urls import path

from shared_apps.aufnahme.views import beantragen

urlpatterns = [
    path("anbieter-werden/", beantragen.beantragen, name="anbieter_werden"),
    path("anbieter-werden/gesendet/", beantragen.gesendet, name="anbieter_werden_gesendet"),
    path("anbieter-werden/antrag/<str:token>/", beantragen.antrag, name="anbieter_werden_antrag"),
]
