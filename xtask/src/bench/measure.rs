//! Running a program under GNU time and reading what it cost.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// One run of one program.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// User and system time of the whole process, seconds.
    pub cpu_s: f64,
    /// Peak resident memory, megabytes.
    pub peak_mb: f64,
    /// Wall time, seconds.
    pub wall_s: f64,
    /// CPU time of the work alone, as the program says, seconds.
    pub work_cpu_s: Option<f64>,
    /// First line of what it printed.
    pub result: String,
    /// Figures of its own.
    pub figures: Vec<(String, f64)>,
}

impl Run {
    /// CPU seconds that count: of the work where the program says, else of the process.
    pub fn counted_cpu_s(&self) -> f64 {
        self.work_cpu_s.unwrap_or(self.cpu_s)
    }
}

/// Runs a command to its end.
pub fn run_once(command: &[String]) -> Result<Run> {
    let output = Command::new("/usr/bin/time")
        .args(["-q", "-f", "measured %U %S %M %e"])
        .args(command)
        .output()
        .context("running GNU time; hint: scripts/prepare bench")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("`{}` failed: {errors}", command.join(" "));
    }
    read(&String::from_utf8_lossy(&output.stdout), &errors).with_context(|| format!("reading `{}`", command.join(" ")))
}

fn read(printed: &str, errors: &str) -> Result<Run> {
    let line = errors
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("measured "))
        .context("no measurement")?;
    let numbers = line.split(' ').map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    let [user, system, kilobytes, wall_s] = numbers[..] else {
        bail!("the measurement is `{line}`")
    };
    let mut run = Run {
        cpu_s: user + system,
        peak_mb: kilobytes / 1024.0,
        wall_s,
        result: printed.lines().next().unwrap_or_default().to_owned(),
        ..Run::default()
    };
    for line in printed.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["work_cpu_ms", ms] => run.work_cpu_s = Some(ms.parse::<f64>()? / 1000.0),
            ["figure", name, value] => run.figures.push((name.to_owned(), value.parse()?)),
            _ => {}
        }
    }
    Ok(run)
}

/// Runs a generator; its output becomes visible under its name only when it is whole.
pub fn make(command: &[String], made: &Path, to_stdout: bool) -> Result<()> {
    let (program, words) = command.split_first().context("no command")?;
    let mut run = Command::new(program);
    run.args(words);
    let unfinished = made.with_extension("unfinished");
    if to_stdout {
        run.stdout(std::fs::File::create(&unfinished)?);
    }
    let status = run.status()?;
    if !status.success() {
        bail!("`{}` failed", command.join(" "));
    }
    if to_stdout {
        std::fs::rename(unfinished, made)?;
    }
    Ok(())
}

/// The median of each measure.
pub fn median(runs: &[Run]) -> Run {
    let of = |read: &dyn Fn(&Run) -> f64| middle(runs.iter().map(read).collect());
    let work: Option<Vec<f64>> = runs.iter().map(|run| run.work_cpu_s).collect();
    Run {
        cpu_s: of(&|run| run.cpu_s),
        peak_mb: of(&|run| run.peak_mb),
        wall_s: of(&|run| run.wall_s),
        work_cpu_s: work.map(middle),
        ..Run::default()
    }
}

/// The median of each figure, in the order in which the first run printed them.
pub fn median_figures(runs: &[Run]) -> Vec<(String, f64)> {
    let names = runs.first().map(|run| run.figures.as_slice()).unwrap_or_default();
    let values = |name: &str| {
        let figures = runs.iter().flat_map(|run| &run.figures);
        figures
            .filter(|(other, _)| other == name)
            .map(|(_, value)| *value)
            .collect()
    };
    names
        .iter()
        .map(|(name, _)| (name.clone(), middle(values(name))))
        .collect()
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::{median, median_figures, middle, read};

    #[test]
    fn reads_cost_result_and_figures() {
        let printed = "groups 7\nwork_cpu_ms 250\nfigure totals_ms 1.5\n";
        let run = read(printed, "noise\nmeasured 0.50 0.25 2048 1.00\n").unwrap();
        assert_eq!((run.cpu_s, run.peak_mb, run.wall_s), (0.75, 2.0, 1.0));
        assert_eq!((run.result.as_str(), run.counted_cpu_s()), ("groups 7", 0.25));
        assert_eq!(median_figures(&[run]), [("totals_ms".to_owned(), 1.5)]);
        assert!(read("", "nothing").is_err());
    }

    #[test]
    fn the_median_is_the_middle_run() {
        assert!((middle(vec![9.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!(median(&[]).cpu_s.is_nan());
    }
}
