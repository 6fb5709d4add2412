"""What other solvers make of the same instances, one thread each.

peers.py flow FILE             OR-Tools minimum-cost flow on a DIMACS file
peers.py highs SECONDS FILE…   HiGHS on the full strong formulation of fixed-charge design
peers.py scip SECONDS FILE…    SCIP on the same
peers.py pooling SECONDS FILE… SCIP on the pq-formulation of pooling, with the rows that its relaxation gains from (Tawarmalani, Sahinidis)
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


def pooling(path, seconds):
    import json

    from pyscipopt import Model, quicksum

    file = json.load(open(path))
    parts, wanted = {c["name"]: c for c in file["components"]}, {p["name"]: p for p in file["products"]}
    feeds = [(w["component"], w["pool"], w["fraction"]) for w in file["component_to_pool_fraction"]]
    draws = [(w["pool"], w["product"], w["bound"]) for w in file["pool_to_product_bound"]]
    direct = [(w["component"], w["product"], w["bound"]) for w in file["component_to_product_bound"]]
    solver = Model()
    solver.hideOutput()
    solver.setParam("limits/time", seconds)
    solver.setParam("lp/threads", 1)
    solver.setParam("limits/gap", 1e-6)
    share = {(c, l): solver.addVar(lb=0, ub=most) for c, l, most in feeds}
    draw = {(l, j): solver.addVar(lb=0, ub=most) for l, j, most in draws}
    straight = {(c, j): solver.addVar(lb=0, ub=most) for c, j, most in direct}
    part = {}
    for c, l, _ in feeds:
        for l2, j, most in draws:
            if l2 == l:
                part[c, l, j] = solver.addVar(lb=0, ub=most)
                solver.addCons(part[c, l, j] == share[c, l] * draw[l, j])
    for l, size in file["pool_size"].items():
        own = [share[c, l2] for c, l2 in share if l2 == l]
        if own:
            solver.addCons(quicksum(own) == 1)
        solver.addCons(quicksum(draw[l2, j] for l2, j in draw if l2 == l) <= size)
        for c, l2 in share:
            if l2 == l:
                through = quicksum(part[c, l, j] for c3, l3, j in part if c3 == c and l3 == l)
                solver.addCons(through <= size * share[c, l])
    for l, j in draw:
        solver.addCons(quicksum(part[c, l2, j2] for c, l2, j2 in part if (l2, j2) == (l, j)) == draw[l, j])
    for c, component in parts.items():
        taken = quicksum([v for k, v in part.items() if k[0] == c] + [v for k, v in straight.items() if k[0] == c])
        solver.addCons(taken <= component["upper"])
        solver.addCons(taken >= component["lower"])
    for j, product in wanted.items():
        streams = [(k[0], v) for k, v in part.items() if k[2] == j] + [(k[0], v) for k, v in straight.items() if k[1] == j]
        solver.addCons(quicksum(v for _, v in streams) <= product["upper"])
        solver.addCons(quicksum(v for _, v in streams) >= product["lower"])
        for name, most in (product.get("quality_upper") or {}).items():
            solver.addCons(quicksum((parts[c]["quality"][name] - most) * v for c, v in streams) <= 0)
        for name, least in (product.get("quality_lower") or {}).items():
            solver.addCons(quicksum((parts[c]["quality"][name] - least) * v for c, v in streams) >= 0)
    gain = [((parts[k[0]]["price"] - wanted[k[2]]["price"]), v) for k, v in part.items()]
    gain += [((parts[k[0]]["price"] - wanted[k[1]]["price"]), v) for k, v in straight.items()]
    solver.setObjective(quicksum(cost * v for cost, v in gain))
    start = time.process_time()
    solver.optimize()
    used = time.process_time() - start
    cost = solver.getObjVal() if solver.getNSols() else float("inf")
    print(
        f"scip {path.split('/')[-1]} {solver.getStatus()} cost {cost:.4f} bound {solver.getDualbound():.4f} cpu_s {used:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "flow":
        flow(rest[0])
    else:
        for file in rest[1:]:
            {"highs": highs, "scip": scip, "pooling": pooling}[what](file, float(rest[0]))
