"""The summary of access: every standard and every waiting list against target, plan and trend, worst first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from sutg_analysis.arrays import Row
from sutg_analysis.catalogue.catalogue import of_measures
from sutg_analysis.catalogue.load import load
from sutg_analysis.charts.theme import Spec
from sutg_analysis.charts.waiting import panels_spec
from sutg_analysis.control.rules import CONCERN, verdict_of
from sutg_analysis.ledger.scorecard import score
from sutg_analysis.reports.figure import Figure, figure_of, figures_block
from sutg_analysis.reports.page import Block, bullets, stack, table_block
from sutg_analysis.reports.report import Report, made_from, method_block, not_shown
from sutg_analysis.reports.tables import CELL_WORDS, TOO_FEW, icon_table
from sutg_analysis.waiting.clocks import Standard
from sutg_analysis.waiting.project import JUDGED, Lists, lists_of, planned_at, share_chart, size_chart
from sutg_analysis.waiting.waiting_list import OVER_WEEKS
from sutg_analysis.words.markdown import plain_markdown
from sutg_analysis.words.wording import SHORT_VARIATIONS, count, day, listed, month, number

_FIRST = {"fail": 0, "hit_or_miss": 1, "none": 2, "pass": 3}
_SECOND = {"concern": 0, "neutral": 1, "common": 2, "improvement": 3}
"""Worst first: what will miss its target, then what gets worse; the larger shortfall before the smaller."""


@dataclass(frozen=True, eq=False)
class AccessReport:
    """Every access standard and every waiting list of one quarter.

    Parameters
    ----------
    lists
        The project's waiting lists as at the quarter's end.
    board
        The measures that tell standards, judged by the standards' own targets; None if no measure tells any.
    """

    lists: Lists
    board: Report | None

    @cached_property
    def standards(self) -> pd.DataFrame:
        """The standards with data, worst first: as ``icon_table`` takes them, with kind, plan, asks."""
        found = [row for standard in self.lists.standards for row in self._rows_of(standard)]
        return ranked(pd.DataFrame(found)) if found else pd.DataFrame()

    @cached_property
    def lacking(self) -> tuple[Standard, ...]:
        """The standards that no measure and no service tells."""
        there = set(self.standards["id"]) if len(self.standards) else set()
        return tuple(standard for standard in self.lists.standards if standard.id not in there)

    @cached_property
    def waiting(self) -> pd.DataFrame:
        """The waiting lists, worst first."""
        rows = [self._list(service) for service in self.lists.services]
        return ranked(pd.DataFrame(rows)) if rows else pd.DataFrame()

    def headline(self) -> Block:
        """Return which standards are kept and missed, which have no data, and how many wait."""
        national, local = (self._verdicts(kind) for kind in ("national", "local"))
        return bullets([*national, *local, self._lacking_words(), self._waiting_words()])

    def standards_table(self) -> Block:
        """Return the standards with data as a table of icons, worst first."""
        if self.standards.empty:
            return Block("No standard has data in these tables.")
        return icon_table(
            self.standards,
            caption="Access standards with data, worst first",
            first="Standard",
            more={"Planned": "plan"} if (self.standards["plan"] != "None").any() else None,
        )

    def ranking(self) -> Block:
        """Return what each standard asks of the trust, in words, worst first; those that are kept in one line."""
        if self.standards.empty:
            return Block("")
        kept = self.standards["assurance"] == "pass"
        rows = self.standards[~kept].to_dict("records")
        items = [
            f"{place}. {plain_markdown(str(row['name']))}: {plain_markdown(str(row['asks']))}"
            for place, row in enumerate(rows, start=1)
        ]
        names = listed(self.standards.loc[kept, "name"])
        calm = plain_markdown(f"Kept, and likely to stay so: {names}.") if kept.any() else ""
        return Block("\n\n".join(filter(None, ["\n".join(items), calm])))

    def without_data(self) -> Block:
        """Return the standards without data, by name."""
        if not self.lacking:
            return Block("Every standard has data.")
        wanted = [
            one.title + ("" if one.target is None else f" (standard: {one.target:g}%)")
            for one in self.lacking
        ]
        head = Block("Without data in these tables, so that nothing is said of them:")
        return stack([head, bullets(wanted)])

    def lists_table(self) -> Block:
        """Return the waiting lists as a table of icons, worst first."""
        if self.lists.held_back:
            return not_shown("People on a waiting list")
        if self.waiting.empty:
            return Block("No service has referrals in these tables.")
        return icon_table(
            self.waiting, caption="Percentage in time on each list, worst first", first="Service"
        )

    def sizes_table(self) -> Block:
        """Return the size of each list, its trend and plan, and who has waited long."""
        if self.waiting.empty:
            return Block("")
        columns = {
            "Service": "service_name",
            "People waiting": "size_words",
            "Trend of the list": "trend",
            "Planned": "plan",
            **{f"Over {weeks} weeks": f"over_{weeks}" for weeks in OVER_WEEKS},
        }
        table = self.waiting[list(columns.values())].set_axis(list(columns), axis=1)
        return table_block(table, caption=f"People waiting on {day(self.lists.end)}")

    def lists_chart(self) -> Block:
        """Return the size of every list through time."""
        if self.lists.held_back:
            return Block("")
        if self.waiting.empty:
            return Block("No service has referrals in these tables.")
        return self._panels().block()

    def charts(self) -> Block:
        """Return the control chart of each standard that a measure tells, in the order of the table."""
        if self.board is None or self.standards.empty:
            return Block("No measure tells a standard.")
        rows = self.standards[self.standards["measure"].notna()]
        figures = map(self.board.figure, rows["measure"], rows["unit_id"])
        return figures_block(*figures, headings=[f"### {plain_markdown(name)}" for name in rows["name"]])

    def method(self) -> Block:
        """Return how the report was made."""
        counted = "" if self.lists.held_back else f", counted from {month(self.lists.begin)}"
        return method_block(
            f"Everything is as at {day(self.lists.end)}. A standard is told by the measure or service of its own name, or by "
            "the one that data/clocks.toml names; national targets are NHS England's. Trend and target are judged by "
            "the rules of Making Data Count. A waiting list is judged by the percentage of people within the service's own "
            f"target{counted}. Rows are ordered by whether the target will be missed, "
            f"then by whether things get worse, then by the shortfall.",
            self.lists.catalogue,
        )

    def _rows_of(self, standard: Standard) -> list[dict[str, object]]:
        """Return a row for each top unit whose measure tells a standard, or the row of its service."""
        measure = standard.measure or standard.id
        if self.board is not None:
            summary = self.board.with_courses(self.board.card.summary)
            mine = (summary["measure_id"] == measure) & summary["unit_id"].isin(self.board.units)
            if mine.any():
                return [
                    self._of_measure(self.board, standard, row) for row in summary[mine].to_dict("records")
                ]
        service = standard.service or standard.id
        return [self._of_service(standard, service)] if service in self.lists.services else []

    def _of_measure(self, board: Report, standard: Standard, row: Row) -> dict[str, object]:
        several = f", {row['unit_name']}" if board.several else ""
        plan = self._planned(row)
        return {name: value for name, value in row.items() if name != "priority"} | {
            "id": standard.id,
            "name": f"{standard.title}{several}",
            "kind": standard.kind,
            "measure": row["measure_id"],
            "href": f"#{row['measure_id']}--{row['unit_id']}",
            "plan": number(plan, unit=row["unit"]) if pd.notna(plan) else "None",
        }

    def _planned(self, row: Row) -> float:
        """Return a measure's own dated target on the quarter's last day, missing if it has none."""
        targets, end = self.lists.catalogue.targets, self.lists.end
        mine = targets["measure_id"].eq(row["measure_id"]) & (
            targets["unit_id"].isna() | targets["unit_id"].eq(row["unit_id"])
        )
        begun = targets["start"].isna() | (targets["start"] <= end)
        holds = targets["end"].isna() | (targets["end"] >= end)
        found = targets[mine & begun & holds].sort_values("start", na_position="first")
        return float(found["target"].iloc[-1]) if len(found) else float("nan")

    def _of_service(self, standard: Standard, service: str) -> dict[str, object]:
        weeks = self.lists.rule(service).target_weeks
        who = "waiting" if self.lists.rule(service).judged == "waiting" else "seen"
        own = {
            "id": standard.id,
            "name": f"{standard.title}: {who} {weeks:g} weeks or less",
            "kind": standard.kind,
            "measure": None,
            "href": None,
            "plan": "None",
        }
        return self._share(service, target=standard.target) | own

    def _share(self, service: str, *, target: float | None = None) -> dict[str, object]:
        """Return the verdicts on the percentage of a service's people within its target."""
        rule = self.lists.rule(service)
        rule = rule if target is None else replace(rule, standard=target / 100)
        points = self.lists.counted(service).points
        shares = points[JUDGED[rule.judged]]
        usual = {"unit": "percent", "per": 100, "unit_id": service}
        if shares.isna().all():
            return usual | {
                "latest": float("nan"), "latest_date": pd.NaT, "target": rule.standard * 100,
                "improvement": "increase", "variation": "too_few", "assurance": "none", "course": [],
            }  # fmt: skip
        row = share_chart(points, rule).summary.iloc[0].to_dict()
        return row | usual | {"course": shares.tail(24).tolist()}

    def _list(self, service: str) -> dict[str, object]:
        """Return a waiting list's row: its share within the target, its size and trend, its plan, the long waits."""
        rule, points = self.lists.rule(service), self.lists.counted(service).points
        now = points.iloc[-1]
        plan = planned_at(rule, self.lists.end)
        size = size_chart(points, rule).summary.iloc[0]
        return self._share(service) | {
            "name": f"{self.lists.name(service)}, {rule.target_weeks:g} weeks",
            "service_name": self.lists.name(service),
            "size": int(now["list_size"]),
            "size_words": f"{now['list_size']:,}",
            "size_variation": size["variation"],
            "trend": SHORT_VARIATIONS[size["variation"]],
            "plan": "None" if pd.isna(plan) else f"{plan:,.0f} or fewer",
            "late": bool(pd.notna(plan) and now["list_size"] > plan),
            **{f"over_{weeks}": f"{now[f'over_{weeks}']:,}" for weeks in OVER_WEEKS},
            "over": int(now["over_18"]),
            "over_year": int(now["over_52"]),
        }

    def _verdicts(self, kind: str) -> list[str]:
        if self.standards.empty:
            return []
        rows = self.standards[self.standards["kind"] == kind]
        outlook = {
            "fail": "will be missed unless something changes",
            "hit_or_miss": "may be met or missed by chance, month by month",
            "pass": "will go on being met if nothing changes",
            "none": "cannot be judged yet",
        }
        return [
            f"{count(len(names), f'{kind} standard')} {words}: {listed(names)}."
            for assurance, words in outlook.items()
            if len(names := rows.loc[rows["assurance"] == assurance, "name"])
        ]

    def _lacking_words(self) -> str:
        if not self.lacking:
            return ""
        kinds = [standard.kind for standard in self.lacking]
        parts = [
            count(many, f"{kind} standard") for kind in ("national", "local") if (many := kinds.count(kind))
        ]
        return f"{listed(parts)} {'has' if len(self.lacking) == 1 else 'have'} no data in these tables; they are listed below."

    def _waiting_words(self) -> str:
        if self.waiting.empty:
            return ""
        total, over, year = (int(self.waiting[name].sum()) for name in ("size", "over", "over_year"))
        rising = self.waiting.loc[self.waiting["size_variation"].isin(CONCERN), "service_name"]
        late = self.waiting.loc[self.waiting["late"], "service_name"]
        words = (
            f"{count(total, 'person waits', 'people wait')} on {count(len(self.waiting), 'list')}: {over:,} of them over 18 weeks, "
            f"{year:,} over 52."
        )
        words += f" The list grows by more than chance in {listed(rising)}." if len(rising) else ""
        return words + (f" It is longer than planned in {listed(late)}." if len(late) else "")

    def _panels(self) -> Figure:
        names = dict(zip(self.waiting["unit_id"], self.waiting["service_name"], strict=True))
        frames = [self.lists.counted(unit).points.assign(group=name) for unit, name in names.items()]
        rows = pd.concat(frames, ignore_index=True)[
            ["group", "date", "list_size", "additions", "seen", "removed"]
        ]
        counts = {"Waiting": "list_size", "Joined": "additions", "Seen": "seen", "Left unseen": "removed"}
        table = pd.DataFrame(
            {"Service": rows["group"], "Month": [month(date) for date in rows["date"]]}
            | {heading: [f"{value:,}" for value in rows[column]] for heading, column in counts.items()}
        )
        words = self._waiting_words()

        def draw(width: int) -> Spec:
            subtitle = "People waiting at the end of the month, each list on its own scale"
            return panels_spec(
                rows, value="list_size", subtitle=subtitle, title=None, width=width, height=130, zero=True
            )

        return figure_of(
            "lists",
            "The waiting lists",
            draw,
            words=words,
            alt=f"{count(len(names), 'line chart')} of people waiting, {listed(names.values())}. {words}",
            table=table,
            data=rows.rename(columns={"group": "service"}),
            notes={
                "Made from": made_from(
                    self.lists.catalogue.sources, ("pathways",), self.lists.catalogue.at.day
                )
            },
        )


def access_report(project: str | Path, *, quarter: str, as_at: str = "") -> AccessReport:
    """Return the summary of access; arguments and errors as for :func:`sutg_analysis.reports.waiting.waiting_report`."""
    lists = lists_of(project, quarter=quarter, as_at=as_at, only={"observations.measure_id": []})
    return AccessReport(lists, _against_standards(lists, project, as_at=as_at))


def _against_standards(lists: Lists, project: str | Path, *, as_at: str) -> Report | None:
    """Return the measures that tell standards, each judged against its standard's own target."""
    targets = {standard.measure or standard.id: standard.target for standard in lists.standards}
    known = load(
        project,
        tables=(),
        quarter=lists.quarter,
        as_at=as_at,
        only=of_measures(targets),
    )
    measures = known.measures
    if known.observations.empty:
        return None
    wanted = measures["measure_id"].map(targets).astype(float)
    aimed = measures.assign(target=wanted.fillna(measures["target"]))
    known = replace(known, measures=aimed, targets=known.targets.iloc[:0])
    return Report(score(known, quarter=lists.quarter), known.top_units)


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Return verdicts worst first, with what each asks (``asks``).

    Parameters
    ----------
    rows
        Columns variation, assurance, latest, target.
    """
    verdicts = rows["variation"].map(verdict_of)
    order = pd.DataFrame(
        {
            "assurance": rows["assurance"].map(_FIRST),
            "verdict": verdicts.map(_SECOND),
            "gap": rows["latest"] - rows["target"],
        }
    ).sort_values(["assurance", "verdict", "gap"], kind="stable")
    pairs = zip(verdicts, rows["assurance"], rows["variation"], strict=True)
    asks = [TOO_FEW if kind == "too_few" else CELL_WORDS[verdict, aim] for verdict, aim, kind in pairs]
    return rows.assign(asks=asks).loc[order.index].reset_index(drop=True)
