"""The panel's results as Markdown: means against what was set out, paired ratios with intervals, and every instance."""

import random
import statistics

from sets import VEHICLES_FIRST, panel
from solvers import OURS, SHOWN

TITLES = {
    "cvrp": "CVRP, X set",
    "vrptw": "VRPTW, Gehring-Homberger, distance",
    "returns": "returns: backhaul, simultaneous, mixed",
    "shipments": "pickup and delivery, Li-Lim",
    "fleets": "heterogeneous fleets and depots with windows",
    "carbon": "load-dependent CO2 (`ehfmcp`), against the reported results",
    "batteries": "electric with windows",
}
# Mean gap in percent; for shipments, vehicles too many on six instances.
WANTED = {"cvrp": 0.8, "vrptw": 1.2, "returns": 0.9, "carbon": 0.0}
FEW_VEHICLES = {"shipments": 4}
DRAWS = 10_000


def of(results: list[dict], **wanted: str) -> list[dict]:
    return [row for row in results if all(row[key] == value for key, value in wanted.items())]


def by_instance(rows: list[dict], field: str) -> dict[str, float]:
    """Mean over the seeds; instances on which a seed has no plan are left out."""
    names = dict.fromkeys(row["name"] for row in rows)
    groups = {name: [row.get(field) for row in rows if row["name"] == name] for name in names}
    return {name: statistics.fmean(values) for name, values in groups.items() if None not in values}


def ratio(pairs: list[tuple[float, float]]) -> float | None:
    theirs = sum(pair[1] for pair in pairs)
    return sum(pair[0] for pair in pairs) / theirs if theirs > 0.0 else None


def interval(groups: list[list[tuple[float, float]]]) -> tuple[float, float] | None:
    """95 % of the ratios of summed gaps when whole instances are drawn again, and seeds within them."""
    dice, ratios = random.Random(1), []
    for _ in range(DRAWS):
        drawn = []
        for _ in groups:
            group = groups[dice.randrange(len(groups))]
            drawn.extend(group[dice.randrange(len(group))] for _ in group)
        value = ratio(drawn)
        ratios.append(float("inf") if value is None else value)
    ratios.sort()
    return ratios[int(0.025 * DRAWS)], ratios[int(0.975 * DRAWS) - 1]


def paired(results: list[dict], families: list[str], peer: str) -> list[list[tuple[float, float]]]:
    """Gaps of ours and the peer's on the same instance with the same seed, by instance."""
    groups = []
    for family in families:
        for name in dict.fromkeys(row["name"] for row in of(results, family=family, solver=OURS)):
            ours = {row["seed"]: row.get("gap") for row in of(results, family=family, name=name, solver=OURS)}
            theirs = {row["seed"]: row.get("gap") for row in of(results, family=family, name=name, solver=peer)}
            both = [(ours[seed], theirs[seed]) for seed in ours if seed in theirs]
            pairs = [pair for pair in both if None not in pair]
            if pairs:
                groups.append(pairs)
    return groups


def verdict(family: str, rows: list[dict]) -> str:
    """Whether ours is what was set out."""
    if not rows:
        return ""
    if family in FEW_VEHICLES:
        most, extra = FEW_VEHICLES[family], sum(by_instance(rows, "extra").values())
        return f"{most} or fewer too many: " + ("met" if extra <= most else "**missed**")
    if family in WANTED:
        gap = statistics.fmean(by_instance(rows, "gap").values())
        return f"under {WANTED[family]} %: " + ("met" if gap <= WANTED[family] else "**missed**")
    return ""


def cell(family: str, rows: list[dict]) -> str:
    gaps = by_instance(rows, "gap")
    if not gaps:
        return "not run" if not rows else "no plan"
    text = f"{statistics.fmean(gaps.values()):.2f} %"
    if family in VEHICLES_FIRST:
        text = f"{sum(by_instance(rows, 'extra').values()):+.1f} vehicles, distance {text}"
    unsolved = len(dict.fromkeys(row["name"] for row in rows)) - len(gaps)
    return text + (f" ({unsolved} without a plan)" if unsolved else "")


def means(results: list[dict], families: list[str], who: list[str]) -> str:
    text = "| Family | " + " | ".join(SHOWN[solver] for solver in who) + " | Set out |\n|---|" + "---|" * (len(who) + 1) + "\n"
    for family in families:
        cells = [cell(family, of(results, family=family, solver=solver)) for solver in who]
        text += f"| {TITLES[family]} | {' | '.join(cells)} | {verdict(family, of(results, family=family, solver=OURS))} |\n"
    return text


def ratios(results: list[dict], families: list[str], peer: str) -> str:
    alike = [family for family in families if family not in VEHICLES_FIRST]
    text = f"| Our gaps over those of {SHOWN[peer]} | Pairs | Ratio | 95 % interval |\n|---|---:|---:|---|\n"
    for title, chosen in [(TITLES[family], [family]) for family in alike] + [("all of these", alike)]:
        groups = paired(results, chosen, peer)
        value = ratio([pair for group in groups for pair in group])
        if not groups or value is None:
            continue
        low, high = interval(groups)
        count = sum(len(group) for group in groups)
        text += f"| {title} | {count} | {value:.2f} | {low:.2f} to {high:.2f} |\n"
    return text


def instances(results: list[dict], families: list[str], who: list[str]) -> str:
    text = "| Instance | " + " | ".join(SHOWN[solver] for solver in who) + " |\n|---|" + "---:|" * len(who) + "\n"
    for family in families:
        for _, name in panel()[family]:
            rows = of(results, family=family, name=name)
            if rows:
                text += f"| {name} | {' | '.join(figure(family, of(rows, solver=solver)) for solver in who)} |\n"
    return text


def figure(family: str, rows: list[dict]) -> str:
    if not rows:
        return ""
    gaps = [row["gap"] for row in rows if "gap" in row]
    if len(gaps) < len(rows):
        return "no plan"
    text = f"{statistics.fmean(gaps):.2f} %"
    if family in VEHICLES_FIRST:
        text = f"{statistics.fmean(row['extra'] for row in rows):+.1f}, {text}"
    if len(gaps) > 1:
        text += f" (±{statistics.stdev(gaps):.2f})"
    return text + (" **breaks a rule**" if any(row["broken"] for row in rows) else "")


def written(results: list[dict], seconds: float, versions: dict[str, str]) -> str:
    who = [solver for solver in SHOWN if of(results, solver=solver)]
    families = [family for family in panel() if of(results, family=family)]
    seeds = max((row["seed"] for row in results), default=0)
    named = ", ".join(f"{SHOWN[solver]} {versions[solver]}" for solver in who if solver != OURS)
    text = (
        f"{seconds:g} CPU seconds and one thread each, {seeds} seed{'s' if seeds != 1 else ''}, the same distances for all; every plan is "
        f"priced by our checker, which shares no code with the search. Peers: {named or 'none'}. Figures are gaps to the best known value; "
        "±: standard deviation over the seeds.\n\n"
    )
    text += means(results, families, who)
    for peer in [solver for solver in who if solver == "pyvrp" and OURS in who]:
        text += (
            "\nPaired by instance and seed: the sum of our gaps over the sum of the peer's; intervals from drawing instances again, and seeds "
            f"within them, {DRAWS:,} times. Below 0.8 was set out.\n\n".replace(",000", " 000") + ratios(results, families, peer)
        )
    return text + "\nEvery instance:\n\n" + instances(results, families, who)
