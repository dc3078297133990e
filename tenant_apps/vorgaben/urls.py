"""Routes of an office's settings."""

from django.urls import path

from tenant_apps.vorgaben import views

app_name = "vorgaben"
urlpatterns = [
    path("", views.show_list, name="list"),
    path("werte/<uuid:pk>/bestaetigen/", views.grant, name="grant"),
    path("<str:code>/", views.detail, name="detail"),
    path("<str:code>/aendern/", views.update, name="update"),
]
