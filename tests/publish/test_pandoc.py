"""The embedded renderer makes of a page what Quarto makes of it."""

import re
import shutil

import pytest
import yaml

from sutg_analysis.errors import SiteError
from sutg_analysis.project import ASSETS, shipped
from sutg_analysis.publish.pandoc import render_with_pandoc
from sutg_analysis.publish.site import read_configuration

PAGE = """---
title: "Falls & harm"
description: All wards
date: 2023-09-30
order: 1
---

::: {.callout-important}
Synthetic data.
:::

## Wards

::: {.content-visible when-format="html"}
```{=html}
<figure><svg role="img"><title>Chart</title></svg></figure>
```
:::

::: {.content-visible unless-format="html"}
For paper only.
:::

A [link](other.ipynb) and [another](index.qmd#reports).
"""
INDEX = """---
title: Reports
listing:
  id: reports
  contents: "page*.qmd"
  sort: order desc
  fields: [title, description]
  field-display-names: {title: Report}
---

Before.

::: {#reports}
:::

After.
"""


@pytest.fixture
def rendered(tmp_path):
    def render(**pages):
        stage = tmp_path / "stage"
        (stage / "reports").mkdir(parents=True)
        configuration = yaml.safe_load((shipped() / "_quarto.yml").read_text(encoding="utf-8"))
        configuration["project"]["render"] = ["*.qmd"]
        (stage / "reports" / "style.css").write_text("")
        shutil.copytree(ASSETS / "site", stage / "assets")
        for name, text in pages.items():
            (stage / f"{name}.qmd").write_text(text, encoding="utf-8")
        folder = render_with_pandoc(stage, configuration=configuration, output="_site")
        return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}

    return render


def test_title_description_and_date_head_the_page(rendered):
    result = rendered(page=PAGE)["page"]

    assert '<h1 class="title">Falls &amp; harm</h1>' in result
    assert '<time datetime="2023-09-30">30 September 2023</time>' in result
    assert "<title>Falls &amp; harm – Step up to Great: quarterly reports</title>" in result


def test_what_is_for_html_is_kept_and_what_is_not_is_left_out(rendered):
    result = rendered(page=PAGE)["page"]

    assert '<svg role="img"><title>Chart</title></svg>' in result
    assert "For paper only" not in result


def test_a_callout_has_its_title_and_text(rendered):
    result = rendered(page=PAGE)["page"]

    assert re.search(r'(?s)class="callout callout-important".*Important.*Synthetic data\.', result)


def test_links_between_sources_become_links_between_pages(rendered):
    result = rendered(page=PAGE)["page"]

    assert 'href="other.html"' in result
    assert 'href="index.html#reports"' in result


def test_a_listing_stands_where_its_block_is_in_the_order_asked_for(rendered):
    second = PAGE.replace("order: 1", "order: 2").replace("Falls & harm", "Second")

    result = rendered(index=INDEX, page1=PAGE, page2=second)["index"]

    assert (
        result.index("Before.")
        < result.index("page2.html")
        < result.index("page1.html")
        < result.index("After.")
    )
    assert '<th scope="col">Report</th>' in result


def test_search_finds_words_but_not_the_marks_of_a_chart(rendered, tmp_path):
    rendered(page=PAGE)

    result = (tmp_path / "stage/_site/site_libs/search-index.js").read_text(encoding="utf-8")

    assert "Synthetic data." in result
    assert "svg" not in result


def test_a_page_names_no_other_host(rendered):
    result = "".join(rendered(page=PAGE, index=INDEX).values())

    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', result) == []


def test_the_page_one_is_on_is_marked_in_the_navigation(rendered):
    assert 'href="index.html" aria-current="page"' in rendered(index=INDEX)["index"]


def test_configuration_that_is_no_yaml_is_refused(tmp_path):
    (tmp_path / "_quarto.yml").write_text("project: [")

    with pytest.raises(SiteError, match=r"_quarto.yml cannot be read"):
        read_configuration(tmp_path)
