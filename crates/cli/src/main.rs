//! The `greenheart` program: arguments, clock, environment, printing.
//!
//! For: turning words on a command line into one call of `app`, and its answer into tables, JSON or CSV.
//! Not for: deciding anything; rights, rules and transactions live below.
//! Start with [`commands::run`].

mod arguments;
mod commands;
mod exit;
mod format;
mod language;
mod output;
mod progress;
mod world;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::language::Language;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let language = Language::new(arguments.common.lang);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into(), &language),
    };
    match runtime.block_on(commands::run(&arguments, &language)) {
        Ok(output) => {
            let printed = output.print(arguments.common.format, &language, &mut std::io::stdout().lock());
            match printed {
                // Whoever reads the other end has enough.
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
                Err(error) => fail(&error.into(), &language),
                Ok(()) => output.exit.map_or(ExitCode::SUCCESS, ExitCode::from),
            }
        }
        Err(error) => fail(&error, &language),
    }
}

/// Says on stderr what happened and what to do, and gives the exit code for it.
fn fail(error: &anyhow::Error, language: &Language) -> ExitCode {
    let exit = exit::of(error);
    let mut stderr = std::io::stderr().lock();
    // When even stderr is gone there is nobody to tell.
    let _ = writeln!(stderr, "{}: {error}", language.text("error"));
    let mut told = error.to_string();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if !told.contains(&text) {
            let _ = writeln!(stderr, "  {}: {text}", language.text("because"));
            told.push_str(&text);
        }
    }
    if exit == Exit::Interrupted
        && error
            .downcast_ref::<greenheart_app::AppError>()
            .is_some_and(greenheart_app::AppError::is_disk_full)
    {
        let _ = writeln!(stderr, "{}", language.text("hint-disk-full"));
    }
    exit.into()
}
