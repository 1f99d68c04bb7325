"""Laws of chance: fixed by `random_state`, one stream per class, nothing global."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from imbalance_kit.testing._capabilities import classes_drawn_alike
from imbalance_kit.testing._examples import Example, of_sizes
from imbalance_kit.testing._global_state import global_state_must_stay
from imbalance_kit.testing._subject import (
    example_for,
    label_parameters,
    outcome,
    relabelled,
    resample,
    run,
    with_target,
)

_SEEDS = range(5)


def check_random_state_fixes_the_result(estimator: Any) -> None:
    """Check that one `random_state` gives one result, and another one another.

    Two clones with the same integer agree exactly, and so do two fits of one object; among five
    integers at least two results differ, or `random_state` would not be read. A classifier may
    draw nothing, so its results need not differ.

    Parameters
    ----------
    estimator : sampler, weighter or classifier
        What is checked; clones of it are fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_random_state_fixes_the_result
    >>> check_random_state_fixes_the_result(RandomUnderSampler())
    """
    example = example_for(estimator)
    results = [outcome(estimator, example, seed=seed) for seed in _SEEDS]
    np.testing.assert_array_equal(
        outcome(estimator, example, seed=_SEEDS[0]), results[0], err_msg="same seed, other result"
    )
    if hasattr(estimator, "fit_resample"):
        sampler, X, y = resample(estimator, example)
        X_again, y_again = sampler.fit_resample(example.X, example.y)
        np.testing.assert_array_equal(X_again, X, err_msg="a second fit gives other rows")
        np.testing.assert_array_equal(y_again, y, err_msg="a second fit gives other labels")
        differ = any(not np.array_equal(results[0], other) for other in results[1:])
        assert differ, "five values of random_state gave the same rows"


def check_class_draw_ignores_the_others(estimator: Any) -> None:
    """Check that a class's draw depends on the seed and its own label, not on the other classes.

    So that adding a class to a study, or renaming one, does not change the rows drawn of the rest.
    Drawn again with the rows of the classes interleaved differently, with the other classes
    renamed and in reverse order, and (where no parameter names labels) with the middle class
    removed and with a fourth added; wherever as many rows of the class are asked for, the same
    ones must come, counted within the class. Exact.

    A sampler that keeps rows independently (it has `inclusion_probability_`) may well learn the
    probabilities from the other classes. What must not depend on them is the chance: a row that was
    kept stays where its probability has not fallen, and one that was not stays away where it has
    not risen. Two classes are left alone there: a sampler may know them by their role, rare and
    frequent, so that nothing depends on their names, which it cannot do for three.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; clones of it are fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_class_draw_ignores_the_others
    >>> check_class_draw_ignores_the_others(RandomUnderSampler())
    """
    example = example_for(estimator)
    for label in example.classes:
        before = _ranks(estimator, example, label)
        compared = 0
        for changed, other in _variations(estimator, example, label):
            after = _ranks(changed, other, label)
            if before.pi is not None or len(after.rows) == len(before.rows):
                compared += 1
                assert _same_chance(before, after), (
                    f"the draw of class {label!r} depends on the others"
                )
        assert compared >= 2, "the draws could not be compared"


def check_classes_have_their_own_streams(estimator: Any) -> None:
    """Check that two classes of one size do not draw the same positions.

    One stream started again for every class ties the classes to each other: whatever position is
    drawn in one is drawn in all. Tried on classes of equal size, for five seeds; a coincidence in
    all of them has a chance below 1e-30.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; clones of it are fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomOverSampler
    >>> from imbalance_kit.testing import check_classes_have_their_own_streams
    >>> check_classes_have_their_own_streams(RandomOverSampler())
    """
    example, label, other = classes_drawn_alike(estimator)[0]
    same = [
        np.array_equal(
            np.sort(_ranks(estimator, example, label, seed=seed).rows),
            np.sort(_ranks(estimator, example, other, seed=seed).rows),
        )
        for seed in _SEEDS
    ]
    assert not all(same), f"classes {label!r} and {other!r} draw the same positions"


def check_global_random_state_is_untouched(estimator: Any) -> None:
    """Check that the global random generators are neither moved nor read.

    A library that draws from numpy's global generator changes the caller's other results. The state
    of numpy's and of the standard library's generator must be the same after every method; and with
    an integer `random_state` the result must be the same whatever the global seed. Samplers are
    run with ``random_state=None`` as well.

    Parameters
    ----------
    estimator : sampler, weighter or classifier
        What is checked; clones of it are fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_global_random_state_is_untouched
    >>> check_global_random_state_is_untouched(RandomUnderSampler())
    """
    example = example_for(estimator)
    results = []
    for seed in (1, 2):
        with global_state_must_stay(seed):
            results.append(outcome(estimator, example))
            if hasattr(estimator, "fit_weights"):
                with_target(clone(estimator)).fit_weights(example.X, example.y)
            if hasattr(estimator, "fit_resample"):
                sampler = clone(estimator)
                if "random_state" in sampler.get_params():
                    sampler.set_params(random_state=None)
                with_target(sampler).fit_resample(example.X, example.y)
    np.testing.assert_array_equal(
        results[0], results[1], err_msg="the result depends on the global random state"
    )


@dataclass(frozen=True)
class _Drawn:
    """Positions, within a class, of the rows drawn of it; and the probabilities, where known."""

    rows: NDArray[np.intp]
    pi: NDArray[np.float64] | None


def _ranks(estimator: Any, example: Example, label: Any, *, seed: int = 0) -> _Drawn:
    fitted, members = run(estimator, example, seed=seed), example.members(label)
    indices = fitted.sample_indices_
    drawn = indices[example.y[indices] == label]
    pi = getattr(fitted, "inclusion_probability_", None)
    return _Drawn(np.searchsorted(members, drawn), None if pi is None else pi[members])


def _same_chance(before: _Drawn, after: _Drawn) -> bool:
    """Whether two draws of a class differ by no more than the probabilities of its rows."""
    if before.pi is None or after.pi is None:
        return np.array_equal(before.rows, after.rows)
    was, now = (np.isin(np.arange(len(before.pi)), drawn.rows) for drawn in (before, after))
    lost = was & ~now & (after.pi >= before.pi)
    won = ~was & now & (after.pi <= before.pi)
    return not (lost | won).any()


def _variations(estimator: Any, example: Example, label: Any) -> Iterator[tuple[Any, Example]]:
    """Yield the estimator on data in which everything but the rows of `label` has changed."""
    others = [k for k in example.classes if k != label]
    yield estimator, _interleaved(example)
    for names in ([-1 - k for k in others], [10 - k for k in others]):
        mapping = {label: label, **dict(zip(others, names, strict=True))}
        yield relabelled(estimator, mapping), example.with_labels(mapping)
    if label_parameters(estimator) or len(example.classes) == 2:
        return
    if label != 1 and not hasattr(run(estimator, example), "inclusion_probability_"):
        yield estimator, example.take(np.flatnonzero(example.y != 1))
    extra = of_sizes(18, seed=1)
    yield (
        estimator,
        Example(
            np.concatenate([extra.X, example.X]),
            np.concatenate([extra.y + 3, example.y]),
            np.concatenate([extra.weights, example.weights]),
        ),
    )


def _interleaved(example: Example) -> Example:
    """Return the classes one after the other, the order within each class kept."""
    return example.take(np.argsort(-example.y, kind="stable"))
