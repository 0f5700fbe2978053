"""`callsteward settings`: every setting, and what it stands at. Nothing secret is a setting."""

import json

import typer

from agent.cli.options import JSON


def settings(as_json: JSON = False) -> None:
    """List every CALLSTEWARD_* setting, what it is for and its value now."""
    from agent.settings import PREFIX, SETTINGS_FILE, Settings, load

    now = load()
    rows = [
        (PREFIX + name.upper(), field.description or "", getattr(now, name))
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        typer.echo(json.dumps({name: _text(value) for name, _, value in rows}, indent=2))
        return
    for name, description, value in rows:
        typer.echo(f"{name} = {_text(value)}\n    {description}")
    typer.echo(
        f"{SETTINGS_FILE}\n    A TOML file with these, in lower case without the prefix."
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
