"""Door: load, Catalogue, Quarter, Protection, TABLES."""
