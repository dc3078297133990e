"""Who is admitted, at an office's host."""

from django.urls import path

from shared_apps.aufnahme.views import amt

app_name = "aufnahme"
urlpatterns = [
    path("", amt.antraege, name="list"),
    path("neu/", amt.anlegen, name="create"),
    path("ohne-verwaltung/", amt.ohne_verwaltung, name="unadministered"),
    path("anbieter/<uuid:pk>/verwaltung/", amt.erste_verwaltung, name="first_admin"),
    path("<uuid:pk>/", amt.antrag, name="detail"),
]
