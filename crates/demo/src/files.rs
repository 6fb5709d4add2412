//! The files of a cluster, each written when it is asked for.

use std::io::{self, Write};

use greenheart_model::{Coverage, CoverageKind, MemberId, Period};

use crate::plan::{Cluster, Company};
use crate::saft;
use crate::tables::{self, TableKind};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// SAF-T Financial.
    Saft,
    /// A table of activities.
    Table(TableKind),
}

/// A file of the cluster.
#[derive(Debug)]
pub struct DemoFile<'a> {
    cluster: &'a Cluster,
    company: &'a Company,
    /// Whose it is.
    pub member: MemberId,
    /// Calendar year that it tells of.
    pub year: i16,
    /// Where it belongs: `<organisation number>/<year>/<name>`.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
    /// What it claims to tell completely.
    pub coverage: Vec<Coverage>,
}

impl DemoFile<'_> {
    /// Writes the file; equal options give equal bytes.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.kind {
            FileKind::Saft => saft::write(self.cluster, self.company, self.year, out),
            FileKind::Table(kind) => tables::write(self.cluster, self.company, self.year, kind, out),
        }
    }
}

/// Every file, member by member and year by year.
pub fn files(cluster: &Cluster) -> impl Iterator<Item = DemoFile<'_>> {
    let kinds = || {
        let tables = TableKind::ALL.into_iter().map(FileKind::Table);
        std::iter::once(FileKind::Saft).chain(tables)
    };
    cluster.companies.iter().flat_map(move |company| {
        let years = cluster.years().filter(|year| company.reports(*year));
        years.flat_map(move |year| {
            kinds()
                .filter(|kind| company.has(*kind))
                .map(move |kind| file(cluster, company, year, kind))
        })
    })
}

impl Company {
    /// Whether it has anything to say in a file of this kind.
    fn has(&self, kind: FileKind) -> bool {
        match kind {
            FileKind::Saft => true,
            FileKind::Table(kind) => self.needs.iter().any(|need| tables::table_of(need.kind) == Some(kind)),
        }
    }
}

fn file<'a>(cluster: &'a Cluster, company: &'a Company, year: i16, kind: FileKind) -> DemoFile<'a> {
    let (name, covered) = match kind {
        FileKind::Saft => ("saft.xml".to_owned(), CoverageKind::Accounts),
        FileKind::Table(table) => {
            let (nb, en) = table.names();
            let name = if company.seat.files.english { en } else { nb };
            let ending = if company.seat.files.workbook { "xlsx" } else { "csv" };
            (format!("{name}.{ending}"), table.coverage())
        }
    };
    DemoFile {
        cluster,
        company,
        member: company.member.id.clone(),
        year,
        path: format!("{}/{year}/{name}", company.member.org_no),
        kind,
        coverage: vec![Coverage {
            kind: covered,
            period: Period::year(year),
        }],
    }
}
