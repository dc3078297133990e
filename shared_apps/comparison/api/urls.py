"""API routes of comparison."""

from django.urls import path

from shared_apps.comparison.api.views import KennzahlViewSet

urlpatterns = [
    path("kennzahlen/", KennzahlViewSet.as_view({"get": "list"}), name="api-kennzahlen"),
    path("kennzahlen/<slug:kennzahl>/", KennzahlViewSet.as_view({"get": "retrieve"}), name="api-kennzahl"),
]
