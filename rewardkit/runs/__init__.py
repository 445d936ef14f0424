"""The run folder: what a run writes, how it is read back, and the report made of it."""

from .earlier import Earlier, earlier_version
from .folder import RunFolder, config_hash
from .reading import (
    iter_faults,
    iter_results,
    iter_samples,
    read_metrics,
    read_results,
    read_run,
    read_samples,
    read_summary,
    read_timings,
)
from .records import (
    NAMED,
    ComparisonRow,
    Fault,
    Metrics,
    Result,
    ResultKey,
    RunInfo,
    SampleRecord,
    StageRow,
    Summary,
    fault_of,
    result_of,
)

__all__ = [
    "NAMED",
    "ComparisonRow",
    "Earlier",
    "Fault",
    "Metrics",
    "Result",
    "ResultKey",
    "RunFolder",
    "RunInfo",
    "SampleRecord",
    "StageRow",
    "Summary",
    "config_hash",
    "earlier_version",
    "fault_of",
    "iter_faults",
    "iter_results",
    "iter_samples",
    "read_metrics",
    "read_results",
    "read_run",
    "read_samples",
    "read_summary",
    "read_timings",
    "result_of",
]
