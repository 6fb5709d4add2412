//! Tables and migrations. Portable SQL only: text, bigint, and `{BYTES}` for what each database calls bytes.

use sqlx::AssertSqlSafe;

use crate::{Store, StoreError, on_db, sql};

/// The format this program writes. Migrations only add (expand), and a later release removes (contract).
pub const FORMAT: i64 = 3;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Bytes.
    Bytes,
}

/// A table: name, columns, and the columns that order it. The dump is written by this list.
pub struct TableShape {
    /// Name.
    pub name: &'static str,
    /// Columns.
    pub columns: &'static [(&'static str, Kind)],
    /// `order by`.
    pub order: &'static str,
}

use Kind::{Bytes, Number, Text};

/// Every table, parents before children.
pub const TABLES: &[TableShape] = &[
    TableShape {
        name: "setting",
        columns: &[("name", Text), ("value", Text)],
        order: "name",
    },
    TableShape {
        name: "member",
        columns: &[
            ("id", Text),
            ("content", Text),
            ("visibility", Text),
            ("wrapped_key", Text),
            ("erased_at", Number),
        ],
        order: "id",
    },
    TableShape {
        name: "site",
        columns: &[("id", Text), ("member_id", Text), ("content", Text)],
        order: "id",
    },
    TableShape {
        name: "boundary_key",
        columns: &[("member_id", Text), ("valid_from", Text), ("content", Text)],
        order: "member_id, valid_from",
    },
    TableShape {
        name: "ledger_head",
        columns: &[("id", Number), ("seq", Number), ("hash", Text)],
        order: "id",
    },
    TableShape {
        name: "journal",
        columns: &[
            ("seq", Number),
            ("at_ms", Number),
            ("operation", Text),
            ("subject", Text),
            ("digest", Text),
            ("hash", Text),
        ],
        order: "seq",
    },
    TableShape {
        name: "source_file",
        columns: &[
            ("id", Text),
            ("member_id", Text),
            ("sha256", Text),
            ("size_bytes", Number),
            ("name", Text),
            ("address", Text),
        ],
        order: "id",
    },
    TableShape {
        name: "batch",
        columns: &[
            ("id", Text),
            ("member_id", Text),
            ("identity", Text),
            ("content", Text),
            ("row_count", Number),
            ("committed_at_ms", Number),
            ("committed_seq", Number),
            ("ended_seq", Number),
            ("ended_by", Text),
        ],
        order: "id",
    },
    TableShape {
        name: "posting",
        columns: &[
            ("batch_id", Text),
            ("generation", Number),
            ("since_seq", Number),
            ("factor_set", Text),
            ("entry_count", Number),
            ("sums", Bytes),
        ],
        order: "batch_id, generation",
    },
    TableShape {
        name: "segment",
        columns: &[
            ("id", Text),
            ("member_id", Text),
            ("kind", Text),
            ("file_name", Text),
            ("row_count", Number),
            ("size_bytes", Number),
            ("hash", Text),
            ("batches", Text),
        ],
        order: "id",
    },
    TableShape {
        name: "tail",
        columns: &[
            ("batch_id", Text),
            ("generation", Number),
            ("kind", Text),
            ("member_id", Text),
            ("row_count", Number),
            ("payload", Bytes),
        ],
        order: "batch_id, generation, kind",
    },
    TableShape {
        name: "audit",
        columns: &[
            ("seq", Number),
            ("at_ms", Number),
            ("actor", Text),
            ("capacity", Text),
            ("verb", Text),
            ("member_id", Text),
            ("subject", Text),
            ("outcome", Text),
        ],
        order: "seq",
    },
    TableShape {
        name: "job",
        columns: &[
            ("id", Text),
            ("kind", Text),
            ("member_id", Text),
            ("payload", Text),
            ("state", Text),
            ("worker", Text),
            ("lease_until_ms", Number),
            ("attempts", Number),
            ("progress", Text),
            ("result", Text),
            ("created_at_ms", Number),
        ],
        order: "id",
    },
    TableShape {
        name: "mapping",
        columns: &[
            ("name", Text),
            ("version", Number),
            ("member_id", Text),
            ("content", Text),
        ],
        order: "name, version",
    },
    TableShape {
        name: "factor_set",
        columns: &[("version", Text), ("content", Text)],
        order: "version",
    },
    TableShape {
        name: "figure",
        columns: &[("ref", Text), ("definition", Text)],
        order: "ref",
    },
    TableShape {
        name: "account",
        columns: &[
            ("name", Text),
            ("capacity", Text),
            ("member_id", Text),
            ("password_hash", Text),
            ("invitation_hash", Text),
            ("invited_until_ms", Number),
            ("disabled", Number),
            ("created_at_ms", Number),
        ],
        order: "name",
    },
    TableShape {
        name: "session",
        columns: &[("token_hash", Text), ("account_name", Text), ("until_ms", Number)],
        order: "token_hash",
    },
    TableShape {
        name: "stream",
        columns: &[
            ("id", Text),
            ("member_id", Text),
            ("revision", Number),
            ("content", Text),
        ],
        order: "id",
    },
    TableShape {
        name: "exchange",
        columns: &[
            ("id", Text),
            ("giver_id", Text),
            ("taker_id", Text),
            ("revision", Number),
            ("content", Text),
        ],
        order: "id",
    },
    TableShape {
        name: "one_time_code",
        columns: &[
            ("account_name", Text),
            ("salt", Text),
            ("confirmed_at_ms", Number),
            ("last_step", Number),
        ],
        order: "account_name",
    },
    TableShape {
        name: "recovery_code",
        columns: &[("code_hash", Text), ("account_name", Text)],
        order: "code_hash",
    },
    TableShape {
        name: "api_token",
        columns: &[
            ("id", Text),
            ("account_name", Text),
            ("name", Text),
            ("token_hash", Text),
            ("scopes", Text),
            ("created_at_ms", Number),
            ("until_ms", Number),
            ("used_at_ms", Number),
        ],
        order: "id",
    },
    TableShape {
        name: "outside_identity",
        columns: &[
            ("issuer", Text),
            ("subject", Text),
            ("account_name", Text),
            ("linked_at_ms", Number),
        ],
        order: "issuer, subject",
    },
    TableShape {
        name: "pending_login",
        columns: &[
            ("id_hash", Text),
            ("kind", Text),
            ("content", Text),
            ("until_ms", Number),
        ],
        order: "id_hash",
    },
    TableShape {
        name: "release",
        columns: &[
            ("number", Number),
            ("at_ms", Number),
            ("actor", Text),
            ("snapshot", Text),
            ("content", Text),
        ],
        order: "number",
    },
    TableShape {
        name: "release_part",
        columns: &[("release_number", Number), ("member_id", Text), ("content", Text)],
        order: "release_number, member_id",
    },
];

const MIGRATIONS: &[&[&str]] = &[
    &[
        "create table setting (name text primary key, value text not null)",
        "create table member (id text primary key, content text not null, visibility text not null, wrapped_key text, erased_at bigint)",
        "create table site (id text primary key, member_id text not null references member(id), content text not null)",
        "create table boundary_key (member_id text not null references member(id), valid_from text not null, content text not null, primary key (member_id, valid_from))",
        "create table ledger_head (id bigint primary key, seq bigint not null, hash text not null)",
        "insert into ledger_head (id, seq, hash) values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')",
        "create table journal (seq bigint primary key, at_ms bigint not null, operation text not null, subject text not null, digest text not null, hash text not null)",
        "create table source_file (id text primary key, member_id text not null references member(id), sha256 text not null, size_bytes bigint not null, name text not null, address text not null)",
        "create table batch (id text primary key, member_id text not null references member(id), identity text not null, content text not null, row_count bigint not null, committed_at_ms bigint not null, committed_seq bigint not null, ended_seq bigint, ended_by text)",
        "create index batch_member on batch (member_id)",
        "create unique index batch_identity on batch (identity) where ended_seq is null",
        "create table posting (batch_id text not null references batch(id), generation bigint not null, since_seq bigint not null, factor_set text not null, entry_count bigint not null, sums {BYTES} not null, primary key (batch_id, generation))",
        "create table segment (id text primary key, member_id text not null references member(id), kind text not null, file_name text not null, row_count bigint not null, size_bytes bigint not null, hash text not null, batches text not null)",
        "create table tail (batch_id text not null references batch(id), generation bigint not null, kind text not null, member_id text not null, row_count bigint not null, payload {BYTES} not null, primary key (batch_id, generation, kind))",
        "create table audit (seq bigint primary key, at_ms bigint not null, actor text not null, capacity text not null, verb text not null, member_id text, subject text not null, outcome text not null)",
        "create table job (id text primary key, kind text not null, member_id text, payload text not null, state text not null, worker text, lease_until_ms bigint, attempts bigint not null, progress text, result text, created_at_ms bigint not null)",
        "create table mapping (name text not null, version bigint not null, member_id text, content text not null, primary key (name, version))",
        "create table factor_set (version text primary key, content text not null)",
        "create table figure (ref text primary key, definition text not null)",
        "create table account (name text primary key, capacity text not null, member_id text references member(id), password_hash text, invitation_hash text, invited_until_ms bigint, disabled bigint not null, created_at_ms bigint not null)",
        "create table session (token_hash text primary key, account_name text not null references account(name), until_ms bigint not null)",
        "create index session_account on session (account_name)",
    ],
    &[
        "create table stream (id text primary key, member_id text not null references member(id), revision bigint not null, content text not null)",
        "create index stream_member on stream (member_id)",
        "create table exchange (id text primary key, giver_id text not null references member(id), taker_id text not null references member(id), revision bigint not null, content text not null)",
    ],
    IDENTITIES_AND_RELEASES,
];

// Each entry brings the catalogue one format on, so both change together.
const _: () = assert!(FORMAT == 3 && MIGRATIONS.len() == 3);

/// Other proofs of who somebody is, and releases.
const IDENTITIES_AND_RELEASES: &[&str] = &[
    "create table one_time_code (account_name text primary key references account(name), salt text not null, confirmed_at_ms bigint, last_step bigint not null)",
    "create table recovery_code (code_hash text primary key, account_name text not null references account(name))",
    "create table api_token (id text primary key, account_name text not null references account(name), name text not null, token_hash text not null unique, scopes text not null, created_at_ms bigint not null, until_ms bigint not null, used_at_ms bigint)",
    "create table outside_identity (issuer text not null, subject text not null, account_name text not null references account(name), linked_at_ms bigint not null, primary key (issuer, subject))",
    "create table pending_login (id_hash text primary key, kind text not null, content text not null, until_ms bigint not null)",
    "create table release (number bigint primary key, at_ms bigint not null, actor text not null, snapshot text not null, content text not null)",
    "create table release_part (release_number bigint not null references release(number), member_id text not null references member(id), content text not null, primary key (release_number, member_id))",
];

/// Indexes that questions of pages want. They belong to no format: a catalogue without them answers the same, slower.
const INDEXES: &[(&str, &str)] = &[
    // Covers the question what counts at a point of the journal, without the contents.
    (
        "batch_standing",
        "create index batch_standing on batch (committed_seq, ended_seq, id, member_id)",
    ),
    ("batch_ended", "create index batch_ended on batch (ended_seq)"),
    (
        "job_member",
        "create index job_member on job (member_id, created_at_ms)",
    ),
    ("audit_member", "create index audit_member on audit (member_id, seq)"),
];

impl Store {
    /// The format of the catalogue; 0 when it is empty.
    pub async fn format(&self) -> Result<i64, StoreError> {
        on_db!(self, pool => {
            let known: i64 = sqlx::query_scalar(match self {
                Store::Sqlite(_) => sql::HAS_FORMAT_SQLITE,
                Store::Postgres(_) => sql::HAS_FORMAT_POSTGRES,
            }).fetch_one(pool).await?;
            if known == 0 {
                return Ok(0);
            }
            Ok(sqlx::query_scalar(sql::FORMAT).fetch_one(pool).await?)
        })
    }

    /// Adds the indexes that are not there yet.
    pub(crate) async fn add_indexes(&self) -> Result<(), StoreError> {
        let known = match self {
            Store::Sqlite(_) => sql::HAS_INDEX_SQLITE,
            Store::Postgres(_) => sql::HAS_INDEX_POSTGRES,
        };
        on_db!(self, pool => {
            for (name, statement) in INDEXES {
                let there: i64 = sqlx::query_scalar(known).bind(*name).fetch_one(pool).await?;
                if there > 0 {
                    continue;
                }
                let added = sqlx::query(*statement).execute(pool).await;
                // Another process that opened at the same time may have been first.
                let there: i64 = sqlx::query_scalar(known).bind(*name).fetch_one(pool).await?;
                if there == 0 {
                    added?;
                }
            }
        });
        Ok(())
    }

    /// Brings the catalogue to [`FORMAT`] in one transaction.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        let found = self.format().await?;
        if found > FORMAT {
            return Err(StoreError::Newer { found, known: FORMAT });
        }
        if found == FORMAT {
            return Ok(());
        }
        let bytes = match self {
            Store::Sqlite(_) => "blob",
            Store::Postgres(_) => "bytea",
        };
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            if found == 0 {
                sqlx::query("create table if not exists format (version bigint not null)").execute(&mut *transaction).await?;
                sqlx::query("insert into format (version) values (0)").execute(&mut *transaction).await?;
            }
            let done = usize::try_from(found).unwrap_or_default();
            for statement in MIGRATIONS.iter().skip(done).flat_map(|statements| *statements) {
                let portable = AssertSqlSafe(statement.replace("{BYTES}", bytes));
                sqlx::query(portable).execute(&mut *transaction).await?;
            }
            sqlx::query("update format set version = $1").bind(FORMAT).execute(&mut *transaction).await?;
            transaction.commit().await?;
        });
        Ok(())
    }
}
