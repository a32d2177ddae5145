"""Results of all rules, directions and targets: options, the sentences they must give, the alternative text."""

from dataclasses import replace
from math import nan

from sutg_analysis.control.profiles import MDC
from tests.support.series import CALM, HIGH, LOW, SHIFT_DOWN, SHIFT_UP, one

TREND_UP = [14, 10, 15, 11, 14, 10, 15, 11, 14, 9, 10, 11, 12, 13, 14, 15]
TREND_DOWN = [25 - value for value in TREND_UP]
RISING_BELOW = [16, 18, 15, 17, 16, 18, 15, 17, 16, 4, 5, 6, 7, 8, 9, 10]
BOTH_WAYS = [16, 18, 15, 17, 16, 18, 15, 17, 16, 18, 4, 5, 6, 7, 8, 9, 10]
NEAR_HIGH, NEAR_LOW = [*CALM[:-1], 12, 16.5, 12, 16.5], [*CALM[:-1], 4.5, 10, 4.6]
THREE_NEAR = [*CALM[:-2], 12, 16.2, 16.3, 16.4]
SAW = [8, 12] * 8

TRUTH = {
    "usual variation, no target": (
        one(CALM),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.6. "
        "No target is set. This rests on 16 months, from April 2022 to July 2023; a change too small or too "
        "new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, "
        "limits 4.77 to 16.5. Usual variation: no sign of change.",
    ),
    "a shift up where up is good": (
        one(SHIFT_UP),
        {},
        "Falls: 15 in August 2023. This is a sign of improvement: 7 months in a row, since February 2023, "
        "are above the mean of 12.4 (a shift). No target is set. This rests on 17 months, from April 2022 to"
        " August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 9 to 16, mean 12.4, "
        "limits 7.20 to 17.5. Improvement: signal of higher values (shift since February 2023).",
    ),
    "a shift up where down is good": (
        one(SHIFT_UP, improvement="decrease"),
        {},
        "Falls: 15 in August 2023. This is a sign of concern: 7 months in a row, since February 2023, are "
        "above the mean of 12.4 (a shift). No target is set. This rests on 17 months, from April 2022 to "
        "August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 9 to 16, mean 12.4, "
        "limits 7.20 to 17.5. Concern: signal of higher values (shift since February 2023).",
    ),
    "a shift down where down is good": (
        one(SHIFT_DOWN, improvement="decrease"),
        {},
        "Falls: 10 in August 2023. This is a sign of improvement: 7 months in a row, since February 2023, "
        "are below the mean of 12.6 (a shift). No target is set. This rests on 17 months, from April 2022 to"
        " August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 9 to 16, mean 12.6, "
        "limits 7.49 to 17.8. Improvement: signal of lower values (shift since February 2023).",
    ),
    "a shift down where up is good": (
        one(SHIFT_DOWN),
        {},
        "Falls: 10 in August 2023. This is a sign of concern: 7 months in a row, since February 2023, are "
        "below the mean of 12.6 (a shift). No target is set. This rests on 17 months, from April 2022 to "
        "August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 9 to 16, mean 12.6, "
        "limits 7.49 to 17.8. Concern: signal of lower values (shift since February 2023).",
    ),
    "a shift up on a neutral measure": (
        one(SHIFT_UP, improvement="neutral"),
        {},
        "Falls: 15 in August 2023. This is a sign of change, neither better nor worse: 7 months in a row, "
        "since February 2023, are above the mean of 12.4 (a shift). No target is set. This rests on 17 "
        "months, from April 2022 to August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 9 to 16, mean 12.4, "
        "limits 7.20 to 17.5. Change: signal of higher values (shift since February 2023).",
    ),
    "a rising trend where up is good": (
        one(TREND_UP),
        {},
        "Falls: 15 in July 2023. This is a sign of improvement: values have risen without a break over 7 "
        "months, since January 2023 (a trend). No target is set. This rests on 16 months, from April 2022 to"
        " July 2023.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 15, mean 12.4, "
        "limits 4.75 to 20.0. Improvement: signal of higher values (trend since January 2023).",
    ),
    "a falling trend where up is good": (
        one(TREND_DOWN),
        {},
        "Falls: 10 in July 2023. This is a sign of concern: values have fallen without a break over 7 "
        "months, since January 2023 (a trend). No target is set. This rests on 16 months, from April 2022 to"
        " July 2023.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 10 to 16, mean 12.6, "
        "limits 5.00 to 20.3. Concern: signal of lower values (trend since January 2023).",
    ),
    "a rising trend still below the mean": (
        one(RISING_BELOW, profile=replace(MDC, shift=0, two_of_three="off")),
        {},
        "Falls: 10 in July 2023. This is a sign of improvement: values have risen without a break over 7 "
        "months, since January 2023 (a trend), though the latest value is still below the mean of 12.3. No "
        "target is set. This rests on 16 months, from April 2022 to July 2023.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 4 to 18, mean 12.3, "
        "limits 6.28 to 18.3. Improvement: signal of higher values (trend since January 2023).",
    ),
    "above the upper limit where up is good": (
        one(HIGH),
        {},
        "Falls: 20 in August 2023. This is a sign of improvement: the value is above the upper limit of "
        "18.5. No target is set. This rests on 17 months, from April 2022 to August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 9 to 20, mean 11.2, "
        "limits 3.86 to 18.5. Improvement: signal of higher values (outside the limits).",
    ),
    "above the upper limit where down is good": (
        one(HIGH, improvement="decrease"),
        {},
        "Falls: 20 in August 2023. This is a sign of concern: the value is above the upper limit of 18.5. No"
        " target is set. This rests on 17 months, from April 2022 to August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 9 to 20, mean 11.2, "
        "limits 3.86 to 18.5. Concern: signal of higher values (outside the limits).",
    ),
    "below the lower limit where up is good": (
        one(LOW),
        {},
        "Falls: 1 in August 2023. This is a sign of concern: the value is below the lower limit of 3.24. No "
        "target is set. This rests on 17 months, from April 2022 to August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 1 to 13, mean 10.1, "
        "limits 3.24 to 16.9. Concern: signal of lower values (outside the limits).",
    ),
    "below the lower limit where down is good": (
        one(LOW, improvement="decrease"),
        {},
        "Falls: 1 in August 2023. This is a sign of improvement: the value is below the lower limit of 3.24."
        " No target is set. This rests on 17 months, from April 2022 to August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 1 to 13, mean 10.1, "
        "limits 3.24 to 16.9. Improvement: signal of lower values (outside the limits).",
    ),
    "below the lower limit on a neutral measure": (
        one(LOW, improvement="neutral"),
        {},
        "Falls: 1 in August 2023. This is a sign of change, neither better nor worse: the value is below the"
        " lower limit of 3.24. No target is set. This rests on 17 months, from April 2022 to August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 1 to 13, mean 10.1, "
        "limits 3.24 to 16.9. Change: signal of lower values (outside the limits).",
    ),
    "two of three near the upper limit": (
        one(NEAR_HIGH),
        {},
        "Falls: 16.5 in October 2023. This is a sign of improvement: 2 of the last 3 months are close to the"
        " upper limit of 17.9. No target is set. This rests on 19 months, from April 2022 to October 2023.",
        "XmR control chart of Falls, value by month, April 2022 to October 2023. From 9 to 16.5, mean 11.5, "
        "limits 5.05 to 17.9. Improvement: signal of higher values (2 of 3 near a limit).",
    ),
    "two of three near the lower limit": (
        one(NEAR_LOW),
        {},
        "Falls: 4.60 in September 2023. This is a sign of concern: 2 of the last 3 months are close to the "
        "lower limit of 2.43. No target is set. This rests on 18 months, from April 2022 to September 2023.",
        "XmR control chart of Falls, value by month, April 2022 to September 2023. From 4.50 to 13, mean "
        "10.0, limits 2.43 to 17.6. Concern: signal of lower values (2 of 3 near a limit).",
    ),
    "three of three near the upper limit": (
        one(THREE_NEAR, improvement="decrease"),
        {},
        "Falls: 16.4 in September 2023. This is a sign of concern: the last 3 months are all close to the "
        "upper limit of 17.0. No target is set. This rests on 18 months, from April 2022 to September 2023.",
        "XmR control chart of Falls, value by month, April 2022 to September 2023. From 9 to 16.4, mean "
        "11.7, limits 6.28 to 17.0. Concern: signal of higher values (2 of 3 near a limit).",
    ),
    "two rules at once": (
        one(SHIFT_UP, baseline=10),
        {},
        "Falls: 15 in August 2023. This is a sign of improvement: 2 of the last 3 months are close to the "
        "upper limit of 16.9, and 7 months in a row, since February 2023, are above the mean of 10.7 (a "
        "shift). No target is set. This rests on 17 months, from April 2022 to August 2023. The limits are "
        "provisional, because 10 points (fewer than 12) made them.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 9 to 16, mean 10.7, "
        "limits 4.49 to 16.9. Improvement: signal of higher values (2 of 3 near a limit, shift since "
        "February 2023).",
    ),
    "a conflict that counts as concern": (
        one(BOTH_WAYS),
        {},
        "Falls: 10 in August 2023. This is a sign of concern: 7 months in a row, since February 2023, are "
        "below the mean of 12.6 (a shift). There is also a sign of improvement: values have risen without a "
        "break over 7 months, since February 2023 (a trend). Where the two conflict, it counts as concern. "
        "No target is set. This rests on 17 months, from April 2022 to August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 4 to 18, mean 12.6, "
        "limits 6.33 to 19.0. Concern: signal of lower values (trend since February 2023, shift since "
        "February 2023).",
    ),
    "a conflict that counts as improvement": (
        one(BOTH_WAYS, profile=replace(MDC, conflict="improvement")),
        {},
        "Falls: 10 in August 2023. This is a sign of improvement: values have risen without a break over 7 "
        "months, since February 2023 (a trend). There is also a sign of concern: 7 months in a row, since "
        "February 2023, are below the mean of 12.6 (a shift). Where the two conflict, it counts as "
        "improvement. No target is set. This rests on 17 months, from April 2022 to August 2023.",
        "XmR control chart of Falls, value by month, April 2022 to August 2023. From 4 to 18, mean 12.6, "
        "limits 6.33 to 19.0. Improvement: signal of higher values (trend since February 2023, shift since "
        "February 2023).",
    ),
    "too few points": (
        one(CALM[:5]),
        {},
        "Falls: 10 in August 2022. 5 points are too few to tell change from usual variation; 13 are needed. "
        "No target is set. This rests on 5 months, from April 2022 to August 2022. The limits are "
        "provisional, because 5 points (fewer than 12) made them.",
        "XmR control chart of Falls, value by month, April 2022 to August 2022. From 9 to 12, mean 10.4, "
        "limits 5.08 to 15.7. Too few points to tell.",
    ),
    "one point": (
        one([12], target=10),
        {},
        "Falls: 12 in April 2022. 1 point is too few to tell change from usual variation; 13 are needed. "
        "The target of 10 or more cannot be judged: there are too few points. It was met in the one month "
        "that can be held against it. This rests on 1 month, April 2022. There are no limits: they need two"
        " values that follow each other.",
        "XmR control chart of Falls, value by month, April 2022. Always 12, mean 12. Too few points to tell.",
    ),
    "no value at all": (
        one([nan] * 4, target=10),
        {},
        "Falls: no value yet. The target of 10 or more cannot be judged: there is no value yet. 4 values are"
        " missing.",
        "XmR control chart of Falls, value by month, April 2022 to July 2022. No values yet.",
    ),
    "a target that will be met, up is good": (
        one(CALM, target=4),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.6. "
        "The target of 4 or more will be met if nothing changes: even the lower limit, 4.77, meets it. It "
        "was met in each of the last 12 months. This rests on 16 months, from April 2022 to July 2023; a "
        "change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, "
        "limits 4.77 to 16.5. Usual variation: no sign of change. Target of 4 or more will be met if nothing"
        " changes.",
    ),
    "a target that will be missed, up is good": (
        one(CALM, target=40),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.6. "
        "The target of 40 or more will be missed unless something changes: even the upper limit, 16.5, "
        "falls short of it. It was missed in each of the last 12 months. This rests on 16 months, from "
        "April 2022 to July 2023; a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, "
        "limits 4.77 to 16.5. Usual variation: no sign of change. Target of 40 or more will be missed unless"
        " something changes.",
    ),
    "a target hit or missed, up is good": (
        one(CALM, target=11),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.6. "
        "The target of 11 or more may be met or missed by chance, month by month: it lies within the "
        "limits, 4.77 to 16.5. It was met in 6 of the last 12 months. This rests on 16 months, from April "
        "2022 to July 2023; a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, "
        "limits 4.77 to 16.5. Usual variation: no sign of change. Target of 11 or more may be met or missed "
        "by chance.",
    ),
    "a target that will be met, down is good": (
        one(CALM, target=20, improvement="decrease"),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.6. "
        "The target of 20 or less will be met if nothing changes: even the upper limit, 16.5, meets it. It "
        "was met in each of the last 12 months. This rests on 16 months, from April 2022 to July 2023; a "
        "change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, "
        "limits 4.77 to 16.5. Usual variation: no sign of change. Target of 20 or less will be met if "
        "nothing changes.",
    ),
    "a target that will be missed, down is good": (
        one(CALM, target=2, improvement="decrease"),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.6. "
        "The target of 2 or less will be missed unless something changes: even the lower limit, 4.77, is "
        "above it. It was missed in each of the last 12 months. This rests on 16 months, from April 2022 to"
        " July 2023; a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, "
        "limits 4.77 to 16.5. Usual variation: no sign of change. Target of 2 or less will be missed unless "
        "something changes.",
    ),
    "a target hit or missed, down is good": (
        one(CALM, target=11, improvement="decrease"),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.6. "
        "The target of 11 or less may be met or missed by chance, month by month: it lies within the "
        "limits, 4.77 to 16.5. It was met in 8 of the last 12 months. This rests on 16 months, from April "
        "2022 to July 2023; a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, "
        "limits 4.77 to 16.5. Usual variation: no sign of change. Target of 11 or less may be met or missed "
        "by chance.",
    ),
    "a target equal to the lower limit": (
        one(SAW, target=10 - 2.66 * 4),
        {},
        "Falls: 12 in July 2023. This is usual variation: there is no sign of change from the mean of 10. "
        "The target of −0.64 or more will be met if nothing changes: even the lower limit, −0.64, meets it."
        " It was met in each of the last 12 months. This rests on 16 months, from April 2022 to July 2023; "
        "a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 8 to 12, mean 10, limits "
        "−0.64 to 20.6. Usual variation: no sign of change. Target of −0.64 or more will be met if nothing "
        "changes.",
    ),
    "a target equal to the upper limit": (
        one(SAW, target=10 + 2.66 * 4),
        {},
        "Falls: 12 in July 2023. This is usual variation: there is no sign of change from the mean of 10. "
        "The target of 20.6 or more will be missed unless something changes: even the upper limit, 20.6, "
        "only just reaches it. It was missed in each of the last 12 months. This rests on 16 months, from "
        "April 2022 to July 2023; a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 8 to 12, mean 10, limits "
        "−0.64 to 20.6. Usual variation: no sign of change. Target of 20.6 or more will be missed unless "
        "something changes.",
    ),
    "a target equal to the upper limit in the R package's way": (
        one(SAW, target=10 + 2.66 * 4, profile="nhsr"),
        {},
        "Falls: 12 in July 2023. This is usual variation: there is no sign of change from the mean of 10. "
        "The target of 20.6 or more was missed in each of the last 16 months, though it lies within the "
        "limits, −0.64 to 20.6, so that it may yet be met by chance. This rests on 16 months, from April "
        "2022 to July 2023; a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 8 to 12, mean 10, limits"
        " −0.64 to 20.6. Usual variation: no sign of change. Target of 20.6 or more missed in each of the "
        "last 16 months.",
    ),
    "a target on a neutral measure": (
        one(CALM, target=11, improvement="neutral"),
        {},
        "Falls: 9 in July 2023. This is usual variation: there is no sign of change from the mean of 10.6. "
        "The target of 11 cannot be judged: neither direction is better. This rests on 16 months, from April"
        " 2022 to July 2023; a change too small or too new for the rules may still be there.",
        "XmR control chart of Falls, value by month, April 2022 to July 2023. From 9 to 13, mean 10.6, "
        "limits 4.77 to 16.5. Usual variation: no sign of change.",
    ),
}
