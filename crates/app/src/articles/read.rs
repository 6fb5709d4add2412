//! A filled-in table of articles, as whatever program a person filled it in with saved it.

use std::path::Path;

use greenheart_account::articles::{Filled, read_rows};
use greenheart_ingest::{Collected, Limits, Source, tables};

use crate::AppError;

/// Reads a table of articles: CSV of any separator and encoding, or a workbook.
pub(crate) fn read_file(path: &Path, limits: &Limits) -> Result<Filled, AppError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        AppError::input(
            format!("`{shown}` cannot be read: {error}"),
            "check the name and the rights of the file",
        )
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut source = Source {
        name: name.clone(),
        position: 0,
        size,
        reader: Box::new(std::io::BufReader::new(file)),
    };
    let hint = "write the table with `greenheart articles export`, fill it in, and keep its columns";
    let mut heard = Collected::default();
    let rows = tables::text_rows(&mut source, limits, &mut heard)
        .map_err(|error| AppError::input(format!("`{name}`: {error}"), hint))?;
    read_rows(&rows).map_err(|error| AppError::input(format!("`{name}`: {error}"), hint))
}
