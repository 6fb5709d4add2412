//! Whether everything is there, once, and unchanged.

use std::io::Read;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::import::descriptor;
use crate::{Actor, App, AppError};

/// What was checked, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VerifyReport {
    /// Where the ledger stands.
    pub snapshot: String,
    /// Records of the journal whose chain was followed.
    pub journal_records: usize,
    /// Batches held against journal, segments and tail.
    pub batches: usize,
    /// Segments hashed and counted.
    pub segments: usize,
    /// Source files decrypted and hashed.
    pub files: usize,
    /// Postings whose sums were held against their entries.
    pub postings: usize,
    /// What does not hold; empty when all is well.
    pub problems: Vec<String>,
}

impl App {
    /// Follows the hash chain, counts every row, hashes every segment and decrypts every source file.
    pub async fn verify(&self, actor: &Actor) -> Result<VerifyReport, AppError> {
        self.allowed(actor, actor.may_operate(), "ledger.verify", None).await?;
        let report = self.check_everything().await?;
        let outcome = if report.problems.is_empty() { "done" } else { "refused" };
        self.note(actor, "ledger.verify", None, &report.snapshot, outcome)
            .await?;
        Ok(report)
    }

    pub(crate) async fn check_everything(&self) -> Result<VerifyReport, AppError> {
        let mut report = VerifyReport {
            snapshot: format!("s{}", self.store.head().await?.seq),
            journal_records: self.store.journal().await?.len(),
            batches: self.store.batches().await?.len(),
            ..VerifyReport::default()
        };
        report
            .problems
            .extend(self.store.verify_chain().await?.iter().map(ToString::to_string));
        for row in self.store.segments().await? {
            report.segments += 1;
            match descriptor(&row) {
                Some(descriptor) => {
                    let found = tokio::task::block_in_place(|| self.ledger.verify(&descriptor));
                    report.problems.extend(found.iter().map(ToString::to_string));
                }
                None => report
                    .problems
                    .push(format!("segment `{}` is of an unknown kind `{}`", row.id, row.kind)),
            }
        }
        self.check_sums(&mut report).await?;
        self.check_files(&mut report).await?;
        Ok(report)
    }

    async fn check_sums(&self, report: &mut VerifyReport) -> Result<(), AppError> {
        for (batch, generation, entries) in self.store.postings().await? {
            report.postings += 1;
            let id = greenheart_model::BatchId::new(&batch);
            let summed: u64 = match self.store.sums_of(&id, generation).await? {
                None => continue,
                Some(bytes) => match greenheart_ledger::PartialSums::decode(&bytes) {
                    Ok(sums) => sums.rows().map(|(_, values)| values.rows).sum(),
                    Err(error) => {
                        report
                            .problems
                            .push(format!("sums of batch `{batch}` generation {generation}: {error}"));
                        continue;
                    }
                },
            };
            if i64::try_from(summed) != Ok(entries) {
                report.problems.push(format!(
                    "sums of batch `{batch}` generation {generation} are of {summed} entries where {entries} were committed"
                ));
            }
        }
        Ok(())
    }

    async fn check_files(&self, report: &mut VerifyReport) -> Result<(), AppError> {
        for file in self.store.files().await? {
            report.files += 1;
            let key = self.member_key(&file.member).await?;
            let read = tokio::task::block_in_place(|| -> std::io::Result<(String, u64)> {
                let mut plain = self
                    .vault
                    .open_file(&key, &file.vault_address)
                    .map_err(std::io::Error::other)?;
                let (mut sha, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
                loop {
                    let read = plain.read(&mut buffer)?;
                    if read == 0 {
                        return Ok((hex::encode(sha.finalize()), size));
                    }
                    sha.update(&buffer[..read]);
                    size += read as u64;
                }
            });
            match read {
                Ok((sha256, size)) if sha256 == file.sha256 && size == file.size => {}
                Ok(_) => report
                    .problems
                    .push(format!("source file `{}` is not what was handed in", file.id)),
                Err(error) => report.problems.push(format!("source file `{}`: {error}", file.id)),
            }
        }
        Ok(())
    }
}
