"""Notebooks of a test's own, so that what is tested is the build and not a report."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
SHOW = """from IPython.display import display
display({"text/markdown": f"## Seen\\n\\nThe quarter is {quarter}.", "text/plain": "x"}, raw=True)"""
REPORT = '[[report]]\nname = "{name}"\nnotebook = "{name}.ipynb"\ntitle = "{title}, {{quarter}}"\ndescription = "d"\n'


def add_report(root, name, title, *sources):
    """Give a project one more report, whose cells after the parameters are these sources."""
    for folder in ("notebooks", "reports"):
        (root / folder).mkdir(exist_ok=True)
    first = new_code_cell('quarter = "2023-24-q2"\nproject = ".."', metadata={"tags": ["parameters"]})
    cells = [new_raw_cell("---\ntitle: x\n---"), first, *map(new_code_cell, sources)]
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), root / "notebooks" / f"{name}.ipynb")
    with (root / "reports" / "reports.toml").open("a", encoding="utf-8") as file:
        file.write(REPORT.format(name=name, title=title))
