"""The command line in this process: its words in, exit code, output and errors out."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from agent.cli.main import main


class Cli:
    """`main` with these words. The environment is what a test sets, and no more of ours."""

    def __init__(
        self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str], home: Path
    ) -> None:
        self._patch, self._capture = patch, capture
        self.home = home
        self.set(CALLSTEWARD_DATA_DIR=str(home))

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._patch.setenv(name, value)

    def take(self, settings: Mapping[str, str]) -> None:
        self.set(**settings)

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self._patch.setattr(sys, "argv", ["callsteward", *words])
        self._capture.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        told = self._capture.readouterr()
        assert isinstance(code, int | None)
        return code or 0, told.out, told.err
