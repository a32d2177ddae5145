"""Door: spc_chart, funnel_chart, chart_svg, LIGHT, DARK."""
