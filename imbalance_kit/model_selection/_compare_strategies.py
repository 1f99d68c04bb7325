"""Compare what resampling, weighting and moving the threshold do, under cross-validation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from imbalance_kit._utils._containers import n_rows
from imbalance_kit._utils._random import draw_seed
from imbalance_kit._utils._targets import EncodedTarget, encode_target
from imbalance_kit._utils._threads import check_n_jobs
from imbalance_kit._utils._validation import check_same_length, check_sample_weight
from imbalance_kit.correction._choose_correction import CORRECTIONS
from imbalance_kit.correction._learner import is_frozen, last_step, takes_sample_weight
from imbalance_kit.model_selection._advice import advise
from imbalance_kit.model_selection._fit import Rows
from imbalance_kit.model_selection._folds import (
    Fold,
    first_repeat,
    least_rows_inside,
    make_folds,
)
from imbalance_kit.model_selection._metrics import list_metrics
from imbalance_kit.model_selection._notes import describe_method
from imbalance_kit.model_selection._report import ComparisonReport
from imbalance_kit.model_selection._run_fold import FoldResult, Settings, run_fold
from imbalance_kit.model_selection._strategies import (
    NOTHING,
    Strategy,
    check_strategies,
    default_strategies,
    is_classifier_instance,
    with_reference,
)
from imbalance_kit.model_selection._summarize import collect_rows, reference_row, summarize
from imbalance_kit.model_selection._thresholds import CRITERIA

Progress = Callable[[int, int, str], object]


def compare_strategies(
    estimator: Any,
    strategies: Mapping[str, Any] | None,
    X: Any,
    y: Any,
    *,
    cv: Any = 5,
    n_repeats: int = 1,
    groups: Any = None,
    sample_weight: Any = None,
    pos_label: Any = None,
    reference: str = "nothing",
    correction: str = "auto",
    threshold_metric: str = "balanced_accuracy",
    random_state: Any = None,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> ComparisonReport:
    """Tell what resampling, weighting or moving the threshold is worth for a learner on your data.

    Use it before you resample anything: often the ranking does not gain, the probabilities lose
    until they are corrected, and a moved threshold decides as well. Use it on the rows as they
    occur: a data set that was already resampled has nothing left to tell. It does not choose a
    learner or its parameters, and figures of the best of many strategies are a little too good:
    test the chosen one on rows that were kept aside. With fewer than about 50 rows of a class only
    large differences can be seen; repeats (`n_repeats=3`) find more of what is there.

    Parameters
    ----------
    estimator : classifier
        The learner; a Pipeline that encodes and imputes is the commonest.
    strategies : dict of {str: sampler, weighter, classifier, "threshold" or None} or None
        What to compare, by name:

        - a sampler or weighter of this package, or any imbalanced-learn sampler: put in front of
          the learner as in :class:`~imbalance_kit.CorrectedClassifier`, raw and corrected;
        - None: the learner as it is;
        - "threshold": the learner as it is, with a moved threshold;
        - a classifier: compared as it is, for example a Pipeline with
          ``CorrectedClassifier(learner, sampler)`` as its last step, a balanced ensemble, or a
          ``TunedThresholdClassifierCV``.

        None stands for: nothing, class weights, moved threshold, RandomUnderSampler,
        RandomOverSampler and SMOTE; what the learner or the data do not allow is left out, with a
        note.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Rows; they reach samplers and learner untouched.
    y : array-like of shape (n_samples,)
        Class labels, two or more classes.
    cv : int, cross-validation splitter or iterable, default=5
        Folds. An int of at least 2: stratified, shuffled folds, grouped where `groups` are given.
    n_repeats : int, default=1
        How often an int as `cv` is carried out, each time shuffled anew.
    groups : array-like of shape (n_samples,), default=None
        Rows of a group stay together, in the inner splits too.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows, at least 0, used in training and in every metric.
    pos_label : object, default=None
        The positive class of two; None takes the rarer one (by weight).
    reference : str, default="nothing"
        Name of the strategy that the others are compared with. "nothing" is added where no strategy
        is None.
    correction : {"auto", "shift", "offset", "weight", "sigmoid", "isotonic", "temperature", \
"none"}, default="auto"
        How predictions are corrected, as in :class:`~imbalance_kit.CorrectedClassifier`; "offset"
        and "weight" are fits of their own, and "none" reports the raw ones only.
    threshold_metric : {"balanced_accuracy", "mcc", "f1"}, default="balanced_accuracy"
        What the strategy "threshold" moves it for. Two classes only.
    random_state : int, RandomState, Generator or None, default=None
        For the folds, and for every `random_state` that is None in the learner and the samplers:
        then the same for all strategies in a fold.
    n_jobs : int, default=None
        Strategies and folds fitted at a time, as in joblib. The folds and the draws are the same
        for any number.
    progress : callable, default=None
        Called as ``progress(done, total, label)`` in the calling process, after each strategy and
        fold.

    Returns
    -------
    report : ComparisonReport
        Figures, fold values, verdicts, advice in words; `to_dict`, `to_frame`, a readable repr.

    Raises
    ------
    TypeError
        If `estimator` is not a classifier, or a strategy is none of the kinds above.
    ValueError
        If an argument is outside its domain, a fold lacks a class, or a strategy fails (named).

    See Also
    --------
    CorrectedClassifier : What to train once it is known which strategy to take.
    compute_calibration : More about the probabilities of one model.

    Notes
    -----
    *No leakage.* A strategy is carried out on training rows only; all figures are of held-out rows
    as they came in. Thresholds and calibration curves are learned from out-of-fold predictions
    (five stratified folds) within the training rows, the strategy being carried out anew within
    each inner training set.

    *Metrics.* Average precision, ROC AUC, F1 and calibration error are those of the positive class;
    with more classes the plain mean over all classes, each against the rest. Balanced accuracy is
    the mean recall. Log loss, Matthews correlation and, with more than two classes, the Brier score
    are of all classes together. Decisions at the default threshold are what the model predicts: for
    corrected probabilities the most probable class. Names that end in "_tuned" are at a threshold
    learned for that very metric. A correction by class and a logistic curve keep the order of rows,
    so the tuned figures of raw and corrected are the same. With more than two classes a moved
    threshold is Bayes' rule for balanced accuracy: the class of largest probability over share.

    *Recalibrated.* Where a strategy is recalibrated (synthetic rows, cleaning), the reference "does
    nothing" is shown recalibrated too, so that what a curve does is not put down to the sampling.

    *Errors.* Training sets overlap, so that folds are not independent. With differences of mean d̄
    and variance s² over J folds, the error is ``sqrt(s² (1/J + n_test/n_train))`` (Nadeau and
    Bengio 2003), and t has J - 1 degrees of freedom. At a level of .05 the plain error
    ``sqrt(s²/J)`` called equal strategies different in 25 to 30 % of data sets with five folds
    repeated three times and in 53 to 61 % repeated ten times; the corrected one in 2 to 7 %.
    Without repeats it is cautious (1 to 2 %): repeats find more of what is there.

    *Choosing among many.* Per metric, p-values are adjusted over the strategies by Holm's method;
    comparisons that are equal by construction count once. At .05 a strategy is called better or
    worse. Of strategies that do not differ, the simplest is to be taken, which is the reference.

    References
    ----------
    Nadeau and Bengio (2003), Inference for the generalization error, Machine Learning 52, 239-281,
    doi:10.1023/A:1024068626366.
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6, 65-70.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from imbalance_kit import RandomUnderSampler, compare_strategies
    >>> X, y = make_classification(
    ...     2000, weights=[.9], class_sep=.3, flip_y=.02, random_state=0)
    >>> report = compare_strategies(
    ...     LogisticRegression(), {"under": RandomUnderSampler()}, X, y, random_state=0)
    >>> for result in report.results:
    ...     print(result.name, result.variant, f"{result.scores['log_loss'].mean:.2f}")
    nothing as is 0.20
    under raw 0.41
    under corrected 0.22
    """
    data = _check_data(X, y, sample_weight, groups)
    target = data.target
    _check_options(estimator, correction, threshold_metric, sample_weight)
    check_n_jobs(n_jobs)
    positive = _positive_code(target, data.weights, pos_label)
    seed = draw_seed(random_state)
    folds = make_folds(cv, n_repeats, target, data.weights, data.groups, seed)
    least_rows = min(int(np.bincount(data.codes[fold.train]).min()) for fold in folds)
    chosen, left_out = (
        (check_strategies(strategies), [])
        if strategies is not None
        else default_strategies(
            estimator,
            X,
            data.y,
            least_rows=least_rows_inside(least_rows),
        )
    )
    chosen, reference = with_reference(chosen, reference)
    settings = Settings(estimator, correction, threshold_metric, positive, least_rows)

    runs = _run_all(chosen, data, folds, seed, settings, n_jobs, progress)
    rows = collect_rows(chosen, runs)
    classes = tuple(target.classes.tolist())
    pos_label = None if positive is None else classes[positive]
    metrics = list_metrics(classes, pos_label)
    ratio = float(np.mean([len(fold.test) / len(fold.train) for fold in folds]))
    report = ComparisonReport(
        classes=classes,
        class_counts=dict(zip(classes, target.counts.tolist(), strict=True)),
        pos_label=pos_label,
        reference=reference,
        n_samples=len(data.codes),
        n_splits=len(folds),
        metrics=metrics,
        results=summarize(
            rows,
            reference_row(rows, reference),
            metrics,
            data,
            folds,
            first_repeat(folds, len(data.codes)),
            ratio,
        ),
        advice=(),
        notes=(*describe_method(rows, metrics, settings, len(folds), ratio), *left_out),
        test_to_train=ratio,
    )
    return replace(report, advice=advise(report))


def _run_all(
    strategies: Sequence[Strategy],
    data: Rows,
    folds: Sequence[Fold],
    seed: int,
    settings: Settings,
    n_jobs: int | None,
    progress: Progress | None,
) -> dict[str, list[list[FoldResult]]]:
    """Run every strategy on every fold; a moved threshold shares the run of doing nothing."""
    idle = next(
        (s for s in strategies if s.kind == "nothing"),
        Strategy(f"{NOTHING} (to move its threshold)", "nothing"),
    )
    runs_of = {s.name: idle if s.kind == "threshold" else s for s in strategies}
    to_run = list({s.name: s for s in runs_of.values()}.values())
    seeds = np.random.SeedSequence([seed, 1]).generate_state(len(folds)) >> 1
    jobs = [(s, fold) for fold in folds for s in to_run]
    n_first = first_repeat(folds, len(data.codes))
    results: dict[str, list[list[FoldResult]]] = {s.name: [[] for _ in folds] for s in to_run}

    def calls() -> Iterator[Any]:
        for number, (strategy, fold) in enumerate(jobs):
            yield delayed(_numbered)(
                number, strategy, data, fold, int(seeds[fold.number]), settings
            )

    arriving = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(calls())
    for done, (number, result) in enumerate(arriving, start=1):
        strategy, fold = jobs[number]
        kept = fold.number < n_first  # of later repeats the figures are enough
        results[strategy.name][fold.number] = (
            result if kept else [replace(one, proba=one.proba[:0]) for one in result]
        )
        if progress is not None:
            progress(done, len(jobs), f"{strategy.name}, fold {fold.number + 1} of {len(folds)}")
    return {name: results[strategy.name] for name, strategy in runs_of.items()}


def _numbered(number: int, *arguments: Any) -> tuple[int, list[FoldResult]]:
    return number, run_fold(*arguments)


# Checks -------------------------------------------------------------------------------------------


def _check_data(X: Any, y: Any, sample_weight: Any, groups: Any) -> Rows:
    target = encode_target(y)
    check_same_length(n_rows(X), len(target.codes))
    if target.n_classes < 2:
        raise ValueError(
            f"`y` has one class only, {target.label(0)!r}: there is nothing to tell apart. Hint: "
            "compare at least two classes."
        )
    weights = check_sample_weight(sample_weight, len(target.codes))
    if groups is not None:
        groups = np.asarray(groups)
        if groups.shape != target.codes.shape:
            raise ValueError(
                f"`groups` must hold one group per row, shape {target.codes.shape}, got "
                f"{groups.shape}."
            )
    return Rows(X, target.codes, target.classes, weights, groups)


def _check_options(
    estimator: Any, correction: str, threshold_metric: str, sample_weight: Any
) -> None:
    if not is_classifier_instance(estimator):
        raise TypeError(
            f"`estimator` must be a classifier, got {estimator!r}. Hint: LogisticRegression()."
        )
    if is_frozen(estimator):
        raise ValueError(
            "`estimator` is frozen: strategies are about training, and it is not trained again. "
            "Hint: pass the classifier itself, unfitted."
        )
    if correction not in CORRECTIONS:
        raise ValueError(f"`correction` must be one of {CORRECTIONS}, got {correction!r}.")
    if threshold_metric not in CRITERIA:
        raise ValueError(
            f"`threshold_metric` must be one of {tuple(CRITERIA)}, got {threshold_metric!r}."
        )
    if sample_weight is not None and not takes_sample_weight(estimator):
        raise ValueError(
            f"{type(last_step(estimator)).__name__} does not take `sample_weight` in fit. Hint: "
            "leave `sample_weight` out, or use a learner that takes it."
        )


def _positive_code(
    target: EncodedTarget, weights: NDArray[np.float64] | None, pos_label: Any
) -> int | None:
    """Return the code of the positive class of two: the one named, else the rarer."""
    labels = target.classes.tolist()
    if len(labels) > 2:
        if pos_label is not None:
            raise ValueError(
                f"`pos_label` is for two classes, and `y` has {len(labels)}, got {pos_label!r}. "
                "Hint: leave it out; all classes are reported."
            )
        return None
    if pos_label is None:
        totals = target.totals(weights)
        return 0 if totals[0] < totals[1] else 1
    if pos_label not in labels:
        raise ValueError(f"`pos_label` must be one of the classes {labels!r}, got {pos_label!r}.")
    return int(labels.index(pos_label))
