"""Door.

- trend
- rate_trend
- seasonal
- interrupted
- forecast
- cusum
- ewma
- change_points and their results
"""
