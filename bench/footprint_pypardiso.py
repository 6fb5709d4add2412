"""Factorises and solves the systems that `footprint_bench -- write FOLDER` wrote: the peer of that example.

    footprint_pypardiso.py FOLDER [ROUNDS] [SECONDS]

For each system and round: factorise `I - A` and solve for one demand with pypardiso (MKL, one thread), in CPU
seconds of this process; then the same matrix transposed against the footprints of the other side. A system whose
first round takes more than SECONDS is measured once.
"""

import os
import sys
import time

os.environ.setdefault("MKL_NUM_THREADS", "1")

import numpy as np  # noqa: E402  (the thread count must be set first)
import pypardiso  # noqa: E402
import scipy.sparse as sparse  # noqa: E402


def load(folder, name):
    part = lambda suffix, kind: np.fromfile(os.path.join(folder, f"{name}.{suffix}"), dtype=kind)
    own, footprints = part("own.f64", "<f8"), part("footprints.f64", "<f8")
    places = (part("rows.u32", "<u4").astype(np.int64), part("columns.u32", "<u4").astype(np.int64))
    takes = sparse.csr_matrix((part("values.f64", "<f8"), places), shape=(len(own), len(own)))
    return takes, own, footprints


def demand_seconds(takes):
    """Factorise and solve one demand: the outputs needed for one unit of the last product."""
    size = takes.shape[0]
    system = (sparse.identity(size, format="csr") - takes.T).tocsr()
    demand = np.zeros(size)
    demand[-1] = 1.0
    solver = pypardiso.PyPardisoSolver()
    started = time.process_time()
    solver.factorize(system)
    factorised = time.process_time()
    solver.solve(system, demand)
    ended = time.process_time()
    solver.free_memory(everything=True)
    return factorised - started, ended - factorised


def check(takes, own, footprints):
    system = (sparse.identity(takes.shape[0], format="csr") - takes).tocsr()
    solver = pypardiso.PyPardisoSolver()
    theirs = solver.solve(system, own)
    solver.free_memory(everything=True)
    return np.max(np.abs(theirs - footprints) / theirs)


def main():
    folder = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    limit = float(sys.argv[3]) if len(sys.argv) > 3 else 30.0
    print("systems of 20 000 products", flush=True)
    for name in sorted(entry[: -len(".own.f64")] for entry in os.listdir(folder) if entry.endswith(".own.f64")):
        takes, own, footprints = load(folder, name)
        times = []
        for _ in range(rounds):
            times.append(demand_seconds(takes))
            if sum(times[0]) > limit:
                break
        factorise, solve = sorted(times, key=sum)[len(times) // 2]
        line = f"{name}\tfactorise {factorise * 1000:.0f} ms\tsolve {solve * 1000:.0f} ms\tof {len(times)}"
        if sum(times[0]) <= limit:
            line += f"\tlargest difference of a footprint {check(takes, own, footprints):.1e}"
        print(line, flush=True)
        print(f"figure {name}_ms {(factorise + solve) * 1000:.1f}", flush=True)


if __name__ == "__main__":
    main()
