"""Which reports need not run: those whose outputs stand and rest on nothing that has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sutg_analysis.project import Project
from sutg_analysis.publish.fingerprints import (
    builder,
    commit_of,
    digest,
    file_digest,
    package_digest,
    rules_digest,
    versions,
)
from sutg_analysis.publish.inventory import Inventory
from sutg_analysis.publish.jobs import Job
from sutg_analysis.publish.records import Record, files_of, read_record

SEEDS = {"chance": 0}
"""The seed of whatever a report draws by chance, unless its parameters name another."""


@dataclass(frozen=True, eq=False)
class Basis:
    """What every report of a build rests on.

    Parameters
    ----------
    project, inventory
        The project and its tables.
    """

    project: Project
    inventory: Inventory

    @cached_property
    def _rules(self) -> str:
        return rules_digest(self.project.root)

    @cached_property
    def _commit(self) -> dict[str, Any]:
        return commit_of(self.project.root)

    def key(self, job: Job, inputs: Mapping[str, Any]) -> str:
        """Return the digest of all that a report's outputs rest on."""
        return digest(
            {
                "notebook": file_digest(job.notebook),
                "parameters": job.parameters,
                "title": job.title,
                "description": job.description,
                "inputs": inputs,
                "rules": self._rules,
                "protection": asdict(self.inventory.catalogue.protection),
                "package": package_digest(),
                "versions": versions(),
            }
        )

    def is_fresh(self, job: Job, *, folder: Path) -> bool:
        """Say whether a report in a folder is what running it again would make."""
        record = read_record(folder, job.slug)
        if record is None or record.outputs != files_of(folder, job.slug):
            return False
        return record.key == self.key(job, self.inventory.digests(record.readings))

    def record(self, job: Job, *, readings: list[dict[str, Any]], start: str, end: str) -> Record:
        """Return the record of a report that has run."""
        inputs = self.inventory.digests(readings)
        seeds = {name: int(value) for name, value in job.parameters.items() if name == "seed"}
        return Record(
            report=job.slug,
            title=job.title,
            quarter=job.quarter.slug,
            order=job.order,
            notebook=job.notebook.name,
            notebook_sha256=file_digest(job.notebook),
            parameters=job.parameters,
            readings=readings,
            inputs=inputs,
            package_sha256=package_digest(),
            versions=versions(),
            **self._commit,
            seeds=SEEDS | seeds,
            start=start,
            end=end,
            built_by=builder(),
            key=self.key(job, inputs),
        )
