"""Door.

- waiting_list
- waiting_times
- demand_capacity
- waiting_list_forecast
- percentile_from_bands
- read_rules and their results
"""
