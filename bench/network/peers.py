"""What other solvers make of the same instances, one thread each.

peers.py flow FILE             OR-Tools minimum-cost flow on a DIMACS file
peers.py highs SECONDS FILE…   HiGHS on the full strong formulation of fixed-charge design
peers.py scip SECONDS FILE…    SCIP on the same
Seconds printed are CPU seconds of the solve alone; limits are the solver's own.
"""

import sys
import time


def read_dow(path):
    rows = [line.split() for line in open(path)][1:]
    nodes, arcs, goods = (int(word) for word in rows[0][:3])
    lanes = [(int(r[0]) - 1, int(r[1]) - 1, float(r[2]), float(r[3]), float(r[4])) for r in rows[1 : 1 + arcs]]
    wants = [(int(r[0]) - 1, int(r[1]) - 1, float(r[2])) for r in rows[1 + arcs : 1 + arcs + goods]]
    return nodes, lanes, wants


def columns_and_rows(nodes, lanes, wants):
    """Columns: flow [lane][commodity], then openings. Rows: (lower, upper, [(column, factor)])."""
    count, goods = len(lanes), len(wants)
    opening = count * goods
    infinity = float("inf")
    rows = []
    for k, (origin, goal, demand) in enumerate(wants):
        for node in range(nodes):
            terms = [(a * goods + k, 1.0) for a, lane in enumerate(lanes) if lane[0] == node]
            terms += [(a * goods + k, -1.0) for a, lane in enumerate(lanes) if lane[1] == node]
            supply = demand * ((node == origin) - (node == goal))
            rows.append((supply, supply, terms))
    for a, lane in enumerate(lanes):
        terms = [(a * goods + k, 1.0) for k in range(goods)]
        rows.append((-infinity, 0.0, terms + [(opening + a, -lane[3])]))
        for k, want in enumerate(wants):
            rows.append((-infinity, 0.0, [(a * goods + k, 1.0), (opening + a, -min(want[2], lane[3]))]))
    return opening, rows


def flow(path):
    import numpy
    from ortools.graph.python import min_cost_flow

    words = [line.split() for line in open(path)]
    lanes = numpy.array([[int(w[1]) - 1, int(w[2]) - 1, int(w[4]), int(w[5])] for w in words if w[0] == "a"])
    supplies = [(int(w[1]) - 1, int(w[2])) for w in words if w[0] == "n"]
    best = None
    for _ in range(10):
        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(lanes[:, 0], lanes[:, 1], lanes[:, 2], lanes[:, 3])
        for node, supply in supplies:
            solver.set_node_supply(node, supply)
        start = time.process_time()
        status = solver.solve()
        used = time.process_time() - start
        best = used if best is None else min(best, used)
    print(f"ortools {status.name} cost {solver.optimal_cost()} cpu_s {best:.4f} (best of 10, loading left out)", flush=True)


def highs(path, seconds):
    import highspy
    import numpy

    nodes, lanes, wants = read_dow(path)
    opening, rows = columns_and_rows(nodes, lanes, wants)
    solver = highspy.Highs()
    solver.silent()
    for name, value in (("threads", 1), ("parallel", "off"), ("time_limit", seconds), ("mip_rel_gap", 1e-7)):
        solver.setOptionValue(name, value)
    for lane in lanes:
        for want in wants:
            solver.addCol(lane[2], 0.0, min(want[2], lane[3]), 0, [], [])
    for a, lane in enumerate(lanes):
        solver.addCol(lane[4], 0.0, 1.0, 0, [], [])
        solver.changeColIntegrality(opening + a, highspy.HighsVarType.kInteger)
    starts = numpy.cumsum([0] + [len(r[2]) for r in rows[:-1]]).astype(numpy.int32)
    index = numpy.array([t[0] for r in rows for t in r[2]], dtype=numpy.int32)
    value = numpy.array([t[1] for r in rows for t in r[2]])
    low, high = numpy.array([r[0] for r in rows]), numpy.array([r[1] for r in rows])
    solver.addRows(len(rows), low, high, len(index), starts, index, value)
    start = time.process_time()
    solver.run()
    used = time.process_time() - start
    info = solver.getInfo()
    status = solver.modelStatusToString(solver.getModelStatus())
    print(
        f"highs {path.split('/')[-1]} {status} cost {info.objective_function_value:.1f} "
        f"bound {info.mip_dual_bound:.1f} cpu_s {used:.2f}",
        flush=True,
    )


def scip(path, seconds):
    from pyscipopt import Model, quicksum

    nodes, lanes, wants = read_dow(path)
    _, rows = columns_and_rows(nodes, lanes, wants)
    solver = Model()
    solver.hideOutput()
    solver.setParam("limits/time", seconds)
    solver.setParam("lp/threads", 1)
    x = [solver.addVar(obj=lane[2], lb=0.0, ub=min(want[2], lane[3])) for lane in lanes for want in wants]
    x += [solver.addVar(obj=lane[4], vtype="B") for lane in lanes]
    for low, high, terms in rows:
        total = quicksum(factor * x[column] for column, factor in terms)
        solver.addCons(total == low if low == high else total <= high)
    start = time.process_time()
    solver.optimize()
    used = time.process_time() - start
    cost = solver.getObjVal() if solver.getNSols() else float("inf")
    print(
        f"scip {path.split('/')[-1]} {solver.getStatus()} cost {cost:.1f} bound {solver.getDualbound():.1f} cpu_s {used:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "flow":
        flow(rest[0])
    else:
        for file in rest[1:]:
            {"highs": highs, "scip": scip}[what](file, float(rest[0]))
