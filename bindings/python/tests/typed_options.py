"""Writes the typed options: src/jeton/options.py from include/options.schema.json.

`JETON_BLESS=1 pytest bindings/python/tests/test_drift.py` runs it; the test fails while
the two differ.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from typing import Any

HEAD = '''"""The options of every document, typed: for keyword arguments, or to be kept.

Made from include/options.schema.json by tests/typed_options.py; change it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, TypeVar, Union

_T = TypeVar("_T")
_Many = Union[list[_T], tuple[_T, ...]]
'''

#: Documents that come in several forms, by a field that only the form has.
FORMS = {
    "verifier": {
        "issuer": "VerifierOptions",
        "trust": "TrustOptions",
        "system": "VerifierSystemOptions",
    },
    "minter": {"lifetime": "MinterOptions", "system": "MinterSystemOptions"},
    "source": {"url": "UrlOptions", "issuer": "IssuerOptions", "file": "FileOptions"},
}
#: Definitions that aren't options themselves but parts of them.
PARTS = {
    "called", "case", "deny", "foreign", "limits", "operator", "rule", "secret_place", "spread",
    "trust", "under",
    "stack-auth", "pylon", "porter", "protekt", "at+jwt", "id_token", "logout+jwt",
    "dpop",
}  # fmt: skip
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
WORDS = {"null": "None", "true": "True", "false": "False"}
WIDTH = 92

Definition = dict[str, Any]
#: The fields of a class: their types and what they are for.
Fields = dict[str, tuple[str, str]]


def write(schema: Definition) -> str:
    """The text of the module."""
    return Writer(schema["$defs"]).text()


class Writer:
    def __init__(self, definitions: dict[str, Definition]) -> None:
        self.definitions = definitions
        self.blocks = [HEAD]

    def text(self) -> str:
        for name, definition in self.definitions.items():
            if "properties" in definition:
                self.document(name, definition)
            else:
                made = self.type_of(definition, name, quoted=True)
                self.blocks.append(f"{comment(definition, '')}{camel(name)} = {wrapped(made)}\n")
        return "\n\n".join(self.blocks)

    def document(self, name: str, definition: Definition) -> None:
        own = set(definition.get("required", []))
        if name not in FORMS:
            self.classes(name, definition, {class_name(name): own}, {}, {})
            return
        forms, refused, said = {}, {}, {}
        for form in definition.get("anyOf") or definition["oneOf"]:
            called = next(FORMS[name][field] for field in FORMS[name] if field in form["required"])
            forms[called] = own | set(form["required"])
            members = form.get("properties", {})
            refused[called] = {field for field, what in members.items() if what is False}
            said[called] = forms[called] | set(members)
        # What one form demands another may leave open, where several may fit at once.
        demanded = set().union(*forms.values()) if "anyOf" in definition else set()
        left_open = {called: demanded - what for called, what in said.items()}
        self.classes(name, definition, forms, refused, left_open)

    def classes(
        self,
        name: str,
        definition: Definition,
        forms: dict[str, set[str]],
        refused: dict[str, set[str]],
        left_open: dict[str, set[str]],
    ) -> None:
        """One class for each form: its required fields, and a base with all that are optional.

        In two, because Required and NotRequired came with Python 3.11 only. What is
        optional in some forms and refused in others has a base of its own, and so has
        what is optional in one and required in others.
        """
        fields: Fields = {
            field: (self.type_of(what, f"{name}_{field}"), comment(what, "    "))
            for field, what in definition["properties"].items()
        }
        required = set().union(*forms.values())
        about = docstring(definition)
        optional = {field: made for field, made in fields.items() if field not in required}
        if not required:
            self.one_class(class_name(name), "TypedDict, total=False", about, optional)
            return
        somewhere = set(optional) & set().union(*refused.values())
        everywhere = {field: made for field, made in optional.items() if field not in somewhere}
        base = "TypedDict"
        if everywhere:
            base = f"_{camel(name)}"
            self.one_class(base, "TypedDict, total=False", "", everywhere)
        whole = base
        if somewhere:
            whole = f"_{camel(name)}Whole"
            own = {field: made for field, made in optional.items() if field in somewhere}
            self.one_class(whole, f"{base}, total=False", "", own)
        for called, must in forms.items():
            own = {field: made for field, made in fields.items() if field in must}
            above = base if somewhere & refused.get(called, set()) else whole
            if left := left_open.get(called):
                own_base = f"_{called}"
                more = {field: made for field, made in fields.items() if field in left}
                self.one_class(own_base, f"{above}, total=False", "", more)
                above = own_base
            self.one_class(called, above, about, own)

    def one_class(self, name: str, base: str, about: str, fields: Fields) -> None:
        if any(map(keyword.iskeyword, fields)):  # which no class body can hold
            members = "".join(
                f'        "{field}": {made},\n' for field, (made, _) in fields.items()
            )
            total = "total=False" not in base
            body = f'    "{name}",\n    {{\n{members}    }},\n    total={total},\n'
            self.blocks.append(f"{name} = TypedDict(\n{body})\n")
            return
        lines = "".join(f"{note}    {field}: {made}\n" for field, (made, note) in fields.items())
        self.blocks.append(f"class {name}({base}):\n{about}{lines}")

    def type_of(self, what: Definition, name: str, quoted: bool = False) -> str:
        """The type of a value. Quoted, it may name what is made further down."""
        quoted = quoted or name.startswith("operator_")
        if "$ref" in what:
            target = what["$ref"].rsplit("/", 1)[1]
            is_class = "properties" in self.definitions[target]
            made = class_name(target) if is_class else camel(target)
            return f'"{made}"' if quoted else made
        if "allOf" in what:
            return self.type_of(what["allOf"][0], name, quoted)
        if "enum" in what:
            values = ", ".join(literal(value) for value in what["enum"] if value is not None)
            null = ["None"] if None in what["enum"] else []
            return union([f"Literal[{values}]", *null], quoted)
        if "const" in what:
            return f"Literal[{literal(what['const'])}]"
        if several := what.get("anyOf") or what.get("oneOf"):
            return union([self.type_of(one, name, quoted) for one in several], quoted)
        kinds = what["type"] if isinstance(what["type"], list) else [what["type"]]
        return union([self.one_type(kind, what, name, quoted) for kind in kinds], quoted)

    def one_type(self, kind: str, what: Definition, name: str, quoted: bool) -> str:
        if kind == "array":
            return f"_Many[{self.type_of(what['items'], name, quoted)}]"
        if kind != "object":
            return PLAIN[kind]
        if "properties" in what:
            self.document(name, what)
            return class_name(name)
        members = what.get("additionalProperties")
        made = self.type_of(members, name, quoted) if isinstance(members, dict) else "Any"
        return f"Mapping[str, {made}]"


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"[-+_]", name))


def class_name(definition: str) -> str:
    return camel(definition) + ("" if definition in PARTS else "Options")


def literal(value: str | bool) -> str:
    return str(value) if isinstance(value, bool) else f'"{value}"'


def union(kinds: list[str], quoted: bool) -> str:
    if len(kinds) == 1:
        return kinds[0]
    return f"Union[{', '.join(kinds)}]" if quoted else " | ".join(kinds)


def spoken(what: Definition) -> str:
    """The description, in Python's words."""
    words = re.compile(r"\b(null|true|false)\b")
    return words.sub(lambda word: WORDS[word[0]], what.get("description", ""))


def fill(text: str, **indents: str) -> str:
    lines = textwrap.wrap(text, WIDTH, break_on_hyphens=False, **indents)
    return "".join(f"{line}\n" for line in lines)


def comment(what: Definition, indent: str) -> str:
    lead = f"{indent}#: "
    return fill(spoken(what), initial_indent=lead, subsequent_indent=lead)


def docstring(what: Definition) -> str:
    about = spoken(what)
    if not about:
        return ""
    text = fill(f'"""{about}', initial_indent="    ", subsequent_indent="    ").rstrip()
    return f'{text}"""\n\n'


def wrapped(made: str) -> str:
    if len(made) <= WIDTH:
        return made
    opened, inner = made.split("[", 1)
    lines = fill(inner[:-1], initial_indent="    ", subsequent_indent="    ")
    return f"{opened}[\n{lines.rstrip()},\n]"
