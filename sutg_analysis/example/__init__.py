"""Example tables, synthetic."""
