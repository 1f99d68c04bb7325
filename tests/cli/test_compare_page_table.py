import re
from dataclasses import replace
from xml.etree import ElementTree

from imbalance_kit.cli._compare_page_table import make_legend, make_table
from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.model_selection import ComparisonReport

Compared = tuple[ComparisonReport, Dataset]


def words_of(cell: ElementTree.Element) -> str:
    return " ".join("".join(cell.itertext()).split())


def test_every_figure_is_in_its_cell(compared: Compared) -> None:
    report, _ = compared
    root = ElementTree.fromstring(make_table(report))
    rows = root.findall(".//tbody/tr")
    assert len(rows) == len(report.results)
    heads = root.findall(".//thead/tr")[1].findall("th")
    groups = root.findall(".//thead/tr")[0].findall("th")
    assert sum(int(group.attrib.get("colspan", 1)) for group in groups) == len(heads)
    for row, result in zip(rows, report.results, strict=True):
        cells = row.findall("td")
        assert len(cells) == len(heads) - 1 == len(report.metrics) + 4
        for cell, metric in zip(cells, report.metrics, strict=False):
            estimate = result.scores[metric.name]
            figure = re.match(r"[\d.]+", words_of(cell))
            assert figure is not None
            assert abs(float(figure[0]) - estimate.mean) < 6e-4
            if estimate.verdict in ("better", "worse"):
                assert words_of(cell).endswith(estimate.verdict)
            else:
                assert words_of(cell) == figure[0]
        recall = result.per_class["yes"]["recall"]
        assert words_of(cells[-3]) == f"{recall:.3f}"


def test_the_name_is_said_in_every_row_and_seen_once(compared: Compared) -> None:
    report, _ = compared
    root = ElementTree.fromstring(make_table(report))
    names = [root_row.find("th") for root_row in root.findall(".//tbody/tr")]
    for head, result in zip(names, report.results, strict=True):
        assert head is not None
        assert result.name in words_of(head)
        assert head.attrib["title"] == result.name
    hidden = root.findall(".//th//span[@class='hidden']")
    assert len(hidden) == len(report.results) - len({result.name for result in report.results})


def test_classifier_of_its_own_has_no_number_of_rows(hostile: Compared) -> None:
    report, _ = hostile
    root = ElementTree.fromstring(make_table(report))
    own = next(i for i, result in enumerate(report.results) if result.kind == "classifier")
    assert words_of(root.findall(".//tbody/tr")[own].findall("td")[-2]) == ""


def test_legend_names_the_reference(compared: Compared) -> None:
    report = replace(compared[0], reference="<b>")
    assert "worse than &#x27;&lt;b&gt;&#x27;" in make_legend(report)
