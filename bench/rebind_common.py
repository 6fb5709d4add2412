"""What the re-binding programs have in common: the same columns, the same codec, and a check of what was written."""

import os
import sys
import time
from pathlib import Path

import pyarrow.compute as compute
import pyarrow.parquet as parquet

GASES = ["co2", "ch4_fossil", "n2o"]


def run(rebind):
    """Calls `rebind(activities, factors, out)` for the folder on the command line and prints what came of it."""
    folder = Path(sys.argv[1])
    activities = folder / "segments" / (folder / "activities.txt").read_text().strip()
    out = folder / f"bound-{os.getpid()}.parquet"
    before = time.process_time()
    rebind(str(activities), str(folder / "factors.csv"), str(out))
    after = time.process_time()
    table = parquet.read_table(out, columns=GASES)
    sums = " ".join(f"{gas} {compute.sum(table[gas]).as_py():.6f}" for gas in GASES)
    out.unlink()
    print(f"rows {table.num_rows} {sums}")
    print(f"work_cpu_ms {round((after - before) * 1000)}")
