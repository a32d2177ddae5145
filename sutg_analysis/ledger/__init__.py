"""The ledger: every dated number of a trust told once, and every verdict on it made once.

The door: counted_series counts measures in registers, settled puts them beside what was typed, ledger_of judges them all.
"""
