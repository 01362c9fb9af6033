"""Run by Alembic: the connection is always given, and it is already inside a space."""

from alembic import context

from models import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.Office.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_schemas=False,
)
with context.begin_transaction():
    context.run_migrations()
