import pytest

from imbalance_kit.cli._messages import (
    InputError,
    count_of,
    did_you_mean,
    in_words,
    quote_some,
)


def test_text_ends_with_the_hint() -> None:
    assert str(InputError("It is wrong.")) == "It is wrong."
    assert str(InputError("It is wrong.", "mend it.")) == "It is wrong. Hint: mend it."


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("incom", "did you mean 'income'?"),
        ("INCOME", "did you mean 'income'?"),
        ("zzz", "there are 'age', 'income', 'sex'."),
    ],
)
def test_nearest_names(name: str, hint: str) -> None:
    assert did_you_mean(name, ["age", "income", "sex"]) == hint


def test_nothing_to_suggest() -> None:
    assert did_you_mean("x", []) == ""


def test_a_long_list_is_cut() -> None:
    assert quote_some("abc", limit=2) == "'a', 'b' and 1 more"


def test_numbers_with_their_noun() -> None:
    assert count_of(1, "row") == "1 row"
    assert count_of(1200, "row") == "1,200 rows"
    assert count_of(2, "class", "classes") == "2 classes"


def test_names_of_the_library_become_those_of_the_command() -> None:
    words = {"`key` and more": "--keys", "`key`": "--key"}
    assert in_words("`key` is missing; `key` and more", words) == "--key is missing; --keys"
