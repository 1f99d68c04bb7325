"""Random streams: one per class, none of them global.

``random_state=None`` takes fresh entropy from the system; scikit-learn's habit of falling back on
numpy's global generator would advance a state that belongs to the caller.
"""

import hashlib
from typing import Any

import numpy as np


def draw_seed(random_state: Any) -> int:
    """Return the integer that all streams of one fit derive from.

    Parameters
    ----------
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An int gives the same seed every time; a generator is advanced by one draw, as everywhere
        in scikit-learn; None takes fresh entropy.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint64)[0])
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        if random_state < 0:
            raise ValueError(f"`random_state` must be non-negative, got {random_state!r}.")
        return int(random_state)
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(np.iinfo(np.int32).max))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(np.iinfo(np.int64).max))
    raise ValueError(
        "`random_state` must be None, an int, a numpy RandomState or a numpy Generator, got "
        f"{random_state!r}."
    )


def class_stream(seed: int, label: Any, stage: str = "") -> np.random.Generator:
    """Return the generator of one class: a function of the seed, the label and the stage alone.

    So a class's draw depends neither on which other classes there are nor on their order. Labels
    that compare equal (1, 1.0, True) share a stream. Draws that must be independent of each other
    within one fit are stages with different names.
    """
    value = label.item() if isinstance(label, np.generic) else label
    if isinstance(value, (bool, float)) and value == int(value):
        value = int(value)
    name = f"{stage}{type(value).__name__}:{value}"
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest, dtype=np.uint32).tolist()])
