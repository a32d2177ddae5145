"""Markdown of people who write for a page, made harmless: emphasis, lists, headings and links stay, all else is text.

What a page says is written by whoever owns the data. It must not become HTML, a script, a picture of another host,
a block of the renderer's own (``:::``, front matter) or a shortcode, by which Quarto reads files and variables.
"""

from __future__ import annotations

import re

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in r"\`<>{}$@|~^&"})
_LINK = re.compile(r"\]\s*\((?!(?:https?://|mailto:|[\w./#-]*\)))", re.IGNORECASE)


_SPECIAL = str.maketrans({mark: f"\\{mark}" for mark in r"\`*_{}[]<>#|$~^@"})
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_OPENS = re.compile(r"<(?=[A-Za-z/!?])|(?<=\{\{)<")


def plain_markdown(text: str) -> str:
    """Return text that Markdown takes as it stands."""
    return " ".join(text.split()).translate(_SPECIAL)


def title_markdown(text: str) -> str:
    r"""Return text for the front matter of a page, which Quarto reads as Markdown more than once.

    What opens a tag or a shortcode, or ends one, has another mark instead: no escape outlives the second reading.

    Examples
    --------
    >>> print(title_markdown("<b> and {{< env HOME >}}, under <18 weeks"))
    ‹b\> and \{\{‹ env HOME ›\}\}, under \<18 weeks
    """
    return plain_markdown(_OPENS.sub("‹", text).replace(">}}", "›}}").replace('"', "”"))


def unescaped(text: str) -> str:
    r"""Return Markdown without its backslashes.

    Examples
    --------
    >>> print(unescaped(r"under \<18 weeks"))
    under <18 weeks
    """
    return _ESCAPED.sub(r"\1", text)


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
    return "\n".join(map(_tamed_line, text.splitlines()))


def _tamed_line(line: str) -> str:
    marked = line.translate(_MARKS).replace("![", "\\![")
    marked = _LINK.sub(lambda found: f"\\{found[0]}", marked)
    marked = re.sub(r"^(\s*)(:::|---|\.\.\.|===|%|\[[^\]]*\]:)", r"\1\\\2", marked)
    return re.sub(r"^(?: {4,}|\t)\s*", "   ", marked)
