"""``python -m imbalance_kit.cli``."""

import sys

from imbalance_kit.cli import main

if __name__ == "__main__":
    sys.exit(main())
