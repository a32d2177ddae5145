"""What points at a person is refused, wherever it is planted, and never shown in full."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sutg_analysis.catalogue.definitions import TABLES
from sutg_analysis.catalogue.identifiers import find, mask, personal_column
from sutg_analysis.catalogue.load import load
from sutg_analysis.cli import main
from sutg_analysis.errors import TableError
from sutg_analysis.project import shipped

# Numbers and addresses that belong to nobody: test ranges of the NHS and of Ofcom, and an invented name.
PLANTED = {
    "nhs-number": ["9434765919", "943 476 5919", "943-476-5919", "Seen as 943 476 5919.", "P9434765919", "943–476–5919", "943  476  5919", "943\n476 5919", "943/476/5919"],
    "postcode": ["LE1 5WW", "LE15WW", "le1 5ww", "From SW1A 1AA on", "M1 1AE", "EC1A 1BB", "GIR 0AA"],
    "date-of-birth": [
        "DOB 3/4/1961",
        "dob: 1961-04-03",
        "born 3 April 1961",
        "D.O.B. 03.04.61",
        "Date of birth: 3rd Apr 1961",
        "3/4/1961 (DOB)",
        "born on April 3, 1961",
        "DOB 03041961",
    ],
    "e-mail": ["someone@example.org", "Write to a.b+c@mail.example.nhs.uk"],
    "telephone": ["0116 496 0123", "07700 900123", "+44 7700 900123", "(0116) 496 0123", "+44 (0)116 496 0123", "01632 960 001", "447700900123"],
    "name": ["Dr Xara Quill", "Mrs A. Patel", "Seen by Mr Quill", "Prof. Quill", "DR QUILL", "Ms O'Quill", "Miss X Quill", "Mrs. Żaneta Żółć", "Mr Étienne Quill"],
}  # fmt: skip
INNOCENT = [
    "Falls per 1,000 bed days",
    "943 476 5918",
    "1,943,476,591",
    "0.9434765919",
    "LE1",
    "Ward W1, 2nd floor",
    "the 1st of April 2023",
    "72-hour follow-up",
    "A3A8R",
    "born in care",
    "Babies born 01/04/2024 to 30/06/2024",
    "Founded on 3 April 1961",
    "Dr Gray's Hospital",
    "MR scan",
    "MS Society",
    "Professor of Nursing",
    "2023-04-01 10:15",
    "0123456",
    "Aged 62",
    "a@b",
    "Missing",
    "Director of Nursing",
    "R000001",
    "ORR 84, 85",
]


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in PLANTED.items() for text in texts]
)
def test_an_identifier_is_found_and_masked(kind, text):
    assert kind in {one.kind.name for one in find(text)}
    assert find(mask(text)) == ()


@pytest.mark.parametrize("text", INNOCENT)
def test_other_text_is_left_alone(text):
    assert find(text) == ()


def number(first):
    """The NHS number of nine digits, by weights 10 to 2 and modulus 11, or None where there is none."""
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), first, strict=True)) % 11
    return None if rest == 10 else f"{first}{rest % 11}"


@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_every_number_whose_check_digit_fits_is_found_and_no_other(first, sign):
    right = number(first)
    for digit in "0123456789":
        text = sign.join([first[:3], first[3:6], first[6:] + digit])

        assert ("nhs-number" in {one.kind.name for one in find(text)}) == (first + digit == right)


TEXT_COLUMNS = [
    (table.name, column.name)
    for table in TABLES.values()
    for column in table.columns
    if column.kind in ("text", "id")
]


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example's tables as CSV, a few rows each, so that one cell of each can be changed."""
    folder = tmp_path_factory.mktemp("example")
    frames = {}
    for path in (shipped() / "data").iterdir():
        if path.suffix in (".csv", ".parquet"):
            frames[path.stem] = (
                pd.read_csv(path, dtype="str") if path.suffix == ".csv" else pd.read_parquet(path)
            )
    return folder, {
        name: frame.head(40).astype("str").where(frame.head(40).notna()) for name, frame in frames.items()
    }


@pytest.mark.parametrize(("table", "column"), TEXT_COLUMNS)
def test_each_kind_is_refused_in_every_column_of_text(example, table, column):
    from sutg_analysis.catalogue.identifiers import identified

    _, frames = example
    texts = [PLANTED[kind][0] for kind in PLANTED]
    frame = frames[table].reset_index(drop=True).head(6)
    frame = frame.reindex(range(6)).assign(**{column: pd.Series(texts, dtype="str")})

    problems = identified(frame, TABLES[table], file=f"{table}.csv")

    found = {problem.expected for problem in problems if problem.column == column}
    assert found == {"no NHS number", "no postcode", "no date of birth", "no e-mail address", "no telephone number", "no person's name"}  # fmt: skip


def test_the_example_holds_none():
    assert len(load(shipped()).sources) > 15


def refuse(tables):
    with pytest.raises(TableError) as refused:
        load(tables.write())
    return refused.value.problems


def test_a_planted_number_is_named_by_its_place_and_never_shown(tables):
    tables.lines["events"][1] = "falls,ward-a,2022-06-01,note,New beds for 943 476 5919,,"

    (problem,) = refuse(tables)

    assert (problem.file, problem.row, problem.column, problem.value) == (
        "events.csv",
        2,
        "label",
        "943 ••• ••••",
    )
    assert "476" not in str(problem)


def test_an_identifier_in_an_id_is_masked_in_every_message_about_it(tables):
    tables.lines["observations"].append("falls,9434765919,2022-01-01,3,")
    tables.lines["observations"].append("falls,943 476 5919,2022-02-01,LE1 5WW,")

    problems = refuse(tables)

    assert {problem.expected for problem in problems} >= {"no NHS number", "a number"}
    assert "5919" not in " ".join(map(str, problems))
    assert "5WW" not in " ".join(map(str, problems))


@pytest.mark.parametrize("name", ["Dr Xara Quill", "Jane Quill", "J. Quill", "Quill, J"])
def test_an_owner_that_is_a_person_is_refused(tables, name):
    tables.lines["measures"][1] = tables.lines["measures"][1].replace("Chief nurse", f'"{name}"')

    (problem,) = refuse(tables)

    assert (problem.column, problem.expected) == ("owner", "no person's name")
    assert "Quill" not in str(problem)


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("nhs_number", "NHS numbers"),
        ("NHS Number", "NHS numbers"),
        ("DOB", "dates of birth"),
        ("dateOfBirth", "dates of birth"),
        ("Surname", "names of people"),
        ("patient", "patients"),
        ("address_line_1", "addresses"),
        ("Post Code", "postcodes"),
        ("email", "e-mail addresses"),
        ("gp", "GPs"),
    ],
)
def test_a_column_named_for_people_is_to_be_deleted_and_not_renamed(tables, column, what):
    lines = tables.lines["observations"]
    tables.lines["observations"] = [f"{lines[0]},{column}", *(f"{line},x" for line in lines[1:])]

    (problem,) = refuse(tables)

    assert problem.column == column
    assert problem.value == f"a column this table does not have, for {what}"
    assert problem.remedy == "Delete it: a page must not tell of people"
    assert personal_column(column) == what


def test_an_unknown_column_of_long_texts_is_called_free_text(tables):
    lines = tables.lines["observations"]
    told = [f'{line},"Slept badly in night {place}, asked for water"' for place, line in enumerate(lines[1:])]
    tables.lines["observations"] = [f"{lines[0]},remarks", *told]

    (problem,) = refuse(tables)

    assert problem.value == "a column this table does not have, for free text"


@pytest.mark.parametrize("written", ["9434765919", "9434765919.0", "9.434765919e9"])
def test_an_nhs_number_in_a_column_of_numbers_is_refused_however_it_is_written(tables, written):
    tables.lines["observations"][1] = f"falls,ward-a,2022-01-01,{written},"

    (problem,) = refuse(tables)

    assert (problem.row, problem.column, problem.value) == (2, "numerator", "943•••••••")


def test_a_large_number_whose_check_digit_does_not_fit_is_a_number(tables):
    tables.lines["observations"][1] = "falls,ward-a,2022-01-01,9434765918,"

    assert load(tables.write()).observations["numerator"].max() == 9434765918


def test_of_many_in_one_column_ten_are_named_and_the_rest_counted(tables):
    tables.lines["events"] += [f"falls,ward-a,2022-06-01,note,ring 07700 9{n:05d},," for n in range(100, 125)]

    problems = refuse(tables)

    assert len(problems) == 10
    assert problems[-1].remedy.endswith("(15 more in this column)")


ALLOW = '[[allow]]\nkind = "telephone"\ntable = "events"\ncolumn = "label"\nreason = "{reason}"\nauthor = "Service Manager"\n'


def test_an_exception_with_a_reason_is_taken_for_its_kind_and_column_only(tables):
    tables.lines["events"][1] = "falls,ward-a,2022-06-01,note,Line 0116 496 0123 opened,Ask 0116 496 0123,"
    root = tables.write()
    (root / "data/identifiers.toml").write_text(ALLOW.format(reason="The public number of the ward"))

    with pytest.raises(TableError) as refused:
        load(root)

    assert [problem.column for problem in refused.value.problems] == ["reason"]


def test_an_exception_without_a_reason_is_refused(tables):
    root = tables.write()
    (root / "data/identifiers.toml").write_text(ALLOW.format(reason=" "))

    with pytest.raises(TableError, match="identifiers.toml: found allow 1: no reason"):
        load(root)


def test_words_beside_the_tables_are_looked_at_too(tables):
    root = tables.write()
    (root / "data/notice.md").write_text("Synthetic.\n\nAsk someone@example.org")
    (root / "data/governance.toml").write_text('[front_sheet."2023-24-q2"]\nsponsor = "Dr Xara Quill"\n')

    with pytest.raises(TableError) as refused:
        load(root)

    assert [(p.file, p.row) for p in refused.value.problems] == [("governance.toml", 2), ("notice.md", 3)]


def test_the_command_line_refuses_without_showing_it(tables, monkeypatch, capsys):
    tables.lines["units"][2] = "ward-a,Ward A of Dr Xara Quill LE1 5WW,ward,trust"
    monkeypatch.setattr("sys.argv", ["sutg", "check", "--json", "--project", str(tables.write())])

    with pytest.raises(SystemExit) as stopped:
        main()

    said = capsys.readouterr().out
    assert stopped.value.code == 1
    assert [problem["row"] for problem in json.loads(said)["problems"]] == [3, 3]
    assert "Quill" not in said
    assert "5WW" not in said


def test_a_file_without_a_header_does_not_show_its_first_row(tables):
    tables.lines["events"] = ["falls,ward-a,2022-06-01,note,943 476 5919,Dr Xara Quill,x"]

    said = " ".join(map(str, refuse(tables)))

    assert "5919" not in said
    assert "Quill" not in said
