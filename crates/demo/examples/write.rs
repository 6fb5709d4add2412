//! Writes the files of the cluster into a folder: `cargo run -p greenheart-demo --example write -- FOLDER [small|full] [LAST_YEAR]`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use greenheart_demo::{Options, files, plan, truth};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let full = arguments.next().is_some_and(|size| size == "full");
    let last_year = arguments.next().map_or(Ok(2025), |year| year.parse())?;
    let options = if full {
        Options::full(1, last_year)
    } else {
        Options::small(1, last_year)
    };
    let cluster = plan(&options);
    let mut count = 0_u32;
    for file in files(&cluster) {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().ok_or("a folder")?)?;
        let mut out = BufWriter::new(File::create(path)?);
        file.write_to(&mut out)?;
        out.flush()?;
        count += 1;
    }
    std::fs::write(folder.join("truth.json"), serde_json::to_vec_pretty(&truth(&cluster))?)?;
    println!("{count} files");
    Ok(())
}
