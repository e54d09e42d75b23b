"""Where reductions run: pandas in memory, or DuckDB on the same columns.

One program, written in narwhals, runs on both. What it may use is limited to what both engines
answer alike: integers, explicit order, counts beside sums, ties broken by a unique number.
"""

from typing import Literal, get_args

import narwhals.stable.v2 as nw
import pandas as pd

Engine = Literal["pandas", "duckdb"]


def lazy(frame: pd.DataFrame, engine: Engine) -> nw.LazyFrame:
    """Hand a frame of numbers to an engine.

    Raises
    ------
    ValueError
        When `engine` is not one of the allowed names.
    """
    if engine == "pandas":
        return nw.from_native(frame).lazy()
    if engine == "duckdb":
        import duckdb

        return nw.from_native(duckdb.from_df(frame))
    raise ValueError(f"engine must be one of {', '.join(get_args(Engine))}; it is {engine!r}.")


def collected(frame: nw.LazyFrame, order: list[str]) -> pd.DataFrame:
    """Bring a small result back as pandas, sorted, since no engine promises an order."""
    return frame.sort(order).collect("pandas").to_native().reset_index(drop=True)
