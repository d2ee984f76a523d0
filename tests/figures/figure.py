# SPDX-License-Identifier: Apache-2.0
"""Figure: one number we promise something about, and the file of all of them."""

import dataclasses
import json
import os
import typing


@dataclasses.dataclass(frozen=True)
class Figure:
    """`relation` is "<=" or ">=", or None for a figure that is only told.

    `opposite` bounds the value from the other side. A simulated figure comes from a model alone:
    neither devices nor processes took part.
    """

    id: str
    unit: str
    relation: str | None = None
    bound: float | None = None
    emulated: bool = True
    opposite: float | None = None
    simulated: bool = False

    @property
    def bars(self):
        """(relation, bound) of each side that is bounded."""
        other = {"<=": ">=", ">=": "<="}
        sides = ((self.relation, self.bound), (other.get(self.relation), self.opposite))
        return [(relation, bound) for relation, bound in sides if relation and bound is not None]

    @property
    def bar(self):
        return " and ".join(f"{relation} {bound:g}" for relation, bound in self.bars) or None

    def holds(self, value):
        """An unknown value holds nothing."""
        if value is None:
            return False
        return all(value <= bound if relation == "<=" else value >= bound
                   for relation, bound in self.bars)

    def record(self, value, command):
        return {"id": self.id, "value": value, "unit": self.unit, "bar": self.bar,
                "holds": self.holds(value), "command": command, "emulated": self.emulated,
                "simulated": self.simulated}


@dataclasses.dataclass(frozen=True)
class Part:
    """Figures that one measurement gives: measure(build) returns values by id, as far as it can."""

    measure: typing.Callable
    figures: tuple[Figure, ...]

    def below(self, prefix):
        """Its figures whose id starts so."""
        return [figure for figure in self.figures if figure.id.startswith(prefix)]


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
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"{len(value)} points"
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
