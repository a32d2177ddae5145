"""An attacker of the gate and of a whole site who knows the program: what he can tell is what is shown.

Whatever two sets of raw tables look the same behind the gate must give the same site, file by file: then no coordinate,
limit, digest or word of it tells more than the gate lets through. What the gate lets through is attacked by trying every
table that could stand behind it.
"""

import itertools
import json
import re
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sutg_analysis.catalogue.disclosure import shielded
from sutg_analysis.project import shipped
from sutg_analysis.publish.build import build

RULES = {"mhsds": (0, 4, 5), "hes": (1, 7, 5), "fft": (1, 4, 1)}
TREES = {
    "two wards": ([-1, 0, 0], 20),
    "three wards": ([-1, 0, 0, 0], 17),
    "a side of two wards, and a ward": ([-1, 0, 0, 1, 1], 14),
}
MONTHS = [f"2023-{month:02d}-01" for month in range(1, 8)]
WARDS = ("a1", "a2", "b1")
PAGES = ("board_report", "measure-m0", "data_quality", "variation")
MADE = re.compile(
    r'20\d\d-\d\d-\d\dT[\d:.]+(?:\+00:00|Z)?|"duration": [\d.e-]+|"outputs": \{\n[^{}]*\}|[0-9a-f]{10}(?:-clip\d+)?|"id": "[0-9a-f]{8}"'
)
"""What tells of the run and not of the data: times, digests of files that hold them, ids of cells and drawings."""


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("rule", RULES)
def test_whoever_tries_every_table_finds_no_hidden_count_of_a_total_that_is_shown(rule, tree):
    parents, most = TREES[tree]
    leaves = [unit for unit in range(len(parents)) if unit not in parents]
    tables = np.array(list(itertools.product(range(most + 1), repeat=len(leaves))), dtype=float)
    ids, names = [f"u{unit}" for unit in range(len(parents))], [f"m{table}" for table in range(len(tables))]
    rows = pd.DataFrame(
        {"measure_id": np.repeat(names, len(leaves)), "unit_id": [ids[u] for u in leaves] * len(names)}
    )
    rows = rows.assign(period=pd.Timestamp("2023-01-01"), numerator=tables.ravel(), denominator=np.nan)
    units = pd.DataFrame({"unit_id": ids, "parent_id": [None if up < 0 else ids[up] for up in parents]})
    measures = pd.DataFrame({"measure_id": names, "unit": "count", "chart": "xmr", "per": 1.0})

    shown = pd.concat(shielded(rows, units, measures, profiles=dict.fromkeys(names, rule)))

    numbers = shown.set_index(["measure_id", "unit_id"])["numerator"]
    table = numbers.loc[list(itertools.product(names, ids))].to_numpy().reshape(len(names), len(ids))
    _, alike = np.unique(np.nan_to_num(table, nan=-1), axis=0, return_inverse=True)
    alike = alike.ravel()
    groups = pd.DataFrame(tables).groupby(alike)
    one_value = (groups.max() == groups.min()).to_numpy()[alike]
    low, high, base = RULES[rule]
    complete = table[:, 0] + base // 2 <= most
    small = (tables >= low) & (tables <= high) & complete[:, None]
    assert not (small & ~np.isnan(table[:, leaves])).any()
    assert not (small & one_value & (tables > 0)).any()


@st.composite
def projects(draw):
    """The lines of a project's tables: wards that start late and close early, gaps, and a parent with rows of its own."""
    rule = draw(st.sampled_from(sorted(RULES)))
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    charts = draw(
        st.permutations(
            [("xmr", "count", ""), ("p", "percent", "100"), ("u", "rate", "1000"), ("c", "count", "")]
        )
    )
    rows, measures = ["measure_id,unit_id,period,numerator,denominator"], []
    for number, (chart, unit, per) in enumerate(charts[:2]):
        measures.append(f"m{number},Measure {number},Safety,{chart},{unit},decrease,,{per},,,,{rule}")
        for ward in WARDS:
            for month in MONTHS[seed.choice([0, 0, 2]) : len(MONTHS) - seed.choice([0, 0, 1])]:
                below = seed.poisson(9) if unit == "percent" else seed.poisson(60) + 1
                above = seed.binomial(below, 0.6) if unit == "percent" else seed.poisson(5)
                rows.append(f"m{number},{ward},{month},{above},{below if per else ''}")
    return rule, rows, measures, int(seed.integers(2**31))


def written(root, measures, rows):
    root.mkdir()
    home = shipped()
    shutil.copytree(home / "notebooks", root / "notebooks")
    shutil.copytree(home / "reports", root / "reports", ignore=shutil.ignore_patterns("20*"))
    shutil.copy(home / "_quarto.yml", root)
    head = "measure_id,title,priority,chart,unit,improvement,target,per,owner,definition,source,suppress"
    units = [
        "unit_id,name,kind,parent_id",
        "trust,Trust,trust,",
        "a,Side A,directorate,trust",
        "b,Side B,directorate,trust",
    ]
    units += [f"{ward},Ward {ward},ward,{ward[0]}" for ward in WARDS]
    events = ["measure_id,unit_id,date,kind,label,reason,author", "m0,,2023-03-01,rebase,New,Reason,Manager"]
    tables = {"measures": [head, *measures], "units": units, "observations": rows, "events": events}
    (root / "data").mkdir()
    for name, lines in tables.items():
        (root / f"data/{name}.csv").write_text("\n".join(lines) + "\n")
    return root


def disguised(root, *, seed):
    """Change raw counts of a project wherever what is shown of the month stays the same; say how many were changed."""
    from sutg_analysis.catalogue.load import load

    file = root / "data/observations.csv"
    before, rng, changed = load(root), np.random.default_rng(seed), 0
    kept = pd.read_csv(file, dtype={"numerator": "Int64", "denominator": "Int64"})
    for _ in range(4):
        trial = kept.copy()
        picked = (
            trial.sample(frac=1, random_state=rng.integers(2**31))
            .groupby(["measure_id", "period"])
            .head(2)
            .index
        )
        moved = (trial.loc[picked, "numerator"] + rng.choice([-2, -1, 1, 2], len(picked))).clip(lower=0)
        trial.loc[picked, "numerator"] = moved.where(
            ~(moved > trial.loc[picked, "denominator"]).fillna(False), kept.loc[picked, "numerator"]
        )
        trial.to_csv(file, index=False)
        after = load(root)
        months = [
            pd.MultiIndex.from_frame(was.loc[~same(was, now), ["measure_id", "period"]])
            for was, now in ((before.observations, after.observations), (before.sums, after.sums))
        ]
        told = months[0].append(months[1])
        when = pd.MultiIndex.from_arrays([trial["measure_id"], pd.to_datetime(trial["period"])])
        trial.loc[when.isin(told), "numerator"] = kept.loc[when.isin(told), "numerator"]
        changed += int((trial["numerator"] != kept["numerator"]).sum())
        kept = trial
    kept.to_csv(file, index=False)
    return changed


def same(was, now):
    numbers = (was[name].fillna(-1).eq(now[name].fillna(-1)) for name in ("numerator", "denominator"))
    return next(numbers) & next(numbers) & was["status"].fillna("").eq(now["status"].fillna(""))


def files(root):
    """Every file of a site and its kept reports, without what tells of the run alone."""
    for folder in ("_site", "reports"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".xlsx", ".docx"):
                book = zipfile.ZipFile(path)
                text = json.dumps(
                    {name: book.read(name).decode("latin-1") for name in sorted(book.namelist())}
                )
            elif path.is_file():
                text = path.read_bytes().decode("latin-1")
            else:
                continue
            yield path.relative_to(root).as_posix(), MADE.sub("", text).replace(str(root), "")


@pytest.mark.kernel
@given(drawn=projects())
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_sites_of_tables_that_look_alike_behind_the_gate_are_alike_in_every_file(
    tmp_path_factory, warm, drawn
):
    _, rows, measures, seed = drawn
    place = tmp_path_factory.mktemp("attack")
    one, other = (warm(written(place / name, measures, rows)) for name in ("one", "two"))

    assert disguised(other, seed=seed) > 0
    for root in (one, other):
        for quarter, pages in (("2023-24-q1", ("measure-m0",)), (None, PAGES)):
            built = build(root, quarter=quarter, reports=pages, renderer="pandoc")
            assert [(outcome.job.slug, outcome.error) for outcome in built.failed] == []

    found, expected = dict(files(other)), dict(files(one))
    assert sorted(found) == sorted(expected)
    assert [name for name, text in found.items() if text != expected[name]] == []
