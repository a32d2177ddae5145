"""Code samples of README and the documentation: found in the text, and run as a reader would run them.

A page's samples run in the order of the page, in one folder, and what is Python shares its names. A block of ``text``
is what the block before it prints. A CSV or TOML block with a file's name is put there: rows join a table that is there
already; a Python block with one is a cell of that notebook. Lines that need another machine or a person are parsed and not run.
"""

import contextlib
import csv
import io
import os
import re
import shlex
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from typer.main import get_command
from typer.testing import CliRunner

from sutg_analysis.cli import app
from tests.support.notebooks import KERNEL

ROOT = Path(__file__).parents[2]
MADE = ("columns.qmd", "commands.qmd", "reference.qmd")
"""Pages made from the program, whose examples are run where they stand, as doctests."""
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.qmd") if path.name not in MADE),
)
_FENCE = re.compile(
    r"^```(?:\{\.(?P<kind>\w+)(?P<more>[^}]*)\}|(?P<word>\w+))\n(?P<text>.*?)^```$", re.M | re.S
)
_PLACEHOLDER = re.compile(r"\b(DIR|FILE|HOST|ADDRESS|REPORT)\b")
ENVIRONMENT = (
    "python3 -m venv .venv",
    "py -m venv .venv",
    ".venv/bin/pre-commit install",
)
"""Lines that make a reader's own environment; .ci/run has one of its own made by README's command."""


@dataclass(frozen=True)
class Block:
    """One sample: its language, the file it belongs in, and its text."""

    language: str
    file: str
    text: str


def blocks(page: str) -> list[Block]:
    """Return the samples of a page in their order."""
    found = _FENCE.finditer((ROOT / page).read_text(encoding="utf-8"))
    names = re.compile(r'filename="([^"]+)"')
    return [
        Block(
            match["kind"] or match["word"],
            (names.search(match["more"] or "") or [None, ""])[1],
            match["text"],
        )
        for match in found
    ]


@dataclass
class Reader:
    """Somebody who follows a page in a folder of their own."""

    said: str = ""
    names: dict = field(default_factory=dict)
    ran: list = field(default_factory=list)

    def follow(self, page):
        for block in blocks(page):
            getattr(self, f"do_{block.language}")(block)

    def do_python(self, block):
        if block.file:
            add_cell(Path(block.file), block.text)
            return
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block.text, "sample", "exec"), self.names)
        self.said = out.getvalue()

    def do_text(self, block):
        assert self.said == block.text

    def do_sh(self, block):
        for line in block.text.splitlines():
            for command in shlex.split(line, comments=True) and re.split(
                r"\s+&&\s+", line.split(" #")[0].strip()
            ):
                self.run(command)

    def do_bat(self, block):
        for line in block.text.splitlines():
            for command in line.split(" && "):
                task = re.search(r'/TR "([^"]+)"', command)
                self.parse(
                    re.sub(r"\S*sutg(\.exe)?(?= )", "sutg", task[1] if task else command).replace("\\", "/")
                )

    def do_cron(self, block):
        for line in block.text.splitlines():
            assert re.match(r"[\d*/,-]+( [\d*/,-]+){4} ", line), line
            self.parse(re.search(r"\S*/sutg [^>&]+", line)[0].replace("/srv/reports/.venv/bin/", ""))

    def do_csv(self, block):
        header, *rows = list(csv.reader(io.StringIO(block.text)))
        assert {len(row) for row in rows} == {len(header)}
        path = Path(block.file)
        if path.is_file():
            assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join(header)
            with path.open("a", encoding="utf-8") as file:
                file.write(block.text.split("\n", 1)[1])
        else:
            path.write_text(block.text, encoding="utf-8")

    def do_toml(self, block):
        assert tomllib.loads(block.text)
        if block.file:
            joins = block.text.startswith("[[") and Path(block.file).is_file()
            with Path(block.file).open("a" if joins else "w", encoding="utf-8") as file:
                file.write(block.text)

    def do_yaml(self, block):
        assert yaml.safe_load(block.text)
        if (ROOT / block.file).is_file():
            assert (ROOT / block.file).read_text(encoding="utf-8") == block.text
        for step in re.findall(r"run: (sutg .+)", block.text):
            self.parse(step)

    def run(self, command):
        command = command.removeprefix(".venv/bin/")
        words = shlex.split(command)
        if words[0] != "sutg":
            self.prepare(command, words)
        elif words[1] == "lab" or _PLACEHOLDER.search(command) or "quarto" in words:
            self.parse(command)
        else:
            result = CliRunner().invoke(app, words[1:])
            assert result.exit_code == 0, f"{command}: {result.output}{result.exception!r}"
            self.said = result.output
            self.ran.append(words[1])

    def parse(self, command):
        """Hold a line against the command's own options, without running it."""
        words = shlex.split(command.replace("FILE...", "FILE"))
        if words[0] == "sutg":
            get_command(app).commands[words[1]].make_context(words[1], words[2:])
        else:
            self.prepare(command, words)

    def prepare(self, command, words):
        """Follow what makes folders and environments: the packages named must be the project's own or pre-commit."""
        if words[0] == "mkdir":
            os.makedirs(words[-1], exist_ok=True)  # noqa: PTH103
        elif "pytest" in words:
            assert all((ROOT / word).exists() for word in words if word.startswith("tests/"))
        elif "pip" in words:
            assert words[words.index("pip") + 1] == "install"
            assert known_extras(words[-1]) or words[-1] == "pre-commit"
        else:
            assert command in ENVIRONMENT or f".venv/bin/{command}" in ENVIRONMENT, command


def add_cell(path, source):
    """Add a cell to a notebook, which begins with its parameters."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    path.parent.mkdir(exist_ok=True)
    book = nbformat.read(path, as_version=4) if path.is_file() else new_notebook(metadata=KERNEL)
    tags = [] if book.cells else ["parameters"]
    book.cells.append(new_code_cell(source.rstrip(), metadata={"tags": tags}))
    nbformat.write(book, path)


def known_extras(requirement):
    """Say whether a requirement is this project, with extras that it has."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    found = re.fullmatch(r"(?:\.|sutg-analysis)(?:\[([\w,]+)\])?", requirement)
    return found is not None and set((found[1] or "").split(",")) - {""} <= set(extras)
