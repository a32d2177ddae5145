"""Series for tests of change over time."""

import numpy as np
import pandas as pd
from scipy.signal import lfilter


def alike(seed, series, points, r=0.4):
    """Series of standard deviation 1 whose neighbours correlate r, one a row."""
    noise = np.random.default_rng(seed).standard_normal((series, points + 100))
    return (lfilter([1], [1, -r], noise, axis=1) * np.sqrt(1 - r**2))[:, 100:]


def monthly(values, start="2019-04-01"):
    """One series as a frame of month and y."""
    return pd.DataFrame({"month": pd.date_range(start, periods=len(values), freq="MS"), "y": values})


def many(values):
    """Rows of values as one frame of series, month and y."""
    frame = pd.concat([monthly(row) for row in values], ignore_index=True)
    return frame.assign(series=np.repeat(range(len(values)), values.shape[1]))
