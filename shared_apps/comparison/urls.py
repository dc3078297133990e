"""Routes of comparison."""

from django.urls import path

from shared_apps.comparison import views

app_name = "comparison"
urlpatterns = [
    path("", views.table, name="table"),
    path("<slug:kennzahl>/", views.table, name="figure"),
    path("<slug:kennzahl>/csv/", views.export, name="export"),
]
