"""What a run leaves beside its output: everything needed to undo it, as JSON."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.shift import Shift, from_json
from imbalance_kit.shift._bayes import multiply_odds

MANIFEST_NAME = "_imbalance_kit.json"
_FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """How the rows of a data set were chosen.

    :func:`~imbalance_kit.scale_out.downsample` writes it into its output, under a name that readers
    of data sets skip; read it at training and serving time to undo the change.

    Parameters
    ----------
    label : str
        Column of the class.
    shift_text : str
        The shift as JSON.
    features : tuple of str, default=()
        Columns that the pilot reads.
    key : tuple of str, default=()
        Columns that tell rows apart; empty where rows are known by file and number.
    seed : int, default=0
        What random numbers derive from, with the stage.
    stage : str, default=""
        Name of the step.
    hash : str, default=""
        Name of the hash.
    counts_before : tuple of (label, int), default=()
        Rows of each class in the source.
    counts_after : tuple of (label, int), default=()
        Rows of each class in the output.
    expected_after : float, default=0.0
        Rows expected in the output.
    source : str, default=""
        Where the rows came from.
    columns : tuple of (str, str), default=()
        Names and types of the columns of the source.
    versions : tuple of (str, str), default=()
        Releases of the libraries that wrote it.
    run : str, default=""
        Digest of everything that the output depends on, files and settings.

    See Also
    --------
    read_manifest : Read it from a folder.

    Examples
    --------
    >>> from imbalance_kit import ClassShift
    >>> from imbalance_kit.scale_out import Manifest
    >>> shift = ClassShift({0: .01, 1: 1})
    >>> manifest = Manifest(label="click", shift_text=shift.to_json())
    >>> manifest.load_shift() == shift
    True
    """

    label: str
    shift_text: str
    features: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    seed: int = 0
    stage: str = ""
    hash: str = ""
    counts_before: tuple[tuple[Any, int], ...] = ()
    counts_after: tuple[tuple[Any, int], ...] = ()
    expected_after: float = 0.0
    source: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    run: str = ""

    def load_shift(self, pilot: Any = None) -> Shift:
        """Return the shift, to be undone in predictions.

        Parameters
        ----------
        pilot : object or list of objects, default=None
            The fitted pilots, where they are not linear: they are recognised by fingerprint.

        Returns
        -------
        shift : Shift
            For ``CorrectedClassifier(FrozenEstimator(model), shift=...)`` or `shift.undo`.
        """
        return from_json(self.shift_text, pilot)

    @property
    def depends_on_row(self) -> bool:
        """Whether the change depends on the row, and not on its class alone."""
        content = json.loads(self.shift_text)
        return bool(content["kind"] != "ClassShift" and content.get("criterion") != "uniform")

    def undo(
        self, proba: Any, X: Any = None, *, log_odds_offset: Any = None, pilot: Any = None
    ) -> NDArray[np.floating[Any]]:
        """Turn raw probabilities of a model trained on the output into those of the source.

        Not for models trained with the offset, whose predictions are right as they are.

        Parameters
        ----------
        proba : array-like of shape (n_samples,) or (n_samples, 2)
            In [0, 1]; one dimension means the later of the two labels, sorted.
        X : table of shape (n_samples, n_features), default=None
            The rows, with the columns `features`.
        log_odds_offset : array-like of shape (n_samples,), default=None
            Instead of X: what :func:`downsample` has added to the log odds of each row.
        pilot : object or list of objects, default=None
            As for `load_shift`.

        Returns
        -------
        proba : ndarray of the same shape
            Probabilities in the source.
        """
        if log_odds_offset is None:
            return self.load_shift(pilot).undo(proba, X)
        offset = np.asarray(log_odds_offset, dtype=np.float64)
        if not np.isfinite(offset).all():
            raise ValueError(
                "`log_odds_offset` contains NaN or infinity: expected the finite numbers that "
                "downsample wrote."
            )
        return multiply_odds(proba, np.column_stack([np.zeros(len(offset)), -offset]))

    def to_json(self) -> str:
        """Return the manifest as JSON text.

        Returns
        -------
        text : str
            With the shift inside it, readable.
        """
        content = {"imbalance_kit_manifest": _FORMAT, **asdict(self)}
        content["shift"] = json.loads(content.pop("shift_text"))
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Rebuild from the text of `to_json`.

        Parameters
        ----------
        text : str
            JSON text.

        Returns
        -------
        manifest : Manifest
            Equal to the one that was written.
        """
        try:
            content = json.loads(text)
            if content.pop("imbalance_kit_manifest") != _FORMAT:
                raise ValueError("it is of another format; update imbalance_kit")
            if "kind" not in dict(content["shift"]):
                raise ValueError("its shift has no kind")
            content["shift_text"] = json.dumps(content.pop("shift"))
            for name in ("features", "key"):
                content[name] = tuple(content[name])
            for name in ("counts_before", "counts_after", "columns", "versions"):
                content[name] = tuple((a, b) for a, b in content[name])
            manifest = cls(**content)
            _check_kinds(manifest)
            return manifest
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise ValueError(
                f"Expected the text of a manifest, got {text[:60]!r}: {error}."
            ) from None


def _check_kinds(manifest: Manifest) -> None:
    """Raise unless names are texts and counts are numbers: the text may be anybody's."""
    names = ("label", "features", "key", "stage", "hash", "source", "columns", "versions", "run")
    for name in names:
        if not _holds_only(str, getattr(manifest, name)):
            raise ValueError(f"`{name}` must be text, got {getattr(manifest, name)!r}")
    for name in ("counts_before", "counts_after"):
        for label, count in getattr(manifest, name):
            if not isinstance(label, (str, int, float)) or type(count) is not int or count < 0:
                raise ValueError(f"`{name}` must hold labels and counts, got {[label, count]!r}")


def _holds_only(kind: type, value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_holds_only(kind, one) for one in value)
    return isinstance(value, kind)


def read_manifest(path: Any) -> Manifest:
    """Read the manifest of a data set that `downsample` wrote.

    Use it where a model is trained on that data set, or serves: its shift undoes the sampling.

    Parameters
    ----------
    path : str or Path
        The folder, or the manifest itself.

    Returns
    -------
    manifest : Manifest
        With `load_shift`.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If the file is something else.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from imbalance_kit import ClassShift
    >>> from imbalance_kit.scale_out import Manifest, read_manifest
    >>> manifest = Manifest(label="click", shift_text=ClassShift({0: .01, 1: 1}).to_json())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = Path(folder, "_imbalance_kit.json").write_text(manifest.to_json())
    ...     read_manifest(folder) == manifest
    True
    """
    file = Path(path)
    file = file / MANIFEST_NAME if file.is_dir() else file
    if not file.is_file():
        raise FileNotFoundError(
            f"'{file}' does not exist: expected the manifest of a data set that downsample wrote."
        )
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(
            f"'{file}' is no manifest: it is not text. Expected the folder that downsample wrote, "
            f"or '{MANIFEST_NAME}' in it."
        ) from None
    try:
        return Manifest.from_json(text)
    except ValueError as error:
        raise ValueError(f"'{file}' is no manifest: {error}") from None
