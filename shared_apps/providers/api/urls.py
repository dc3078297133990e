"""API routes of the own register, at the portal."""

urlpatterns: list = []
