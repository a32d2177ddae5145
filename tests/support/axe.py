"""A page held against the rules of accessibility by axe-core."""

from pathlib import Path

AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page, *, rules=None):
    """Return what axe-core finds on a page of a browser, a line a fault: by all rules, or by those named."""
    import axe_playwright_python

    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=str(Path(axe_playwright_python.__file__).parent / "axe.min.js"))
    only = {"type": "tag", "values": AXE} if rules is None else {"type": "rule", "values": rules}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{fault['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for fault in found
        for node in fault["nodes"]
    ]
