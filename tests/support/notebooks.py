"""Notebooks of a test's own, so that what is tested is the build and not a report; and templates, cell by cell."""

import ast
from pathlib import Path

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


TEMPLATES = Path(__file__).parents[2] / "notebooks"


def shown_by(template, *, project, **parameters):
    """Run a template's cells in this process; return what each shows, by the cell's id, as a kernel would show it."""
    from sutg_analysis.publish.engine import SAID, makes, needs, shows

    book = nbformat.read(TEMPLATES / f"{template}.ipynb", as_version=4)
    space, shown, lost = {}, {}, {}
    for cell in [cell for cell in book.cells if cell.cell_type == "code"]:
        tree = ast.parse(cell.source)
        last = tree.body.pop() if shows(cell.source) else None
        needed = [lost[name] for name in needs(cell.source) if name in lost]
        try:
            exec(compile(tree, cell.id, "exec"), space)
            if last is not None:
                shown[cell.id] = read(eval(compile(ast.Expression(last.value), cell.id, "eval"), space))
        except SAID as error:
            needed = [str(error)]
        except NameError:
            assert needed
        lost = {name: sentence for name, sentence in lost.items() if name not in makes(cell.source)}
        if needed:
            lost |= dict.fromkeys(makes(cell.source), needed[0])
            shown |= {} if last is None else {cell.id: needed[0]}
        if "parameters" in cell.metadata.get("tags", []):
            space |= {"project": str(project), **parameters}
    return shown


def read(value):
    """Return all that a piece of a page says, in words and in Markdown."""
    if value is None:
        return ""
    bundle = value._repr_mimebundle_()
    return bundle["text/plain"] + "\n" + bundle.get("text/markdown", "")
