"""Imports run one way along the flow of the design: tables, analysis, charts and words, notebooks, build, command."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sutg_analysis"

FLOW = {
    "ground": "errors views markdown project newproject",
    "catalogue": """
        quarters columns boardtables registers schemas identifiers identifierchecks databases sources tables snapshots
        rollup referrals boardchecks crosschecks protection worlds disclosure editions catalogue
        governance examplecommand exampleharms examplevoices examplebank example_board example queues
    """,
    "analysis": """
        profiles results limits charttypes dates readings segments rules targets notices verdicts engine spc
        compare stableshift rebase recommend episodes scorecard capacity
        grouping spells clocks standards pathways percentiles listcounts waitinglist survival durations waittimes equity flows demand
        listmodel scenarios listhistory targeting backtest listforecast
        timeline autocorrelation kendall trends regress designs rates interruptions seasons forecasts drifts
        changepoints judgements balancing evidence pdsa triangulation earlywarning intervals harms harmsummary
        experience knowledge
        actions expectations programme sitrep framework dataquality tree
    """,
    "published files": """
        published rtt mhsds sickness importing writtendates writtennumbers sheets choosing
    """,
    "charts and words": """
        artist theme wording icons layout panels telling layers labels svg altaircharts charts words alttext
        funnelwords funnelcharts proposals groupnames waitspecs waitcharts waitwords
        downloads sessions numbers figures sparklines icontable matrix resulttables displays
        curves trendcharts trendwords cyclecharts cyclewords marks changes
    """,
    "notebooks": """
        provenance withheld briefing waittables waitsaid waitlists waitbriefing accessbriefing
        board oversight wards divisions
        plates harmtables safetybriefing harmbriefing cycletables cyclebriefing warningbriefing voicebriefing
        variationbriefing bankbriefing acceptance decisions
    """,
    "files": "filecharts spreadsheets chartpages chartbooks chartfiles",
    "build": """
        fingerprints inventory jobs records freshness seals pages swapping nursery kernels guard runs pools quarto
        listings searching pandoc reference documents site plans buildlog build verification sitefiles sitenames grids mentions exposure audit
    """,
    "papers": "papers worddocs pdfs slides paperbooks exports",
    "command line": """
        options terminal buildcommands datacommands filecommands papercommands projectcommands cli __main__ __init__
    """,
}
ORDER = [module for room in FLOW.values() for module in room.split()]
HEAVY = {
    "catalogue": {"numpy", "pandas", "pandera", "pyarrow"},
    "analysis": {"numpy", "pandas", "scipy", "statsmodels"},
}


def modules() -> list[str]:
    return sorted(path.stem for path in PACKAGE.glob("*.py"))


def imported(module: str) -> set[str]:
    """Every dotted name a module imports, inside functions and for type checking too."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def own_imports(module: str) -> set[str]:
    """The modules of this package that a module imports; the front page counts as ``__init__``."""
    inside = [parts for name in imported(module) if (parts := name.split("."))[0] == "sutg_analysis"]
    return {parts[1] if len(parts) > 1 and parts[1] in ORDER else "__init__" for parts in inside}


def test_every_module_has_a_place_in_the_flow():
    assert [module for module in modules() if module not in ORDER] == []


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_stands_before_it(module):
    before = set(ORDER[: ORDER.index(module)])

    result = own_imports(module) - before

    assert result == set(), f"{module} imports {sorted(result)}, which stand after it in the flow"


@pytest.mark.parametrize("room", sorted(HEAVY))
def test_a_room_uses_only_the_libraries_it_may(room):
    every = {
        "numpy",
        "pandas",
        "scipy",
        "statsmodels",
        "pandera",
        "pyarrow",
        "altair",
        "papermill",
        "nbformat",
        "jinja2",
    }
    used = {
        name.split(".")[0]
        for module in FLOW[room].split()
        if module in modules()
        for name in imported(module)
    }

    result = (used & every) - HEAVY[room]

    assert result == set()
