"""Measurements that say what the package costs and how often it cries wolf; not tests, and not installed."""
