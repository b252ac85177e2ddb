"""What ``cir`` exits with, by the kind of the answer."""

DONE, FAILED, USAGE, NOT_FOUND, NOT_ALLOWED, REFUSED = 0, 1, 2, 3, 4, 5
CONFLICT, UNREACHABLE, TIMED_OUT, UNKNOWN, INTERRUPTED = 6, 7, 8, 9, 130

BY_KIND = {
    "refused": REFUSED,
    "not-allowed": NOT_ALLOWED,
    "conflict": CONFLICT,
    "not-found": NOT_FOUND,
    "usage": USAGE,
    "unreachable": UNREACHABLE,
    "unknown-outcome": UNKNOWN,
    "queued": UNKNOWN,
    "timeout": TIMED_OUT,
    "failed": FAILED,
}

SAYS = {
    DONE: "done",
    FAILED: "failed: a bug or the world (internal-error)",
    USAGE: "usage: an unknown noun, verb or option, or text that is not a number, time or JSON",
    NOT_FOUND: "not found (unknown-case)",
    NOT_ALLOWED: "not allowed: the person or the role; no token, or a revoked one",
    REFUSED: "refused by a rule",
    CONFLICT: "conflict: stale version, or a key reused",
    UNREACHABLE: "the desk was not reached, or says that it sent nothing on",
    TIMED_OUT: "a wait timed out",
    UNKNOWN: "outcome unknown or queued: repeat with the same key for the answer",
    INTERRUPTED: "interrupted",
}
