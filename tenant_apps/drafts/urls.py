"""Routes of drafts, at every host."""

from django.urls import path

from tenant_apps.drafts.views import entwuerfe

urlpatterns = [
    path("entwuerfe/", entwuerfe.entwuerfe, name="drafts"),
    path("entwuerfe/<uuid:pk>/verwerfen/", entwuerfe.discard, name="draft_discard"),
]
