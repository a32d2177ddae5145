"""Settings: a TOML file as a frozen dataclass, or what is wrong with it, key by key.

A dataclass says which keys there are and of which types, and :class:`Expect` says in words what a value should be.
pydantic does the checking; it is imported when a file is first read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_type_hints

from sutg_analysis.errors import DataError, did_you_mean

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema, ErrorDetails
    from pydantic_core.core_schema import ValidatorFunctionWrapHandler

Model = TypeVar("Model")
CLOSED = {"extra": "forbid"}
"""The ``__pydantic_config__`` of a dataclass of settings: a key that it does not have is a fault."""


@dataclass(frozen=True)
class Expect:
    """What the value of a setting should be, for ``Annotated``: in words, and as a test of it beyond its type.

    ``read`` makes of what is written what the type takes. Numbers are kept as they are written: 18 stays whole.
    """

    words: str
    holds: Callable[[Any], object] = lambda _: True
    remedy: str = "Correct it"
    read: Callable[[Any], object] | None = None

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import PydanticCustomError, core_schema

        typed = handler(source)
        whole = core_schema.int_schema(strict=True)
        if typed["type"] == "int":
            typed = whole
        elif typed["type"] == "float":
            typed = core_schema.union_schema([whole, core_schema.float_schema(strict=True)])

        def checked(value: object, inner: ValidatorFunctionWrapHandler) -> object:
            try:
                good = inner(value if self.read is None else self.read(value))
                if self.holds(good):
                    return good
            except (AttributeError, TypeError, ValueError):  # what no reading of the value can make of it
                pass
            raise PydanticCustomError("expected", "{words}", {"words": self.words, "remedy": self.remedy})

        return core_schema.no_info_wrap_validator_function(checked, typed)


def one_of(*names: str, remedy: str = "Correct it") -> Expect:
    """Return the expectation of one of some names."""
    return Expect(f"one of {', '.join(names)}", lambda name: name in names, remedy)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with settings: the keys that lead to it, its value, what was expected and what to do.

    ``guess`` ends a remedy with the key that was meant, where one is like the unknown one.
    """

    keys: tuple[str | int, ...]
    kind: Literal["unreadable", "unknown", "missing", "value"]
    value: object
    expected: str
    remedy: str
    guess: str = ""

    def found(self, name: str) -> str:
        """Return where in the file of that name the fault is, and what it is."""
        if self.kind == "unreadable":
            return f"{name} cannot be read: {self.value}"
        *section, key = self.keys
        place = f"{name}, [{'.'.join(map(str, section))}]" if section else name
        said = {"unknown": f"{key!r}", "missing": f"no key {key!r}", "value": f"{key} = {self.value!r}"}
        return f"{place}: {said[self.kind]}"


class SettingsError(DataError):
    """Settings that cannot be; ``faults`` lists all that is wrong with them, and the message names the first."""

    def __init__(self, faults: tuple[Fault, ...], *, name: str) -> None:
        self.faults = faults
        first = faults[0]
        super().__init__(first.found(name), first.expected, first.remedy + first.guess)


def read_settings(source: Path | Mapping[str, object], model: type[Model], *, name: str) -> Model:
    """Return settings, checked.

    Raises
    ------
    SettingsError
        With every fault there is.

    Examples
    --------
    >>> from sutg_analysis.catalogue.disclosure import Disclosure
    >>> read_settings({"default": "mhsds"}, Disclosure, name="disclosure.toml").default
    'mhsds'
    >>> read_settings({"defalt": "mhsds"}, Disclosure, name="disclosure.toml")
    Traceback (most recent call last):
    ...
    sutg_analysis.catalogue.settings.SettingsError: disclosure.toml: 'defalt'; expected one of default, tables. Correct \
the name; did you mean 'default'?
    """
    from pydantic import TypeAdapter, ValidationError

    stated = read_toml(source, name=name) if isinstance(source, Path) else source
    try:
        return TypeAdapter(model).validate_python(stated)
    except ValidationError as error:
        faults = [_fault(one, model) for one in error.errors(include_url=False)]
    raise SettingsError(tuple(sorted(faults, key=lambda fault: fault.kind != "unknown")), name=name)


def read_toml(path: Path, *, name: str) -> dict[str, Any]:
    """Return what a TOML file states.

    Raises
    ------
    SettingsError
        It is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = Fault((), "unreadable", str(error), "a TOML file in UTF-8", "Correct the line named")
        raise SettingsError((fault,), name=name) from error


def _fault(error: ErrorDetails, model: type) -> Fault:
    """Return what pydantic found as a fault in words of ours."""
    *section, key = keys = tuple(part for part in error["loc"] if part != "[key]")
    context, value = error.get("ctx", {}), error["input"]
    if error["type"] in ("unexpected_keyword_argument", "missing"):
        known = _names_in(model, section)
        expected = f"one of {', '.join(known)}"
        if error["type"] == "missing":
            return Fault(keys, "missing", None, expected, "Add it")
        return Fault(keys, "unknown", value, expected, "Correct the name", did_you_mean(key, known))
    if error["loc"][-1] == "[key]":
        return Fault(keys, "unknown", value, context["words"], "Correct the name")
    if error["type"] in ("dataclass_type", "mapping_type", "dict_type"):
        return Fault(keys, "value", value, f"a section [{'.'.join(map(str, keys))}]", "Write it as a section")
    if error["type"] == "tuple_type":
        return Fault(keys, "value", value, "a list", "Write it as a list")
    expected = context.get("words") or error["msg"].removeprefix("Input should be ")
    return Fault(keys, "value", value, expected, context.get("remedy", "Correct it"))


def _names_in(model: type, section: list[str | int]) -> list[str]:
    """Return the keys that a section may have, following the types of the model."""
    for key in section:
        inner = [kind for kind in get_args(model) if kind is not ...]
        model = get_type_hints(model)[str(key)] if is_dataclass(model) else inner[-1]
    return [field.name for field in fields(model)]
