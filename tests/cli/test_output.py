import json
import os
from pathlib import Path

import pytest

from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._output import check_outputs, standard_output, write_whole


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("old")
    check_outputs({"--json": old, "--html": tmp_path / "new.html"}, None)
    assert listing(tmp_path) == ["old.json"]
    assert old.read_text() == "old"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "it is a folder"),
        ("missing/a.json", "the folder '.*missing' does not exist"),
        ("file/a.json", "the folder '.*file' is not a folder"),
        ("n" * 300, "File name too long"),
    ],
)
def test_unwritable_paths(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=rf"--json '.*' cannot be written: {message}"):
        check_outputs({"--json": tmp_path / name}, None)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_read_only(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("")
    path.chmod(0o400)
    with pytest.raises(InputError, match="the file is read-only"):
        check_outputs({"--json": path}, None)
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="Permission denied"):
        check_outputs({"--json": tmp_path / "b.json"}, None)


def test_paths_that_collide(tmp_path: Path) -> None:
    source = tmp_path / "data.csv"
    source.write_text("a,b\n")
    (tmp_path / "link.csv").symlink_to(source)
    with pytest.raises(InputError, match="--html would overwrite the input file"):
        check_outputs({"--json": None, "--html": tmp_path / "link.csv"}, source)
    with pytest.raises(InputError, match="--json and --html name the same file"):
        check_outputs({"--json": tmp_path / "a", "--html": tmp_path / "." / "a"}, source)


def test_writing_replaces_in_one_move(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("old")
    path.chmod(0o640)
    write_whole(path, "néw\n")
    assert path.read_bytes() == "néw\n".encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert listing(tmp_path) == ["a.html"]


def test_bytes_of_a_file_name_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    write_whole(tmp_path / "a.json", f'"{name}"\n')
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == name


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", "text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "text"


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.html"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert listing(tmp_path) == ["a.html"]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices here")
def test_devices_are_written_to_and_not_replaced() -> None:
    check_outputs({"--json": Path("/dev/null")}, None)
    write_whole(Path("/dev/null"), "text")
    assert not Path("/dev/null").is_file()


def test_standard_output_that_lacks_a_character(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as file, monkeypatch.context() as patch:
        patch.setattr("sys.stdout", file)
        with standard_output():
            print("é", os.fsdecode(b"\xe9"))
    assert (tmp_path / "out").read_text() == "\\xe9 \\udce9\n"


def test_standard_output_that_is_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as file, monkeypatch.context() as patch:
        patch.setattr("sys.stdout", file)
        with (
            pytest.raises(InputError, match="Standard output cannot be written: No space left"),
            standard_output(),
        ):
            raise OSError(28, "No space left on device")
        print("goes nowhere", file=file)
    assert (tmp_path / "out").read_text() == ""


def test_standard_output_that_nobody_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as file, monkeypatch.context() as patch:
        patch.setattr("sys.stdout", file)
        with pytest.raises(SystemExit) as end, standard_output():
            raise BrokenPipeError(32, "Broken pipe")
    assert end.value.code == 1
