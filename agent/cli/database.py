"""`callsteward database`: the schema."""

import typer

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The database's schema."""


@app.command("upgrade")
def upgrade() -> None:
    """Bring the database up to this version's schema. Take a backup first."""
    from agent.settings import load
    from agent.store.opening import upgrade_database

    settings = load()
    found = upgrade_database(settings.database, password=settings.database_password())
    typer.echo(f"The database has schema {found}.")
