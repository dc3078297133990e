"""Routes of the journal and of support, on the portal."""

from django.urls import path

from shared_apps.journal import views

app_name = "journal"
urlpatterns = [
    path("support/", views.support, name="support"),
    path("support/<uuid:pk>/", views.look, name="look"),
    path("journal/", views.journal_list, name="list"),
]
