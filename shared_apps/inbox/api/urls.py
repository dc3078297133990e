"""API routes of inbox."""

from django.urls import path

from shared_apps.inbox.api.views import HinweisListe

urlpatterns = [path("hinweise/", HinweisListe.as_view(), name="api-hinweise")]
