"""Quality improvement: cycles, early warning, harm, experience, priorities, programmes and staffing.

The door: evaluate_cycle, early_warning, days_since, days_between, score and their results. ``score`` judges every
measure of every unit, and the pages build on it.
"""
