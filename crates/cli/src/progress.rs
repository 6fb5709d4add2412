//! How far long work is: a bar on a terminal, sparse lines elsewhere, nothing when stderr is not wanted.

use std::io::IsTerminal;
use std::time::Duration;

use greenheart_app::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::language::Language;

/// Shows progress on stderr.
pub struct Bar<'a> {
    shown: Option<ProgressBar>,
    language: &'a Language,
    said: String,
}

impl<'a> Bar<'a> {
    /// A bar, when stderr is a terminal.
    pub fn new(language: &'a Language) -> Self {
        let shown = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {percent}% {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self {
            shown,
            language,
            said: String::new(),
        }
    }

    /// Shows where the work is.
    pub fn tell(&mut self, progress: &Progress) {
        let text = format!(
            "{} {}",
            self.language.text(&format!("stage-{}", progress.stage)),
            progress.subject
        );
        match &self.shown {
            Some(bar) => {
                bar.set_length(progress.total.max(1));
                bar.set_position(progress.done.min(progress.total.max(1)));
                bar.set_message(text);
            }
            // One line a stage and subject: a log that a person can read afterwards.
            None if text != self.said => {
                eprintln!("{text}");
                self.said = text;
            }
            None => {}
        }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}
