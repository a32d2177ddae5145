"""The record of a page, as a build writes it."""

from sutg_analysis.publish.records import Record


def record_of(job, **changes):
    """Return what a build would keep of a job."""
    written = {
        "report": job.slug,
        "title": job.title,
        "quarter": job.quarter.slug,
        "order": job.order,
        "notebook": job.notebook.name,
        "notebook_sha256": "0" * 64,
        "parameters": {"quarter": job.quarter.slug, "project": "."},
        "readings": [],
        "inputs": {"observations": {"rows": 12, "sha256": "a" * 64}},
        "package_sha256": "1" * 64,
        "versions": {"python": "3.11.7", "sutg-analysis": "0.1"},
        "commit": None,
        "clean": None,
        "seeds": {"chance": 0},
        "start": "2023-10-02T09:00:00+00:00",
        "end": "2023-10-02T09:00:01+00:00",
        "built_by": "QI analyst",
        "key": "k",
    }
    return Record(**written | changes)
