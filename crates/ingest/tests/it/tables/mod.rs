//! Plain tables, from bytes to activities.

use std::io::Cursor;

use greenheart_ingest::tables::{KnownSite, Mapping, Options, Sniffed, read, sniff, templates};
use greenheart_ingest::{Collected, Limits, ReadError, Source, Summary};
use greenheart_model::{SiteId, Status};

mod files;
mod hostile;
mod rows;

fn source<'a>(name: &str, bytes: &'a [u8]) -> Source<'a> {
    let size = bytes.len() as u64;
    Source {
        name: name.to_owned(),
        position: 0,
        size,
        reader: Box::new(Cursor::new(bytes)),
    }
}

fn read_as(name: &str, bytes: &[u8], mapping: &Mapping, options: &Options) -> (Collected, Result<Summary, ReadError>) {
    let mut sink = Collected::default();
    let result = read(source(name, bytes), mapping, options, &mut sink);
    (sink, result)
}

fn read_text(text: &str) -> (Collected, Result<Summary, ReadError>) {
    read_as("a.csv", text.as_bytes(), &Mapping::default(), &Options::default())
}

fn look(name: &str, bytes: &[u8]) -> Result<Sniffed, ReadError> {
    sniff(&mut source(name, bytes), &Limits::default())
}

fn codes(sink: &Collected) -> Vec<&str> {
    sink.findings
        .counts()
        .map(|(code, ..)| code)
        .filter(|code| *code != "table.coverage_assumed")
        .collect()
}

#[test]
fn every_template_reads_completely_as_it_is() {
    for template in templates() {
        for text in [template.csv_nb, template.csv_en] {
            let (sink, result) = read_text(text);
            let summary = result.unwrap_or_else(|e| panic!("{}: {e} {:?}", template.kind, sink.findings));
            assert_eq!(
                sink.findings.status(),
                Status::Complete,
                "{}: {:?}",
                template.kind,
                sink.findings
            );
            assert_eq!((summary.rows, sink.activities.len()), (1, 1), "{}", template.kind);
            assert_eq!(sink.activities[0].kind, template.kind);
            assert!(look("t.csv", text.as_bytes()).expect("a table").mapping.can_read());
        }
        let both = [template.csv_nb, template.csv_en].map(|text| read_text(text).0.activities);
        let plain = both.map(|mut rows| {
            rows[0].counterparty = None;
            rows
        });
        assert_eq!(plain[0], plain[1], "both languages say the same");
    }
}

#[test]
fn a_site_is_found_by_name_and_sub_unit() {
    let site = |id: &str, name: &str| KnownSite {
        id: SiteId::new(id),
        name: name.into(),
        sub_unit: "987654325".parse().ok(),
    };
    let options = Options {
        sites: vec![site("north", "Fabrikk Nord")],
        ..Options::default()
    };
    let text = "Dato;Type;Anlegg;Mengde;Enhet\n2024-01-01;el;fabrikk nord;5;kWh\n2024-01-02;el;987 654 325;6;kWh\n2024-01-02;el;Sør;7;kWh\n";
    let (sink, _) = read_as("a.csv", text.as_bytes(), &Mapping::default(), &options);
    let sites: Vec<Option<String>> = sink
        .activities
        .iter()
        .map(|a| a.site.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(sites, [Some("north".into()), Some("north".into()), None]);
    assert_eq!(codes(&sink), ["table.site_unknown"]);
}
