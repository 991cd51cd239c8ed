"""Every rule of STIX patterns that we hold ourselves to, as rules.py has those of TAXII."""

from rules import OTHERWISE, rule

RULES = {
    # ---- letters and words ----
    "PT-001": rule("MUST", "A pattern is text in UTF-8; all white space of Unicode separates."),
    "PT-002": rule("MUST", "Keywords are in capitals and are no names of properties."),
    "PT-003": rule("MUST", "Constants have their forms; a string has two escapes."),
    "PT-004": rule("DECIDE", "Comments are taken, as the standard's grammar has them."),
    "PT-005": rule("MUST", "== means =, <> means !=."),
    # ---- grammar ----
    "PT-010": rule("MUST", "A qualifier belongs to what stands right before it."),
    "PT-011": rule("MUST", "A unit has each kind of qualifier once."),
    "PT-012": rule("MUST", "AND binds tighter than OR, OR tighter than FOLLOWEDBY."),
    "PT-013": rule("DECIDE", "Two types of objects under AND: a warning, as it never matches."),
    "PT-014": rule("MUST", "Zero seconds or times, half an interval, null and instants of 2.0 are refused."),
    "PT-015": rule("MUST", "A name with a hyphen or a point is quoted."),
    "PT-016": rule("MUST", "An index is a number or *; a negative one finds nothing."),
    # ---- what is looked at ----
    "PT-020": rule("MUST", "An observation is one observed-data, in either of its forms."),
    "PT-021": rule("MUST", "References lead to objects of the same observation only."),
    "PT-022": rule("MUST", "Relationships cannot be named."),
    "PT-023": rule("DECIDE", "An observation happened at any instant between first and last."),
    "PT-024": rule("DECIDE", "An observation made many times counts as often for REPEATS."),
    # ---- comparisons ----
    "PT-030": rule("MUST", "One object satisfies all of a bracket."),
    "PT-031": rule("MUST", "What is not there makes a comparison false, NOT and != as well."),
    "PT-032": rule("DECIDE", "NOT turns the answer round where the property is there; NOT EXISTS is true where it is not."),
    "PT-033": rule("MUST", "Values of different types are not equal, and differ."),
    "PT-034": rule("MUST", "Binary properties are compared by their bytes."),
    "PT-035": rule("MUST", "Strings are compared by code points."),
    "PT-036": rule("MUST", "LIKE knows % and _, over the whole value in NFC."),
    "PT-037": rule("MUST", "MATCHES searches anywhere, a point is any character.", OTHERWISE,
                   "regular expressions run in linear time: no look-around, no back-references"),
    "PT-038": rule("MUST", "IN is equality with one of a set of one type."),
    "PT-039": rule("MUST", "ISSUBSET and ISSUPERSET know addresses and networks of both families."),
    "PT-040": rule("MUST", "EXISTS asks whether a property is there."),
    "PT-041": rule("MUST", "[*] is any element of a list."),
    "PT-042": rule("MUST", "Two [*] may be different elements."),
    "PT-043": rule("MUST", "Keys keep their case."),
    "PT-044": rule("MUST", "Times are compared as instants; one that is none compares with nothing."),
    "PT-045": rule("MUST", "Booleans have no order."),
    # ---- observations ----
    "PT-050": rule("MUST", "AND takes different observations, OR either, FOLLOWEDBY in order of time."),
    "PT-051": rule("MUST", "All of the left side come before all of the right."),
    "PT-052": rule("MUST", "Repetitions share no observation."),
    "PT-053": rule("MUST", "WITHIN is less than its seconds."),
    "PT-054": rule("MUST", "START is in the interval, STOP is not."),
    "PT-055": rule("MUST", "A pattern that does not parse matches nothing, and is reported."),
    "PT-056": rule("MUST", "A match names its observations."),
    "PT-057": rule("DECIDE", "Work and memory are bounded for any pattern."),
}
