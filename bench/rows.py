"""Rows of a bench: what was measured, against what, and whether it is enough."""

import dataclasses
import json
import statistics

COLUMNS = ("what", "figure", "against", "ratio", "must", "aim")


@dataclasses.dataclass
class Row:
    """A ratio must be at least `must` and aims at `aim`; with at_most, stay below.

    A row without `must` informs and cannot fail.
    """

    what: str
    figure: str
    against: str = ""
    ratio: float | None = None
    must: float | None = None
    aim: float | None = None
    at_most: bool = False

    @property
    def missed(self):
        if self.must is None:
            return False
        return self.ratio > self.must if self.at_most else self.ratio < self.must

    def cells(self):
        sign = "<=" if self.at_most else ">="
        bounds = ["" if x is None else f"{sign} {x:g}" for x in (self.must, self.aim)]
        bounds[0] += "  MISSED" if self.missed else ""
        ratio = "" if self.ratio is None else f"{self.ratio:.3g}" if self.ratio < 10 else f"{self.ratio:.0f}"
        return [self.what, self.figure, self.against, ratio, *bounds]


def table(rows):
    """The rows as lines of aligned columns, under their names."""
    cells = [list(COLUMNS), *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    return [" | ".join(c.ljust(w) for c, w in zip(line, widths)).rstrip(" |") for line in cells]


def write(path, name, rows):
    """The same for machines; `missed` counts the rows whose must is not kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "bench": name,
        "missed": sum(row.missed for row in rows),
        "rows": [dataclasses.asdict(row) | {"missed": row.missed} for row in rows],
    }
    path.write_text(json.dumps(document, indent=1) + "\n")


class Pairs:
    """CPU seconds of ours and of the other, measured in turns: A B A B ..."""

    def __init__(self, n, ours, other):
        self.ours, self.other = [], []
        for i in range(n):
            self.ours.append(ours(i))
            self.other.append(other(i))

    @property
    def mine_s(self):
        return statistics.median(self.ours)

    @property
    def other_s(self):
        return statistics.median(self.other)

    @property
    def ratio(self):
        """How many of ours the other's time holds: the median over the pairs."""
        return statistics.median(b / a for a, b in zip(self.ours, self.other))
