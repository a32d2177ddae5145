"""Errors say what was found, what was expected and what to do."""

import pickle

from sutg_analysis.errors import ArgumentError, Problem, SutgError, TableError

PROBLEMS = (
    Problem("units.csv", 3, "kind", "wrad", "one of trust, ward", "Correct the spelling"),
    Problem("measures.csv", None, None, "no rows", "at least one row", "Add the rows"),
)


def test_a_message_has_its_three_parts_in_one_line():
    result = str(ArgumentError("no column 'valeu'", "one of date, value", "Use value='value'"))

    assert result == "no column 'valeu'; expected one of date, value. Use value='value'."


def test_every_error_is_a_sutg_error():
    assert isinstance(TableError(PROBLEMS), SutgError)


def test_a_table_error_prints_a_line_a_problem():
    result = str(TableError(PROBLEMS)).splitlines()

    assert (
        result[0]
        == "units.csv, row 3, column kind: found 'wrad'; expected one of trust, ward. Correct the spelling."
    )
    assert len(result) == 2


def test_errors_survive_the_way_back_from_a_worker_process():
    argument = pickle.loads(pickle.dumps(ArgumentError("a", "b", "C")))
    table = pickle.loads(pickle.dumps(TableError(PROBLEMS)))

    assert (str(argument), table.problems) == ("a; expected b. C.", PROBLEMS)
