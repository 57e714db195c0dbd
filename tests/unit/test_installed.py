"""What other packages bring along."""

from __future__ import annotations

import pytest

from vfeed.errors import VfeedError
from vfeed.installed import made


def test_whatever_code_of_others_raises_is_told_as_the_packages_fault() -> None:
    with pytest.raises(VfeedError, match="It cannot be loaded") as told:
        made(lambda: 1 // 0, "It cannot be loaded.")
    assert told.value.code == "setting_invalid" and isinstance(told.value.__cause__, ZeroDivisionError)


def test_an_error_of_vfeeds_own_is_no_fault_of_the_package() -> None:
    def lacks() -> None:
        raise VfeedError("model_missing", "There is no model.")

    with pytest.raises(VfeedError, match="There is no model"):
        made(lacks, "It cannot be loaded.")
    assert made(lambda: 7, "") == 7
