"""API routes of placements."""

urlpatterns: list = []
