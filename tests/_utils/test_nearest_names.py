import pytest

from imbalance_kit._utils._nearest_names import nearest_names


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("incom", ["age", "income"], ["income"]),
        ("INCOME", ["Income", "age"], ["Income"]),
        ("id", ["ID", "Id"], ["ID"]),  # the first of those that differ by case alone
        ("q", ["income"], []),
        ("x", [], []),
        ("10", [1, 100], ["100", "1"]),
    ],
)
def test_nearest_names(name: str, known: list[object], expected: list[str]) -> None:
    assert nearest_names(name, known) == expected


def test_three_at_most() -> None:
    assert len(nearest_names("xx1", [f"xx{k}" for k in range(10)])) == 3
