"""The same shift on data that do not fit: Parquet files, Dask, Spark."""

from imbalance_kit.scale_out._downsample import downsample
from imbalance_kit.scale_out._manifest import Manifest, read_manifest
from imbalance_kit.scale_out._weights import add_weights

__all__ = ["Manifest", "add_weights", "downsample", "read_manifest"]
