"""Mounts the bare views beside newsdesk's own routes."""

from django.urls import include, path

from bench.bare.views import BareNoteView, create_bare_note, list_bare_rows, show_bare_page

urlpatterns = [
    path("bare/drf/", BareNoteView.as_view()),
    path("bare/django/", create_bare_note),
    path("bare/rows/", list_bare_rows),
    path("bare/articles/<uuid:pk>/", show_bare_page),
    path("", include("newsdesk.urls")),
]
