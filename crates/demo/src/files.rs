//! The files of a cluster, each written when it is asked for.

use std::io::{self, Write};

use greenheart_model::{Coverage, CoverageKind, MemberId, Month, Period};

use crate::ehf::{self, Document};
use crate::evidence::PowerBy;
use crate::plan::{Cluster, Company};
use crate::tables::{self, TableKind};
use crate::{lists, meters, saft};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// SAF-T Financial.
    Saft,
    /// A table of activities.
    Table(TableKind),
    /// An EHF invoice or credit note that the member received.
    Invoice,
    /// Readings of a metering point and month.
    Meter,
    /// The report of a waste company.
    WasteReport,
    /// A list of shipments.
    Shipments,
    /// A register of articles in the form of its table: no activity, but what articles weigh and are made of.
    Articles,
}

/// What is needed to write a file.
#[derive(Debug, Clone, Copy)]
enum Content {
    Saft,
    Table(TableKind),
    Invoice(Document),
    Meter(usize, Month),
    WasteReport,
    Shipments,
    Articles,
}

/// A file of the cluster.
#[derive(Debug)]
pub struct DemoFile<'a> {
    cluster: &'a Cluster,
    company: &'a Company,
    content: Content,
    /// Whose it is.
    pub member: MemberId,
    /// Calendar year that it tells of.
    pub year: i16,
    /// Where it belongs: `<organisation number>/<year>/<name>`, invoices and meters in a folder of their own.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
    /// What it claims to tell completely. Invoices, and meters beside a table of other energy, claim nothing: they
    /// are imported beside the tables that do.
    pub coverage: Vec<Coverage>,
}

impl DemoFile<'_> {
    /// Writes the file; equal options give equal bytes.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let (cluster, company, year) = (self.cluster, self.company, self.year);
        match &self.content {
            Content::Saft => saft::write(cluster, company, year, out),
            Content::Table(kind) => tables::write(cluster, company, year, *kind, out),
            Content::Invoice(document) => ehf::write(cluster, company, document, out),
            Content::Meter(site, month) => meters::write(cluster, company, *site, *month, out),
            Content::WasteReport => lists::waste_report(cluster, company, year, out),
            Content::Shipments => lists::shipments(cluster, company, year, out),
            Content::Articles => lists::articles(cluster, company, year, out),
        }
    }
}

/// Every file, member by member and year by year.
pub fn files(cluster: &Cluster) -> impl Iterator<Item = DemoFile<'_>> {
    cluster
        .companies
        .iter()
        .flat_map(move |company| of_company(cluster, company))
}

/// Every file of one member, year by year; none for somebody who is not of the cluster.
pub fn files_of<'a>(cluster: &'a Cluster, member: &MemberId) -> impl Iterator<Item = DemoFile<'a>> + use<'a> {
    let company = cluster.companies.iter().find(|company| company.member.id == *member);
    company
        .into_iter()
        .flat_map(move |company| of_company(cluster, company))
}

fn of_company<'a>(cluster: &'a Cluster, company: &'a Company) -> impl Iterator<Item = DemoFile<'a>> {
    let years = cluster.years().filter(|year| company.reports(*year));
    years.flat_map(move |year| {
        let contents = of_year(cluster, company, year);
        contents.map(move |content| file(cluster, company, year, content))
    })
}

/// What a member hands in for a year.
fn of_year<'a>(cluster: &'a Cluster, company: &'a Company, year: i16) -> impl Iterator<Item = Content> + 'a {
    let tables = TableKind::ALL
        .into_iter()
        .filter(move |kind| cluster.has_table(company, *kind, year))
        .map(Content::Table);
    let lists = [
        cluster.waste_reported(company).then_some(Content::WasteReport),
        cluster.shipments_listed(company).then_some(Content::Shipments),
        cluster.invoiced(company, year).then_some(Content::Articles),
    ];
    let by_meters = cluster.power_by(company, year) == PowerBy::Meters;
    let meters = (0..if by_meters { company.sites.len() } else { 0 })
        .flat_map(move |site| months(year).map(move |month| Content::Meter(site, month)));
    let by_invoice = cluster.invoiced(company, year);
    let invoices = months(year)
        .filter(move |_| by_invoice)
        .flat_map(move |month| cluster.purchases(company, month))
        .filter(move |deal| cluster.is_document(company, deal))
        .flat_map(move |deal| ehf::documents(cluster, company, deal))
        .map(Content::Invoice);
    std::iter::once(Content::Saft)
        .chain(tables)
        .chain(lists.into_iter().flatten())
        .chain(meters)
        .chain(invoices)
}

fn months(year: i16) -> impl Iterator<Item = Month> {
    (1..=12).filter_map(move |number| Month::new(year, number))
}

fn file<'a>(cluster: &'a Cluster, company: &'a Company, year: i16, content: Content) -> DemoFile<'a> {
    let whole = |kind| {
        vec![Coverage {
            kind,
            period: Period::year(year),
        }]
    };
    let (name, kind, coverage) = match &content {
        Content::Saft => ("saft.xml".to_owned(), FileKind::Saft, whole(CoverageKind::Accounts)),
        Content::Table(table) => (
            table_name(company, *table),
            FileKind::Table(*table),
            table_coverage(cluster, company, year, *table),
        ),
        Content::Invoice(document) => (format!("ehf/{}.xml", document.number()), FileKind::Invoice, Vec::new()),
        Content::Meter(site, month) => {
            let alone = !cluster.has_table(company, TableKind::Energy, year);
            let claims = alone.then(|| Coverage {
                kind: CoverageKind::Energy,
                period: month.period(),
            });
            let name = format!("elhub/{}", meters::file_name(company, *site, *month));
            (name, FileKind::Meter, claims.into_iter().collect())
        }
        Content::WasteReport => (
            "avfallsrapport.csv".to_owned(),
            FileKind::WasteReport,
            whole(CoverageKind::Waste),
        ),
        Content::Shipments => (
            "sendinger.csv".to_owned(),
            FileKind::Shipments,
            whole(CoverageKind::Transport),
        ),
        Content::Articles => ("articles.csv".to_owned(), FileKind::Articles, Vec::new()),
    };
    DemoFile {
        cluster,
        company,
        content,
        member: company.member.id.clone(),
        year,
        path: format!("{}/{year}/{name}", company.member.org_no),
        kind,
        coverage,
    }
}

fn table_name(company: &Company, table: TableKind) -> String {
    let (nb, en) = table.names();
    let name = if company.seat.files.english { en } else { nb };
    let ending = if company.seat.files.workbook { "xlsx" } else { "csv" };
    format!("{name}.{ending}")
}

/// The year, or its months where some are missing.
fn table_coverage(cluster: &Cluster, company: &Company, year: i16, table: TableKind) -> Vec<Coverage> {
    let missing = cluster.missing_months(company, year, table);
    let kind = table.coverage();
    if missing.is_empty() {
        return vec![Coverage {
            kind,
            period: Period::year(year),
        }];
    }
    let told = months(year).filter(|month| !missing.contains(&month.month()));
    told.map(|month| Coverage {
        kind,
        period: month.period(),
    })
    .collect()
}
