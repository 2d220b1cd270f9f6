"""The ways from one version's tables to the next one's, by Alembic."""
