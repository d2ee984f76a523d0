# SPDX-License-Identifier: Apache-2.0
"""Figure: one number we promise something about, and the file of all of them."""

import dataclasses
import json
import os


@dataclasses.dataclass(frozen=True)
class Figure:
    """`relation` is "<=" or ">=", or None for a figure that is only told."""

    id: str
    unit: str
    relation: str | None = None
    bound: float | None = None
    emulated: bool = True

    @property
    def bar(self):
        return f"{self.relation} {self.bound:g}" if self.relation else None

    def holds(self, value):
        """An unknown value holds nothing."""
        if value is None:
            return False
        if self.relation == "<=":
            return value <= self.bound
        if self.relation == ">=":
            return value >= self.bound
        return True

    def record(self, value, command):
        return {"id": self.id, "value": value, "unit": self.unit, "bar": self.bar,
                "holds": self.holds(value), "command": command, "emulated": self.emulated}


def read_records(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def merge(old, new):
    """New records replace old ones of their id; all others stay. Sorted by id."""
    merged = {record["id"]: record for record in old} | {record["id"]: record for record in new}
    return [merged[id] for id in sorted(merged)]


def write_records(path, records):
    """Whole or not at all: a reader never sees half a file."""
    partial = f"{path}.partial"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(records, file, indent=2)
        file.write("\n")
    os.replace(partial, path)


def text_of(value):
    if value is None:
        return "unknown"
    if isinstance(value, list):
        return f"{len(value)} points"
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
