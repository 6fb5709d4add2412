//! What the verbs take from the world around them, all of it handed in.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::Clock;

/// A source of random bytes for keys. Only the edge has a real one.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]) -> io::Result<()>;
}

/// Called with the name of each step of a commit before the next one begins; an error there is a crash.
pub type FailPoints = Arc<dyn Fn(&'static str) -> io::Result<()> + Send + Sync>;

/// How to start a worker process: the program, and what comes before `worker --job ID`.
#[derive(Debug, Clone)]
pub struct Launcher {
    /// The program.
    pub program: PathBuf,
    /// Its arguments up to the sub-command: data folder, configuration.
    pub arguments: Vec<OsString>,
}

/// Clock, randomness, fail-points and workers.
#[derive(Clone)]
pub struct Surroundings {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws keys.
    pub entropy: Arc<dyn Entropy>,
    /// Steps of commits, for tests of crashes.
    pub steps: FailPoints,
    /// Starts workers; without it jobs run in this process.
    pub launcher: Option<Launcher>,
}

impl Surroundings {
    /// Jobs in this process, no fail-points.
    pub fn plain(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            clock,
            entropy,
            steps: Arc::new(|_| Ok(())),
            launcher: None,
        }
    }
}
