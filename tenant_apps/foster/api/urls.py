"""API routes of own foster places: a path, a method, an action."""

from django.urls import path

from tenant_apps.foster.api.pflegestellen import PflegegeldsatzViewSet, PflegestelleViewSet

urlpatterns: list = [
    path("pflegestellen/", PflegestelleViewSet.as_view({"get": "list"}), name="api-pflegestellen"),
    path("pflegestellen/<uuid:uuid>/", PflegestelleViewSet.as_view({"get": "retrieve"}), name="api-pflegestelle"),
    path("pflegegeldsaetze/", PflegegeldsatzViewSet.as_view({"get": "list"}), name="api-pflegegeldsaetze"),
]
