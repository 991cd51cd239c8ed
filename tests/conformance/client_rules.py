"""Every rule of a TAXII 2.1 client that we hold ourselves to, as rules.py has those of the server."""

from rules import DECIDED, OTHERWISE, rule

NO_PUSH = "nothing is sent to a foreign server: it has no agreement, and the gate has no other door (decision 0029)"

RULES = {
    "TC-001": rule("MUST", "Only HTTPS, with TLS 1.2 or 1.3."),
    "TC-002": rule("MUST", "HTTP Basic, a bearer token or a client certificate."),
    "TC-003": rule("SHOULD", "The server's certificate is checked by authorities and name, or its key by a pin."),
    "TC-004": rule("SHOULD", "Every request names the program and its version."),
    "TC-005": rule("SHOULD", "A server can be found by its SRV record: a person asks, is shown what it says, and writes the address."),
    "TC-006": rule("MUST", "Every request accepts TAXII 2.1, and says the version."),
    "TC-007": rule("MUST", "Every path ends in a slash."),
    "TC-008": rule("MUST", "All resources are read, missing optional members have their presets.", OTHERWISE,
                   "those that reading needs: discovery, API root, collection, envelope, error"),
    "TC-009": rule("MUST", "Content-Type is read in any spelling; what is no TAXII is refused and said."),
    "TC-010": rule("MUST", "API roots are resolved against discovery; bad ones are passed over, no credentials go elsewhere."),
    "TC-011": rule("MAY", "Unknown members are ignored; objects keep theirs."),
    "TC-012": rule("MUST", "added_after has six digits, limit is positive, no parameter stands twice."),
    "TC-013": rule("MUST", "Pages are followed by next, or by date; without progress the turn ends."),
    "TC-014": rule("DECIDE", "The cursor is the server's last date, one for each server, root, collection and filter."),
    "TC-015": rule("DECIDE", "The last second is asked for again, and what is here is known by identifier and content."),
    "TC-016": rule("MUST", "Objects are posted in envelopes of at most max_content_length.", OTHERWISE, NO_PUSH),
    "TC-017": rule("SHOULD", "A pending status is asked for again, less and less often.", OTHERWISE, NO_PUSH),
    "TC-018": rule("MUST", "Each object's failure is its own.", OTHERWISE, NO_PUSH),
    "TC-019": rule("MUST", "Challenges are read, commas in quotes too; refused credentials are not sent again at once."),
    "TC-020": rule("DECIDE", "Retry-After is heeded; failures are met with growing pauses that vary; every call has a time limit."),
    "TC-021": rule("DECIDE", "A collection that is gone, or closed to us, deletes nothing here."),
    "TC-022": rule("DECIDE", "403 for 404, an empty envelope, any fraction of a second, HTML in errors: all are understood."),
    "TC-023": rule("DECIDE", "What comes is validated like what is posted, and never takes the place of what is ours."),
    "TC-024": rule("DECIDE", "TAXII 2.0 servers are read.", DECIDED,
                   "they are not: they are known, and refused with that word (decision 0030)"),
}
