"""What notebooks call to show something, and the two reports that are still classes.

The door: show has shown, table, text, bullets, stack, method, made_from, require_rows, explained and show_charts; verdicts shows
the ledger; figure, page, tables and workbook are what these are made of. Of classes: priority_report, highlight_report and
proposals_of.
"""
