"""The run folder: what a run writes, how it is read back, and the report made of it."""

from .folder import RunFolder, config_hash
from .records import (
    ComparisonRow,
    ComponentRecord,
    Metrics,
    Result,
    ResultKey,
    RunInfo,
    SampleRecord,
    StageRow,
    Summary,
    read_metrics,
    read_results,
    read_run,
    read_samples,
    read_summary,
    read_timings,
    result_of,
)

__all__ = [
    "ComparisonRow",
    "ComponentRecord",
    "Metrics",
    "Result",
    "ResultKey",
    "RunFolder",
    "RunInfo",
    "SampleRecord",
    "StageRow",
    "Summary",
    "config_hash",
    "read_metrics",
    "read_results",
    "read_run",
    "read_samples",
    "read_summary",
    "read_timings",
    "result_of",
]
