"""One page a package for the reference: what its modules, classes and functions say of themselves.

griffe reads the sources without running them, so that the site is built without vfeed's own packages. Docstrings are
Markdown already but for examples, which are put into fences. Modules are headings, what is in them are rubrics, which
stand in no table of contents: furo copies those of all pages into each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import griffe

LEFT_OUT = {"vfeed.store.migrations"}
"""Steps that are run by Alembic and called by nobody."""
EXAMPLE = re.compile(r"^>>> .*?(?=\n\s*\n|\Z)", re.DOTALL | re.MULTILINE)
INDEX = """# Reference

What each module, class and function says of itself, read from the sources. Names that begin with an underscore are
left out. [The way of a clip](../architecture.md) says how they belong together, [how to add](../how-to-add.md) what to
build on.

```{{toctree}}
:maxdepth: 1

{}
```
"""


def write(root: Path, out: Path) -> None:
    """Write the pages of the package below `root` to the folder `out`, and remove those of packages that are gone."""
    out.mkdir(exist_ok=True)
    package = griffe.load("vfeed", search_paths=[root], allow_inspection=False)
    pages = {page.path: text(page) for page in packages(package)}
    for old in out.glob("*.md"):
        if old.stem not in pages:
            old.unlink()
    for name, words in {**pages, "README": INDEX.format("\n".join(sorted(pages)))}.items():
        (out / f"{name}.md").write_text(words, encoding="utf-8")


def packages(package: griffe.Module) -> Iterator[griffe.Module]:
    """Yield `package` and every package within it."""
    yield package
    for each in modules(package):
        if each.is_init_module and each.path not in LEFT_OUT:
            yield from packages(each)


def modules(package: griffe.Module) -> list[griffe.Module]:
    """Return the modules and packages of `package`, by name."""
    return sorted(package.modules.values(), key=lambda module: module.path)


def text(package: griffe.Module) -> str:
    """Return the page of a package: itself, then its modules."""
    parts = [f"# {package.path}\n", said(package), *members(package, 2)]
    for each in modules(package):
        if not each.is_init_module:
            parts += [f"## {each.path}\n", said(each), *members(each, 3)]
    return "\n".join(parts)


def members(of: griffe.Module | griffe.Class, level: int) -> Iterator[str]:
    """Yield a part for each class, function and property of `of` that is public and says something of itself."""
    for each in of.members.values():
        if each.is_alias or each.name.startswith("_") or each.docstring is None:
            continue
        if isinstance(each, griffe.Class):
            yield part(level, each, f"class {each.signature() or each.name}")
            yield from members(each, level + 1)
        elif isinstance(each, griffe.Function):
            yield part(level, each, f"def {each.signature()}")
        elif isinstance(each, griffe.Attribute) and "property" in each.labels:
            yield part(level, each, f"{each.name}: {each.annotation}")


def part(level: int, each: griffe.Object, signature: str) -> str:
    """Return a heading, the signature and the words of `each`."""
    heading = f"```{{rubric}} {each.name}\n:heading-level: {min(level, 6)}\n```"
    return f"{heading}\n\n`{' '.join(signature.split())}`\n\n{said(each)}"


def said(of: griffe.Object) -> str:
    """Return the docstring of `of` as Markdown, its examples in fences."""
    words = of.docstring.value if of.docstring else ""
    return EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```", words) + "\n"
