"""The API that people, programs and the ``astro`` CLI talk to (docs/architecture.md)."""
