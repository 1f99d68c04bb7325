"""The site: one configuration, read by `sphinx-build docs docs/_build/html`.

Nothing is fetched while it is built or looked at. Examples are run where the libraries they import
are installed, and shown without output where not; `-D plot_gallery=0` runs none of them.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from sphinx_gallery.sorting import ExplicitOrder

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS / "_extensions"), str(DOCS.parent)]

from example_scripts import imported_packages  # noqa: E402

from imbalance_kit import __version__  # noqa: E402

project = "imbalance_kit"
author = "The imbalance_kit developers"
copyright = "the imbalance_kit developers, BSD-3-Clause"
release = version = __version__
language = "en"
smartquotes = False  # quotes are code as often as not

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "links",
    "offline",
    "own_members",
]
exclude_patterns = ["_build", "examples", "images", "**/GALLERY_HEADER.rst"]
templates_path = ["_templates"]

# Cross-references ---------------------------------------------------------------------------------

nitpicky = True
nitpick_ignore_regex = [
    # Their inventories would have to be fetched. The names are full, and searched for in a moment.
    ("py:.*", r"(sklearn|imblearn|numpy|scipy|pandas|matplotlib)\..*"),
]
default_role = "literal"  # in docstrings `X` is code; what is a public name becomes a link
myst_heading_anchors = 4  # as on GitHub
myst_enable_extensions = ["colon_fence"]

# Reference ----------------------------------------------------------------------------------------

autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_typehints = "none"  # the docstrings say more, and say it shorter
autodoc_member_order = "bysource"
numpydoc_show_class_members = False  # the page of a class has its methods in full
maximum_signature_line_length = 80
add_module_names = False
toc_object_entries_show_parents = "hide"

# Gallery ------------------------------------------------------------------------------------------

_scripts = sorted((DOCS / "examples").glob("plot_*.py"))
_runnable = [
    script.name
    for script in _scripts
    if all(find_spec(package) for package in imported_packages(script))
]
_reading_order = [
    "plot_first_steps.py",
    "plot_grid_search_strategies.py",
    "plot_threshold_by_cost.py",
    "plot_model_already_trained.py",
    "plot_calibrated_boosting.py",
    "plot_negative_sampling_lightgbm.py",
    "plot_negative_sampling_torch.py",
    "plot_survey_weighting.py",
    "plot_covariate_shift.py",
    "plot_downsample_dask.py",
    "plot_downsample_spark.py",
    "*",  # what is not named
]
# Examples may start processes of their own: those find the package, and draw into memory, too.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(DOCS.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
)
os.environ.setdefault("MPLBACKEND", "agg")

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "filename_pattern": "|".join(f"/{name}$".replace(".", r"\.") for name in _runnable) or "$^",
    "ignore_pattern": r"(^|/)(?!plot_)[^/]*\.py$",
    "within_subsection_order": ExplicitOrder(_reading_order),
    "default_thumb_file": str(DOCS / "_static" / "mark.svg"),
    "backreferences_dir": "gallery/backreferences",
    "doc_module": ("imbalance_kit",),
    "write_computation_times": False,
    "show_signature": False,
    "show_memory": False,
    "download_all_examples": False,
    "remove_config_comments": True,
    "abort_on_example_error": False,
}

# Pages --------------------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "imbalance_kit"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/mark.svg"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"image_light": "_static/mark.svg", "image_dark": "_static/mark.svg", "text": project},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_nav_level": 1,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "back_to_top_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# One page is a whole section: nothing to list beside it.
_single_pages = ("index", "which-method-when", "benchmarks", "changelog", "contributing")
html_sidebars = {page: [] for page in _single_pages}
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True
