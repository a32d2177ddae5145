"""Whether a series moves, and how it would go on.

The door: trend, rate_trend, seasonal, interrupted, forecast, cusum, ewma, change_points and their results.
"""
