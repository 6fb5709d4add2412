//! Prints `docs/guide/findings.md`.

#[path = "../tests/it/findings/page.rs"]
mod page;

fn main() {
    print!("{}", page::page());
}
