"""What notebooks call to show something, and reports that are still classes, a piece a cell.

The door: show has shown, table, text, bullets, stack, method, made_from, require_rows and explained; figure, page, tables and
workbook are what these are made of. Of classes: board_report, measure_report, priority_report, highlight_report,
unit_report, warning_report and proposals_of.
"""
