//! The small cluster and its files in memory.

use greenheart_demo::{Cluster, DemoFile, Options, files, plan};

pub fn small() -> Cluster {
    plan(&Options::small(1, 2025))
}

pub fn bytes(file: &DemoFile<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    file.write_to(&mut out).expect("memory takes everything");
    out
}

pub fn text(file: &DemoFile<'_>) -> String {
    String::from_utf8(bytes(file)).expect("UTF-8")
}

/// Texts of all elements of this name.
pub fn elements<'t>(xml: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let start = rest.find(&open)? + open.len();
        let end = start + rest[start..].find(&close)?;
        let found = &rest[start..end];
        rest = &rest[end..];
        Some(found)
    })
}

/// Kroner with two decimals as øre.
pub fn ore(text: &str) -> i64 {
    let (kroner, ore) = text.split_once('.').expect("two decimals");
    assert_eq!(ore.len(), 2, "{text}");
    format!("{kroner}{ore}").parse().expect("a number")
}

pub fn each(cluster: &Cluster, mut look: impl FnMut(&DemoFile<'_>)) -> usize {
    files(cluster).inspect(|file| look(file)).count()
}
