"""README keeps its promises: its example says what it prints, its commands are those that CI runs."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)[1]


def test_the_example_prints_what_readme_says():
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", block("python")],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
        check=True,
    ).stdout

    assert result == block("text")


def test_every_link_to_a_file_leads_somewhere():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_command_of_sutg_that_readme_names_exists():
    from typer.testing import CliRunner

    from sutg_analysis.cli import app

    for command in set(re.findall(r"sutg (build|check|list|lab|spc|import|new|export)\b", README)):
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0, command
