"""Names are cut where they are too long, and only there."""

from imbalance_kit._utils._shorten import shorten


def test_a_long_name_is_cut() -> None:
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abc..."
