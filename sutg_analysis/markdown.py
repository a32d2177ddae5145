"""Markdown of people who write for a page, made harmless: emphasis, lists, headings and links stay, all else is text.

What a page says is written by whoever owns the data. It must not become HTML, a script, a picture of another host,
a block of the renderer's own (``:::``, front matter) or a shortcode, by which Quarto reads files and variables.
"""

from __future__ import annotations

import re

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in r"\`<>{}$@|~^&"})
_LINK = re.compile(r"\]\s*\((?!(?:https?://|mailto:|[\w./#-]*\)))", re.IGNORECASE)


def tamed(text: str) -> str:
    r"""Return Markdown that can do no more than look like text.

    Examples
    --------
    >>> print(tamed("See *this* <script>, {{< env HOME >}} and [that](javascript:x)"))
    See *this* \<script\>, \{\{\< env HOME \>\}\} and [that\](javascript:x)
    >>> print(tamed("::: {.callout}\n---\n![x](http://a.b/c.png)"))
    \::: \{.callout\}
    \---
    \![x](http://a.b/c.png)
    """
    return "\n".join(map(_line, text.splitlines()))


def _line(line: str) -> str:
    marked = line.translate(_MARKS).replace("![", "\\![")
    marked = _LINK.sub(lambda found: f"\\{found[0]}", marked)
    marked = re.sub(r"^(\s*)(:::|---|\.\.\.|===|%|\[[^\]]*\]:)", r"\1\\\2", marked)
    return re.sub(r"^(?: {4,}|\t)\s*", "   ", marked)
