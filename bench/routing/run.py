"""Measures the routing solver and its peers on a fixed panel of public instances.

    run.py --data FOLDER --binary route [--families cvrp,vrptw] [--solvers greenheart,pyvrp] [--seeds 3] [--seconds 20]
           [--pick 2,4,6] [--cache FILE] [--report FILE]

The binary is the example `route` of crates/routing (release build). Every result is kept in the cache as soon as it is there, by
machine, solver, version, budget, instance and seed: an interrupted run goes on where it stopped, and peers run once a version.
The report is Markdown: means, intervals, and every instance, lost ones too.
"""

import argparse
import json
import sys
from pathlib import Path

import solvers
from report import written
from sets import compared, panel


class Cache:
    """One JSON object a line, appended; of two lines with one key the later counts."""

    def __init__(self, path: Path):
        self.path = path
        self.rows: dict[str, dict] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                try:
                    row = json.loads(line)
                except json.JSONDecodeError:
                    continue  # cut short by an interruption; it is measured again
                self.rows[row.pop("key")] = row

    def keep(self, key: str, row: dict) -> None:
        self.rows[key] = row
        with open(self.path, "a") as out:
            out.write(json.dumps({"key": key} | row) + "\n")


def measured(cache: Cache, options: argparse.Namespace, solver: str, folder: Path, name: str, seed: int) -> dict:
    seed = 1 if solver in solvers.SEEDLESS else seed
    version = solvers.version(solver, options.binary)
    key = " | ".join([solvers.machine(), solver, version, f"{options.seconds:g} s", folder.name, name, f"seed {seed}"])
    if key not in cache.rows:
        try:
            row = solvers.run(solver, options.binary, folder, name, seed, options.seconds)
        except solvers.Unsolved as why:
            row = {"unsolved": str(why)}
        cache.keep(key, row)
    return cache.rows[key]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--families", default="")
    parser.add_argument("--solvers", default=",".join(solvers.COVERS))
    parser.add_argument("--seeds", type=int, default=1, help="how many, counted from one")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--pick", default="1,2,3,4,5,6", help="which instances of a family")
    parser.add_argument("--cache", type=Path, default=Path("routing-results.jsonl"))
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    cache = Cache(options.cache)
    families = options.families.split(",") if options.families else list(panel())
    picked = [int(pick) - 1 for pick in options.pick.split(",")]
    results: list[dict] = []
    for solver in options.solvers.split(","):
        for family in [family for family in families if family in solvers.COVERS[solver]]:
            for folder_name, name in [panel()[family][at] for at in picked]:
                folder = options.data / folder_name
                for seed in range(1, options.seeds + 1):
                    row = measured(cache, options, solver, folder, name, seed)
                    entry = {"solver": solver, "family": family, "name": name, "seed": seed, "folder": folder_name} | row
                    if "unsolved" not in row:
                        entry |= compared(row, folder, name)
                    results.append(entry)
                    shown = f"{entry['gap']:8.3f} %  vehicles {row['vehicles']}" if "gap" in entry else "no plan"
                    broken = f"  BROKEN {row['broken']}" if row.get("broken") else ""
                    print(f"{solver:10} {family:10} {name:18} seed {seed} {shown}{broken}", file=sys.stderr, flush=True)
    text = written(results, options.seconds, {name: solvers.version(name, options.binary) for name in options.solvers.split(",")})
    if options.report:
        options.report.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
