"""What arrays, rows and arguments hold, in words for signatures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
"""Positions, codes and whole counts."""
Row = Mapping[Any, Any]
"""One row of a table by column, as ``to_dict("records")`` gives it."""

Date = str | date | np.datetime64
"""A day as people give it; pandas' Timestamp is a date."""
