"""What the evaluator reads in an object: instants, pointers, texts, references, words."""

import datetime


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def fold(text):
    return "".join(c for c in text.casefold() if c.isalnum())


def at_pointer(value, pointer):
    """The value there, or None."""
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(token)
        elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return value


def texts(value, key=""):
    """Every text at any depth with the name of its member."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for v in value:
            yield from texts(v, key)
    elif isinstance(value, dict):
        for k, v in value.items():
            yield from texts(v, k)


def references(obj):
    """(property, identifier) of every reference but those to markings."""
    for key, text in texts(obj):
        if key in ("object_marking_refs", "marking_ref"):
            continue
        if key.endswith(("_ref", "_refs")):
            yield key, text


def any_word(texts_of, words):
    return isinstance(texts_of, list) and any(
        isinstance(t, str) and t.strip().casefold() in words for t in texts_of)


def label_is(label, wanted):
    label, wanted = label.strip().casefold(), wanted.casefold()
    return label.startswith(wanted[:-1]) if wanted.endswith("*") else label == wanted
