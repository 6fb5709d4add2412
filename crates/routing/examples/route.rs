//! Solves a file from the command line, for benches: `route FILE --time 20 --seed 1 [--threads 2] [--wall] [--trace] [--set name=value]`.
//!
//! Seconds are CPU seconds of each thread, so that a busy machine does not matter, unless `--wall` is given.
#![expect(
    clippy::disallowed_methods,
    reason = "an example is an edge: it reads the clock and the environment"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use greenheart_routing::formats::{self, ReadOptions};
use greenheart_routing::{Guide, Options, Rounding, Settings, check, solve};

/// Between two looks at the ticks of all threads lie so many questions.
const SELDOM: u64 = 16;

#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Wall,
    /// This thread, in nanoseconds.
    Thread,
    /// All threads, in ticks of a hundredth of a second, over their number.
    Threads(f64),
}

struct Clock {
    start: f64,
    seconds: f64,
    measure: Measure,
    wall: Instant,
    steps: AtomicU64,
    asked: AtomicU64,
    /// Bits of the last share told.
    told: AtomicU64,
    /// Whether better plans are told about on standard error.
    trace: bool,
}

impl Clock {
    fn new(seconds: f64, measure: Measure, trace: bool) -> Self {
        let mut clock = Self {
            start: 0.0,
            seconds,
            measure,
            wall: Instant::now(),
            steps: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            told: AtomicU64::new(0),
            trace,
        };
        clock.start = clock.now();
        clock
    }

    fn now(&self) -> f64 {
        match self.measure {
            Measure::Wall => self.wall.elapsed().as_secs_f64(),
            Measure::Thread => Self::nanoseconds(),
            Measure::Threads(count) => Self::ticks() / count,
        }
    }

    /// User and system time of the process, ended threads included.
    fn ticks() -> f64 {
        let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let fields = text.rsplit(')').next().unwrap_or("").split_whitespace();
        let ticks: f64 = fields
            .skip(11)
            .take(2)
            .filter_map(|word| word.parse::<f64>().ok())
            .sum();
        ticks / 100.0
    }

    /// CPU seconds of this thread, from the kernel's accounting.
    fn nanoseconds() -> f64 {
        let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
        let nanoseconds: f64 = text
            .split_whitespace()
            .next()
            .and_then(|word| word.parse().ok())
            .unwrap_or(0.0);
        nanoseconds * 1e-9
    }
}

impl Guide for Clock {
    fn used(&self, iterations: u64) -> f64 {
        self.steps.fetch_max(iterations, Ordering::Relaxed);
        let seldom = matches!(self.measure, Measure::Threads(_));
        if seldom && !self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(SELDOM) {
            return f64::from_bits(self.told.load(Ordering::Relaxed));
        }
        let used = (self.now() - self.start) / self.seconds;
        self.told.store(used.to_bits(), Ordering::Relaxed);
        used
    }

    fn incumbent(&self, objective: f64, left_out: usize) {
        if self.trace {
            let (seconds, steps) = (self.now() - self.start, self.steps.load(Ordering::Relaxed));
            eprintln!("{seconds:.2} s, {steps} steps: {objective:.2}, {left_out} left out");
        }
    }
}

fn set(settings: &mut Settings, text: &str) {
    let (name, value) = text.split_once('=').expect("name=value");
    let number: f64 = value.parse().expect("a number");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
    let count = number as usize;
    match name {
        "removed" => settings.removed = number,
        "max_string" => settings.max_string = number,
        "split" => settings.split = number,
        "split_depth" => settings.split_depth = number,
        "blink" => settings.blink = number,
        "near" => settings.near = count,
        "neighbours" => settings.neighbours = count,
        "retries" => settings.retries = count,
        "whole" => settings.whole = count,
        "part" => settings.part = count,
        "long" => settings.long = count,
        "warm" => settings.warm = number,
        "tails" => settings.tails = count,
        "tails_near" => settings.tails_near = count,
        "strings" => settings.strings = count,
        "strings_near" => settings.strings_near = count,
        "strings_len" => settings.strings_len = count,
        "shakes" => settings.shakes = count,
        "heat" => settings.heat = number,
        "knee" => settings.knee = number,
        "quench" => settings.quench = number,
        "fleet_retries" => settings.fleet_retries = count,
        "push_near" => settings.push_near = count,
        "full" => settings.full = count.max(1),
        "race" => settings.race = number,
        "fleet" => settings.fleet = number,
        "hot" => settings.hot = number,
        "cold" => settings.cold = number,
        other => panic!("no setting {other}"),
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        arguments
            .iter()
            .position(|a| a == name)
            .and_then(|at| arguments.get(at + 1))
    };
    let path = arguments.first().expect("a file");
    let text = std::fs::read_to_string(path).expect("readable");
    let rounding = value("--round").map(|word| match word.as_str() {
        "integer" => Rounding::Integer,
        "trunc1" => Rounding::Trunc1,
        _ => Rounding::Exact,
    });
    let options = ReadOptions {
        rounding,
        free_fleet: arguments.iter().any(|a| a == "--free-fleet"),
    };
    let problem = formats::read(&text, options).expect("a problem");
    let mut how = Options::default();
    if let Some(seed) = value("--seed") {
        how.seed = seed.parse().expect("a seed");
    }
    if let Some(threads) = value("--threads") {
        how.threads = threads.parse().expect("a number of threads");
    }
    for (at, argument) in arguments.iter().enumerate() {
        if argument == "--set" {
            set(&mut how.settings, &arguments[at + 1]);
        }
    }
    if arguments.iter().any(|a| a == "--write-problem") {
        println!("{}", formats::problem_to_json(&problem).expect("JSON"));
        return;
    }
    let seconds = value("--time").map_or(20.0, |text| text.parse().expect("seconds"));
    let measure = match how.threads {
        _ if arguments.iter().any(|a| a == "--wall") => Measure::Wall,
        1 => Measure::Thread,
        count => Measure::Threads(u32::try_from(count).map_or(1.0, f64::from)),
    };
    let clock = Clock::new(seconds, measure, arguments.iter().any(|a| a == "--trace"));
    let plan = match value("--check") {
        None => solve(&problem, &how, &clock).expect("a sensible problem"),
        Some(path) => {
            let text = std::fs::read_to_string(path).expect("readable");
            formats::read_solution(&problem, &text).expect("a plan")
        }
    };
    let report = check(&problem, &plan);
    if let Some(format) = value("--format") {
        match format.as_str() {
            "json" => println!("{}", formats::plan_to_json(&problem, &plan).expect("JSON")),
            _ => print!("{}", formats::write_solution(&problem, &plan)),
        }
    }
    for violation in report.violations.iter().take(5) {
        eprintln!("VIOLATION {violation}");
    }
    for left in plan.unassigned.iter().take(5) {
        eprintln!("left out {}: {}", problem.jobs[left.job].name, left.reason);
    }
    eprintln!(
        "{} cost {:.4} vehicles {} co2e {:.4} missing {} violations {} seconds {:.1} steps {}",
        problem.name,
        report.cost,
        report.vehicles,
        report.co2e_kg,
        report.missing,
        report.violations.len(),
        clock.now() - clock.start,
        clock.steps.load(Ordering::Relaxed)
    );
}
