#!/usr/bin/env python3
"""Turns tests/vectors/*.json into what conformance.c can read without JSON.

    flatten_vectors.py FILE... > vectors.flat

A member is a line "NAME LENGTH", so many bytes, and a newline; null has the
length "null". Nested members have dotted names, list items are numbered, and a
line "." ends a vector. What the ABI takes as a document stays JSON text.
"""

import base64
import json
import sys

# Members that are documents: an object is passed as its text, a string as it is.
DOCUMENTS = {"options", "verifier", "claims", "open", "rule", "document"}
# Members for people and for the generator of the vectors.
IGNORED = {"why", "twin", "make"}


def main(paths):
    count = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        for vector in content["vectors"]:
            count += 1
            try:
                write(vector, content.get("keys", {}))
            except (KeyError, TypeError, ValueError) as error:
                sys.exit(f"{path}: {vector.get('name')}: {error!r}")
    if not count:
        sys.exit("no vectors were given")


def write(vector, keys):
    put("kind", vector.get("kind", "verify"))
    for name, value in vector.items():
        if name in IGNORED or name == "kind":
            continue
        elif name == "keys":
            names = value if isinstance(value, list) else [value]
            for index, key in enumerate(names):
                write_key(index, keys[key] if isinstance(key, str) else key)
        elif name in DOCUMENTS:
            put(name, document(value))
        elif name == "token_base64url":
            put("token", decoded(value))
        elif name == "repeat":
            put("token", value["before"] + value["text"] * value["count"] + value["after"])
        elif name == "revocations":
            put(name, "")
            for member, items in value.items():
                if member == "rules":
                    items = [document(rule) for rule in items]
                put_all(f"revocations.{member}", items)
        elif name == "expect":
            for member, wanted in value.items():
                # Looked for in the text of jeton_keys_status.
                if member == "reason":
                    wanted = text(wanted)[1:-1]
                elif member == "key":
                    wanted = [f"{text(k)}:{text(v)}" for k, v in wanted.items()]
                put_all(f"expect.{member}", wanted)
        else:
            put_all(name, value)
    sys.stdout.buffer.write(b".\n")


def write_key(index, key):
    name = f"keys.{index}"
    if "derive" in key:
        put(f"{name}.secret", decoded(key["secret"]))
        put(f"{name}.old_secret", decoded(key.get("old_secret", "")))
        put(f"{name}.derive", text(key["derive"]))
    elif "secret" in key:
        put(f"{name}.secret", decoded(key["secret"]))
    elif "der" in key:
        put(f"{name}.document", decoded(key["der"]))
    elif "text" in key:
        put(f"{name}.document", key["text"])
    else:
        put(f"{name}.document", text(key["jwks"]))
    put(f"{name}.options", text(key.get("options", {})))


def put_all(name, value):
    """Writes a value, and what is in it, under dotted names."""
    if isinstance(value, dict):
        for member, inner in value.items():
            put_all(f"{name}.{member}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            put_all(f"{name}.{index}", inner)
    else:
        put(name, value)


def put(name, value):
    if value is None:
        sys.stdout.buffer.write(f"{name} null\n".encode())
        return
    if isinstance(value, (bool, int)):
        value = text(value)
    data = value if isinstance(value, bytes) else value.encode()
    sys.stdout.buffer.write(f"{name} {len(data)}\n".encode() + data + b"\n")


def document(value):
    return value if isinstance(value, str) else text(value)


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def decoded(value):
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


main(sys.argv[1:])
