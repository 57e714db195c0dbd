"""Protocol packs as YAML: read with the line of whatever does not fit, and written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from vfeed.errors import VfeedError, filled
from vfeed.errors import marked as _
from vfeed.practice.protocol import SCHEMAS, SINCE_2, Pack

# Read in a part of a second; the longest code set that comes along has a tenth of this.
MAX_CHARACTERS = 50_000
MAX_DEPTH = 8
# Ten times as quick where PyYAML was built with its C part; both refuse the same.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_pack(text: str) -> Pack:
    """The pack written in a YAML text; raises VfeedError `invalid_input` with line, field and fix."""
    if len(text) > MAX_CHARACTERS:
        raise _refused(
            _("This file has more than %(most)s characters."),
            _("A code set is much shorter."),
            most=f"{MAX_CHARACTERS:,}",
        )
    try:
        _refuse_tricks(text)
        root = yaml.compose(text, Loader=LOADER)
        held = yaml.load(text, Loader=LOADER)  # noqa: S506  (a safe loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refused(
            _("Line %(line)s is not YAML: %(problem)s."),
            _("Look at the blanks at the beginnings of lines, and at quotes and colons."),
            line=line,
            problem=error.problem or filled(_("it cannot be read")),
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise _refused(_("This is not a YAML text."), _("Choose the file that vfeed exported.")) from error
    if not isinstance(root, yaml.MappingNode) or not isinstance(held, dict):
        raise _refused(_("This file holds no code set."), _("It begins with lines such as “id: ...” and “title: ...”."))
    _refuse_twice(root)
    if held.get("schema", SCHEMAS[0]) not in SCHEMAS:
        raise _refused(
            _("This file is written for another vfeed (schema %(schema)s)."),
            _("This vfeed reads schema %(known)s: export it again from a vfeed of this version."),
            schema=_shown(held["schema"]),
            known=", ".join(map(str, SCHEMAS)),
        )
    try:
        return Pack.model_validate(held)
    except ValidationError as error:
        # A name that does not exist explains the one that is missing.
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        raise _refused(
            _("Line %(line)s does not fit (%(place)s): %(expected)s."),
            _("Correct it and import the file again. docs/packs.md says what each field may hold."),
            line=_line_of(root, first["loc"]),
            place=_place(first["loc"]),
            expected=_words(first),
        ) from error


def write_pack(pack: Pack) -> str:
    """A pack as YAML that `read_pack` reads back."""
    held = {name: _said(value) for name, value in pack.model_dump(mode="json", by_alias=True).items()}
    for name in SINCE_2:
        if not held[name]:
            del held[name]
    text = yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=100)
    assert isinstance(text, str)
    return text


def _shown(value: object) -> str:
    """A value as it was written, for a message; one of another kind, or a long one, by its kind."""
    return repr(value) if isinstance(value, (str, float)) or (isinstance(value, int) and value < 1 << 64) else "unknown"


def _said(value: object) -> object:
    """The same without what a part need not say: empty texts and lists, and what is left at its usual value."""
    if isinstance(value, list):
        return [_said(each) for each in value]
    if isinstance(value, dict):
        return {name: _said(each) for name, each in value.items() if each not in ("", [], None, False)}
    return value


def _refuse_tricks(text: str) -> None:
    """References that multiply, and nests so deep that reading them breaks; neither is part of a pack."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise _refused(
                _("Line %(line)s refers to another place (*)."), _("Write the value out where it is used."), line=line
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _refused(_("Line %(line)s is nested too deep."), _("Compare it with an exported file."), line=line)


def _refuse_twice(node: yaml.Node) -> None:
    """The same field twice: YAML would silently take the last."""
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _refuse_twice(each)
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set()
    for name, value in node.value:
        if name.value in seen:
            raise _refused(
                _("Line %(line)s names “%(name)s” a second time."),
                _("Take one out."),
                line=name.start_mark.line + 1,
                name=name.value,
            )
        seen.add(name.value)
        _refuse_twice(value)


def _line_of(root: yaml.Node, place: Sequence[int | str]) -> int:
    node = root
    for step in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            found = next((value for name, value in node.value if name.value == step), None)
            if found is None:
                break
            node = found
    return node.start_mark.line + 1


def _place(place: Sequence[int | str]) -> str:
    return ", ".join(f"number {step + 1}" if isinstance(step, int) else step for step in place) or "the whole"


def _words(error: object) -> str:
    assert isinstance(error, dict)
    if error["type"] == "extra_forbidden":
        return filled(_("there is no such field"))
    if error["type"] == "missing":
        return filled(_("it is missing"))
    if error["type"] == "string_pattern_mismatch":
        return filled(
            _("an id holds small letters, digits and _; a key is one small letter; a colour looks like #2a6f4d")
        )
    return str(error["msg"]).removeprefix("Value error, ")


def _refused(message: str, hint: str, **values: object) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint, **values)
