"""Late imports of optional libraries, with a message that names the extra to install."""

from importlib import import_module
from types import ModuleType


def import_optional(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import `module`, or raise an ImportError that says which extra brings it.

    Parameters
    ----------
    module : str
        Dotted name of the module, as in an import statement.
    extra : str
        Name of the extra of this package that installs it.
    purpose : str
        What it is needed for, as the subject of a sentence ("Drawing a reliability diagram").
    """
    try:
        return import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        raise ImportError(
            f"{purpose} needs {library}, which is not installed. "
            f"Hint: pip install 'imbalance-kit[{extra}]'"
        ) from error
