"""Routes of inbox."""

from django.urls import path

from shared_apps.inbox import views

app_name = "inbox"
urlpatterns = [path("", views.inbox_list, name="list")]
