"""Routes of controlling."""

from django.urls import path

from tenant_apps.controlling import views

app_name = "controlling"
urlpatterns = [
    path("", views.home, name="home"),
    path("ansatz/<int:jahr>/<slug:hilfeart>/", views.edit, name="edit"),
]
