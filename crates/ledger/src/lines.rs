//! Questions about lines that no partial sum answers: which factors a line rests on, and how much was carried.

use greenheart_model::{Category, FactorId, GasMasses, MemberId, Method, Scope, Text};
use greenheart_units::Amount;

use crate::columns::{Reader, required};
use crate::query::{Filter, GASES, Sources, count, gases};
use crate::{Kind, Ledger, LedgerError};

/// What one factor contributed to a line of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFactor {
    /// Whose.
    pub member: MemberId,
    /// Scope.
    pub scope: Scope,
    /// Scope 3 category or 0.
    pub category: Category,
    /// Reporting line.
    pub line: Text,
    /// How.
    pub method: Method,
    /// The factor; `None` for rows without one.
    pub factor: Option<FactorId>,
    /// kg of each gas.
    pub gases: GasMasses,
    /// Rows.
    pub rows: u64,
}

/// Freight of a member, as its records state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreightWork {
    /// Whose.
    pub member: MemberId,
    /// Mode or vehicle class.
    pub item: Text,
    /// Tonne-kilometres.
    pub tonne_km: Amount,
}

impl Ledger {
    /// What each factor contributed to each line, by member, scope, category, line, method and factor.
    pub async fn factors_of_lines(&self, sources: &Sources, filter: &Filter) -> Result<Vec<LineFactor>, LedgerError> {
        let keys = "member, scope, category, line, method, factor";
        let sql = format!(
            "select * from (select {keys}, {GASES}, count(*) n from entries where scope in ('1', '2', '3'){} \
             group by {keys}) order by {keys}",
            filter.sql()
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Entries, sources, sql).await? {
            let reader = Reader::new(&batch);
            let (members, scopes) = (reader.texts("member")?, reader.named("scope")?);
            let (categories, lines) = (reader.numbers("category")?, reader.texts("line")?);
            let (methods, factors) = (reader.named("method")?, reader.texts("factor")?);
            let (gases, counts) = (gases(&reader)?, reader.numbers("n")?);
            for at in 0..batch.num_rows() {
                rows.push(LineFactor {
                    member: MemberId::from(required(members[at].clone(), "member")?),
                    scope: required(scopes[at], "scope")?,
                    category: u8::try_from(categories[at].unwrap_or_default()).unwrap_or_default(),
                    line: required(lines[at].clone(), "line")?,
                    method: required(methods[at], "method")?,
                    factor: factors[at].clone().map(FactorId::from),
                    gases: gases[at],
                    rows: count(counts[at]),
                });
            }
        }
        Ok(rows)
    }

    /// Freight work that begins in `year`, by member and item. `sources` are of activities.
    pub async fn freight_work(&self, sources: &Sources, year: i16) -> Result<Vec<FreightWork>, LedgerError> {
        let sql = format!(
            "select * from (select member, item, sum(quantity) tonne_km from activities \
             where kind = 'transport' and dimension = 'freight_work' \
             and period_from between date '{year:04}-01-01' and date '{year:04}-12-31' \
             group by member, item) order by member, item"
        );
        let mut rows = Vec::new();
        for batch in self.run(Kind::Activities, sources, sql).await? {
            let reader = Reader::new(&batch);
            let (members, items) = (reader.texts("member")?, reader.texts("item")?);
            let work = reader.amounts("tonne_km")?;
            for at in 0..batch.num_rows() {
                rows.push(FreightWork {
                    member: MemberId::from(required(members[at].clone(), "member")?),
                    item: required(items[at].clone(), "item")?,
                    tonne_km: work[at].unwrap_or_default(),
                });
            }
        }
        Ok(rows)
    }
}
