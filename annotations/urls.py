"""Routes of pages and fragments."""

urlpatterns: list = []
