"""Measurements against the budgets of docs/architecture.md, always with the peer in the same run."""
