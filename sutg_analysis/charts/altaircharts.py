"""A finished specification as an Altair chart, for those who want to change it.

Altair can read a specification itself, but tries every kind of chart on every part of it: seconds, where building the
chart from its parts takes milliseconds. The specification is checked against the schema when it is written out.
"""

from __future__ import annotations

from typing import Any

_PARTS = ("layer", "vconcat", "concat")


def altair_chart(spec: dict[str, Any]) -> Any:
    """Return a specification of layers, perhaps in rows and columns, as an Altair chart.

    Parameters
    ----------
    spec
        As :func:`sutg_analysis.charts.control.spc_spec` makes it.

    Returns
    -------
    altair.LayerChart, altair.VConcatChart, altair.ConcatChart or altair.Chart

    Examples
    --------
    >>> dot = {"data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {"x": {"field": "x", "type": "nominal"}}}
    >>> type(altair_chart({"layer": [dot], "width": 50})).__name__
    'LayerChart'
    """
    import altair as alt

    kinds = {"layer": alt.LayerChart, "vconcat": alt.VConcatChart, "concat": alt.ConcatChart}
    part = next((name for name in _PARTS if name in spec), None)
    if part is not None:
        rest = {name: value for name, value in spec.items() if name != part}
        return kinds[part](**{part: [altair_chart(inner) for inner in spec[part]]}, **rest)
    rest = {name: value for name, value in spec.items() if name not in {"data", "encoding"}}
    encoding = alt.FacetedEncoding(**spec["encoding"])
    return alt.Chart(data=alt.InlineData(**spec["data"]), encoding=encoding, **rest)
