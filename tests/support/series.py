"""Series for tests: alike but for chance, of one level, with a shift; and the control chart of one."""

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from sutg_analysis import spc


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


CALM = [10, 12, 9, 11, 10, 13, 9, 12, 10, 11, 9, 12, 10, 11, 12, 9]
SHIFT_UP = [10, 12, 9, 11, 10, 13, 9, 12, 10, 11, 14, 15, 14, 16, 15, 14, 15]
SHIFT_DOWN = [25 - value for value in SHIFT_UP]
HIGH, LOW = [*CALM, 20], [*CALM, 1]


def at(values, *, start="2022-04-01", freq="MS", **columns):
    dates = pd.date_range(start, periods=len(values), freq=freq)
    return pd.DataFrame({"date": dates, "y": values, **columns})


def one(values, *, start="2022-04-01", freq="MS", **options):
    return spc(at(values, start=start, freq=freq), value="y", date="date", **options)
