from collections.abc import Callable
from typing import Any

import pytest

from imbalance_kit.testing import _weight_laws
from tests.testing._mutants import assert_turns_red, cases_of


@pytest.mark.parametrize(("mutant", "law"), cases_of(_weight_laws))
def test_the_law_catches(mutant: type, law: Callable[[Any], None]) -> None:
    assert_turns_red(mutant, law)
