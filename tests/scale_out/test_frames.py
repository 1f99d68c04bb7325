from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import NonuniformNegativeSampler, RandomUnderSampler
from imbalance_kit.scale_out import _frames
from imbalance_kit.scale_out._frames import FrameEngine
from imbalance_kit.scale_out._passes import downsample_on
from tests._tables import KINDS, click_log
from tests.scale_out.test_job import job


def kept(frame: Any, **options: Any) -> Any:
    return downsample_on(FrameEngine(frame), NonuniformNegativeSampler(), job(**options))[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_container_comes_back_with_the_same_rows(kind: str) -> None:
    frame = click_log(5000)
    found = kept(KINDS[kind](frame))
    assert type(found) is type(KINDS[kind](frame))
    expected = kept(frame)
    found = found if isinstance(found, pd.DataFrame) else found.to_pandas()
    for name in ("id", "inclusion_probability", "log_odds_offset", "sample_weight"):
        np.testing.assert_array_equal(found[name], expected[name])


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = click_log(5000)
    for key in (("id",), ()):
        whole = kept(frame, key=key)
        with monkeypatch.context() as patch:
            patch.setattr(_frames, "_BLOCK", 999)
            pd.testing.assert_frame_equal(kept(frame, key=key), whole)


def test_index_and_types_stay() -> None:
    frame = click_log(2000).set_index(np.arange(5000, 7000))
    frame["city"] = frame.city.astype("category")
    found = kept(frame)
    assert found.index.isin(frame.index).all()
    pd.testing.assert_series_equal(found.dtypes[:-3], frame.dtypes)
    pd.testing.assert_frame_equal(found[frame.columns], frame.loc[found.index])


def test_class_wise_sampling_reads_no_features() -> None:
    frame = click_log(2000)[["id", "click"]]
    found, _, _ = downsample_on(FrameEngine(frame), RandomUnderSampler(), job(features=()))
    assert len(found) < len(frame)


def test_no_rows_is_an_error() -> None:
    with pytest.raises(ValueError, match="The source has no rows"):
        kept(click_log(10).iloc[:0])
