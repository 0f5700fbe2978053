"""Draw docs/demo.svg, the picture in the README: `python docs/picture.py`."""

import io
import re
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from agent.cli import show
from agent.cli.demo import play

WIDTH = 112


def main() -> None:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    console.print("$ ./run demo")
    with tempfile.TemporaryDirectory(prefix="callsteward-demo-") as folder:
        done = play(Path(folder), 1, 50, None, quiet=True)
        show.summary(done.report, {}, console)
    console.print(
        f"Planted {done.score.planted} faults: {done.score.found} found for the right reason,"
        f" {len(done.score.missed)} missed, {len(done.score.unexpected)} unexpected"
    )
    no_fonts = re.sub(r"@font-face \{\{.*?\n    \}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    picture = console.export_svg(title="callsteward", code_format=no_fonts)
    Path(__file__).with_name("demo.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
