"""A project's tables: found, read, checked, protected, and known as at the end of a quarter.

The door: load, Catalogue, Quarter, Protection and TABLES. Beside them stand the tree of units, written dates and numbers,
identifiers of people, and the rules that hide small counts.
"""
