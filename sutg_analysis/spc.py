"""Statistical process control: the one call ``spc`` and its result.

Written first as the seam the rest of the package is built on; the arithmetic lives in the modules it calls.
"""

from __future__ import annotations
