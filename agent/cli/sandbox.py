"""`callsteward sandbox`: a stand-in for the outside, to point any client at."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agent.errors import BadInput, Misconfigured

NO_EXTRA = Misconfigured(
    "the sandbox is an optional part that is not installed",
    "Install callsteward with its extra, from a clone: pip install '.[sandbox]'",
)


def sandbox(
    seed: Annotated[int, typer.Option(help="The same seed gives the same estate.")] = 1,
    devices: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="iPads in all; unset: two each.")
    ] = None,
    establishments: Annotated[
        int | None, typer.Option(min=1, max=124, help="Only the first N of the real list.")
    ] = None,
    faults: Annotated[int, typer.Option(min=0, help="Faults planted at the start.")] = 0,
    halves: Annotated[str, typer.Option(help="Of the faults: mdm, zoom or both.")] = "both",
    zoom_plan: Annotated[str, typer.Option(help="free, pro or business: limits.")] = "business",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Graph's; Zoom's and the control API's are next. 0: free.")
    ] = 0,
    latency: Annotated[float, typer.Option(min=0, help="Milliseconds for each answer.")] = 0,
    limit_scale: Annotated[
        float, typer.Option(min=0.0001, help="0.01: a hundredth of Graph's rate limits.")
    ] = 1.0,
    now: Annotated[
        datetime | None, typer.Option(help="UTC; what the estate's times are counted from.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for its files.")] = None,
) -> None:
    """Serve Graph for Intune, Zoom and mailboxes until stopped; print one JSON line."""
    try:
        from connectors.sandbox import run
        from connectors.sandbox.faults.catalogue import Halves
        from connectors.sandbox.zoom.limits import Plan
    except ModuleNotFoundError as err:
        raise NO_EXTRA from err
    try:
        faulty, plan = Halves(halves), Plan(zoom_plan)
    except ValueError as err:
        raise BadInput(
            f"--halves or --zoom-plan: {err}", "See callsteward sandbox --help."
        ) from err
    run.serve(
        run.Options(
            establishments_file=establishments_file(),
            establishments=establishments,
            seed=seed,
            devices=devices,
            host=host,
            port=port,
            latency_ms=latency,
            limit_scale=limit_scale,
            now=None if now is None else now.replace(tzinfo=UTC),
            data=data,
            faults=faults,
            halves=faulty,
            zoom_plan=plan,
        ),
        sys.stdout,
    )


def establishments_file() -> Path:
    """The real list, wherever `config` was installed."""
    from agent.schemes import config_folder

    return config_folder() / "establishments.csv"
