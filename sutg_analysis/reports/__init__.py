"""What notebooks call to show something.

The door: show has shown, table, text, bullets, cards, stack, method, made_from, require_rows, explained and show_charts;
verdicts shows the ledger; rebase is for an analyst who proposes limits; figure, page, tables and workbook are what these
are made of.
"""
