"""Which reports a build runs, and what it refuses before a kernel starts."""

import pytest

from sutg_analysis.catalogue.load import load
from sutg_analysis.catalogue.quarter import Quarter
from sutg_analysis.errors import ArgumentError, SiteError
from sutg_analysis.project import open_project
from sutg_analysis.publish.jobs import check_parameters, plan

Q2 = Quarter.parse("2023-24-q2")


@pytest.fixture
def planned(tables):
    def jobs(reports=None, **options):
        root = tables.write()
        if reports is not None:
            (root / "reports").mkdir(exist_ok=True)
            (root / "reports" / "reports.toml").write_text(reports, encoding="utf-8")
        return plan(open_project(root), load(root), quarter=Q2, **options)

    return jobs


ONE = '[[report]]\nname = "one"\nnotebook = "measure.ipynb"\ntitle = "One"\n'


def test_a_board_report_and_a_page_a_measure_are_planned(planned):
    result = [job.slug for job in planned()]

    assert result == [
        "board_report",
        "unit-trust",
        "unit-ward-a",
        "data_quality",
        "early_warning",
        "variation",
        "measure-falls",
        "measure-seen",
    ]


def test_a_title_is_filled_from_the_row_and_the_quarter(planned):
    assert planned()[-2].title == "Falls, Q2 2023/24"


def test_every_job_knows_its_quarter_and_no_path_of_the_machine(planned):
    assert planned()[-2].parameters == {"measure": "falls", "quarter": "2023-24-q2", "project": "."}


def test_each_page_says_which_report_it_belongs_to(planned):
    assert [job.slug for job in planned() if job.report == "measure"] == ["measure-falls", "measure-seen"]


def test_a_page_can_be_asked_for_by_its_own_name(tables):
    root = tables.write()

    result = plan(open_project(root), load(root), quarter=Q2, reports=("measure-seen",))

    assert [job.slug for job in result] == ["measure-seen"]


def test_a_misspelt_report_is_refused_with_a_suggestion(tables):
    root = tables.write()

    with pytest.raises(ArgumentError, match="no report 'bord_report'.*did you mean 'board_report'"):
        plan(open_project(root), load(root), quarter=Q2, reports=("bord_report",))


def test_a_misspelt_parameter_is_refused_by_name(planned):
    with pytest.raises(
        ArgumentError, match=r"report 'one' \(measure.ipynb\) has no parameter 'mesure'.*'measure'"
    ):
        check_parameters(planned(ONE + 'parameters = { mesure = "falls" }\n'))


def test_an_unknown_key_is_refused(planned):
    with pytest.raises(SiteError, match=r"report 1 \(one\): unknown key 'titel'"):
        planned(ONE + 'titel = "x"\n')


def test_a_notebook_that_is_not_there_is_named(planned):
    with pytest.raises(SiteError, match=r"the notebook 'mesure.ipynb'"):
        planned(ONE.replace("measure.ipynb", "mesure.ipynb"))


def test_a_title_that_names_no_column_is_refused(planned):
    with pytest.raises(SiteError, match="the title .* names 'quater'"):
        planned(ONE.replace('"One"', '"{quater}"'))


def test_each_of_an_unknown_table_is_refused(planned):
    with pytest.raises(SiteError, match=r"each = 'wards.ward_id'"):
        planned(ONE + 'each = { measure = "wards.ward_id" }\n')


def test_toml_that_cannot_be_read_is_named(planned):
    with pytest.raises(SiteError, match=r"reports/reports.toml cannot be read"):
        planned("[[report]\n")


def test_two_reports_of_one_name_are_refused(planned):
    with pytest.raises(SiteError, match="makes the page 'one' more than once"):
        planned(ONE + ONE)


NEEDY = ONE + 'needs = ["actions"]\n'


def test_a_report_whose_tables_are_absent_is_not_planned(planned):
    assert planned(NEEDY + ONE.replace("one", "two")) != ()
    assert [job.slug for job in planned(NEEDY + ONE.replace("one", "two"))] == ["two"]


def test_a_report_whose_tables_are_there_is_planned(tables, planned):
    tables.lines["actions"] = [
        "priority,action,lead,quarter,plan,achievement,impact,rag,next_plan",
        "Access,Train,Matron,2023-24-q2,,,,,",
    ]

    assert [job.slug for job in planned(NEEDY)] == ["one"]


def test_a_report_is_planned_only_where_the_tables_it_needs_have_rows(tables, planned):
    assert planned(ONE + 'needs = ["pathways"]\n') == ()

    tables.lines["pathways"] = PATHWAYS
    assert [job.slug for job in planned(ONE + 'needs = ["pathways"]\n')] == ["one"]


PATHWAYS = [
    "referral_id,service,referred,seen,closed,outcome,age_band,ethnicity,imd_quintile",
    "1,ward-a,2023-01-05,,,,,,",
    "2,ward-a,2023-02-05,,,,,,",
    "3,trust,2023-03-05,,,,,,",
]


def test_a_value_that_rows_repeat_has_one_page_named_by_its_unit(tables, planned):
    tables.lines["pathways"] = PATHWAYS
    entry = ONE.replace('"One"', '"List of {name}"') + 'each = { measure = "pathways.service" }\n'

    result = planned(entry)

    assert [job.slug for job in result] == ["one-trust", "one-ward-a"]
    assert [job.title for job in result] == ["List of Example trust", "List of Ward A"]


def test_a_page_of_one_harm_is_titled_with_its_name_in_words(tables, planned):
    tables.lines["incidents"] = ["date,ward,harm,level", "2023-08-01,ward-a,c-difficile,low"]

    (job,) = planned(ONE.replace('"One"', '"{harm}"') + 'each = { measure = "incidents.harm" }\n')

    assert (job.title, job.slug) == ("C. difficile", "one-c-difficile")


def test_what_began_after_the_quarter_has_no_page_in_it(tables, planned):
    tables.lines["pathways"] = [PATHWAYS[0], "1,ward-a,2023-10-05,,,,,,"]

    assert planned(ONE + 'needs = ["pathways"]\n') == ()


def test_a_table_that_is_none_cannot_be_needed(planned):
    with pytest.raises(SiteError, match="needs = 'pathway'.*did you mean 'pathways'"):
        planned(ONE + 'needs = ["pathway"]\n')


def test_a_measure_has_a_page_from_the_quarter_in_which_it_is_first_observed(tables, planned):
    tables.lines["measures"].append("sickness,Sickness,,xmr,percent,decrease,4.5,,,,,")
    tables.lines["observations"].append("sickness,ward-a,2023-12-01,30,640")

    assert "measure-sickness" not in [job.slug for job in planned()]


@pytest.mark.parametrize(
    "text",
    [
        "[report]",
        'report = ["a"]',
        "[[reports]]",
        ONE.replace('"one"', '"../../one"'),
        ONE.replace('"measure.ipynb"', "3"),
        f'{ONE}each = "measures.measure_id"',
        f'{ONE}needs = "sitrep"',
    ],
)
def test_an_entry_of_another_kind_is_refused_with_what_it_should_be(planned, text):
    with pytest.raises(SiteError, match=r"reports/reports.toml.*expected"):
        planned(text)


HARMS = ONE.replace('"one"', '"harm"', 1) + 'each = { measure = "incidents.harm" }\n'
LOG = ["date,ward,harm,level", *["2023-08-01,ward-a,falls,low"] * 3, "2023-08-02,ward-a,slips,low"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("", ["harm-falls", "harm-slips"]),
        ('unless = "measures.measure_id"', ["harm-slips"]),
        ('among = "measures.measure_id"', ["harm-falls"]),
        ("least = 3", ["harm-falls"]),
        ("least = 4", []),
    ],
)
def test_values_that_have_a_page_are_chosen_by_another_table_and_by_their_rows(
    tables, planned, key, expected
):
    tables.lines["incidents"] = LOG

    assert [job.slug for job in planned(f"{HARMS}{key}\n")] == expected


def test_unless_that_names_no_column_is_refused(tables, planned):
    tables.lines["incidents"] = LOG

    with pytest.raises(SiteError, match="unless = 'measures.id'"):
        planned(HARMS + 'unless = "measures.id"\n')
