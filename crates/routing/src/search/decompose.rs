//! Large problems: parts of whole tours that lie together are searched on their own, in turns and in parallel.
//!
//! The first parts are cells of jobs; afterwards the tours' centres are split again and again along a line of random
//! direction, so that the borders between parts move. Memory grows with the number of jobs, because only parts have
//! dense matrices.
//!
//! # Source
//! Santini, Schneider, Vidal, Vigo, "Decomposition strategies for vehicle routing heuristics", INFORMS Journal on
//! Computing 35 (2023): barycentre clustering of routes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::anneal::{Annealer, Cooling};
use super::homes::Homes;
use super::model::{Model, NONE};
use super::rng::Rng;
use super::{Guide, Options, adopt, export, order};
use crate::plan::{Plan, Tour, Unassigned, Visit};
use crate::problem::Problem;

/// Tours and jobs without one that are searched together.
#[derive(Debug, Clone, Default)]
struct Part {
    tours: Vec<Tour>,
    /// `[tour]`: the tour of the first plan it stands for, when leaving that costs something.
    names: Vec<u32>,
    loose: Vec<usize>,
    /// `[vehicle type]`: how many it may use.
    fleet: Vec<usize>,
}

impl Part {
    fn jobs(&self) -> Vec<usize> {
        let visits = self.tours.iter().flat_map(|tour| &tour.visits);
        let mut jobs: Vec<usize> = visits
            .filter_map(|visit| match visit {
                Visit::Job(job) => Some(*job),
                _ => None,
            })
            .chain(self.loose.iter().copied())
            .collect();
        jobs.sort_unstable();
        jobs
    }
}

/// Up to this many parts are given a first plan even when the budget is used up: that takes a second or two.
const AT_ONCE: usize = 64;

struct Search<'a> {
    problem: &'a Problem,
    options: &'a Options,
    guide: &'a dyn Guide,
    homes: Option<Homes>,
    /// Steps of finished parts.
    iterations: AtomicU64,
}

/// Searches in rounds of parts until the guide says stop.
pub(crate) fn solve(problem: &Problem, options: &Options, guide: &dyn Guide) -> Plan {
    let mut search = Search {
        problem,
        options,
        guide,
        homes: None,
        iterations: AtomicU64::new(0),
    };
    let mut rng = Rng::new(options.seed);
    let mut plan = search.begin();
    search.homes = Homes::new(problem.jobs.len(), &plan.tours, options.change_penalty);
    let mut best: Option<Plan> = None;
    let rounds = search.rounds();
    let share = |round: usize| as_f64(round) / as_f64(rounds);
    for number in 0..rounds {
        let mut parts = search.split(&plan, &mut rng);
        search.share_fleet(&mut parts);
        let round = Round {
            from: share(number),
            to: share(number + 1),
            closes: 2 * number < rounds,
            stands: number + 1 < rounds && (number > 0 || options.start.is_none()),
        };
        plan = search.run(parts, round, &mut rng);
        if best
            .as_ref()
            .is_none_or(|best| search.value(&plan) < search.value(best))
        {
            search.report(&plan);
            best = Some(plan.clone());
        }
        if search.over() {
            break;
        }
    }
    best.unwrap_or(plan)
}

/// One turn of every part.
#[derive(Debug, Clone, Copy)]
struct Round {
    /// Shares of the budget between which it lies.
    from: f64,
    to: f64,
    /// Whether tours are closed when the fewest vehicles come first.
    closes: bool,
    /// Whether the next round goes on where the annealing stands, instead of from the best plan. The first round after
    /// a plan that was given does not, so that no answer is worse than that plan.
    stands: bool,
}

fn loose(job: usize) -> Unassigned {
    Unassigned {
        job,
        reason: "it has not been looked at: the budget ended too early".to_owned(),
    }
}

impl Search<'_> {
    /// The plan to start from; jobs it says nothing about are on no tour.
    fn begin(&self) -> Plan {
        let mut plan = self.options.start.clone().unwrap_or_default();
        plan.tours.retain(|tour| tour.vehicle < self.problem.vehicles.len());
        let mut on_tour = vec![false; self.problem.jobs.len()];
        for tour in &mut plan.tours {
            tour.visits.retain(|visit| match visit {
                Visit::Job(job) => on_tour
                    .get_mut(*job)
                    .is_some_and(|there| !std::mem::replace(there, true)),
                _ => true,
            });
        }
        let jobs = 0..self.problem.jobs.len();
        plan.unassigned = jobs.filter(|&job| !on_tour[job]).map(loose).collect();
        plan
    }

    fn over(&self) -> bool {
        let used = self.guide.used(self.iterations.load(Ordering::Relaxed));
        used >= 1.0 || !used.is_finite()
    }

    /// What plans are compared by: jobs without a place that must be done, vehicles when they come first, the objective.
    fn value(&self, plan: &Plan) -> (usize, usize, f64) {
        let prize = |left: &Unassigned| self.problem.jobs[left.job].prize;
        let objective = self.problem.objective;
        let prizes: f64 = plan.unassigned.iter().filter_map(prize).sum();
        let moved = self.homes.as_ref().map_or(0.0, |homes| homes.moved(&plan.tours));
        (
            plan.unassigned.iter().filter(|left| prize(left).is_none()).count(),
            if objective.vehicles_first { plan.tours.len() } else { 0 },
            objective.cost * (plan.cost + prizes) + objective.co2e * plan.co2e_kg + moved,
        )
    }

    /// Fewer rounds for more parts: each turn of a part must be long enough to pay for its matrices.
    fn rounds(&self) -> usize {
        match self.problem.jobs.len() {
            0..=5_000 => 16,
            5_001..=40_000 => 10,
            _ => 4,
        }
    }

    fn place(&self, job: usize) -> (f64, f64) {
        let stop = self.problem.jobs[job].stops().next();
        stop.map_or((0.0, 0.0), |stop| {
            let location = &self.problem.locations[stop.location];
            (location.x, location.y)
        })
    }

    fn split(&self, plan: &Plan, rng: &mut Rng) -> Vec<Part> {
        let names = self
            .homes
            .as_ref()
            .map(|homes| homes.names(&plan.tours))
            .unwrap_or_default();
        let numbered = plan.tours.iter().enumerate();
        let mut items: Vec<Item> = numbered
            .map(|(at, tour)| self.item(tour, names.get(at).copied().unwrap_or(NONE)))
            .collect();
        for left in &plan.unassigned {
            let (x, y) = self.place(left.job);
            items.push(Item {
                x,
                y,
                weight: 1,
                tour: None,
                name: NONE,
                job: left.job,
            });
        }
        let mut parts = Vec::new();
        let limit = self.options.settings.part.max(1);
        halve(items, limit, rng, &mut |items| {
            let mut part = Part::default();
            for item in items {
                match item.tour {
                    Some(tour) => {
                        part.tours.push(tour);
                        part.names.push(item.name);
                    }
                    None => part.loose.push(item.job),
                }
            }
            parts.push(part);
        });
        rng.shuffle(&mut parts);
        parts
    }

    fn item(&self, tour: &Tour, name: u32) -> Item {
        let (mut x, mut y, mut weight) = (0.0, 0.0, 0);
        for visit in &tour.visits {
            if let Visit::Job(job) = visit {
                let place = self.place(*job);
                x += place.0;
                y += place.1;
                weight += 1;
            }
        }
        let count = as_f64(weight.max(1));
        Item {
            x: x / count,
            y: y / count,
            weight,
            tour: Some(tour.clone()),
            name,
            job: 0,
        }
    }

    /// Each part keeps the vehicles it uses; the others are dealt out in turn.
    fn share_fleet(&self, parts: &mut [Part]) {
        for part in parts.iter_mut() {
            part.fleet = vec![0; self.problem.vehicles.len()];
            for tour in &part.tours {
                part.fleet[tour.vehicle] += 1;
            }
        }
        for (vehicle, kind) in self.problem.vehicles.iter().enumerate() {
            let used: usize = parts.iter().map(|part| part.fleet[vehicle]).sum();
            let Some(count) = kind.count else {
                for part in parts.iter_mut() {
                    part.fleet[vehicle] = usize::MAX;
                }
                continue;
            };
            let (free, many) = (count.saturating_sub(used), parts.len().max(1));
            for (turn, part) in parts.iter_mut().enumerate() {
                part.fleet[vehicle] += free / many + usize::from(turn < free % many);
            }
        }
    }

    /// Searches every part within its share of the round; threads take every so-many-th part.
    fn run(&self, parts: Vec<Part>, round: Round, rng: &mut Rng) -> Plan {
        let threads = self.options.threads.clamp(1, parts.len().max(1));
        let seeds: Vec<u64> = parts.iter().map(|_| rng.next()).collect();
        let results: Mutex<Vec<(usize, Plan)>> = Mutex::new(Vec::new());
        let work = |thread: usize| {
            let own: Vec<usize> = (thread..parts.len()).step_by(threads).collect();
            for (turn, &index) in own.iter().enumerate() {
                let until = round.from + (round.to - round.from) * as_f64(turn + 1) / as_f64(own.len());
                let hurry = self.over() && (round.from > 0.0 || parts.len() > AT_ONCE);
                let plan = if hurry {
                    self.keep_part(&parts[index])
                } else {
                    self.search_part(&parts[index], round, until, seeds[index])
                };
                match results.lock() {
                    Ok(mut results) => results.push((index, plan)),
                    Err(poisoned) => poisoned.into_inner().push((index, plan)),
                }
            }
        };
        if threads == 1 {
            work(0);
        } else {
            std::thread::scope(|scope| {
                for thread in 0..threads {
                    let work = &work;
                    scope.spawn(move || work(thread));
                }
            });
        }
        let mut results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        results.sort_by_key(|result| result.0);
        merge(results.into_iter().map(|result| result.1))
    }

    fn search_part(&self, part: &Part, round: Round, until: f64, seed: u64) -> Plan {
        let jobs = order::along_curve(self.problem, &part.jobs());
        let settings = self.options.settings;
        let mut model = Model::build(self.problem, &jobs, settings.neighbours);
        for (kind, &count) in model.kinds.iter_mut().zip(&part.fleet) {
            kind.count = count;
        }
        if let Some(homes) = &self.homes {
            homes.keep(&mut model, &part.names);
        }
        let start = adopt::tours(&model, &part.tours);
        let mut annealer = Annealer::new(&model, &start, settings, seed);
        let base = self.iterations.load(Ordering::Relaxed);
        let used = |iterations: u64| self.guide.used(base + iterations);
        if round.closes {
            annealer.fewer(until, &used, &mut |_, _| {});
        }
        let cooling = Cooling {
            from: 0.0,
            to: 1.0,
            hot: annealer.first_heat(),
        };
        annealer.run(cooling, until, &used, &mut |_, _| {});
        self.iterations.fetch_add(annealer.iterations, Ordering::Relaxed);
        // Falling back to the best plan, found when all was still hot, would throw the round away.
        let stands = annealer.standing();
        let snapshot = if round.stands && stands.lacking <= annealer.best.lacking {
            &stands
        } else {
            &annealer.best
        };
        export::plan(self.problem, &model, snapshot, &annealer.sisr)
    }

    /// The part as it is, when there is no time left to look at it: its tours, each summed up on its own, and loose jobs
    /// without a place.
    fn keep_part(&self, part: &Part) -> Plan {
        let plans = part.tours.iter().map(|tour| {
            let alone = Part {
                tours: vec![tour.clone()],
                ..Part::default()
            };
            let model = Model::build(self.problem, &alone.jobs(), 0);
            let start = adopt::tours(&model, &alone.tours);
            let annealer = Annealer::new(&model, &start, self.options.settings, 0);
            export::plan(self.problem, &model, &annealer.best, &annealer.sisr)
        });
        let mut plan = merge(plans);
        plan.unassigned.extend(part.loose.iter().map(|&job| loose(job)));
        plan
    }

    fn report(&self, plan: &Plan) {
        let objective = self.problem.objective;
        self.guide.incumbent(
            objective.cost * plan.cost + objective.co2e * plan.co2e_kg,
            plan.unassigned.len(),
        );
    }
}

fn merge(plans: impl Iterator<Item = Plan>) -> Plan {
    let mut all = Plan::default();
    for plan in plans {
        all.cost += plan.cost;
        all.co2e_kg += plan.co2e_kg;
        all.distance += plan.distance;
        all.tours.extend(plan.tours);
        all.unassigned.extend(plan.unassigned);
    }
    all.unassigned.sort_by_key(|left| left.job);
    all
}

/// A tour by its centre, or a job without one.
#[derive(Debug, Clone)]
struct Item {
    x: f64,
    y: f64,
    weight: usize,
    tour: Option<Tour>,
    /// The tour of the first plan it stands for, or `NONE`.
    name: u32,
    job: usize,
}

/// Splits along lines of random direction until every part has at most `limit` jobs.
fn halve(mut items: Vec<Item>, limit: usize, rng: &mut Rng, part: &mut dyn FnMut(Vec<Item>)) {
    let weight: usize = items.iter().map(|item| item.weight).sum();
    if weight <= limit || items.len() < 2 {
        if !items.is_empty() {
            part(items);
        }
        return;
    }
    let (x, y) = direction(&items, rng);
    items.sort_by(|a, b| (a.x * x + a.y * y).total_cmp(&(b.x * x + b.y * y)));
    // As many full parts on one side as on the other, give or take one.
    let pieces = weight.div_ceil(limit);
    let goal = weight * (pieces / 2) / pieces;
    let mut sum = 0;
    let mut cut = 0;
    while cut + 1 < items.len() && (cut == 0 || sum < goal) {
        sum += items[cut].weight;
        cut += 1;
    }
    let rest = items.split_off(cut);
    halve(items, limit, rng, part);
    halve(rest, limit, rng, part);
}

/// The longer side of the cloud, turned by a random angle of at most half a right angle.
fn direction(items: &[Item], rng: &mut Rng) -> (f64, f64) {
    let count = as_f64(items.len());
    let (mx, my) = (
        items.iter().map(|i| i.x).sum::<f64>() / count,
        items.iter().map(|i| i.y).sum::<f64>() / count,
    );
    let spread_x: f64 = items.iter().map(|i| (i.x - mx).powi(2)).sum();
    let spread_y: f64 = items.iter().map(|i| (i.y - my).powi(2)).sum();
    let angle = (rng.unit() - 0.5) * std::f64::consts::FRAC_PI_2;
    let (sin, cos) = angle.sin_cos();
    if spread_x >= spread_y { (cos, sin) } else { (sin, cos) }
}

fn as_f64(value: usize) -> f64 {
    u32::try_from(value).map_or(f64::INFINITY, f64::from)
}
