"""``python -m imbalance_kit``: the command, where scripts are not on the path."""

import sys

from imbalance_kit.cli import main

if __name__ == "__main__":
    sys.exit(main())
