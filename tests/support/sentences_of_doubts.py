"""Results with rebases, gaps and other doubts, of dates and units: options, sentences, the alternative text."""

from math import nan

import pandas as pd

from sutg_analysis import spc
from tests.support.series import CALM, HIGH, SHIFT_DOWN, SHIFT_UP, at, one

STEPPED = [*CALM, *(value - 5 for value in CALM)]
SPOILT = [*CALM[:6], 40, *CALM[7:]]
REBASE = pd.DataFrame(
    {"date": ["2023-08-01"], "reason": ["NHS 111 calls counted separately."], "author": ["Analyst"]}
)
STALE = pd.concat([at(CALM[:13], ward="Ash"), at(CALM * 2, ward="Birch")])

TRUTH = {
    "a rebase with its reason": (
        one(STEPPED, rebase=REBASE),
        {},
        "Falls: 4 in November 2024. This is usual variation: there is no sign of change from the mean of "
        "5.62. No target is set. This rests on 32 months, from April 2022 to November 2024; the limits were "
        "reset from August 2023 (reason given: NHS 111 calls counted separately); a change too small or too "
        "new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to November 2024. From 4 to 13; now mean "
        "5.62, limits −0.23 to 11.5. Usual variation: no sign of change.",
    ),
    "a rebase without a reason, on few points": (
        one(STEPPED[:22], rebase="2023-08-01"),
        {},
        "Falls: 8 in January 2024. This is usual variation: there is no sign of change from the mean of "
        "5.83. No target is set. This rests on 22 months, from April 2022 to January 2024; the limits were "
        "reset from August 2023; a change too small or too new for the rules may still be there. The limits "
        "are provisional, because 6 points (fewer than 12) made them.",
        "XmR control chart of Falls, value by month, April 2022 to January 2024. From 4 to 13; now mean "
        "5.83, limits −0.02 to 11.7. Usual variation: no sign of change.",
    ),
    "a rebase between two observations": (
        one(CALM + CALM, rebase="2023-08-10"),
        {},
        "Falls: 9 in November 2024. This is usual variation: there is no sign of change from the mean of "
        "10.7. No target is set. This rests on 32 months, from April 2022 to November 2024; the limits were "
        "reset from September 2023; a change too small or too new for the rules may still be there. The "
        "reset asked for from 10 August 2023 starts at the next value, September 2023.",
        "XmR control chart of Falls, value by month, April 2022 to November 2024. From 9 to 13; now mean "
        "10.7, limits 4.78 to 16.6. Usual variation: no sign of change.",
    ),
    "an excluded point with its reason": (
        one(SPOILT, exclude={pd.Timestamp("2022-10-01"): "Record system down"}),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.7. "
        "No target is set. This rests on 15 months, from April 2022 to July 2023; 1 month was left out "
        "(reason given: Record system down); a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 40, mean 10.7, "
        "limits 5.60 to 15.9. Usual variation: no sign of change.",
    ),
    "two excluded points": (
        one(SPOILT, exclude=["2022-10-01", "2022-11-01"]),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.6. "
        "No target is set. This rests on 14 months, from April 2022 to July 2023; 2 months were left out; a "
        "change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 40, mean 10.6, "
        "limits 5.12 to 16.2. Usual variation: no sign of change.",
    ),
    "a missing value": (
        one([*CALM[:6], nan, *CALM[7:]]),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.7. "
        "No target is set. This rests on 15 months, from April 2022 to July 2023; a change too small or too "
        "new for the rules may still be there. 1 value is missing.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.7, "
        "limits 5.41 to 16.1. Usual variation: no sign of change.",
    ),
    "a baseline": (
        one(SHIFT_UP, baseline=12),
        {},
        "Falls: 15 in August 2023. This is usual variation: there is no sign of change from the mean of "
        "11.3. No target is set. This rests on 17 months, from April 2022 to August 2023; a change too small"
        " or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 9 to 16, mean 11.3, "
        "limits 5.29 to 17.4. Usual variation: no sign of change.",
    ),
    "a baseline with a signal in it": (
        one([*SHIFT_UP, *CALM], baseline=17),
        {},
        "Falls: 9 in December 2024. This is a sign of concern: 10 months in a row, since March 2024, are "
        "below the mean of 12.4 (a shift). No target is set. The limits rest on months from April 2022, "
        "before the change that has lasted since March 2024: setting them again from March 2024 is "
        "proposed, if its cause is known. This rests on 33 months, from April 2022 to December 2024. The "
        "points that made the limits show a change themselves, so the limits may mislead.",
        "XmR control chart of Falls, value by month, April 2022 to December 2024. From 9 to 16, mean 12.4, "
        "limits 7.20 to 17.5. Concern: signal of lower values (shift since March 2024).",
    ),
    "a series that ends before the others": (
        spc(STALE, value="y", date="date", by="ward"),
        {},
        "Falls, Ash: 10 in April 2023. This is usual variation: there is no sign of change from the mean of "
        "10.6. No target is set. This rests on 13 months, from April 2022 to April 2023; a change too small "
        "or too new for the rules may still be there. It is out of date: it ends April 2023, and others go "
        "on to November 2024.\n"
        "Falls, Birch: 9 in November 2024. This is usual variation: there is no sign of change from the mean"
        " of 10.6. No target is set. This rests on 32 months, from April 2022 to November 2024; a change too"
        " small or too new for the rules may still be there.",
        "2 small XmR control charts of Falls, value by month, April 2022 to November 2024. Usual variation: "
        "2 charts.",
    ),
    "small counts": (
        one([1, 2, 1, 3, 2, 1, 2, 1, 3, 2, 1, 2, 1], chart="c"),
        {},
        "Falls: 1 in April 2023. This is usual variation: there is no sign of change from the mean of 1.69. "
        "No target is set. This rests on 13 months, from April 2022 to April 2023; a change too small or too"
        " new for the rules may still be there. Counts are small (below 5 on average), so a chart of the "
        "gaps between events may tell more.",
        "C control chart of Falls, value by month, April 2022 to April 2023. From 1 to 3, mean 1.69, limits "
        "0 to 5.59. Usual variation: no sign of change.",
    ),
    "a provisional value": (
        one(CALM),
        {"provisional": True},
        "Falls: 9 in July 2023. It is provisional and may still change. This is usual variation: there is no"
        " sign of change from the mean of 10.6. No target is set. This rests on 16 months, from April 2022 "
        "to July 2023; a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, "
        "limits 4.77 to 16.5. Usual variation: no sign of change. The last point is provisional.",
    ),
    "no title": (
        one(CALM),
        {"title": None},
        "The latest value is 9, in July 2023. This is usual variation: there is no sign of change from the "
        "mean of 10.6. No target is set. This rests on 16 months, from April 2022 to July 2023; a change too"
        " small or too new for the rules may still be there.",
        "XmR control chart: value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, limits 4.77 to"
        " 16.5. Usual variation: no sign of change.",
    ),
    "weeks": (
        one(HIGH, start="2023-01-02", freq="W-MON"),
        {"title": "Referrals", "unit": "count"},
        "Referrals: 20 in week beginning 24 April 2023. This is a sign of improvement: the value is above the upper limit "
        "of 18.5. No target is set. This rests on 17 weeks, from week beginning 2 January 2023 to week beginning 24 April 2023.",
        "XmR control chart of Referrals, count by week, week beginning 2 January 2023 to week beginning 24 April 2023. From 9 to 20, mean "
        "11.2, limits 3.86 to 18.5. Improvement: signal of higher values (outside the limits).",
    ),
    "days and minutes": (
        one(SHIFT_DOWN, start="2023-01-30", freq="D"),
        {"title": "Wait", "unit": "minutes"},
        "Wait: 10 minutes on 15 February 2023. This is a sign of concern: 7 days in a row, since 9 February "
        "2023, are below the mean of 12.6 minutes (a shift). No target is set. This rests on 17 days, from "
        "30 January 2023 to 15 February 2023.",
        "XmR control chart of Wait, minutes by day, 30 January 2023 to 15 February 2023. From 9 to 16 "
        "minutes, mean 12.6 minutes, limits 7.49 to 17.8 minutes. Concern: signal of lower values (shift "
        "since 9 February 2023).",
    ),
    "quarters and per cent": (
        one(SHIFT_DOWN, start="2018-04-01", freq="QS", target=10),
        {"title": "Sickness", "unit": "percent"},
        "Sickness: 10.0% in Q1 2022/23. This is a sign of concern: 7 quarters in a row, since Q3 2020/21,"
        " are below the mean of 12.6% (a shift). The target of 10.0% or more may be met or missed by "
        "chance, quarter by quarter: it lies within the limits, 7.5% to 17.8%. It was met in 11 of the last"
        " 12 quarters. This rests on 17 quarters, from Q1 2018/19 to Q1 2022/23.",
        "XmR control chart of Sickness, percentage by quarter, Q1 2018/19 to Q1 2022/23. From 9.0% to 16.0%,"
        " mean 12.6%, limits 7.5% to 17.8%. Concern: signal of lower values (shift since Q3 2020/21). "
        "Target of 10.0% or more may be met or missed by chance.",
    ),
    "pounds": (
        one([1000 * spent for spent in HIGH], target=9000, improvement="decrease"),
        {"title": "Agency spend", "unit": "pounds"},
        "Agency spend: £20,000 in August 2023. This is a sign of concern: the value is above the upper "
        "limit of £18,491. The target of £9,000 or less may be met or missed by chance, month by month: it "
        "lies within the limits, £3,861 to £18,491. It was met in 3 of the last 12 months. This rests on 17"
        " months, from April 2022 to August 2023.",
        "XmR control chart of Agency spend, pounds by month, April 2022 to August 2023. From £9,000 to "
        "£20,000, mean £11,176, limits £3,861 to £18,491. Concern: signal of higher values (outside the "
        "limits). Target of £9,000 or less may be met or missed by chance.",
    ),
    "a unit in words": (
        one(CALM),
        {"unit": "falls per 1,000 bed days"},
        "Falls: 9 falls per 1,000 bed days in July 2023. This is usual variation: there is no sign of change"
        " from the mean of 10.6. No target is set. This rests on 16 months, from April 2022 to July 2023; a "
        "change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, falls per 1,000 bed days by month, April 2022 to July 2023. From 9 to "
        "13, mean 10.6, limits 4.77 to 16.5. Usual variation: no sign of change.",
    ),
}
