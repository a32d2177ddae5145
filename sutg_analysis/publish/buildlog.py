"""What builds did, one line of JSON each, in the project's scratch folder: for whoever asks later why a page changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from sutg_analysis.publish.fingerprints import builder, versions
from sutg_analysis.publish.records import now
from sutg_analysis.publish.run import Outcome

LOG = "builds.jsonl"


def log_build(
    scratch: Path, *, quarter: str, start: str, outcomes: Iterable[Outcome], pages: int, renderer: str
) -> None:
    """Add a build to the log: when, by whom, which reports ran or failed, and how many pages were published."""
    rows = list(outcomes)
    line = {
        "start": start,
        "end": now(),
        "built_by": builder(),
        "version": versions()["sutg-analysis"],
        "quarter": quarter,
        "renderer": renderer,
        "reports": dict(Counter(outcome.status for outcome in rows)),
        "ran": [outcome.job.slug for outcome in rows if outcome.status == "built"],
        "errors": [outcome.error for outcome in rows if outcome.error],
        "pages": pages,
    }
    with (scratch / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
