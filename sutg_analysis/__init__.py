"""Tables in, a site of quarterly NHS quality-improvement reports out, every number traceable.

Names are imported when first used, so that ``sutg --help`` need not wait for pandas. Which there are and where they
live is written once, in ``__init__.pyi``, which editors and mypy read too.
"""

from importlib import import_module
from pathlib import Path

__version__ = "0.1.0"

_IMPORTS = [
    line.split()
    for line in Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8").splitlines()
    if line.startswith("from ")
]
_HOMES = {name: module for _, module, _, name, *_ in _IMPORTS}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
