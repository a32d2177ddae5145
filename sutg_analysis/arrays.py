"""What arrays and arguments hold, in words for signatures."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
"""Positions, codes and whole counts."""

Date = str | date | np.datetime64
"""A day as people give it; pandas' Timestamp is a date."""
