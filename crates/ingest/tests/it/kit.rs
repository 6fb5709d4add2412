//! What the tests of several readers share.

use std::io::{Cursor, Write};

use greenheart_ingest::Source;

/// A file in memory.
pub fn source(name: &str, position: u16, bytes: Vec<u8>) -> Source<'static> {
    Source {
        name: name.into(),
        position,
        size: bytes.len() as u64,
        reader: Box::new(Cursor::new(bytes)),
    }
}

/// A zip archive of these files.
pub fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("an archive").into_inner()
}
