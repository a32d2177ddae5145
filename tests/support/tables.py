"""A small project of two measures, one ward and a trust, which a test may break before it is written."""

import copy
from pathlib import Path

import pandas as pd

MONTHS = [f"{year}-{month:02d}-01" for year in (2022, 2023) for month in range(1, 13)][:21]
FALLS = [4, 6, 5, 7, 5, 6, 4, 8, 5, 6, 7, 5, 6, 4, 5, 6, 7, 5, 6, 5, 4]
SEEN = [80, 82, 79, 85, 81, 78, 84, 80, 83, 79, 82, 81, 80, 84, 78, 82, 83, 80, 81, 79, 82]

TABLES = {
    "measures": [
        "measure_id,title,priority,chart,unit,improvement,target,per,owner,definition,source,suppress",
        "falls,Falls,High standards,xmr,count,decrease,6,,Chief nurse,Falls reported,Incident log,",
        "seen,Seen in time,Access,xmr,percent,increase,,100,Chief operating officer,Seen in 18 weeks,List,",
    ],
    "units": ["unit_id,name,kind,parent_id", "trust,Example trust,trust,", "ward-a,Ward A,ward,trust"],
    "observations": [
        "measure_id,unit_id,period,numerator,denominator",
        *(f"falls,ward-a,{month},{falls}," for month, falls in zip(MONTHS, FALLS, strict=True)),
        *(f"seen,ward-a,{month},{seen},100" for month, seen in zip(MONTHS, SEEN, strict=True)),
    ],
    "targets": [
        "measure_id,unit_id,start,end,target",
        "seen,,2022-01-01,2022-12-31,75",
        "seen,,2023-01-01,,80",
    ],
    "events": [
        "measure_id,unit_id,date,kind,label,reason,author",
        "falls,ward-a,2022-06-01,note,New beds,,",
        "seen,,2023-01-01,rebase,New clinic,Capacity doubled,Service manager",
    ],
}


class Tables:
    """The tables of a project, as lines that a test may break before they are written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines = copy.deepcopy(TABLES)

    def write(self) -> Path:
        folder = self.root / "data"
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in self.lines.items():
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.root

    def frame(self, name: str) -> pd.DataFrame:
        header, *rows = [line.split(",") for line in self.lines[name]]
        return pd.DataFrame(rows, columns=header)
