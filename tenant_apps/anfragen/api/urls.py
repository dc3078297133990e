"""API routes of enquiries: a path, a method, an action."""

from django.urls import path

from tenant_apps.anfragen.api.anfragen import AnfrageViewSet, HausanfrageViewSet

_ANFRAGE = "anfragen/<uuid:uuid>/"
_HAUS = "hausanfragen/<uuid:uuid>/"

urlpatterns: list = [
    path("anfragen/", AnfrageViewSet.as_view({"get": "list", "post": "create"}), name="api-anfragen"),
    path(_ANFRAGE, AnfrageViewSet.as_view({"get": "retrieve"}), name="api-anfrage"),
    path(f"{_ANFRAGE}zurueckziehen/", AnfrageViewSet.as_view({"post": "withdraw"}), name="api-anfrage-zurueckziehen"),
    path(_HAUS, HausanfrageViewSet.as_view({"get": "retrieve"}), name="api-hausanfrage"),
    path(f"{_HAUS}zusagen/", HausanfrageViewSet.as_view({"post": "confirm"}), name="api-hausanfrage-zusagen"),
    path(f"{_HAUS}rueckfragen/", HausanfrageViewSet.as_view({"post": "ask"}), name="api-hausanfrage-rueckfragen"),
    path(f"{_HAUS}anrufen/", HausanfrageViewSet.as_view({"post": "call"}), name="api-hausanfrage-anrufen"),
    path(f"{_HAUS}absagen/", HausanfrageViewSet.as_view({"post": "reject"}), name="api-hausanfrage-absagen"),
    path(f"{_HAUS}annehmen/", HausanfrageViewSet.as_view({"post": "accept"}), name="api-hausanfrage-annehmen"),
]
