"""The outcomes as a document, the same for the same versions."""

from sides import Absent

HEAD = """# Interop

jeton beside other libraries, as `make interop` finds them: both mint, both verify, and the claims that come out are those that went in. Every cell is tried with each form of key below that the library reads, with a key of its own where it makes any, and with a changed signature, which must be refused. libjwt and cjose are Debian 12's; the others are pinned in `tests/interop`.

`yes`: with all of them. `–`: the library has no such algorithm. A number: what differed, in the notes.
"""
DIRECTIONS = {
    "to": "Minted by jeton, verified by",
    "from": "Verified by jeton, minted by",
}
FORMS = {
    "secret": "an HMAC secret",
    "PEM": "PEM (PKCS #8, SPKI)",
    "JWK": "JWK",
    "JWK Set": "JWK Set, chosen by kid",
    "its JWK": "JWK that it made itself",
}


def document(algorithms, found):
    notes = []
    text = HEAD
    for direction, title in DIRECTIONS.items():
        rows = [
            [f"`{algorithm}`", *(cell(direction, algorithm, of, notes) for of in found.values())]
            for algorithm in algorithms
        ]
        text += f"\n## {title}\n\n" + table(["", *found], rows)
    rows = [[title, *(form(label, of) for of in found.values())] for label, title in FORMS.items()]
    text += "\n## Keys\n\nWhat each reads, to mint and to verify.\n\n" + table(["", *found], rows)
    if notes:
        text += "\n## Notes\n\n"
        text += "".join(f"{number}. {note}\n" for number, note in enumerate(notes, 1))
    return text


def cell(direction, algorithm, outcomes, notes):
    """A cell: all keys' outcomes in one word, or the numbers of notes."""
    of = [(label, came) for way, name, label, came in outcomes if (way, name) == (direction, algorithm)]
    numbers = []
    for label, came in of:
        if isinstance(came, str) and came != "yes":
            note = f"{label}: {came}"
            if note not in notes:
                notes.append(note)
            number = str(notes.index(note) + 1)
            if number not in numbers:
                numbers.append(number)
    if numbers:
        return ", ".join(numbers)
    return "yes" if any(came == "yes" for _, came in of) else "–"


def form(label, outcomes):
    """Whether keys in a form are read to mint, to verify, or both."""
    came = {
        way: any(not isinstance(came, Absent) for to, _, of, came in outcomes if (to, of) == (way, label))
        for way in DIRECTIONS
    }
    if label == "JWK Set":
        came["from"] = False  # one of its keys mints, as a JWK
    words = {(True, True): "both", (True, False): "verify", (False, True): "mint", (False, False): "–"}
    return words[came["to"], came["from"]]


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
