"""matcher.py PATTERNS OBSERVED: stix2-matcher looks for every pattern in observed data.

Run by the Python that has it (bench/requirements.txt).  Prints one JSON object,
as bench/patterns.c does.
"""

import json
import sys
import time

from stix2matcher.matcher import match


def main(patterns, observed):
    lines = open(patterns).read().splitlines()
    bundles = json.load(open(observed))
    begun = time.process_time()
    found = sum(bool(match(line, bundles, stix_version="2.1")) for line in lines)
    print(json.dumps({"cpu_s": time.process_time() - begun, "patterns": len(lines), "matched": found}))


if __name__ == "__main__":
    main(*sys.argv[1:])
