"""The project: deployment, storage, health. It knows the app; the app does not know it."""

__version__ = "0.1.0"
