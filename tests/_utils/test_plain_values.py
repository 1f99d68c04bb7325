"""Plain values: what JSON takes, and nothing else changed."""

import json
from types import MappingProxyType

from imbalance_kit._utils._plain_values import to_plain


def test_nested_values_are_plain_and_what_json_lacks_is_none() -> None:
    value = {
        "a": (1, float("nan"), [float("inf"), "text", True]),
        "b": MappingProxyType({"c": (-float("inf"), None, 0.5)}),
    }
    plain = to_plain(value)
    assert plain == {"a": [1, None, [None, "text", True]], "b": {"c": [None, None, 0.5]}}
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
