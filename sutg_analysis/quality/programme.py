"""An improvement programme: metrics against their trajectories, actions overdue, and whether it is escalated.

A trajectory is a straight line from the baseline at its start to the goal at its due date. A metric is ahead of it, on it
or behind it by its latest value; whether that is more than chance, the ledger's verdict beside it says.

Dated actions are done, due or slipped as at any date. What was completed after the date is not yet done on it. An
action due on the very day counts as due, 0 days slipped; it is slipped from the day after.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sutg_analysis.arrays import Date
from sutg_analysis.control.observations import moment_of
from sutg_analysis.control.record import meets
from sutg_analysis.control.rules import CONCERN
from sutg_analysis.quality.rules import EscalationRules

STATUSES = ("slipped", "due", "done", "ahead", "undated")
KEYS = ["measure_id", "unit_id"]
FORTNIGHT = pd.Timedelta(days=14)


def track(actions: pd.DataFrame, *, as_at: Date) -> pd.DataFrame:
    """Return each action's status as at a date.

    Parameters
    ----------
    actions
        due and completed, dates that may be missing; other columns are kept.
    as_at
        The date: ISO text, a ``date`` or a ``Timestamp``.

    Returns
    -------
    pandas.DataFrame
        The rows given with status (done; slipped: due before the date; due: on it; ahead: after it; undated) and
        days_slipped: from due to the date where not done, from due to completion where done late, 0 where done
        in time or not yet due, missing without a due date.

    Raises
    ------
    ArgumentError
        ``as_at`` is no date.

    Examples
    --------
    >>> rows = pd.DataFrame({"action": ["Plan", "Train", "Report"], "due": ["2020-09-30"] * 3,
    ...                      "completed": [None, "2020-10-05", "2020-09-01"]})
    >>> track(rows, as_at="2020-10-02")[["status", "days_slipped"]].values.tolist()
    [['slipped', 2], ['slipped', 2], ['done', 0]]
    """
    on = moment_of(as_at, "as_at").normalize()
    due = pd.to_datetime(actions["due"])
    completed = pd.to_datetime(actions["completed"])
    done = completed.notna() & (completed <= on)
    ended = completed.where(done, on)
    status = pd.Series("ahead", index=actions.index, dtype="str")
    status = status.mask(due == on, "due").mask(due < on, "slipped").mask(due.isna(), "undated")
    slipped = (ended - due).dt.days.clip(lower=0).astype("Int64")
    return actions.assign(
        due=due, completed=completed.where(done), status=status.mask(done, "done"), days_slipped=slipped
    )


def outstanding(actions: pd.DataFrame, *, as_at: Date) -> pd.DataFrame:
    """Return the actions that are due on or before a date and not completed by it, longest slipped first.

    Examples
    --------
    >>> rows = pd.DataFrame({"action": ["Plan", "Train"], "due": ["2020-09-30", "2020-10-31"],
    ...                      "completed": [None, None]})
    >>> outstanding(rows, as_at="2020-09-30")[["action", "days_slipped"]].values.tolist()
    [['Plan', 0]]
    """
    tracked = track(actions, as_at=as_at)
    left = tracked[tracked["status"].isin(["slipped", "due"])]
    return left.sort_values("days_slipped", ascending=False, kind="stable").reset_index(drop=True)


def tally(tracked: pd.DataFrame) -> dict[str, int]:
    """Return how many actions have each status, every status named.

    Examples
    --------
    >>> tally(pd.DataFrame({"status": ["done", "done", "slipped"]}))
    {'slipped': 1, 'due': 0, 'done': 2, 'ahead': 0, 'undated': 0}
    """
    counts = tracked["status"].value_counts()
    return {status: int(counts.get(status, 0)) for status in STATUSES}


def trajectories(programme: pd.DataFrame) -> pd.DataFrame:
    """Return the monthly targets of every metric that has a measure.

    Parameters
    ----------
    programme
        kind, measure_id, unit_id, start, due, baseline, goal.

    Returns
    -------
    pandas.DataFrame
        measure_id, unit_id, start, end (of the month), target: the line's value on the month's first day; the goal
        from the due month on.

    Examples
    --------
    >>> row = {"kind": "metric", "measure_id": "falls", "unit_id": "t", "start": pd.Timestamp("2023-01-01"),
    ...        "due": pd.Timestamp("2023-03-01"), "baseline": 9.0, "goal": 5.0}
    >>> trajectories(pd.DataFrame([row]))["target"].round(2).tolist()
    [9.0, 6.9, 5.0]
    """
    metrics = _measured(programme)
    months = [pd.date_range(row.start, row.due.replace(day=1), freq="MS") for row in metrics.itertuples()]
    rows = metrics.loc[metrics.index.repeat([len(each) for each in months])].reset_index(drop=True)
    rows["month"] = pd.DatetimeIndex(np.concatenate(months)) if len(metrics) else pd.NaT
    last = rows["month"] == rows["due"].dt.to_period("M").dt.to_timestamp()
    share = ((rows["month"] - rows["start"]) / (rows["due"] - rows["start"])).where(~last, 1.0)
    target = rows["baseline"] + share * (rows["goal"] - rows["baseline"])
    end = (rows["month"] + pd.offsets.MonthEnd(0)).where(~last)
    return rows[KEYS].assign(start=rows["month"], end=end, target=target)


def _measured(programme: pd.DataFrame) -> pd.DataFrame:
    """Return the metrics that have a measure, and so a trajectory."""
    metrics = programme[programme["kind"].eq("metric") & programme["measure_id"].notna()]
    return metrics.reset_index(drop=True)


def progress(programme: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return where every metric stands on its trajectory, beside the ledger's verdict on it.

    Parameters
    ----------
    programme
        item, kind, measure_id, unit_id, start, due, baseline, goal; other columns are kept.
    ledger
        ``at.ledger``.

    Returns
    -------
    pandas.DataFrame
        The programme's metrics with latest, latest_date, trajectory (the line's value then), status (behind: the latest
        misses it; on; ahead: the latest meets the goal, which is not due yet; unjudged), variation, assurance, signals,
        since, period_variation.

    Examples
    --------
    >>> rows = pd.DataFrame({"item": ["Falls"], "kind": "metric", "measure_id": "falls", "unit_id": "t", "baseline": 9.0,
    ...     "goal": 5.0, "start": pd.Timestamp("2023-01-01"), "due": pd.Timestamp("2023-03-01")})
    >>> book = pd.DataFrame({"measure_id": ["falls"], "unit_id": "t", "latest": 8.0, "latest_date": pd.Timestamp("2023-02-01"),
    ...     "variation": "common", "assurance": "none", "signals": "", "since": pd.NaT, "period_variation": "common"})
    >>> progress(rows, book)[["trajectory", "status"]].round(2).values.tolist()
    [[6.9, 'behind']]
    """
    metrics = programme[programme["kind"] == "metric"].reset_index(drop=True)
    columns = ["latest", "latest_date", "variation", "assurance", "signals", "since", "period_variation"]
    table = metrics.merge(ledger[[*KEYS, *columns]], on=KEYS, how="left")
    table["trajectory"] = _at(trajectories(programme), table)
    up = (table["goal"] >= table["baseline"]).to_numpy()
    latest, now, goal = (table[name].to_numpy(dtype=float) for name in ("latest", "trajectory", "goal"))
    early = (table["latest_date"] < table["due"].dt.to_period("M").dt.to_timestamp()).to_numpy()
    known = ~np.isnan(latest) & ~np.isnan(now)
    cases = [~known, early & meets(latest, goal, up), meets(latest, now, up)]
    table["status"] = np.select(cases, ["unjudged", "ahead", "on"], "behind")
    return table.fillna(
        {"variation": "too_few", "assurance": "none", "period_variation": "too_few", "signals": ""}
    )


def _at(lines: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Return each metric's trajectory at the date of its latest value; none before it starts."""
    asked = table[[*KEYS, "latest_date"]].reset_index()
    asked = asked[asked["latest_date"].notna() & asked["measure_id"].notna()].sort_values("latest_date")
    known = lines.sort_values("start")
    asked["latest_date"] = asked["latest_date"].astype(known["start"].dtype)
    for key in KEYS:
        asked[key], known[key] = asked[key].astype("str"), known[key].astype("str")
    found = pd.merge_asof(asked, known, left_on="latest_date", right_on="start", by=KEYS)
    return found.set_index("index")["target"].reindex(table.index)


def overdue(programme: pd.DataFrame, *, as_at: Date) -> pd.DataFrame:
    """Return the actions that are overdue at a date, with days_slipped; one due that very day is not yet."""
    actions = track(programme[programme["kind"] == "action"], as_at=as_at)
    late = actions[actions["status"] == "slipped"]
    return late.sort_values("days_slipped", ascending=False, kind="stable").reset_index(drop=True)


def escalation(concerns: pd.Series, overdue: pd.Series, *, rules: EscalationRules) -> pd.DataFrame:
    """Return month by month whether a programme is escalated.

    Parameters
    ----------
    concerns, overdue
        Metrics that signal concern and actions overdue, by month, oldest first.
    rules
        When to escalate, and after what calm to de-escalate.

    Returns
    -------
    pandas.DataFrame
        concerns, overdue, calm (months in a row), escalated, and event (escalated, de-escalated or empty).

    Examples
    --------
    >>> months = pd.period_range("2023-01", periods=4, freq="M")
    >>> escalation(pd.Series([3, 1, 1, 0], months), pd.Series(0, months), rules=EscalationRules())["event"].tolist()
    ['escalated', '', 'de-escalated', '']
    """
    table = pd.DataFrame({"concerns": concerns, "overdue": overdue}).fillna(0).astype(int)
    loud = (table["concerns"] >= rules.escalate_concerns) | (table["overdue"] >= rules.escalate_overdue)
    quiet = ~loud & (table["concerns"] <= rules.calm_concerns) & (table["overdue"] <= rules.calm_overdue)
    table["calm"] = quiet.groupby((~quiet).cumsum()).cumsum()
    settled = table["calm"] >= max(rules.calm_months, 1)
    state = pd.Series(np.select([loud, settled], [1.0, 0.0], default=np.nan), index=table.index)
    escalated = state.ffill().fillna(0).astype(bool)
    before = escalated.shift(fill_value=False)
    event = np.select([escalated & ~before, before & ~escalated], ["escalated", "de-escalated"], default="")
    return table.assign(escalated=escalated, event=event)


def timeline(programme: pd.DataFrame, points: pd.DataFrame, *, last: Date, months: int = 12) -> pd.DataFrame:
    """Return metrics of concern and actions overdue of each of the last months, by month.

    A month's concern is its own point's verdict, by the limits as they are now.

    Parameters
    ----------
    programme
        The programme's items.
    points
        Points of the metrics' charts: date and variation.
    last, months
        A day of the last month that is over, and how many months to look back.
    """
    index = pd.period_range(end=moment_of(last, "last"), periods=months, freq="M")
    signal = points["variation"].isin(CONCERN)
    by_month = signal.groupby(points["date"].dt.to_period("M")).sum().reindex(index, fill_value=0)
    late = [len(overdue(programme, as_at=month.end_time.normalize())) for month in index]
    return pd.DataFrame({"concerns": by_month, "overdue": pd.Series(late, index)})


def fortnights(programme: pd.DataFrame, *, start: Date, end: Date) -> pd.DataFrame:
    """Return what an oversight group that meets every fortnight would see at each meeting.

    Parameters
    ----------
    programme
        kind, item, due, completed.
    start, end
        The first and last day; meetings are every fourteen days up to and with the last.

    Returns
    -------
    pandas.DataFrame
        meeting, completed (items since the meeting before), fell_due (items due since then), overdue (items late).
        Each of the three is a tuple of items.
    """
    last = pd.Timestamp(end)
    meetings = [last - n * FORTNIGHT for n in range((last - pd.Timestamp(start)) // FORTNIGHT, -1, -1)]
    actions = programme[programme["kind"] == "action"]
    rows = [
        (
            meeting,
            tuple(actions.loc[_since(actions["completed"], meeting), "item"]),
            tuple(actions.loc[_since(actions["due"], meeting), "item"]),
            tuple(overdue(programme, as_at=meeting)["item"]),
        )
        for meeting in meetings
    ]
    return pd.DataFrame(rows, columns=["meeting", "completed", "fell_due", "overdue"])


def _since(dates: pd.Series, meeting: pd.Timestamp) -> pd.Series:
    return (dates > meeting - FORTNIGHT) & (dates <= meeting)
