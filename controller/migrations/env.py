"""How alembic meets our database; run by `controller.migrations.apply`, never by hand."""

from alembic import context

from controller.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
