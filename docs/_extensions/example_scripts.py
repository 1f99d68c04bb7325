"""What has to be known of an example before it is run: what it imports, and its place."""

import ast
from pathlib import Path


def imported_packages(script: Path) -> set[str]:
    """Return the packages that a script imports anywhere in its text."""
    names = set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).partition(".")[0])
    return names
