"""What is sent, what the answer is, and which bound makes it so."""

import collections

Attack = collections.namedtuple("Attack", "name sent answer bound check long memory")
ATTACKS = []
MIB = 1024 * 1024


def attack(sent, answer, bound="", long=False, memory=128 * MIB):
    """memory: how much more the node may hold at the most while it answers."""
    def keep(check):
        ATTACKS.append(Attack(check.__name__, sent, answer, bound, check, long, memory))
        return check
    return keep
