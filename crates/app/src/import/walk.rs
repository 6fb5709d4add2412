//! A folder stands for the files below it, so that what a member hands over can be dropped as it is.

use std::path::{Path, PathBuf};

use greenheart_ingest::is_left_by_a_computer;

use crate::AppError;

/// Files below one folder. More are a mistake, such as a whole disk.
const MOST: usize = 500_000;

/// The files that `paths` name: a file itself, a folder everything below it in the order of names. What a
/// computer left there and links to folders are passed over, so that a walk ends.
pub(super) fn files_below(paths: &[PathBuf]) -> Result<Vec<PathBuf>, AppError> {
    let mut found = Vec::with_capacity(paths.len());
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            walk(path, &mut found)?;
            if found.len() == before {
                return Err(AppError::input(
                    format!("there is no file below `{}`", path.display()),
                    "name a folder that holds the files of a member",
                ));
            }
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), AppError> {
    let failed = || AppError::io(format!("reading `{}`", folder.display()));
    let mut entries = std::fs::read_dir(folder)
        .map_err(failed())?
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed())?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if is_left_by_a_computer(&entry.file_name().to_string_lossy()) {
            continue;
        }
        if entry.file_type().map_err(failed())?.is_dir() {
            walk(&entry.path(), found)?;
        } else if !entry.path().is_dir() {
            found.push(entry.path());
        }
        if found.len() > MOST {
            return Err(AppError::input(
                format!("more than {MOST} files lie below `{}`", folder.display()),
                "name the folder of one member",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_its_files_in_order() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        for name in [
            "b.csv",
            "a/2.xml",
            "a/1.xml",
            ".hidden/c.csv",
            "a/.DS_Store",
            "a/~$1.xlsx",
            "Thumbs.db",
        ] {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, "x").expect("written");
        }
        std::os::unix::fs::symlink(root, root.join("a/loop")).expect("a link");
        let single = root.join("b.csv");
        let names = |paths: &[PathBuf]| -> Vec<String> {
            let found = files_below(paths).expect("files");
            let shown = |path: &PathBuf| path.strip_prefix(root).expect("below").display().to_string();
            found.iter().map(shown).collect()
        };
        assert_eq!(names(&[root.to_owned()]), ["a/1.xml", "a/2.xml", "b.csv"]);
        assert_eq!(names(&[single, root.join("a")]), ["b.csv", "a/1.xml", "a/2.xml"]);
        std::fs::create_dir(root.join("empty")).expect("made");
        assert!(files_below(&[root.join("empty")]).is_err());
    }
}
