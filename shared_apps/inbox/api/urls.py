"""API routes of inbox."""

urlpatterns: list = []
