"""Network solvers against their peers, one run at a time, one thread each; results are kept, so that an interrupted run goes on.

run.py --data FOLDER --binary PATH --cache FILE.jsonl --report FILE.md [--groups proof,large,pooling,random] [--seconds 600]

`FOLDER` holds `network_design_canad/*.dow` and `pooling/*.json`. `proof`: five instances of Canad to the proven optimum. `large`: five
larger ones, ours in 120 s against the best of all in `--seconds`. `pooling`: the literature. `random`: larger pooling made here from a
seed, ours and SCIP in 60 s. Seconds are CPU seconds of the solve.
"""

import argparse
import json
import pathlib
import random
import re
import subprocess
import sys

PROOF = ["c41", "c33", "c35", "c44", "c36"]
LARGE = ["c51", "c43", "c59", "c38", "c45"]
KNOWN = {
    "haverly1": -400, "haverly2": -600, "haverly3": -750, "bental4": -450, "bental5": -3500, "rt2": -4391.826, "foulds2": -1100,
    "foulds3": -8, "foulds4": -8, "foulds5": -8, "adhya1": -549.803, "adhya2": -549.803, "adhya3": -561.045, "adhya4": -877.646,
}
RANDOM = [(25, 18, 25, 8, 11), (25, 20, 27, 8, 12), (25, 22, 30, 10, 15), (25, 20, 30, 10, 21)]
HERE = pathlib.Path(__file__).parent


def random_pooling(sources, pools, products, qualities, seed):
    """A problem with limits that bind: every product wants less of each property than the mean source has."""
    draw = random.Random(seed)
    names = [f"q{k}" for k in range(qualities)]
    components = [
        {"name": f"c{i}", "lower": 0.0, "upper": round(draw.uniform(20, 60), 1), "price": round(draw.uniform(2, 9), 2),
         "quality": {name: round(draw.uniform(0, 10), 2) for name in names}}
        for i in range(sources)
    ]
    wanted = [
        {"name": f"p{j}", "lower": 0.0, "upper": round(draw.uniform(15, 80), 1), "price": round(draw.uniform(8, 18), 2),
         "quality_lower": None, "quality_upper": {name: round(draw.uniform(3.5, 7), 2) for name in names}}
        for j in range(products)
    ]
    between = lambda left, right, share: [(a, b) for a in left for b in right if draw.random() < share]
    c, l, p = ([x["name"] for x in components], [f"l{k}" for k in range(pools)], [x["name"] for x in wanted])
    return {
        "components": components,
        "products": wanted,
        "pool_size": {name: round(draw.uniform(40, 120), 1) for name in l},
        "component_to_pool_fraction": [{"component": a, "pool": b, "fraction": 1.0} for a, b in between(c, l, 0.25)],
        "pool_to_product_bound": [{"pool": a, "product": b, "bound": 100.0} for a, b in between(l, p, 0.25)],
        "component_to_product_bound": [{"component": a, "product": b, "bound": 100.0} for a, b in between(c, p, 0.06)],
    }


def number(text, word):
    found = re.search(rf"\b{word} (-?[0-9.]+|-?inf)", text)
    return float(found.group(1)) if found else float("inf")


class Runs:
    def __init__(self, options):
        self.options, self.kept = options, {}
        cache = pathlib.Path(options.cache)
        if cache.exists():
            for line in cache.read_text().splitlines():
                row = json.loads(line)
                self.kept[tuple(row["key"])] = row

    def get(self, solver, seconds, file):
        key = (solver, str(seconds), file.stem)
        if key not in self.kept:
            row = self.run(solver, seconds, file) | {"key": key}
            self.kept[key] = row
            with open(self.options.cache, "a") as cache:
                cache.write(json.dumps(row) + "\n")
            print(*key, row, file=sys.stderr, flush=True)
        return self.kept[key]

    def run(self, solver, seconds, file):
        if solver == "ours":
            what = ["design", str(seconds)] if file.suffix == ".dow" else ["pooling", "1000000", str(seconds)]
            command = [self.options.binary, *what, str(file)]
        else:
            what = "pooling" if file.suffix == ".json" else solver
            command = [sys.executable, str(HERE / "peers.py"), what, str(seconds), str(file)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}: {done.stderr}")
        text = done.stdout
        cost = number(text, "objective") if "objective" in text else number(text, "cost")
        return {"cost": cost, "bound": number(text, "bound"), "cpu_s": number(text, "cpu_s"), "root": number(text, "root")}


def gap(row):
    if row["cost"] == float("inf"):
        return float("inf")
    return max(0.0, row["cost"] - row["bound"]) / max(1e-9, abs(row["cost"])) * 100


def cell(row):
    if row["cost"] == float("inf"):
        return "none"
    proven = "proven" if gap(row) <= 1e-3 else f"gap {gap(row):.2f} %"
    return f"{row['cost']:.1f}, {proven}, {row['cpu_s']:.2f}"


def proof(runs, folder):
    lines = ["Full strong formulation for the peers; to the proven optimum.", "",
             "| Instance | GreenHeart: cost, gap, CPU s | HiGHS | SCIP | Less CPU than both |", "|---|---|---|---|---|"]
    for name in PROOF:
        file = folder / f"network_design_canad/{name}.dow"
        rows = [runs.get(solver, runs.options.seconds, file) for solver in ("ours", "highs", "scip")]
        met = gap(rows[0]) <= 1e-3 and rows[0]["cpu_s"] < min(row["cpu_s"] for row in rows[1:])
        lines.append(f"| {name} | {' | '.join(map(cell, rows))} | {'met' if met else 'missed'} |")
    return lines


def large(runs, folder):
    seconds = runs.options.seconds
    lines = [f"Ours in 120 s; the best that any finds in {seconds} s.", "",
             "| Instance | GreenHeart 120 s: cost, gap, CPU s | GreenHeart | HiGHS | SCIP | Within 2 % of the best |", "|---|---|---|---|---|---|"]
    for name in LARGE:
        file = folder / f"network_design_canad/{name}.dow"
        ours = runs.get("ours", 120, file)
        rows = [runs.get(solver, seconds, file) for solver in ("ours", "highs", "scip")]
        best = min(row["cost"] for row in [ours, *rows])
        apart = (ours["cost"] / best - 1) * 100
        verdict = f"{'met' if apart <= 2 else 'missed'} with {apart:.2f} %"
        lines.append(f"| {name} | {cell(ours)} | {' | '.join(map(cell, rows))} | {verdict} |")
    return lines


def pooling(runs, folder):
    lines = ["| Instance | Best known | GreenHeart: value, bound, CPU s | SCIP |", "|---|---|---|---|"]
    for name, known in KNOWN.items():
        file = folder / f"pooling/{name}.json"
        ours, scip = runs.get("ours", 60, file), runs.get("scip", 60, file)
        lines.append(f"| {name} | {known} | {ours['cost']:.4f}, {ours['bound']:.4f}, {ours['cpu_s']:.2f} "
                     f"| {scip['cost']:.4f}, {scip['cpu_s']:.2f} |")
    return lines


def larger(runs, made):
    lines = ["Made here from a seed: sources, pools, products, properties. 60 s each.", "",
             "| Instance | GreenHeart: value, bound | McCormick root | SCIP: value, bound | Better than SCIP |", "|---|---|---|---|---|"]
    for shape in RANDOM:
        file = made / ("random-" + "-".join(map(str, shape)) + ".json")
        file.write_text(json.dumps(random_pooling(*shape)))
        ours, scip = runs.get("ours", 60, file), runs.get("scip", 60, file)
        met = "met" if ours["cost"] <= scip["cost"] - 1e-6 else "equal" if ours["cost"] <= scip["cost"] + 1e-3 else "missed"
        lines.append(f"| {file.stem} | {ours['cost']:.2f}, {ours['bound']:.2f} ({gap(ours):.1f} %) | {ours['root']:.2f} "
                     f"| {scip['cost']:.2f}, {scip['bound']:.2f} | {met} |")
    return lines


def main():
    words = argparse.ArgumentParser()
    for name in ("data", "binary", "cache", "report"):
        words.add_argument(f"--{name}", required=True)
    words.add_argument("--groups", default="proof,pooling,random,large")
    words.add_argument("--seconds", type=int, default=600)
    options = words.parse_args()
    runs, folder = Runs(options), pathlib.Path(options.data)
    made = pathlib.Path(options.cache).parent
    titles = {"proof": "Lanes with fixed costs, to the proof", "large": "Lanes with fixed costs, larger",
              "pooling": "Pooling, the literature", "random": "Pooling, larger"}
    parts = []
    for group in options.groups.split(","):
        lines = {"proof": proof, "large": large, "pooling": pooling}[group](runs, folder) if group != "random" else larger(runs, made)
        parts.append(f"### {titles[group]}\n\n" + "\n".join(lines))
    pathlib.Path(options.report).write_text("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
