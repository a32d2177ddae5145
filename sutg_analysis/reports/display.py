"""What a result shows of itself in a notebook: its chart, its icons and its sentences."""

from __future__ import annotations

from typing import Any

from sutg_analysis.catalogue.digests import digest
from sutg_analysis.charts.svg import chart_svg, svg_png
from sutg_analysis.control.result import SpcResult
from sutg_analysis.reports.figure import WIDTHS
from sutg_analysis.reports.page import FOLDER, Block, both, in_session, words_html
from sutg_analysis.result import Result
from sutg_analysis.words.markdown import plain_markdown

_MANY = 24
"""With more series than that, a result shows its table instead of its charts."""


def display(result: Result) -> dict[str, Any]:
    """Return the kinds of output of a result: Markdown and plain text; in a Jupyter session HTML and plain text.

    Examples
    --------
    >>> import pandas as pd
    >>> from sutg_analysis import spc
    >>> months = pd.date_range("2024-01-01", periods=3, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "falls": [4, 6, 5]})
    >>> sorted(kind for kind in display(spc(frame, value="falls", date="month")) if kind.startswith("text"))
    ['text/markdown', 'text/plain']
    """
    if isinstance(result, SpcResult) and len(result.summary) > _MANY:
        return result.table()._repr_mimebundle_()
    return _block(result, result.words())._repr_mimebundle_()


def _block(result: Result, words: str) -> Block:
    alt = words if result._drawn == "no" else result.alt_text()
    drawings = _drawings(result, alt)
    summary, lines = getattr(result, "summary", None), words.splitlines()
    verdicts: list[tuple[str, str] | tuple[()]] = [()] * len(lines)
    if summary is not None and len(summary) == len(lines) and "assurance" in summary:
        verdicts = list(zip(summary["variation"], summary["assurance"], strict=True))
    sentences = "".join(map(words_html, lines, verdicts))
    html = (
        f'<figure class="sutg-figure"><div class="sutg-drawing">{"".join(drawings)}</div>{sentences}</figure>'
    )
    plain = f"{result!r}\n{words}".strip()
    other = "\n\n".join(map(plain_markdown, lines))
    files: dict[str, bytes] = {}
    if drawings and not in_session():
        name = f"chart-{digest(drawings[0])[:12]}.png"
        files = {name: svg_png(drawings[0])}
        other = f"![{plain_markdown(alt)}]({FOLDER}{name})\n\n{other}"
    return Block(both(html, other), plain, files)


def _drawings(result: Result, alt: str) -> list[str]:
    """Return the chart for a desktop, and for a phone where it has one."""
    if result._drawn == "no":
        return []
    spec = result._view("charts", "spec")
    if result._drawn == "spec":
        return [
            chart_svg(spec(result, width=width), alt=alt, css_class=f"sutg-art sutg-{size}")
            for size, width in WIDTHS.items()
        ]
    return [chart_svg(spec(result), alt=alt)]
