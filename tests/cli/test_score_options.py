from imbalance_kit.cli import _score_options
from imbalance_kit.cli._score import score


def test_every_option_is_one_of_the_command() -> None:
    declared = {id(one) for one in vars(_score_options).values() if hasattr(one, "__metadata__")}
    taken = {name: one for name, one in score.__annotations__.items() if name != "return"}
    assert {id(one) for one in taken.values()} == declared
    assert all(one.__metadata__[0].help for one in taken.values())
