from collections import defaultdict

import typer

from imbalance_kit.cli._app import app


def test_what_commands_share_is_written_and_read_alike() -> None:
    """The same name is the same flags and kind of value in every command."""
    found = defaultdict(list)
    for command in typer.main.get_group(app).commands.values():
        for one in command.params:
            if one.name != "help" and one.param_type_name == "option":
                assert one.help, f"{command.name}: {one.name} is not explained"
                found[one.opts[0]].append((one.opts, one.metavar))
    shared = {name: uses for name, uses in found.items() if len(uses) > 1}
    assert {"--quiet", "--json", "--html", "--drop", "--seed", "--target"} <= shared.keys()
    # A file is written there, or a folder with files.
    for name in shared.keys() - {"--out"}:
        assert all(use == shared[name][0] for use in shared[name]), name
