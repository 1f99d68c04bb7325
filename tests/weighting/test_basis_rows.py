"""The orthonormal basis and its way back."""

import numpy as np

from tests.weighting._cbps_rows import basis_rows
from tests.weighting._populations import two_normals


def test_basis_is_orthonormal_and_leads_back() -> None:
    rows = basis_rows()
    n = rows.total
    gram = (rows.sample.T * rows.sample_weight) @ rows.sample
    gram += (rows.target.T * rows.target_weight) @ rows.target
    np.testing.assert_allclose(gram / n, np.eye(4), atol=1e-12)
    sample, _ = two_normals(300, 200, 3)
    with_constant = np.column_stack([np.ones(300), sample * 7 + 100])
    np.testing.assert_allclose(with_constant @ rows.basis, rows.sample, atol=1e-10)
