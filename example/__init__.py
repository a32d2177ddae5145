"""The generator of the example's tables: synthetic, for a fictional trust, the same each time."""
