"""Who is admitted, at an office's host."""

from django.urls import path

from shared_apps.aufnahme.views import amt

app_name = "aufnahme"
urlpatterns = [
    path("", amt.antraege, name="list"),
    path("neu/", amt.anlegen, name="create"),
    path("<uuid:pk>/", amt.antrag, name="detail"),
]
