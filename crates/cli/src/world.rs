//! The real clock, the real dice, the environment: read here and nowhere else.

use std::ffi::OsString;
use std::sync::Arc;

use anyhow::{Context, Result};
use greenheart_app::{App, AppError, Clock, Config, Entropy, FailPoints, Launcher, LogConfig, LogFormat, Surroundings};

use crate::arguments::Common;

struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge: the one place that reads the clock"
    )]
    fn now_ms(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }
}

struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()> {
        getrandom::fill(buffer).map_err(std::io::Error::other)
    }
}

/// File < environment < flags.
pub fn config(common: &Common) -> Result<Config, AppError> {
    let file = common.config.clone().unwrap_or_else(|| common.data.join(Config::FILE));
    let mut overrides: Vec<(String, String)> = std::env::vars()
        .filter_map(|(name, value)| Config::from_environment(&name, &value))
        .collect();
    for setting in &common.settings {
        let (key, value) = setting.split_once('=').ok_or_else(|| AppError::Input {
            message: format!("`--set {setting}` sets nothing"),
            hint: "write `--set import.tail_rows=1000`".into(),
        })?;
        overrides.push((key.to_owned(), value.to_owned()));
    }
    Ok(Config::load(&file, &overrides)?)
}

/// Clock, dice, fail-points, and this program as its own worker.
pub fn surroundings(common: &Common) -> Result<Surroundings> {
    let mut surroundings = plain_surroundings();
    let mut arguments: Vec<OsString> = vec!["--data".into(), common.data.clone().into()];
    if let Some(config) = &common.config {
        arguments.extend(["--config".into(), config.clone().into()]);
    }
    for setting in &common.settings {
        arguments.extend(["--set".into(), setting.into()]);
    }
    let program = std::env::current_exe().context("finding this program")?;
    surroundings.launcher = Some(Launcher { program, arguments });
    Ok(surroundings)
}

/// The same without workers: jobs run here.
pub fn plain_surroundings() -> Surroundings {
    let mut surroundings = Surroundings::plain(Arc::new(SystemClock), Arc::new(SystemEntropy));
    surroundings.steps = fail_points();
    surroundings
}

/// Opens the installation that the command line names.
pub async fn open(common: &Common) -> Result<App> {
    Ok(App::open(&common.data, config(common)?, surroundings(common)?).await?)
}

/// `GREENHEART_FAIL_AT=store.rows:kill` dies at that step, `:full` reports a full disk there. For tests of crashes.
fn fail_points() -> FailPoints {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge: the one place that reads the environment"
    )]
    let asked = std::env::var("GREENHEART_FAIL_AT").unwrap_or_default();
    let (step, how) = asked
        .split_once(':')
        .map_or((asked.clone(), "full".to_owned()), |(step, how)| {
            (step.into(), how.into())
        });
    Arc::new(move |at| {
        if at != step {
            return Ok(());
        }
        if how == "kill" {
            // Nothing may run after this: not a destructor, not a flush.
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)?;
        }
        Err(std::io::ErrorKind::StorageFull.into())
    })
}

/// Logs go to stderr, as text or as one JSON object a line.
pub fn start_logs(log: &LogConfig) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&log.level)
        .with_context(|| format!("`log.level` is `{}`", log.level))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("starting the logs: {error}"))
}

/// Bounds this process: a worker that reads a hostile file dies alone.
pub fn limit_worker(config: &Config) -> Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = |value: u64| Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    setrlimit(Resource::As, limit(config.worker.memory_mib << 20)).context("limiting memory")?;
    setrlimit(Resource::Cpu, limit(config.worker.cpu_seconds)).context("limiting CPU time")?;
    Ok(())
}

/// The calendar year, by the real clock.
pub fn this_year() -> i16 {
    SystemClock.today().year()
}

/// So many days from today, by the real clock.
pub fn in_days(days: i64) -> greenheart_model::Date {
    let today = SystemClock.today();
    today.checked_add(jiff::Span::new().days(days)).unwrap_or(today)
}
