"""The one writer to git: every change of desired state becomes one durable commit, with what is rendered from it.

Commander touches no cluster. How its packages go together: docs/architecture.md.
"""
