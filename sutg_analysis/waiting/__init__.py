"""Waiting lists: who waits, how long, who waits longer, and whether the list will clear.

The door: waiting_list, waiting_times, demand_capacity, waiting_list_forecast, percentile_from_bands, read_rules and
their results.
"""
