"""The folder beside the destination in which a run grows until it is whole.

Each piece of work is one file, moved to its name when it is complete; so whatever has its name is
whole, and a run that was killed goes on from there.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.scale_out._histogram import Histogram
from imbalance_kit.scale_out._manifest import MANIFEST_NAME, read_manifest
from imbalance_kit.scale_out._tally import Sample, Tally

_PURPOSE = "Writing Parquet"


class Workspace:
    """Results of one run on disk, by name.

    Parameters
    ----------
    destination : Path
        Where the output goes in the end.
    identity : dict
        Everything the results depend on, as JSON values.
    """

    def __init__(self, destination: Path, identity: dict[str, Any]) -> None:
        self.destination = destination
        self.folder = destination.with_name(f".{destination.name}.partial")
        self.output = self.folder / "output"
        self.identity = json.loads(json.dumps(identity))
        self._lock: Any = None

    def open(self, *, resume: bool) -> None:
        """Make the folder; take up what an earlier run left there, or clear it away.

        Until `release`, no other process can open it.

        Raises
        ------
        FileExistsError
            If the destination is there already, or another run writes to it.
        ValueError
            If what is to be resumed was another run.
        """
        if not self.destination.parent.is_dir():
            raise FileNotFoundError(f"The folder '{self.destination.parent}' does not exist.")
        self._check_absent()
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            raise type(error)(
                f"'{self.destination}' cannot be written: {error.strerror}. Expected a folder "
                "beside it, in which to work, that can be made."
            ) from error
        self._lock = _lock(self.folder / "lock")
        try:
            self._check_absent()  # the run that had the lock may have come to its end
            self._prepare(resume=resume)
        except BaseException:
            self.release()
            raise

    def _prepare(self, *, resume: bool) -> None:
        mark = self.folder / "run.json"
        if resume and mark.exists():
            if json.loads(mark.read_text(encoding="utf-8")) != self.identity:
                raise ValueError(
                    f"'{self.folder}' is what another run has left: its source, settings or "
                    "versions differ. Hint: run without `resume`, which starts again."
                )
            shutil.rmtree(self.output, ignore_errors=True)
        else:
            for path in self.folder.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != "lock":
                    path.unlink()
            _write_text(mark, json.dumps(self.identity))
        self.output.mkdir()

    def _check_absent(self) -> None:
        if self.destination.exists():
            raise FileExistsError(
                f"'{self.destination}' exists already: nothing is overwritten. Hint: choose "
                "another destination, or take it away."
            )

    def release(self) -> None:
        """Let another run open the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def finish(self, manifest_text: str | None = None) -> None:
        """Put the manifest to the output and move both to the destination."""
        if manifest_text is not None:
            _write_text(self.output / MANIFEST_NAME, manifest_text)
        os.rename(self.output, self.destination)
        self.clear()

    def clear(self) -> None:
        """Remove everything but the destination."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @classmethod
    @contextmanager
    def open_once(cls, destination: Path) -> Iterator["Workspace"]:
        """Open one for a run that is not to be resumed; nothing is left of it, whatever its end."""
        work = cls(destination, {})
        work.open(resume=False)
        try:
            yield work
        finally:
            work.clear()
            work.release()

    # One file per result -----------------------------------------------------------------------

    def save_tally(self, tally: Tally) -> None:
        """Keep the tally of all rows."""
        for k, (label, sample) in enumerate(tally.samples.items()):
            table = sample.rows.append_column("\0number", _arrow().array(sample.numbers))
            table = table.append_column("\0fold", _arrow().array(sample.folds))
            self._save(f"sample-{k}.arrow", table, {"label": label})
        self._save("tally.arrow", _arrow().table({}), {"counts": list(tally.counts.items())})

    def load_tally(self) -> Tally | None:
        """Return the tally, or None where there is none."""
        whole = self._load("tally.arrow")
        if whole is None:
            return None
        counts = dict(whole[1]["counts"])
        samples = {}
        for k in range(len(counts)):
            loaded = self._load(f"sample-{k}.arrow")
            if loaded is not None:
                table, note = loaded
                numbers, folds = (table[name].to_numpy() for name in ("\0number", "\0fold"))
                rows = table.drop_columns(["\0number", "\0fold"])
                samples[note["label"]] = Sample(numbers, folds, rows)
        return Tally(counts, samples)

    def save_kept(
        self, name: str, rows: Any, hashes: NDArray[np.uint64], histograms: dict[Any, Histogram]
    ) -> None:
        """Keep the candidates of one row group."""
        note = [
            [label, bins.tolist(), histogram[bins].tolist()]
            for label, histogram in histograms.items()
            for bins in [np.flatnonzero(histogram)]
        ]
        table = rows.append_column("\0hash", _arrow().array(hashes))
        self._save(f"{name}.arrow", table, {"histograms": note})

    def load_histograms(self, name: str, n_bins: int) -> dict[Any, Histogram] | None:
        """Return the histograms of one row group, or None where it is still to be read."""
        note = self._load_note(f"{name}.arrow")
        if note is None:
            return None
        histograms = {}
        for label, bins, counts in note["histograms"]:
            histograms[label] = np.zeros(n_bins, dtype=np.int64)
            histograms[label][bins] = counts
        return histograms

    def load_kept(self, name: str) -> tuple[Any, NDArray[np.uint64]]:
        """Return the candidates of one row group and their hashes."""
        loaded = self._load(f"{name}.arrow")
        if loaded is None:
            raise FileNotFoundError(f"'{self.folder / name}.arrow' is gone.")
        table = loaded[0]
        return table.drop_columns(["\0hash"]), table["\0hash"].to_numpy()

    def _save(self, name: str, table: Any, note: dict[str, Any]) -> None:
        table = table.replace_schema_metadata({"note": json.dumps(note)})
        draft = self.folder / f"{name}.draft"
        with _arrow().OSFile(str(draft), "wb") as file, _ipc().new_file(file, table.schema) as out:
            out.write_table(table)
        os.replace(draft, self.folder / name)

    def _load(self, name: str) -> tuple[Any, dict[str, Any]] | None:
        file = self.folder / name
        if not file.exists():
            return None
        with _arrow().OSFile(str(file), "rb") as opened:
            table = _ipc().open_file(opened).read_all()
        return table, json.loads(table.schema.metadata[b"note"])

    def _load_note(self, name: str) -> dict[str, Any] | None:
        file = self.folder / name
        if not file.exists():
            return None
        with _arrow().OSFile(str(file), "rb") as opened:
            note: dict[str, Any] = json.loads(_ipc().open_file(opened).schema.metadata[b"note"])
        return note


def run_digest(identity: dict[str, Any]) -> str:
    """Return a digest of everything that the results of a run depend on."""
    text = json.dumps(identity, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def is_finished(destination: Path, identity: dict[str, Any]) -> bool:
    """Whether the destination is what a run of this identity has made."""
    manifest = destination / MANIFEST_NAME
    return manifest.is_file() and read_manifest(manifest).run == run_digest(identity)


def _lock(path: Path) -> Any:
    """Return a file that no other process can lock until it is closed, by whatever end.

    Raises
    ------
    FileExistsError
        If another process has it.
    """
    file = path.open("w")
    try:
        fcntl = import_module("fcntl")
    except ImportError:  # Windows: two runs at once are not told apart
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not path.exists() or not os.path.samestat(os.fstat(file.fileno()), path.stat()):
            raise BlockingIOError  # its owner has just taken it away
    except BlockingIOError:
        file.close()
        raise FileExistsError(
            f"Another run is writing to '{path.parent}' now. Hint: wait for its end, or choose "
            "another destination."
        ) from None
    return file


def _write_text(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.draft")
    # A file name may hold bytes that are no UTF-8, which Python keeps as lone surrogates.
    draft.write_text(text, encoding="utf-8", errors="backslashreplace")
    os.replace(draft, path)


def _arrow() -> Any:
    return import_optional("pyarrow", extra="parquet", purpose=_PURPOSE)


def _ipc() -> Any:
    return import_optional("pyarrow.ipc", extra="parquet", purpose=_PURPOSE)
