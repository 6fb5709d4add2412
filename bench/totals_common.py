"""What the peers of crates/ledger/examples/ledger_bench share: the files to read and how the totals are written."""

import json
import resource
import sys
import time

GASES = ["co2", "ch4_fossil", "ch4_biogenic", "n2o", "co2_biogenic", "co2e_other"]
KEYS = ["member", "scope", "category", "year"]


def files(folder):
    """The segments that were generated, in their order. All of their rows are visible."""
    with open(f"{folder}/sources.json", encoding="utf-8") as text:
        names, _ = json.load(text)
    return [f"{folder}/segments/{name}" for name in names]


def run(totals):
    """Calls `totals(files)`, which gives rows of keys, decimal sums and a count, and reports as our own program does.

    Only the query is counted as work: the import of the library is not.
    """
    folder, out = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    before = time.process_time()
    fetch = totals(files(folder))
    work = time.process_time() - before
    rows = fetch()
    total, counted = sum(row[9] for row in rows), sum(row[10] for row in rows)
    print(f"groups {len(rows)} rows {counted} co2e_other {total:.6f}")
    print(f"work_cpu_ms {work * 1000:.0f}")
    print(f"peak_kb {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}")
    if out:
        lines = [",".join([*map(str, row[:4]), *(f"{mass:.6f}" for mass in row[4:10]), str(row[10])]) for row in rows]
        with open(out, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in sorted(lines))
