"""The maker of the reference pages, which stands outside the package, for the tests."""

import runpy

from tests.support.samples import ROOT

_MADE = runpy.run_path(str(ROOT / ".ci" / "reference.py"))
public_names, python_page = _MADE["public_names"], _MADE["python_page"]
reference_pages, signature = _MADE["reference_pages"], _MADE["signature"]
