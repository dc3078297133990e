"""Routes of questions and answers."""

from django.urls import path

from tenant_apps.gespraeche import views

app_name = "gespraeche"
urlpatterns = [
    path("", views.list_rueckfragen, name="list"),
    path("<uuid:uuid>/", views.show, name="detail"),
    path("<uuid:uuid>/ohne-antwort/", views.settle, name="settle"),
    path("zu/<uuid:uuid>/schreiben/", views.write, name="write"),
]
