"""Mounts the pages, the API and the health checks."""

from django.urls import include, path

from newsdesk.health import livez, readyz
from newsdesk.metrics import metrics

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", include("annotations.api.urls")),
    path("", include("annotations.urls")),
]
handler500 = "newsdesk.health.server_error"
