from imbalance_kit.cli import _options, _weight_options
from imbalance_kit.cli._weight import weight


def test_every_option_is_one_of_the_command() -> None:
    """An option that is declared and not taken would be dead, one without help a riddle."""
    names = {**vars(_options), **vars(_weight_options)}
    declared = {id(one) for one in names.values() if hasattr(one, "__metadata__")}
    taken = {name: one for name, one in weight.__annotations__.items() if name != "return"}
    assert {id(one) for one in taken.values()} == declared
    assert all(one.__metadata__[0].help for one in taken.values())
