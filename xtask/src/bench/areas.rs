//! What is measured. A new comparison is one entry here; its programs keep to a small protocol: the first line of
//! standard output is the result, which must be the same for all programs of a comparison; `work_cpu_ms N` is the CPU
//! time of the work without starting up; `figure NAME VALUE` is a figure of the program's own.

/// A part of the system that is measured.
pub struct Area {
    /// As it is called on the command line.
    pub name: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What is compared.
    pub comparisons: &'static [Comparison],
}

/// Programs that do the same work.
pub struct Comparison {
    /// What they do.
    pub what: &'static str,
    /// What makes their input, when it is not there yet.
    pub generator: Option<Generator>,
    /// Ours first, then the peers, each with its arguments.
    pub programs: &'static [(Program, &'static [&'static str])],
    /// Whether every program writes its result as a table when given one argument more.
    pub compares_tables: bool,
    /// Measured runs.
    pub runs: usize,
    /// What we set out to reach.
    pub targets: &'static [Target],
}

/// Makes input.
pub struct Generator {
    pub program: Program,
    pub words: &'static [&'static str],
    /// What is there afterwards.
    pub makes: &'static str,
    /// Whether the program writes it to standard output.
    pub to_stdout: bool,
}

/// Something that runs.
pub enum Program {
    /// An example of one of our crates, in release.
    Example { package: &'static str, name: &'static str },
    /// Our program itself, in release.
    Greenheart,
    /// A script of `bench/` that measures our program; `{greenheart}` among its words is its path.
    Node { script: &'static str },
    /// A script of `bench/`.
    Python { script: &'static str, shown: &'static str },
}

/// A target; ours is set against it, met or not.
pub enum Target {
    /// CPU seconds at most.
    CpuSeconds(f64),
    /// At most this many times the CPU time of each peer.
    TimesPeer(f64),
    /// Peak resident memory at most, in megabytes.
    PeakMegabytes(f64),
    /// A figure of the program's own at most, in milliseconds.
    FigureMs(&'static str, f64),
    /// A figure at most this many times the figure of the same name of each peer that has it.
    FigureTimesPeer(&'static str, f64),
}

impl Program {
    /// The name in the report.
    pub fn shown(&self) -> &'static str {
        match self {
            Self::Example { .. } | Self::Greenheart | Self::Node { .. } => "GreenHeart",
            Self::Python { shown, .. } => shown,
        }
    }
}

const LEDGER: Program = Program::Example {
    package: "greenheart-ledger",
    name: "ledger_bench",
};
const SAFT: Program = Program::Example {
    package: "greenheart-ingest",
    name: "saft_bench",
};
const SAFT_GENERATOR: Program = Program::Example {
    package: "greenheart-ingest",
    name: "saft_generate",
};
const AFTER_BATCH: Program = Program::Example {
    package: "greenheart-app",
    name: "after_batch",
};
const ACCOUNT: Program = Program::Example {
    package: "greenheart-account",
    name: "account_bench",
};
const EHF: Program = Program::Example {
    package: "greenheart-ingest",
    name: "ehf_bench",
};
const METERS: Program = Program::Example {
    package: "greenheart-ingest",
    name: "meters_bench",
};
const FOOTPRINT: Program = Program::Example {
    package: "greenheart-footprint",
    name: "footprint_bench",
};
const PARDISO: Program = Program::Python {
    script: "footprint_pypardiso.py",
    shown: "pypardiso",
};
const LXML: Program = Program::Python {
    script: "saft_lxml.py",
    shown: "lxml.iterparse",
};
const DUCKDB: Program = Program::Python {
    script: "totals_duckdb.py",
    shown: "DuckDB",
};
const POLARS: Program = Program::Python {
    script: "totals_polars.py",
    shown: "Polars",
};
const DATAFUSION: Program = Program::Python {
    script: "totals_datafusion.py",
    shown: "DataFusion alone",
};

const REBIND_DUCKDB: Program = Program::Python {
    script: "rebind_duckdb.py",
    shown: "DuckDB",
};
const REBIND_POLARS: Program = Program::Python {
    script: "rebind_polars.py",
    shown: "Polars",
};

/// Every area, in the order of the report.
pub const AREAS: &[Area] = &[
    Area {
        name: "ingest",
        title: "Reading SAF-T",
        comparisons: &[
            Comparison {
                what: "the same fields of a SAF-T file of 100 MB",
                generator: Some(Generator {
                    program: SAFT_GENERATOR,
                    words: &["100"],
                    makes: "{data}/saft-100.xml",
                    to_stdout: true,
                }),
                programs: &[(SAFT, &["{data}/saft-100.xml"]), (LXML, &["{data}/saft-100.xml"])],
                compares_tables: false,
                runs: 9,
                targets: &[Target::TimesPeer(0.2)],
            },
            Comparison {
                what: "a SAF-T file of 1 GB: memory",
                generator: Some(Generator {
                    program: SAFT_GENERATOR,
                    words: &["1000"],
                    makes: "{data}/saft-1000.xml",
                    to_stdout: true,
                }),
                programs: &[(SAFT, &["{data}/saft-1000.xml"])],
                compares_tables: false,
                runs: 3,
                targets: &[Target::PeakMegabytes(200.0)],
            },
        ],
    },
    Area {
        name: "evidence",
        title: "Reading evidence",
        comparisons: &[
            Comparison {
                what: "20 000 EHF invoices with attachments of 30 kB, in an archive",
                generator: Some(Generator {
                    program: EHF,
                    words: &["generate", "20000", "{data}/ehf-20000.zip"],
                    makes: "{data}/ehf-20000.zip",
                    to_stdout: false,
                }),
                programs: &[(EHF, &["read", "{data}/ehf-20000.zip"])],
                compares_tables: false,
                runs: 9,
                targets: &[Target::CpuSeconds(20.0), Target::PeakMegabytes(300.0)],
            },
            Comparison {
                what: "three million hourly values of 343 metering points",
                generator: Some(Generator {
                    program: METERS,
                    words: &["generate", "343", "{data}/meters-343.csv"],
                    makes: "{data}/meters-343.csv",
                    to_stdout: false,
                }),
                programs: &[(METERS, &["read", "{data}/meters-343.csv"])],
                compares_tables: false,
                runs: 9,
                targets: &[Target::CpuSeconds(10.0)],
            },
        ],
    },
    Area {
        name: "account",
        title: "Posting and reconciliation",
        comparisons: &[
            Comparison {
                what: "a million mixed activities bound to factors and made entries",
                generator: None,
                programs: &[(ACCOUNT, &["post"])],
                compares_tables: false,
                runs: 9,
                targets: &[Target::CpuSeconds(10.0)],
            },
            Comparison {
                what: "footprints, goals and decomposition of the demonstration after one more batch",
                generator: Some(Generator {
                    program: AFTER_BATCH,
                    words: &["generate", "{data}/after-batch"],
                    makes: "{data}/after-batch",
                    to_stdout: false,
                }),
                programs: &[(AFTER_BATCH, &["measure", "{data}/after-batch", "9"])],
                compares_tables: false,
                runs: 1,
                targets: &[Target::FigureMs("after_batch_cpu_ms", 100.0)],
            },
            Comparison {
                what: "a million pieces of evidence of 65 members reconciled: 600 000 rows of books, invoices and tables, \
                       400 000 days of metering points in up to three files",
                generator: None,
                programs: &[(ACCOUNT, &["reconcile"])],
                compares_tables: false,
                runs: 9,
                targets: &[Target::CpuSeconds(20.0)],
            },
        ],
    },
    Area {
        name: "ledger",
        title: "Totals and goals",
        comparisons: &[
            Comparison {
                what: "exact totals of six gases over 20 million entries by member, scope, category and year: 195 \
                       segments of one member each, as the product writes them, 21 060 groups, two threads",
                generator: Some(Generator {
                    program: LEDGER,
                    words: &["generate", "{data}/ledger-members", "20000000", "members"],
                    makes: "{data}/ledger-members",
                    to_stdout: false,
                }),
                programs: &[
                    (LEDGER, &["totals", "{data}/ledger-members"]),
                    (DUCKDB, &["{data}/ledger-members"]),
                    (POLARS, &["{data}/ledger-members"]),
                    (DATAFUSION, &["{data}/ledger-members"]),
                ],
                compares_tables: true,
                runs: 9,
                targets: &[Target::TimesPeer(1.0), Target::PeakMegabytes(1024.0)],
            },
            Comparison {
                what: "the same over one file in which all members and years are shuffled",
                generator: Some(Generator {
                    program: LEDGER,
                    words: &["generate", "{data}/ledger-mixed", "20000000", "mixed"],
                    makes: "{data}/ledger-mixed",
                    to_stdout: false,
                }),
                programs: &[
                    (LEDGER, &["totals", "{data}/ledger-mixed"]),
                    (DUCKDB, &["{data}/ledger-mixed"]),
                    (POLARS, &["{data}/ledger-mixed"]),
                    (DATAFUSION, &["{data}/ledger-mixed"]),
                ],
                compares_tables: true,
                runs: 9,
                targets: &[Target::TimesPeer(1.0), Target::PeakMegabytes(1024.0)],
            },
            Comparison {
                what: "partial sums of 65 members and six years",
                generator: None,
                programs: &[(LEDGER, &["sums", "65", "6"])],
                compares_tables: false,
                runs: 3,
                targets: &[
                    Target::FigureMs("totals_ms", 10.0),
                    Target::FigureMs("after_batch_ms", 100.0),
                ],
            },
        ],
    },
    Area {
        name: "web",
        title: "Pages while an import runs",
        comparisons: &[Comparison {
            what: "8 connections and 50 sessions of every role ask for every page, figure and reading in turn, while one \
                   file after the other is imported into the demonstration cluster",
            generator: Some(Generator {
                program: Program::Greenheart,
                words: &["demo", "--data", "{data}/web", "--no-serve"],
                makes: "{data}/web/format.json",
                to_stdout: false,
            }),
            programs: &[(
                Program::Node { script: "web_load.mjs" },
                &["{greenheart}", "{data}/web", "30"],
            )],
            compares_tables: false,
            runs: 1,
            targets: &[
                Target::FigureMs("pages_p95_ms", 50.0),
                Target::FigureMs("api_p95_ms", 15.0),
                Target::FigureMs("start_up_ms", 1000.0),
            ],
        }],
    },
    Area {
        name: "rebind",
        title: "Binding again",
        comparisons: &[Comparison {
            what: "20 million activities of one segment bound to 4 992 dated factors, the entries written as Parquet with \
                   the same columns and codec",
            generator: Some(Generator {
                program: LEDGER,
                words: &["activities", "{data}/rebind", "20000000"],
                makes: "{data}/rebind",
                to_stdout: false,
            }),
            programs: &[
                (LEDGER, &["rebind", "{data}/rebind"]),
                (REBIND_DUCKDB, &["{data}/rebind"]),
                (REBIND_POLARS, &["{data}/rebind"]),
            ],
            compares_tables: false,
            runs: 5,
            targets: &[Target::TimesPeer(1.5)],
        }],
    },
    Area {
        name: "footprint",
        title: "Footprints of 20 000 products",
        comparisons: &[
            Comparison {
                what: "all footprints of four systems (residual 1e-10); the peer factorises and solves for one demand",
                generator: Some(Generator {
                    program: FOOTPRINT,
                    words: &["write", "{data}/footprint"],
                    makes: "{data}/footprint",
                    to_stdout: false,
                }),
                programs: &[(FOOTPRINT, &["solve", "9"]), (PARDISO, &["{data}/footprint", "9"])],
                compares_tables: false,
                runs: 1,
                targets: &[
                    Target::FigureTimesPeer("regional-0.5_ms", 0.1),
                    Target::FigureTimesPeer("regional-5_ms", 0.1),
                    Target::FigureTimesPeer("expander_ms", 0.1),
                    Target::FigureTimesPeer("regional-5-gain-0.95_ms", 0.1),
                ],
            },
            Comparison {
                what: "1 000 Monte Carlo samples of every coefficient and emission of the four systems",
                generator: None,
                programs: &[(FOOTPRINT, &["sample", "1000"])],
                compares_tables: false,
                runs: 1,
                targets: &[Target::CpuSeconds(80.0)],
            },
        ],
    },
];
