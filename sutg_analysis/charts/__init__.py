"""Finished results as Vega-Lite specifications and as still, accessible SVG; no arithmetic.

The door: spc_spec, funnel_spec, altair_chart, chart_svg, LIGHT and DARK. A file for each room of results draws these.
"""
