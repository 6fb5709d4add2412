//! The whole catalogue as lines of JSON: the same bytes from both databases.
//!
//! The first line names the format; each further line is one row, tables and rows in a fixed order,
//! bytes in hexadecimal. All of it is read in one transaction, so that a live system can be copied.

use std::io::{BufRead, Write};

use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, Row};

use crate::schema::{FORMAT, Kind, TABLES, TableShape};
use crate::{Store, StoreError, on_db};

/// Columns of a row as one database hands them over.
macro_rules! row_to_json {
    ($table:ident, $row:ident) => {{
        let mut object = Map::new();
        for (at, (name, kind)) in $table.columns.iter().enumerate() {
            let value = match kind {
                Kind::Text => $row.try_get::<Option<String>, _>(at)?.map(Value::from),
                Kind::Number => $row.try_get::<Option<i64>, _>(at)?.map(Value::from),
                Kind::Bytes => $row
                    .try_get::<Option<Vec<u8>>, _>(at)?
                    .map(|bytes| Value::from(hex::encode(bytes))),
            };
            object.insert((*name).to_owned(), value.unwrap_or_default());
        }
        Value::Object(object)
    }};
}

impl Store {
    /// Writes every row. The system may go on working meanwhile.
    pub async fn dump(&self, out: &mut (dyn Write + Send)) -> Result<(), StoreError> {
        writeln!(out, "{}", serde_json::json!({ "greenheart_catalogue": FORMAT }))?;
        let isolate = match self {
            // The first read of a transaction fixes what all later reads of it see.
            Store::Sqlite(_) => "select seq from ledger_head",
            Store::Postgres(_) => "set transaction isolation level repeatable read, read only",
        };
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(isolate).execute(&mut *transaction).await?;
            for table in TABLES {
                let query = AssertSqlSafe(select(table, matches!(self, Store::Postgres(_))));
                for row in sqlx::query(query).fetch_all(&mut *transaction).await? {
                    writeln!(out, "{}", serde_json::json!({ "table": table.name, "row": row_to_json!(table, row) }))?;
                }
            }
            transaction.rollback().await?;
        });
        Ok(())
    }

    /// Loads a dump into a catalogue that is still empty.
    pub async fn load(&self, dump: &mut (dyn BufRead + Send)) -> Result<u64, StoreError> {
        let mut lines = dump.lines();
        let first: Value = parse(&lines.next().transpose()?.unwrap_or_default())?;
        // Formats only add tables, so that an older dump loads as it is and leaves the later ones empty.
        let format = first["greenheart_catalogue"].as_i64().unwrap_or_default();
        if !(1..=FORMAT).contains(&format) {
            return Err(StoreError::Dump(format!(
                "it has format {}, and this program reads 1 to {FORMAT}",
                first["greenheart_catalogue"]
            )));
        }
        if self.head().await?.seq != 0 || !self.members().await?.is_empty() {
            return Err(StoreError::Dump("the catalogue already has content".into()));
        }
        let mut count = 0;
        on_db!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query("delete from ledger_head").execute(&mut *transaction).await?;
            for line in lines {
                let line = parse(&line?)?;
                let name = line["table"].as_str().unwrap_or_default();
                let table = TABLES.iter().find(|table| table.name == name)
                    .ok_or_else(|| StoreError::Dump(format!("there is no table `{name}`")))?;
                let mut query = sqlx::query(AssertSqlSafe(insert(table)));
                for (column, kind) in table.columns {
                    let value = &line["row"][*column];
                    query = match kind {
                        Kind::Text => query.bind(value.as_str().map(str::to_owned)),
                        Kind::Number => query.bind(value.as_i64()),
                        Kind::Bytes => query.bind(value.as_str().map(hex::decode).transpose()
                            .map_err(|error| StoreError::Dump(error.to_string()))?),
                    };
                }
                query.execute(&mut *transaction).await?;
                count += 1;
            }
            transaction.commit().await?;
        });
        Ok(count)
    }
}

fn parse(line: &str) -> Result<Value, StoreError> {
    serde_json::from_str(line).map_err(|error| StoreError::Dump(error.to_string()))
}

fn names(table: &TableShape) -> String {
    table
        .columns
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn select(table: &TableShape, postgres: bool) -> String {
    // PostgreSQL sorts text by its locale unless told otherwise; SQLite by bytes.
    let collate = |column: &str| {
        let text = table
            .columns
            .iter()
            .any(|(name, kind)| *name == column && *kind == Kind::Text);
        if postgres && text {
            format!("{column} collate \"C\"")
        } else {
            column.to_owned()
        }
    };
    let order = table.order.split(", ").map(collate).collect::<Vec<_>>().join(", ");
    format!("select {} from {} order by {order}", names(table), table.name)
}

fn insert(table: &TableShape) -> String {
    let places = (1..=table.columns.len())
        .map(|at| format!("${at}"))
        .collect::<Vec<_>>()
        .join(", ");
    format!("insert into {} ({}) values ({places})", table.name, names(table))
}
