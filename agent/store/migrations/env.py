"""Run by Alembic: migrations go through the connection that was handed in."""

from alembic import context

from agent.store.engine import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
