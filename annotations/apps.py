"""The app: annotations and all that hangs on them."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """The only app of the site."""

    name = "annotations"
    verbose_name = "annotations"
