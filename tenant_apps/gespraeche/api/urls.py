"""API routes of questions and answers: a path, a method, an action."""

from django.urls import path

from tenant_apps.gespraeche.api.nachrichten import NachrichtViewSet

urlpatterns: list = [
    path(
        "vorgaenge/<uuid:uuid>/nachrichten/",
        NachrichtViewSet.as_view({"get": "list", "post": "create"}),
        name="api-nachrichten",
    ),
]
