"""A project's site: which pages to make, running their notebooks, keeping records, rendering, publishing, auditing.

The door: build, make_plan, verify and audit.
"""
