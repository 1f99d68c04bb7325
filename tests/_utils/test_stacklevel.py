"""A warning names the line of the caller, whatever the depth."""

import warnings

from imbalance_kit._utils import _stacklevel
from imbalance_kit._utils._stacklevel import callers_stacklevel


def _as_ours(source: str) -> dict[str, object]:
    """Run source as a module of the package."""
    module = {"__name__": "imbalance_kit._somewhere", "callers_stacklevel": callers_stacklevel}
    exec(compile("import warnings\n" + source, "<ours>", "exec"), module)
    return module


def test_the_first_line_outside_the_package_is_named_at_any_depth() -> None:
    ours = _as_ours(
        "def shallow(): warnings.warn('x', UserWarning, stacklevel=callers_stacklevel())\n"
        "def deep(): shallow()\n"
        "def deeper(): deep()\n"
    )
    for name in ("shallow", "deep", "deeper"):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            ours[name]()  # type: ignore[operator]
        assert [w.filename for w in found] == [__file__]


def test_a_package_whose_name_begins_alike_is_not_ours() -> None:
    alike = _as_ours("def call(): return callers_stacklevel()\n")
    assert alike["call"]() == 2  # type: ignore[operator]
    alike["__name__"] = "imbalance_kit_of_others"
    assert alike["call"]() == 1  # type: ignore[operator]
    assert _stacklevel._OURS == "imbalance_kit"
