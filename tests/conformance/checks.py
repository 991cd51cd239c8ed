"""A check says which rules it proves; test_taxii.py runs each, named by its rules."""

import collections

Row = collections.namedtuple("Row", "rules name check where")
ROWS = []


def row(*rules):
    def keep(check):
        ROWS.append(Row(rules, check.__name__, check, check.__module__.rpartition(".")[2]))
        return check
    return keep
