"""The project: deployment, storage, health. It knows the app; the app does not know it."""
