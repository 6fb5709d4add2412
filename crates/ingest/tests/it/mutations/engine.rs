//! Where mutations start from and how they are made: the same on every machine.

/// Files that targets start from: small ones of ours.
pub fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folders: &[&str] = match target {
        "csv_table" => &["data/templates", "crates/ingest/tests/fixtures/tables"],
        "xlsx_table" => return vec![workbook()],
        "saft" => &["crates/ingest/tests/fixtures/saft"],
        "reduced" => &["crates/ingest/tests/fixtures/reduced"],
        "ehf" => &["crates/ingest/tests/fixtures/ehf"],
        "meters" => &["crates/ingest/tests/fixtures/meters"],
        "waste" => &["crates/ingest/tests/fixtures/waste"],
        "shipments" => &["crates/ingest/tests/fixtures/shipments"],
        other => panic!("`{other}` has no corpus"),
    };
    let mut files = Vec::new();
    for folder in folders {
        let folder = greenheart_testkit::repository(folder);
        let mut paths: Vec<_> = std::fs::read_dir(&folder)
            .expect("a folder of the repository")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        files.extend(paths.iter().map(|path| std::fs::read(path).expect("a file")));
    }
    assert!(!files.is_empty(), "`{target}` starts from nothing");
    files
}

fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in ["Dato", "Vare", "Mengde", "Enhet"].iter().enumerate() {
        let column = u16::try_from(column).expect("few columns");
        sheet.write_string(0, column, *header).expect("a header");
    }
    for row in 1..6 {
        sheet.write_string(row, 0, "2024-03-01").expect("a date");
        sheet.write_string(row, 1, "diesel").expect("an item");
        sheet.write_number(row, 2, f64::from(row)).expect("a number");
        sheet.write_string(row, 3, "l").expect("a unit");
    }
    book.save_to_buffer().expect("a workbook")
}

/// A generator that gives the same numbers on every machine (xorshift64*).
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).expect("below a usize")
    }
}

/// Bytes that break parsers more often than others.
const TROUBLE: &[&[u8]] = &[
    b"<",
    b">",
    b"</",
    b"&",
    b"&#0;",
    b"]]>",
    b"<!--",
    b"<![CDATA[",
    b"\"",
    b";",
    b",",
    b"\r",
    b"\n",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"-",
    b"9999999999999999999999999",
    b"1e400",
    b"0000-00-00",
    b"9999-12-31",
    b"PK\x03\x04",
    b"\xc3",
    b"\xf0\x9f",
    b"\xe2\x88\x92",
    b" ",
];

/// One to eight small changes.
pub fn mutate(bytes: &mut Vec<u8>, random: &mut Seeded) {
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len() + 1);
        match random.below(6) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).expect("a byte"),
            1 => bytes.truncate(at),
            2 => {
                let end = (at + random.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                let end = (at + random.below(256)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            _ => {
                let piece = TROUBLE[random.below(TROUBLE.len())];
                let end = if random.below(2) == 0 {
                    at
                } else {
                    (at + piece.len()).min(bytes.len())
                };
                bytes.splice(at..end, piece.iter().copied());
            }
        }
    }
}

/// Runs a target over its corpus and `rounds` mutations of it.
pub fn run(name: &str, body: fn(&[u8]), rounds: u64) {
    let corpus = corpus(name);
    for file in &corpus {
        body(file);
    }
    let mut random = Seeded(0x9E37_79B9_7F4A_7C15);
    for _ in 0..rounds {
        let mut bytes = corpus[random.below(corpus.len())].clone();
        mutate(&mut bytes, &mut random);
        body(&bytes);
    }
}
