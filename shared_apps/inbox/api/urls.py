"""API routes of inbox."""

from django.urls import path

from shared_apps.inbox.api.views import HinweisViewSet

urlpatterns = [path("hinweise/", HinweisViewSet.as_view({"get": "list"}), name="api-hinweise")]
