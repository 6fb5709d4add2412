//! The bytes of a set go into the member's vault, several files at a time.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use greenheart_model::{MemberId, SourceFile};
use greenheart_vault::MemberKey;

use super::plan::FileSet;
use crate::{App, AppError};

/// Files on their way to the disk at once. Making one durable is waiting, and the disk makes many durable in the
/// time of one: a folder of a thousand invoices would else take a quarter of a minute.
const AT_ONCE: usize = 8;

impl App {
    /// Puts the bytes of a set into the member's vault, and makes sure that they are the ones that were read.
    pub(super) fn keep_files(
        &self,
        member: &MemberId,
        key: &MemberKey,
        set: &FileSet,
        files: &[SourceFile],
    ) -> Result<(), AppError> {
        // Equal bytes have one address, where they are written once.
        let mut by_address: BTreeMap<&str, Vec<(&Path, &SourceFile)>> = BTreeMap::new();
        for (path, file) in set.paths().zip(files) {
            by_address.entry(&file.vault_address).or_default().push((path, file));
        }
        let work: Vec<_> = by_address.into_values().collect();
        let lane = |portion: &[Vec<(&Path, &SourceFile)>]| {
            let same = portion.iter().flatten();
            same.copied()
                .try_for_each(|(path, file)| self.keep_file(member, key, path, file))
        };
        let portion = work.len().div_ceil(AT_ONCE).max(1);
        if portion == 1 {
            return lane(&work);
        }
        std::thread::scope(|scope| {
            let lanes: Vec<_> = work
                .chunks(portion)
                .map(|part| scope.spawn(move || lane(part)))
                .collect();
            lanes.into_iter().try_for_each(|lane| match lane.join() {
                Ok(kept) => kept,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })
    }

    fn keep_file(
        &self,
        member: &MemberId,
        key: &MemberKey,
        path: &Path,
        expected: &SourceFile,
    ) -> Result<(), AppError> {
        let mut reader = File::open(path).map_err(AppError::io(format!("reading `{}`", expected.name)))?;
        let stored = self
            .vault
            .put(member.as_str(), key, &mut reader, &*self.surroundings.steps)?;
        if stored.sha256 != expected.sha256 {
            return Err(AppError::input(
                format!("`{}` changed while it was read", expected.name),
                "import it again when nothing writes to it",
            ));
        }
        Ok(())
    }
}
