"""API routes of comparison."""

urlpatterns: list = []
