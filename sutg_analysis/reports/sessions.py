"""What a display emits where somebody sits in JupyterLab, and what it emits where a page is made.

A page is made of Markdown, which both renderers take; HTML is never among its outputs, because Quarto then loads
scripts from another host. JupyterLab knows neither Quarto's blocks nor, on a closed network, where to fetch Vega, so
there the same piece is one still HTML: drawing, icons, sentences. A report that is kept carries a plainer HTML beside its
Markdown, for whoever opens it in JupyterLab later; it is taken out of the copy that is rendered.
"""

from __future__ import annotations

import os
import re

SESSION = "JPY_SESSION_NAME"
"""Set by Jupyter Server in the kernels of its notebooks, and by nothing that runs notebooks unattended."""

BOTH = re.compile(
    r'::: {\.content-visible when-format="html"}\n```{=html}\n(?P<html>.*?)\n```\n:::\n\n'
    r'::: {\.content-visible unless-format="html"}\n(?P<other>.*?)\n:::\n',
    re.DOTALL,
)
"""A piece of a page in its two forms: for HTML, and for every other format."""
_LINKS = re.compile(r'<ul class="sutg-downloads">.*?</ul>|<script.*?</script>', re.DOTALL)


def in_session() -> bool:
    """Say whether somebody sits in a Jupyter session."""
    return bool(os.environ.get(SESSION))


def session_html(markdown: str, *, css: str = "") -> str:
    """Return a piece of a page as the HTML a notebook shows.

    Parameters
    ----------
    markdown
        As :class:`sutg_analysis.reports.page.Block` has it.
    css
        The stylesheet of figures.

    Examples
    --------
    >>> session_html("### Falls")
    '<h3>Falls</h3>'
    """
    parts, end = [], 0
    for found in BOTH.finditer(markdown):
        parts += [_told(markdown[end : found.start()]), _LINKS.sub("", found["html"])]
        end = found.end()
    parts.append(_told(markdown[end:]))
    return "\n".join([*([f"<style>{css}</style>"] if css else []), *filter(None, parts)])


def kept_html(markdown: str) -> str | None:
    """Return what a kept report shows in JupyterLab, or None where its Markdown will do.

    JupyterLab takes drawings and styles out of a notebook that it does not trust, and pictures in files beside it it
    shows. So it is given what every other format than HTML is.
    """
    if not BOTH.search(markdown):
        return None
    return _told(BOTH.sub(lambda found: f"\n{found['other']}\n", markdown))


def _told(text: str) -> str:
    """Return Markdown without blocks of its own as HTML."""
    if not text.strip():
        return ""
    from nbconvert.filters.markdown import markdown2html

    return re.sub(r"(<h\d)[^>]*>(.*?)<a class=\"anchor-link\".*?</a>", r"\1>\2", markdown2html(text)).strip()
