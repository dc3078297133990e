"""Routes of operations, on the portal."""

from django.urls import path

from shared_apps.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.operations_list, name="list"),
    path("jugendaemter/neu/", views.onboarding_create, name="onboard"),
    path("jugendaemter/<slug:kuerzel>/wartung/", views.maintenance, name="maintenance"),
    path("auftraege/", views.job_list, name="jobs"),
    path("auftraege/<int:nr>/", views.job_detail, name="job"),
    path("onboarding/<uuid:pk>/", views.onboarding_detail, name="onboarding"),
]
