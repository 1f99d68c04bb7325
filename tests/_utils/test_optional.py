"""A missing library names the extra that brings it."""

import math

import pytest

from imbalance_kit._utils._optional import import_optional


def test_returns_the_module() -> None:
    assert import_optional("math", extra="plot", purpose="Counting") is math
    assert import_optional("os.path", extra="plot", purpose="Counting").sep


def test_names_the_extra() -> None:
    message = (
        r"Drawing needs no_such_library, which is not installed. "
        r"Hint: pip install 'imbalance-kit\[plot\]'"
    )
    with pytest.raises(ImportError, match=message):
        import_optional("no_such_library.pyplot", extra="plot", purpose="Drawing")
