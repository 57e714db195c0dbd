"""Take out of an installed environment what vfeed never opens: `python deploy/slim.py SITE-PACKAGES`.

Only for the image, whose packages nobody changes afterwards. What goes: the packages' own tests, what only compilers
read, descriptions of Amazon's other services, days and numbers in languages that vfeed does not speak, models of
MediaPipe's that vfeed does not load, what makes and changes networks, and the names of functions inside compiled code.
What a start would compile is compiled.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from compileall import compile_dir
from pathlib import Path
from py_compile import PycInvalidationMode

TEST_FOLDERS = ("tests", "test")
FOR_COMPILERS = {".pyi", ".pxd", ".pyx", ".h", ".hpp", ".c", ".cpp", ".a", ".lib", ".f90"}
LANGUAGES = ("root", "en", "cy")
SERVICES = ("s3", "sts", "sso", "sso-oidc", "signin")
UNUSED = (
    "cv2/data",
    "matplotlib/mpl-data/sample_data",
    "numpy/distutils",
    "numpy/f2py",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
)
MODEL_LOADED = "face_detection"  # of MediaPipe's modules; the code of the others is imported with it
COMPILED_AHEAD = ("flask", "flask_security", "jinja2", "pydantic", "sqlalchemy", "werkzeug")
"""What takes longest to compile at a start; all that a start loads would not leave the image small enough."""
LEFT = re.compile(r"sqlalchemy/(testing|dialects/(mysql|mssql|oracle))/")
LOADED = 1  # PT_LOAD of an ELF file's table


def unneeded(packages: Path) -> Iterator[Path]:
    """Files and folders that can go."""
    yield from (packages / each for each in UNUSED if (packages / each).is_dir())
    for path in packages.rglob("*"):
        if path.is_dir():
            if path.name in TEST_FOLDERS:
                yield path
        elif path.suffix in FOR_COMPILERS:
            yield path
    models = (packages / "mediapipe" / "modules").rglob("*.tflite")
    yield from (path for path in models if path.parent.name != MODEL_LOADED)
    languages = (packages / "babel" / "locale-data").glob("*.dat")
    yield from (path for path in languages if path.stem.split("_")[0] not in LANGUAGES)
    for path in (packages / "botocore" / "data").glob("*/"):
        if path.is_dir() and path.name not in SERVICES:
            yield path


def strip(library: Path) -> None:
    """Take the names of functions out of a compiled file; one that could not be loaded afterwards stays as it is."""
    stripped = library.with_name(f"{library.name}.stripped")
    done = subprocess.run(["strip", "--strip-unneeded", "-o", stripped, library], capture_output=True)
    if done.returncode == 0 and can_be_loaded(stripped.read_bytes()):
        shutil.copymode(library, stripped)
        stripped.replace(library)
    stripped.unlink(missing_ok=True)


def can_be_loaded(elf: bytes) -> bool:
    """Whether each part that is loaded lies at its alignment: strip loses that where patchelf moved things about."""
    start, _, _, _, size, count = struct.unpack_from("<Q Q I H H H", elf, 32)
    for place in range(start, start + size * count, size):
        kind, _, offset, address, _, _, _, alignment = struct.unpack_from("<I I Q Q Q Q Q Q", elf, place)
        if kind == LOADED and alignment > 1 and (address - offset) % alignment:
            return False
    return True


def compiled(packages: Path) -> Iterator[Path]:
    """The compiled files of 64-bit Linux."""
    for path in packages.rglob("*.so*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(5) == b"\x7fELF\x02":
                    yield path


def compile_ahead(packages: Path) -> None:
    """Compile what every start would compile anew: nothing can be written where the image runs."""
    for path in (packages / name for name in COMPILED_AHEAD):
        if path.is_dir():
            compile_dir(path, quiet=1, rx=LEFT, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def main(packages: Path) -> None:
    """Do all of it."""
    for path in list(unneeded(packages)):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for path in list(compiled(packages)):
        strip(path)
    compile_ahead(packages)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
