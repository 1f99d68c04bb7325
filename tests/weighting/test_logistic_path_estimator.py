"""The path as an estimator: parameters, and the model that comes of it."""

import numpy as np
import pytest

from imbalance_kit import LogisticPath
from imbalance_kit.weighting._logistic_path import kkt_excess
from imbalance_kit.weighting._membership_rows import stack_membership
from tests.weighting._ratio_tasks import ratio_task


@pytest.mark.parametrize("l1_ratio", [1.0, 0.4, 0.0])
@pytest.mark.parametrize("selection", ["deviance", "one_se", "balance"])
def test_the_model_chosen_is_optimal_at_its_penalty(l1_ratio: float, selection: str) -> None:
    task = ratio_task(300, 200, weighted=True)
    model = LogisticPath(l1_ratio, selection=selection).fit_ratio(task)  # type: ignore[arg-type]
    rows = stack_membership(task)
    theta = np.append(model.coef * rows.scale, model.intercept + rows.centre @ model.coef)
    _, gradient, _ = rows.alone(theta, -1)
    penalty = np.append(np.full(2, model.lambda_), 0.0)
    assert kkt_excess(theta, gradient, penalty, l1_ratio) < 1e-5
    assert model.lambda_ in model.path.lambdas
    np.testing.assert_allclose(
        model(task.sample), task.sample @ model.coef + model.intercept, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"l1_ratio": 1.5}, r"`l1_ratio` must be in \[0, 1\], got 1.5"),
        ({"selection": "aic"}, "`selection` must be one of .* got 'aic'"),
        ({"max_design_effect": 0.5}, "`max_design_effect` must be at least 1 or None, got 0.5"),
        ({"n_lambdas": 1}, "`n_lambdas` must be at least 2, got 1"),
    ],
)
def test_bad_parameters(parameters: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LogisticPath(**parameters)
