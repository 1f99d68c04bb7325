"""Ask balance what benchmarks/peers.py asks, in an interpreter of its own: prints JSON."""

import json
import logging
import sys
import warnings


def main() -> None:
    import numpy as np
    import pandas as pd
    from balance import Sample
    from balance.balance_frame import BalanceFrame

    def global_state() -> np.ndarray:
        return np.random.get_state()[1].copy()  # noqa: NPY002  the very thing asked about

    logging.getLogger("balance").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sample, target = (pd.read_csv(name).assign(id=lambda d: range(len(d))) for name in sys.argv[1:])
    held = Sample.from_frame(sample, id_column="id")
    held = held.set_target(Sample.from_frame(target, id_column="id"))
    state = global_state()
    adjusted = held.fit(method="ipw")  # as adjust, and what predict_weights needs is kept
    seeded = bool((global_state() != state).any())
    own = adjusted.weights().df.iloc[:, 0].to_numpy(dtype=float)
    kept = np.asarray(adjusted.predict_weights(), dtype=float)
    again = np.asarray(adjusted.predict_weights(data=held), dtype=float)

    def spread(a: np.ndarray, b: np.ndarray) -> float:
        return round(float(np.maximum(a / b, b / a).max()), 3)

    from importlib.metadata import version

    print(
        json.dumps(
            {
                "version": version("balance"),
                "an estimator (get_params)": hasattr(BalanceFrame, "get_params"),
                "weights from what the fit keeps, largest ratio to the first": spread(own, kept),
                "weights of the same rows given again, largest ratio": spread(own, again),
                "changes the global random state": seeded,
            }
        )
    )


if __name__ == "__main__":
    main()
