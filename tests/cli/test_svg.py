from xml.etree import ElementTree

import numpy as np
import pytest

from imbalance_kit.cli._svg import Axis, element, line, log_odds, path, picture, text


def test_everything_is_escaped() -> None:
    words = "<b a='1'>&\""
    drawing = picture(10, 20.5, words, [text(1.0, 2.0, words), element("rect", class_=words)])
    root = ElementTree.fromstring(drawing)
    assert root.attrib["viewBox"] == "0 0 10 20.5"
    assert root.attrib["aria-label"] == words
    assert root[0].text == words
    assert root[1].attrib["class"] == words


def test_shapes() -> None:
    assert line(0.0, 1.0, 2.5, 3.123456, "grid") == (
        '<line x1="0" y1="1" x2="2.5" y2="3.12" class="grid"/>'
    )
    assert path([(0.0, 1.0), (2.0, 3.0)], "c", closed=True) == '<path d="M0 1L2 3Z" class="c"/>'
    assert text(1.0, 2.0, "a").endswith('class="label" text-anchor="middle">a</text>')


def test_axis_is_linear_and_bounded() -> None:
    axis = Axis(0.0, 10.0, 100.0, 0.0)
    np.testing.assert_allclose(axis([-5.0, 0.0, 2.5, 10.0, 11.0]), [100, 100, 75, 0, 0])


def test_axis_of_log_odds() -> None:
    axis = Axis(0.01, 0.99, 0.0, 2.0, log_odds)
    np.testing.assert_allclose(axis([0.0, 0.01, 0.5, 0.99, 1.0]), [0, 0, 1, 2, 2], atol=1e-12)
    assert float(axis(0.1)) == pytest.approx(1.0 + np.log(1 / 9) / np.log(99))
