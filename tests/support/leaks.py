"""Small projects with hidden counts, which a site may be made to tell."""

import shutil

import numpy as np
import pandas as pd

from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.project import shipped

HEAD = "measure_id,unit_id,period,numerator,denominator"


def written(root, *, profile, observations, units, measures=None, **others):
    """Write a project of one measure or more."""
    folder = root / "data"
    folder.mkdir(parents=True, exist_ok=True)
    head = ",".join(column.name for column in TABLES["measures"].columns[:12])
    rows = measures or [f"falls,Falls,Safety,xmr,count,decrease,,,,,,{profile}"]
    tables = {
        "measures": [head, *rows],
        "units": ["unit_id,name,kind,parent_id", *units],
        "observations": [HEAD, *observations],
        **others,
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


UNITS = ["trust,Trust,trust,", "a,Ward A,ward,trust", "b,Ward B,ward,trust", "c,Ward C,ward,trust"]
ROWS = [f"falls,{unit},2023-07-01,{count}," for unit, count in (("a", 12), ("b", 12), ("c", 4))]

MEASURES = [
    "falls,Falls,Safety,xmr,count,decrease,,,,,,mhsds",
    "calls,Calls,Safety,xmr,count,decrease,,,,,,none",
]
JULY = "2023-07-01"


def four_falls(root):
    """A site of one hidden count: four falls of Ward C in July 2023."""
    rows = [*ROWS, "falls,c,2023-06-01,12,", "calls,c,2023-07-01,4,"]
    written(root, profile="", observations=rows, units=UNITS, measures=MEASURES)
    (root / "_site/files/measure-falls").mkdir(parents=True)
    return root


FOUR = [["falls, c", pd.Timestamp(JULY), 4, "shown"]]


def small_project(root, profile, *, seed):
    """A random project of two levels, three measures and every table of records, with the shipped notebooks."""
    rng = np.random.default_rng(seed)
    home = shipped()
    shutil.copytree(home / "notebooks", root / "notebooks")
    shutil.copytree(home / "reports", root / "reports", ignore=shutil.ignore_patterns("20*"))
    shutil.copy(home / "_quarto.yml", root)
    wards = ["a1", "a2", "b1"]
    units = ["trust,Trust,trust,", "a,Side A,directorate,trust", "b,Side B,directorate,trust"]
    units += [f"{ward},Ward {ward.upper()},ward,{ward[0]}" for ward in wards]
    months = [f"2023-{month:02d}-01" for month in range(1, 13)]
    rows = []
    for ward in wards:
        for month in months:
            asked = rng.poisson(rng.choice([3, 8, 40]))
            rows.append(f"falls,{ward},{month},{rng.poisson(4)},")
            rows.append(f"seen,{ward},{month},{rng.binomial(asked, 0.8)},{asked}")
            rows.append(f"harm,{ward},{month},{rng.poisson(2)},{rng.poisson(400)}")
    days = pd.date_range("2023-01-01", "2023-12-31").strftime("%Y-%m-%d").to_numpy()
    answers = "very_good,good,neither,poor,very_poor,dont_know"
    return written(
        root,
        profile=profile,
        observations=rows,
        units=units,
        measures=[
            f"falls,Falls,Safety,xmr,count,decrease,,,,,,{profile}",
            f"seen,Seen in time,Access,p,percent,increase,90,100,,,,{profile}",
            f"harm,Harm,Safety,u,rate,decrease,,1000,,,,{profile}",
        ],
        incidents=[
            "date,ward,harm,level",
            *(f"{rng.choice(days)},{rng.choice(wards)},falls,low" for _ in range(20)),
        ],
        feedback=[
            f"period,unit_id,group,group_kind,{answers}",
            *(
                f"{month},{ward},Adults,age,{','.join(map(str, rng.poisson(4, 6)))}"
                for month in months[::3]
                for ward in wards
            ),
        ],
        caseload=["unit_id,group,group_kind,people", *(f"{ward},Adults,age,3" for ward in wards)],
        comments=[
            "period,unit_id,theme,sentiment,quote,consent,response",
            "2023-08-01,a1,Food,negative,The soup was cold on Tuesday,no,New menus",
            "2023-08-01,a1,Food,positive,What a lovely breakfast that was,yes,",
        ],
        pathways=[
            "referral_id,service,referred,seen,closed,outcome,age_band,ethnicity,imd_quintile",
            *(f"r{number},a1,{day},,,,Adult,White,3" for number, day in enumerate(rng.choice(days, 30))),
        ],
    )
