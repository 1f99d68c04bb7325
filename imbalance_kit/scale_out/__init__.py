"""The same shift on data that do not fit: Parquet files, Dask, Spark."""

from imbalance_kit.scale_out._downsample import downsample
from imbalance_kit.scale_out._manifest import Manifest, read_manifest

__all__ = ["Manifest", "downsample", "read_manifest"]
