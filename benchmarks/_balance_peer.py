"""Run one adjustment of balance in an interpreter of its own, because it needs older libraries.

    python _balance_peer.py sample.csv target.csv weights.npy '{"method": "ipw", ...}'

Prints the seconds of the adjustment alone, without start-up and reading: on the clock, and of the
processor.
"""

import json
import logging
import sys
import time
import warnings


def main() -> None:
    import numpy as np
    import pandas as pd
    from balance import Sample

    logging.getLogger("balance").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sample_file, target_file, weights_file, options = sys.argv[1:]
    tables = [pd.read_csv(name) for name in (sample_file, target_file)]
    sample, target = (
        Sample.from_frame(table.assign(id=range(len(table))), id_column="id") for table in tables
    )
    start, busy = time.perf_counter(), time.process_time()
    adjusted = sample.set_target(target).adjust(**json.loads(options))
    seconds, processor = time.perf_counter() - start, time.process_time() - busy
    np.save(weights_file, adjusted.weights().df.iloc[:, 0].to_numpy(dtype=float))
    from importlib.metadata import version

    print(json.dumps({"seconds": [seconds, processor], "balance": version("balance")}))


if __name__ == "__main__":
    main()
