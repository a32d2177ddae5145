"""Results of each kind of chart: options, the sentences they must give, the alternative text."""

import pandas as pd

from sutg_analysis import spc
from tests.support.series import CALM, HIGH, SHIFT_UP, at, one

GAPS = [31, 12, 55, 20, 44, 8, 61, 25, 37, 15, 50, 22, 28, 400]
SHORT_GAPS = [60, 45, 70, 52, 66, 48, 75, 58, 64, 50, 9, 7, 8, 6, 9, 7, 5]
LAST_OPEN = [60, 45, 70, 52, 66, 48, 75, 58, 64, 50, 61, 49, 33]
TWO_LEVELS = [9, 8, 9, 7, 8, 9, 8, 7, 9, 8, 9, 12, 13, 12, 14, 13, 12, 13, 12, 14, 13, 12]
SLOW = [9, 9.1, 9, 9.2, 8, 7, 8, 7, 9, 10, 9, 10, 7, 8, 7, 8, 9, 10, 9.3, 10, 7, 8, 7, 8]
REVIEWED = [30, 28, 33, 29, 31, 27, 32, 30, 28, 31, 29, 33, 30, 12]
FALLS = [9, 11, 8, 10, 9, 12, 8, 11, 9, 10, 8, 11, 9, 40]


def parts(values, size, **options):
    """Counts out of denominators that take turns at being a tenth larger."""
    sizes = [round(size * (1 + 0.1 * (place % 2))) for place in range(len(values))]
    return spc(at(values, n=sizes), numerator="y", denominator="n", date="date", **options)


WARDS = pd.concat([at(CALM, ward="Ash"), at(HIGH, ward="Birch")])
SUBGROUPS = pd.concat([at([value + extra for value in CALM[:14]]) for extra in (-1, 0, 2)])

TRUTH = {
    "two wards": (
        spc(WARDS, value="y", date="date", by="ward", improvement="decrease", target=15),
        {},
        "Falls, Ash: 9 in July 2023. This is usual variation: there is no sign of change from the mean of "
        "10.6. The target of 15 or less was met in each of the last 16 months, though it lies within the "
        "limits, 4.77 to 16.5, so that it may yet be missed by chance. This rests on 16 months, from April "
        "2022 to July 2023; a change too small or too new for the rules may still be there.\n"
        "Falls, Birch: 20 in August 2023. This is a sign of concern: the value is above the upper limit of "
        "18.5. The target of 15 or less may be met or missed by chance, month by month: it lies within the "
        "limits, 3.86 to 18.5. It was met in 11 of the last 12 months. This rests on 17 months, from April "
        "2022 to August 2023.",
        "2 small XmR control charts of Falls, value by month, April 2022 to August 2023. Concern: Birch. "
        "Usual variation: 1 chart.",
    ),
    "a run chart, usual": (
        one(CALM, chart="run"),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the median of 10.5."
        " No target is set. This rests on 16 months, from April 2022 to July 2023; a change too small or too"
        " new for the rules may still be there.",
        "Run chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, median 10.5. Usual "
        "variation: no sign of change.",
    ),
    "a run chart with a shift and a target": (
        one(SHIFT_UP, chart="run", target=12),
        {},
        "Falls: 15 in August 2023. This is a sign of improvement: 7 months in a row, since February 2023, "
        "are above the median of 12 (a shift). The target of 12 or more cannot be judged: the chart has no "
        "limits. It was met in 9 of the last 12 months. This rests on 17 months, from April 2022 to August "
        "2023.",
        "Run chart of Falls, value by month, April 2022 to August 2023. From 9 to 16, median 12. "
        "Improvement: signal of higher values (shift since February 2023).",
    ),
    "moving ranges": (
        one(HIGH, chart="mr", improvement="decrease"),
        {},
        "Falls: a change of 11 from the month before, in August 2023. This is a sign of concern: the change "
        "is above the upper limit of 8.98. No target is set. This rests on 16 months, from April 2022 to "
        "August 2023.",
        "Moving range control chart of Falls, value, change from point to point by month, April 2022 to "
        "August 2023. From 1 to 11, mean 2.75, limits 0 to 8.98. Concern: signal of higher values (outside "
        "the limits).",
    ),
    "averages of subgroups": (
        spc(SUBGROUPS, value="y", date="date", chart="xbar", target=8),
        {"unit": "days"},
        "Falls: an average of 11.3 days in May 2023. This is usual variation: there is no sign of change "
        "from the mean of 11.0 days. The target of 8 days or more was met in each of the last 14 months, "
        "though it lies within the limits, 7.99 to 14.0 days, so that it may yet be missed by chance. This "
        "rests on 14 months, from April 2022 to May 2023; a change too small or too new for the rules may "
        "still be there.",
        "X-bar control chart of Falls, days by month, April 2022 to May 2023. From 9.33 to 13.3 days, mean "
        "11.0 days, limits 7.99 to 14.0 days. Usual variation: no sign of change. Target of 8 days or more "
        "met in each of the last 14 months.",
    ),
    "spreads of subgroups": (
        spc(SUBGROUPS, value="y", date="date", chart="s", improvement="decrease"),
        {"unit": "days"},
        "Falls: a spread (standard deviation) of 1.53 days within the month, in May 2023. This is usual "
        "variation: there is no sign of change from the mean of 1.53 days. No target is set. This rests on "
        "14 months, from April 2022 to May 2023; a change too small or too new for the rules may still be "
        "there.",
        "S control chart of Falls, days, standard deviation by month, April 2022 to May 2023. Always 1.53 "
        "days, mean 1.53 days, limits 0 to 3.92 days. Usual variation: no sign of change.",
    ),
    "a p chart": (
        parts(REVIEWED, 40, chart="p", per=100, target=80),
        {"title": "Care plans reviewed"},
        "Care plans reviewed: 27.3% in May 2023. This is a sign of concern: the value is below the lower "
        "limit of 47.5%. The target of 80.0% or more was missed in each of the last 7 months, though it "
        "lies within the limits, 47.5% to 89.5%, so that it may yet be met by chance. This rests on 14 "
        "months, from April 2022 to May 2023.",
        "P control chart of Care plans reviewed, percentage by month, April 2022 to May 2023. From 27.3% to"
        " 82.5%; now mean 68.5%, limits 47.5% to 89.5%. Concern: signal of lower values (outside the "
        "limits). Target of 80.0% or more missed in each of the last 7 months.",
    ),
    "a u chart": (
        parts(FALLS, 1000, chart="u", per=1000, improvement="decrease"),
        {},
        "Falls: 36.4 per 1,000 in May 2023. This is a sign of concern: the value is above the upper limit of"
        " 20.8. No target is set. This rests on 14 months, from April 2022 to May 2023.",
        "U control chart of Falls, rate per 1,000 by month, April 2022 to May 2023. From 8.00 to 36.4; now "
        "mean 11.2, limits 1.64 to 20.8. Concern: signal of higher values (outside the limits).",
    ),
    "a c chart": (
        one(HIGH, chart="c", improvement="decrease", target=30),
        {"unit": "count"},
        "Falls: 20 in August 2023. This is usual variation: there is no sign of change from the mean of "
        "11.2. The target of 30 or less will be met if nothing changes: even the upper limit, 21.2, meets "
        "it. It was met in each of the last 12 months. This rests on 17 months, from April 2022 to August "
        "2023; a change too small or too new for the rules may still be there.",
        "C control chart of Falls, count by month, April 2022 to August 2023. From 9 to 20, mean 11.2, "
        "limits 1.15 to 21.2. Usual variation: no sign of change. Target of 30 or less will be met if "
        "nothing changes.",
    ),
    "cases between events, a long gap": (
        one(GAPS, chart="g", start="2022-04-05", freq="40D"),
        {"title": "Wrong-site blocks", "unit": "count"},
        "Wrong-site blocks: 400 cases between the last two events, the latest on 7 September 2023. This is a"
        " sign of improvement: the gap is above the upper limit of 232. Longer gaps mean rarer events. No "
        "target is set. This rests on 14 gaps, from 5 April 2022 to 7 September 2023.",
        "G control chart of Wrong-site blocks, cases between events, 5 April 2022 to 7 September 2023. From "
        "8 to 400, centre line 40.0, limits 0 to 232. Improvement: signal of higher values (outside the "
        "limits).",
    ),
    "days between events, a long gap": (
        one(GAPS, chart="t", start="2022-04-05", freq="40D", target=10),
        {"title": "Serious falls", "unit": "days"},
        "Serious falls: 400 days between the last two events, the latest on 7 September 2023. This is a "
        "sign of improvement: the gap is above the upper limit of 338 days. Longer gaps mean rarer events. "
        "The target of 10 days or more was met in each of the last 8 gaps, though it lies within the "
        "limits, 0.04 to 338 days, so that it may yet be missed by chance. This rests on 14 gaps, from 5 "
        "April 2022 to 7 September 2023.",
        "T control chart of Serious falls, days between events, 5 April 2022 to 7 September 2023. From 8 to"
        " 400 days, centre line 36.9 days, limits 0.04 to 338 days. Improvement: signal of higher values "
        "(outside the limits). Target of 10 days or more met in each of the last 8 gaps.",
    ),
    "days between events, short gaps": (
        one(SHORT_GAPS, chart="t", start="2020-01-05", freq="30D"),
        {"title": "Serious falls", "unit": "days"},
        "Serious falls: 5 days between the last two events, the latest on 29 April 2021. This is a sign of "
        "concern: the gap is below the lower limit of 8.91 days, and 7 gaps in a row, since 31 October 2020,"
        " are below the centre line of 28.3 days (a shift). Shorter gaps mean more frequent events. No "
        "target is set. This rests on 17 gaps, from 5 January 2020 to 29 April 2021.",
        "T control chart of Serious falls, days between events, 5 January 2020 to 29 April 2021. From 5 to "
        "75 days, centre line 28.3 days, limits 8.91 to 67.9 days. Concern: signal of lower values (outside "
        "the limits, shift since 31 October 2020).",
    ),
    "a gap that has not ended": (
        one(LAST_OPEN, chart="t", start="2020-01-05", freq="45D", target=1),
        {"title": "Serious falls", "unit": "days", "provisional": True},
        "Serious falls: 33 days since the last event, up to 28 June 2021. This gap has not ended and can "
        "only grow. This is usual variation: there is no sign of change from the centre line of 55.4 days. "
        "The target of 1 day or more will be met if nothing changes: even the lower limit, 23.5 days, meets"
        " it. It was met in each of the last 12 gaps. This rests on 13 gaps, from 5 January 2020 to 28 June"
        " 2021; a change too small or too new for the rules may still be there.",
        "T control chart of Serious falls, days between events, 5 January 2020 to 28 June 2021. From 33 to "
        "75 days, centre line 55.4 days, limits 23.5 to 111 days. Usual variation: no sign of change. Target"
        " of 1 day or more will be met if nothing changes. The last point is provisional.",
    ),
    "a gap that has not ended, untitled": (
        one(LAST_OPEN, chart="t", start="2020-01-05", freq="45D"),
        {"title": None, "unit": "days", "provisional": True},
        "It is 33 days since the last event, up to 28 June 2021. This gap has not ended and can only grow. "
        "This is usual variation: there is no sign of change from the centre line of 55.4 days. No target is"
        " set. This rests on 13 gaps, from 5 January 2020 to 28 June 2021; a change too small or too new for"
        " the rules may still be there.",
        "T control chart: days between events, 5 January 2020 to 28 June 2021. From 33 to 75 days, centre "
        "line 55.4 days, limits 23.5 to 111 days. Usual variation: no sign of change. The last point is "
        "provisional.",
    ),
    "gaps without unit or title": (
        one(LAST_OPEN, chart="t", start="2020-01-05", freq="45D"),
        {"title": None},
        "The gap between the last two events is 33, the latest on 28 June 2021. This is usual variation: "
        "there is no sign of change from the centre line of 55.4. No target is set. This rests on 13 gaps, "
        "from 5 January 2020 to 28 June 2021; a change too small or too new for the rules may still be "
        "there.",
        "T control chart: time between events, 5 January 2020 to 28 June 2021. From 33 to 75, centre line "
        "55.4, limits 23.5 to 111. Usual variation: no sign of change.",
    ),
    "a run too long and crossings too few": (
        one(TWO_LEVELS, profile="anhoej", chart="run"),
        {},
        "Falls: 12 in January 2024. This is a sign of improvement: 11 months in a row are on one side of the"
        " median of 10.5, where chance allows 7, and values cross it only once, where chance gives at least "
        "7 crossings. No target is set. This rests on 22 months, from April 2022 to January 2024.",
        "Run chart of Falls, value by month, April 2022 to January 2024. From 7 to 14, median 10.5. "
        "Improvement: signal of higher values (unusual runs).",
    ),
    "crossings too few": (
        one(SLOW, profile="anhoej", improvement="decrease"),
        {},
        "Falls: 8 in March 2024. This is a sign of improvement: values cross the mean of 8.44 only 5 times, "
        "where chance gives at least 8 crossings. No target is set. This rests on 24 months, from April 2022"
        " to March 2024.",
        "XmR control chart of Falls, value by month, April 2022 to March 2024. From 7 to 10, mean 8.44, "
        "limits 5.55 to 11.3. Improvement: signal of lower values (unusual runs).",
    ),
}
