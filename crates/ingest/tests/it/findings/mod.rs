//! The page of findings says what the readers say.

mod page;

#[test]
fn every_code_is_on_the_page() {
    let path = greenheart_testkit::repository("docs/guide/findings.md");
    let written = std::fs::read_to_string(path).expect("the page");
    assert!(
        written == page::page(),
        "run `cargo run -p greenheart-ingest --example findings > docs/guide/findings.md`"
    );
}

#[test]
fn codes_are_unique_over_all_readers() {
    let mut codes: Vec<&str> = page::READERS
        .iter()
        .flat_map(|(_, table)| table.iter().map(|(code, ..)| *code))
        .collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}
