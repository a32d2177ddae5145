"""Charts of what people say of their care: shares with their intervals."""

from __future__ import annotations

from sutg_analysis.charts.plots import interval_spec
from sutg_analysis.charts.theme import Spec
from sutg_analysis.quality.experience import FeedbackResult, RepresentationResult


def feedback_spec(result: FeedbackResult, *, width: int = 720) -> Spec:
    """Return the share of positive answers of each group with its interval; groups without answers are left out."""
    rows = result.groups.assign(name=result.names)[result.groups["responses"] > 0]
    bounds = {"name": "name", "value": "positive", "lower": "lower", "upper": "upper"}
    return interval_spec(rows, **bounds, flagged=rows["differs"] != "none", width=_beside_names(width))


def representation_spec(result: RepresentationResult, *, width: int = 720) -> Spec:
    """Return each group's share of the answers with its interval, beside its share of the caseload."""
    return interval_spec(
        result.groups.assign(name=result.names),
        name="name",
        value="share",
        lower="lower",
        upper="upper",
        reference="caseload_share",
        reference_name="share of the caseload",
        flagged=result.groups["heard"].isin(["less", "more"]),
        width=_beside_names(width),
    )


def _beside_names(width: int) -> int:
    """Return the width of a plot that leaves room for the names beside it."""
    return width - (230 if width > 500 else 185)
