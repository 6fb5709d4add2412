//! `docs/benchmarks.md`, one section for each area. A section says when and on what it was measured; what was not
//! measured now stays as it was.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::areas::{AREAS, Area, Target};
use super::{Measured, Outcome};

const OPENING: &str = "# Benchmarks\n\n\
    Written by `make bench` (`make bench AREA=ledger` for one area). CPU seconds, user and system, of release builds; \
    programs of a comparison take turns, and the median counts. `work` is the CPU time of the work alone, without \
    starting the program or importing a library; where every program states it, it is what is compared. Results are \
    compared too: a program with another result is named. Losses stand here like wins.\n";

/// Writes the section of `area`, and keeps the others.
pub fn write(root: &Path, python: &Path, area: &Area, outcomes: &[Outcome]) -> Result<()> {
    write_section(root, area.name, &section(python, area, outcomes)?)
}

/// Writes the section called `name`, and keeps the others.
pub fn write_section(root: &Path, name: &str, section: &str) -> Result<()> {
    let path = root.join("docs/benchmarks.md");
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(path, merged(&old, name, section))?;
    Ok(())
}

/// The report with one section replaced where it stands, or set before the first later area; all else is kept.
fn merged(old: &str, name: &str, new: &str) -> String {
    let old = if old.trim().is_empty() { OPENING } else { old };
    let section = format!("{}\n{}\n{}\n", begin(name), new.trim(), end(name));
    if let (Some(from), Some(to)) = (old.find(&begin(name)), old.find(&end(name))) {
        let after = to + end(name).len();
        return format!(
            "{}{section}{}",
            &old[..from],
            old[after..].strip_prefix('\n').unwrap_or_default()
        );
    }
    let later = AREAS.iter().skip_while(|area| area.name != name).skip(1);
    match later.filter_map(|area| old.find(&begin(area.name))).min() {
        Some(at) => format!("{}{section}\n{}", &old[..at], &old[at..]),
        None => format!("{}\n\n{section}", old.trim_end()),
    }
}

fn begin(name: &str) -> String {
    format!("<!-- area {name} -->")
}

fn end(name: &str) -> String {
    format!("<!-- end {name} -->")
}

fn section(python: &Path, area: &Area, outcomes: &[Outcome]) -> Result<String> {
    let mut text = format!("## {}\n\n{}\n", area.title, machine(python));
    for outcome in outcomes {
        let comparison = outcome.comparison;
        write!(
            text,
            "\n### {}\n\nMedian of {} runs. Result: `{}`\n",
            sentence(comparison.what),
            comparison.runs,
            outcome.result
        )?;
        text += "\n| Program | CPU s | of it work | peak MB | wall s |\n|---|---:|---:|---:|---:|\n";
        for program in &outcome.programs {
            let run = &program.median;
            let work = run
                .work_cpu_s
                .map_or_else(|| "not stated".into(), |work| format!("{work:.2}"));
            writeln!(
                text,
                "| {} | {:.2} | {work} | {:.0} | {:.2} |",
                program.name, run.cpu_s, run.peak_mb, run.wall_s
            )?;
        }
        figures(&mut text, outcome)?;
        text.push('\n');
        for target in comparison.targets {
            writeln!(text, "- {}", verdict(target, &outcome.programs))?;
        }
        for name in &outcome.unequal {
            writeln!(text, "- **{name} gives another result.**")?;
        }
        for name in &outcome.absent {
            writeln!(text, "- {name} was not there and was not measured.")?;
        }
    }
    Ok(text)
}

fn figures(text: &mut String, outcome: &Outcome) -> std::fmt::Result {
    for program in outcome.programs.iter().filter(|program| !program.figures.is_empty()) {
        write!(text, "\n| Figure of {} | Value |\n|---|---:|\n", program.name)?;
        for (name, value) in &program.figures {
            writeln!(text, "| {name} | {value:.2} |")?;
        }
    }
    Ok(())
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

fn verdict(target: &Target, programs: &[Measured]) -> String {
    let said = |met: bool| if met { "met" } else { "**missed**" };
    let Some((ours, peers)) = programs.split_first() else {
        return "nothing was measured".into();
    };
    match target {
        Target::CpuSeconds(most) => {
            let cpu = ours.median.counted_cpu_s();
            format!("at most {most} CPU s: {} with {cpu:.2}", said(cpu <= *most))
        }
        Target::PeakMegabytes(most) => {
            let peak = ours.median.peak_mb;
            format!("at most {most:.0} MB: {} with {peak:.0}", said(peak <= *most))
        }
        Target::FigureMs(name, most) => match ours.figures.iter().find(|(other, _)| other == name) {
            Some((_, ms)) => format!("{name} at most {most} ms: {} with {ms:.2}", said(ms <= most)),
            None => format!("{name} was not measured"),
        },
        Target::FigureTimesPeer(name, most) => {
            let figure = |program: &Measured| program.figures.iter().find(|(other, _)| other == name).map(|(_, v)| *v);
            let each: Vec<String> = peers
                .iter()
                .filter_map(|peer| {
                    let times = figure(ours)? / figure(peer)?;
                    Some(format!("{} {times:.3} {}", peer.name, said(times <= *most)))
                })
                .collect();
            format!("{name} at most {most} times that of each peer: {}", each.join(", "))
        }
        Target::TimesPeer(most) => {
            // The work alone only where everybody states it.
            let all_state = programs.iter().all(|program| program.median.work_cpu_s.is_some());
            let cpu = |program: &Measured| {
                if all_state {
                    program.median.counted_cpu_s()
                } else {
                    program.median.cpu_s
                }
            };
            let each: Vec<String> = peers
                .iter()
                .map(|peer| {
                    let times = cpu(ours) / cpu(peer);
                    format!("{} {times:.2} {}", peer.name, said(times <= *most))
                })
                .collect();
            format!("at most {most} times the CPU of each peer: {}", each.join(", "))
        }
    }
}

/// When and on what.
pub fn machine(python: &Path) -> String {
    let said = |program: &str, words: &[&str]| {
        let output = Command::new(program).args(words).output().ok();
        output
            .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
            .unwrap_or_default()
    };
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':')
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let memory_kb: f64 = field(&read("/proc/meminfo"), "MemTotal")
        .trim_end_matches(" kB")
        .parse()
        .unwrap_or(f64::NAN);
    let packages = said(
        &python.to_string_lossy(),
        &["-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"],
    );
    // What we chose, not what it brings along.
    let chosen: Vec<&str> = REQUIREMENTS.lines().filter_map(package).collect();
    let peers: Vec<&str> = packages
        .lines()
        .filter(|line| package(line).is_some_and(|name| chosen.contains(&name)))
        .collect();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!(
        "{}, commit {}; {}, {cores} cores, {:.0} GB, Linux {}, load {} at the end; {}; peers: {}.",
        said("date", &["-u", "+%Y-%m-%d"]),
        said("git", &["rev-parse", "--short", "HEAD"]),
        field(&read("/proc/cpuinfo"), "model name"),
        memory_kb / 1_048_576.0,
        said("uname", &["-r"]),
        read("/proc/loadavg").split(' ').next().unwrap_or_default(),
        said("rustc", &["--version"]),
        if peers.is_empty() {
            "none installed".into()
        } else {
            peers.join(", ")
        },
    )
}

const REQUIREMENTS: &str = include_str!("../../../bench/requirements.txt");

/// The package that a line such as `lxml==6.1.3` names.
fn package(line: &str) -> Option<&str> {
    line.split_once("==").map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::{Target, merged, verdict};
    use crate::bench::Measured;
    use crate::bench::measure::Run;

    #[test]
    fn other_sections_stay_as_they_were() {
        let first = merged("", "ledger", "## Totals\n\nold\n");
        let second = merged(&first, "account", "## Posting\n\nmine") + "\n## By hand\n";
        let third = merged(&second, "ledger", "## Totals\n\nnew");
        for kept in ["mine", "new", "## By hand"] {
            assert!(third.contains(kept), "{third}");
        }
        assert!(!third.contains("old"), "{third}");
        assert!(third.find("## Posting") < third.find("## Totals"));
        assert_eq!(merged(&third, "ledger", "## Totals\n\nnew"), third);
    }

    fn program(name: &str, cpu_s: f64) -> Measured {
        Measured {
            name: name.into(),
            median: Run {
                cpu_s,
                ..Run::default()
            },
            figures: vec![("a_ms".into(), 3.0)],
        }
    }

    #[test]
    fn losses_are_said() {
        let programs = [program("ours", 2.0), program("peer", 1.0), program("slow", 4.0)];
        assert_eq!(
            verdict(&Target::TimesPeer(1.0), &programs),
            "at most 1 times the CPU of each peer: peer 2.00 **missed**, slow 0.50 met"
        );
        assert_eq!(
            verdict(&Target::FigureMs("a_ms", 10.0), &programs),
            "a_ms at most 10 ms: met with 3.00"
        );
        assert_eq!(
            verdict(&Target::FigureMs("b_ms", 10.0), &programs),
            "b_ms was not measured"
        );
    }
}
