"""Series for tests of control charts, and the results of one."""

import pandas as pd

from sutg_analysis import spc

CALM = [10, 12, 9, 11, 10, 13, 9, 12, 10, 11, 9, 12, 10, 11, 12, 9]
SHIFT_UP = [10, 12, 9, 11, 10, 13, 9, 12, 10, 11, 14, 15, 14, 16, 15, 14, 15]
SHIFT_DOWN = [25 - value for value in SHIFT_UP]
HIGH, LOW = [*CALM, 20], [*CALM, 1]


def at(values, *, start="2022-04-01", freq="MS", **columns):
    dates = pd.date_range(start, periods=len(values), freq=freq)
    return pd.DataFrame({"date": dates, "y": values, **columns})


def one(values, *, start="2022-04-01", freq="MS", **options):
    return spc(at(values, start=start, freq=freq), value="y", date="date", **options)
