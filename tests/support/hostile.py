"""A small project in which every text of every table is hostile: markup, formulas, paths, shell words, odd scripts.

It is cut out of the example: a trust, its community and inpatient branches, two measures, and of every other table
the rows that belong to them.
"""

import re
from itertools import count
from pathlib import Path

import pandas as pd

from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.project import shipped

TEXTS = (
    "<script>window.hit=1</script>",
    "=cmd|' /C calc'!A0",
    "../../x",
    "$(touch pwned) `touch pwned`",
    "{{< include /etc/passwd >}}",
    "{{< env PATH >}} {{< meta title >}}",
    "::: {.callout-note}",
    "```{=html}\n<img src=x onerror=window.hit=2>\n```",
    '"><img src=x onerror=window.hit=3>',
    "![](https://example.org/x.png) [x](javascript:window.hit=4)",
    "$$x$$ @cite [^1] ~~a~~ | b",
    "# Heading {#top .x onclick=window.hit=5}",
    "\u202eשלום العربية\u202c \U0001f9d1‍⚕️",
    "@SUM(1+1)*cmd",
    "+1+1",
    "-2+3",
    "</script></style></svg></title><script>window.hit=6</script>",
    "'; drop table measures; --",
    "{0.__class__} {quarter} %s ${HOME}",
    "<!-- contents end here --> -->",
    "---\ntitle: x\n---",
    "&lt;script&gt; &#60; \\<b\\>",
)
_ONE_LINE = [text for text in TEXTS if "\n" not in text and not text.startswith("# ")]
ALL = f"=1+1 {' '.join(_ONE_LINE)} {{.x onclick=window.hit=10}}"
"""All at once, for the few texts that stand in titles and headings: a formula first, attributes of a heading last."""
LONG = "W" * 10_000
UNITS = ("fenmarch", "mental-health", "adult-inpatient", "sedge-ward", "community-health", "continence")
MEASURES = ("falls", "waits-18-weeks", "sickness")
KNOWN = {
    ("pathways", "service"),
    ("measures", "unit"),
    ("measures", "rule"),
    ("cycles", "prediction"),
    ("sitrep", "shift"),
}
"""Columns of text whose values mean something: ids of other tables, words that are known, numbers."""


def example() -> dict[str, pd.DataFrame]:
    """The example's tables, cut down to few units and measures."""
    frames = {}
    for path in sorted((shipped() / "data").iterdir()):
        if path.suffix == ".csv":
            frames[path.stem] = pd.read_csv(path, dtype="str", keep_default_na=False)
        elif path.suffix == ".parquet":
            frames[path.stem] = _texts(pd.read_parquet(path))
    for name in ("projects", "cycles", "events"):
        there = frames[name]["unit_id"] != ""
        frames[name].loc[there, "unit_id"] = "sedge-ward"
        frames[name].loc[:, "measure_id" if name != "projects" else "outcome"] = "falls"
    for name, frame in frames.items():
        for column, known in (
            ("unit_id", UNITS),
            ("ward", UNITS),
            ("measure_id", MEASURES),
            ("service", UNITS),
        ):
            if column in frame:
                frame = frame[frame[column].isin([*known, ""])]
        frames[name] = frame.reset_index(drop=True)
    few = frames["projects"]["project_id"].head(1).tolist()
    frames["projects"] = (
        frames["projects"].head(1).assign(outcome="falls", process="falls", balancing="falls")
    )
    frames["cycles"] = frames["cycles"][frames["cycles"]["project_id"].isin(few)]
    frames["incidents"] = frames["incidents"][frames["incidents"]["harm"] == "falls"]
    frames["priorities"] = frames["priorities"].head(1)
    priority = frames["priorities"]["priority"].iloc[0]
    rules = frames["measures"]["rule"].str.replace(
        r" of [\w-]+( or [\w-]+)*", "", regex=True
    )  # units that are left out
    frames["measures"] = frames["measures"].assign(priority=priority, rule=rules)
    for name in ("actions", "risks", "outcomes"):
        frames[name] = frames[name][frames[name]["priority"] == priority]
    frames["comments"] = frames["comments"].tail(60)
    return {name: frame.reset_index(drop=True) for name, frame in frames.items()}


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    dates = [name for name in frame if pd.api.types.is_datetime64_any_dtype(frame[name])]
    told = frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%d") for name in dates})
    return told.astype("str").where(told.notna(), "")


def hostile() -> dict[str, pd.DataFrame]:
    """The same tables, in which each text is replaced; equal texts stay equal, and others stay apart."""
    frames, number, of_text = example(), count(), {}

    def replaced(text: str) -> str:
        if text not in of_text:
            place = next(number)
            of_text[text] = f"{TEXTS[place % len(TEXTS)]} {place}" if text else ""
        return of_text[text]

    for name, frame in frames.items():
        for column in TABLES[name].columns:
            if column.kind == "text" and column.name in frame and (name, column.name) not in KNOWN:
                frame[column.name] = frame[column.name].map(replaced)
    for name, column in (("measures", "title"), ("projects", "title"), ("units", "name")):
        texts = frames[name][column]
        frames[name][column] = [f"={place} {ALL}" for place in range(len(texts))]
    frames["units"].loc[frames["units"]["unit_id"] == "sedge-ward", "name"] = LONG
    return frames


def write(root: Path, frames: dict[str, pd.DataFrame]) -> Path:
    folder = root / "data"
    folder.mkdir(parents=True)
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8")
    (folder / "notice.md").write_text(
        "Synthetic. <script>window.hit=7</script> {{< include /etc/passwd >}} <b onclick='window.hit=8'>x</b>\n\n"
        "{{< include /etc/passwd >}}\n\n:::\n\n```{=html}\n<script>window.hit=9</script>\n```\n"
    )
    words = "\n".join(f'{name} = {_toml(text)}' for name, text in zip(
        ("decision", "sponsor", "assurance", "considered", "repeats", "equality", "false_information", "safe"), TEXTS[:8], strict=True
    ))  # fmt: skip
    aligned = ", ".join(map(_toml, TEXTS))
    (folder / "governance.toml").write_text(
        f'[front_sheet."2023-24-q2"]\naligned = [{aligned}]\n{words}\n', encoding="utf-8"
    )
    return root


def _toml(text: str) -> str:
    body = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + re.sub("[\u202c\u202e]", lambda mark: f"\\u{ord(mark[0]):04x}", body) + '"'
