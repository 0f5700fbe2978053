"""What the documents say is there, is there."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
PAGES = [HERE / "README.md", *sorted((HERE / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:agent|connectors|config|tests|deploy|docs)/[\w./-]*)`", text)
    linked = re.findall(r"\]\(([^)#:]+)\)", text)
    missing = [name for name in named if not (HERE / name).exists()]
    missing += [link for link in linked if not (page.parent / link).exists()]
    assert missing == []


def test_the_readme_names_every_command() -> None:
    from agent.cli.main import app

    readme = (HERE / "README.md").read_text(encoding="utf-8")
    names = [command.name for command in app.registered_commands]
    names += [group.name for group in app.registered_groups]
    assert [name for name in names if name and name not in readme] == []
