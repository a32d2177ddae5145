"""Proposals of new limits in plain English: from when, why, and who decides."""

from __future__ import annotations

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.control.rebase import RebaseProposal
from sutg_analysis.words.wording import count, month_or_day, number, telling_decimals, when

_WHY = {
    "first": "nothing follows the points that made the first limits",
    "too_few": "there are too few points for limits",
    "no_room": "too few points are left for new limits",
    "no_shift": "no shift follows the limits in force",
    "reverted": "a shift was found, but the process shifted back",
    "open": "a shift was found, but it is too soon to say that it holds",
}
_DECIDES = "Nothing changes until somebody accepts a proposal: put a name and the cause to its row and add it to the events."


def proposal_words(proposal: RebaseProposal, *, title: str | None = None, unit: str | None = None) -> str:
    """Return the proposals in sentences, a line a proposal; or why there is none.

    Parameters
    ----------
    proposal
        From :func:`sutg_analysis.propose_rebase`.
    title
        What is measured.
    unit
        Of the values, as for :func:`sutg_analysis.words.control.spc_words`.

    Examples
    --------
    >>> from sutg_analysis import propose_rebase
    >>> months = pd.date_range("2021-01-01", periods=48, freq="MS")
    >>> frame = pd.DataFrame({"month": months, "y": [13.0, 12, 11, 10] * 6 + [23.0, 22, 21, 20] * 6})
    >>> print(proposal_words(propose_rebase(frame, date="month", value="y"), title="Falls"))
    Falls: 1 reset of the limits is proposed.
    From January 2023: a shift starts here and holds, and the centre would go from 11.6 to 21.6.
    Nothing changes until somebody accepts a proposal: put a name and the cause to its row and add it to the events.
    """
    rows = proposal.proposals
    name = f"{title}: " if title else ""
    if rows.empty:
        return f"{name}{'no' if name else 'No'} reset of the limits is proposed{_reason(proposal)}."
    verb = "is" if len(rows) == 1 else "are"
    resets = count(len(rows), "reset of the limits", "resets of the limits")
    period = month_or_day(proposal.log["date"])
    lines = [_proposal(row, proposal.by, unit, period=period) for row in rows.to_dict("records")]
    return "\n".join([f"{name}{resets} {verb} proposed.", *lines, _DECIDES])


def _proposal(row: Row, by: tuple[str, ...], unit: str | None, *, period: str) -> str:
    places = telling_decimals([row["centre_before"], row["centre_after"]], unit=unit)
    before, after = (
        number(row[f"centre_{side}"], unit=unit, decimals=places) for side in ("before", "after")
    )
    series = ", ".join(str(row[key]) for key in by)
    start = f"{series}, from" if series else "From"
    moment = when(row["date"], period=period)
    return (
        f"{start} {moment}: a shift starts here and holds, and the centre would go from {before} to {after}."
    )


def _reason(proposal: RebaseProposal) -> str:
    """Return why nothing is proposed, where all series end for one reason."""
    log = proposal.log
    last = log.drop_duplicates(list(proposal.by), keep="last") if proposal.by else log.tail(1)
    decisions = _last_refusals(log, last, proposal.by)
    if len(set(decisions)) != 1:
        return ""
    return f": {_WHY[decisions[0]]}" if decisions[0] in _WHY else ""


def _last_refusals(log: pd.DataFrame, last: pd.DataFrame, by: tuple[str, ...]) -> list[str]:
    """Return each series' telling decision: a refusal if there was one, else its last."""
    refused = log[log["decision"].isin(["reverted", "open"])]
    if not by:
        return [str((refused if len(refused) else last)["decision"].iloc[-1])]
    decisions = last.set_index(list(by))["decision"].astype("str")
    decisions.update(
        refused.drop_duplicates(list(by), keep="last").set_index(list(by))["decision"].astype("str")
    )
    return decisions.tolist()
