"""Finished results in plain English sentences; no arithmetic.

The door: number, day, month, count, listed and plain_markdown, of which every sentence is made. A file for each room of
results has the sentences and text alternatives of these.
"""
