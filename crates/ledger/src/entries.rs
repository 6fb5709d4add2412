//! Entries as columns.

use datafusion::arrow::array::RecordBatch;
use greenheart_model::{BatchId, Entry, FactorId, GasMasses, MemberId, Month, SiteId};

use crate::LedgerError;
use crate::columns::{Decimals, Numbers, Reader, Small, Texts, from_stream, record_batch, required, to_stream};

/// An entry with the batch, generation and member it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Batch.
    pub batch: BatchId,
    /// Generation, from 1.
    pub generation: i64,
    /// Member.
    pub member: MemberId,
    /// The entry.
    pub entry: Entry,
}

/// Encodes entries for the tail table.
pub fn encode_entries(rows: &[EntryRow]) -> Result<Vec<u8>, LedgerError> {
    to_stream(&to_batch(rows)?)
}

/// Decodes what [`encode_entries`] wrote.
pub fn decode_entries(bytes: &[u8]) -> Result<Vec<EntryRow>, LedgerError> {
    let mut rows = Vec::new();
    for batch in from_stream(bytes)? {
        rows.extend(from_batch(&batch)?);
    }
    Ok(rows)
}

macro_rules! columns {
    ($life:lifetime; $($name:ident: $kind:ty),* $(,)?) => {
        #[derive(Default)]
        struct Columns<$life> { $($name: $kind),* }
        impl Columns<'_> {
            fn finish(self) -> Result<RecordBatch, LedgerError> {
                record_batch(vec![$((stringify!($name), self.$name.finish())),*])
            }
        }
    };
}

columns!(
    'a;     batch: Texts<'a>, generation: Small, member: Texts<'a>, row_no: Numbers, site: Texts<'a>, month: Small, scope: Texts<'a>,
    category: Small, class: Texts<'a>, line: Texts<'a>, method: Texts<'a>, basis: Texts<'a>, factor: Texts<'a>, rule: Texts<'a>,
    counterparty: Texts<'a>, co2: Decimals, ch4_fossil: Decimals, ch4_biogenic: Decimals, n2o: Decimals,
    co2_biogenic: Decimals, co2e_other: Decimals, amount_nok: Decimals, mass_kg: Decimals, material_part: Texts<'a>,
    energy_kwh: Decimals,
);

/// Columns, one row for each entry, in the given order. `month` counts months since year 0.
pub(crate) fn to_batch(rows: &[EntryRow]) -> Result<RecordBatch, LedgerError> {
    let mut columns = Columns::default();
    for row in rows {
        push(&mut columns, (&row.batch, row.generation, &row.member), &row.entry)?;
    }
    columns.finish()
}

/// The same for entries of one posting.
pub(crate) fn posting_to_batch(of: (&BatchId, i64, &MemberId), entries: &[Entry]) -> Result<RecordBatch, LedgerError> {
    let mut columns = Columns::default();
    for entry in entries {
        push(&mut columns, of, entry)?;
    }
    columns.finish()
}

fn push<'a>(
    columns: &mut Columns<'a>,
    (batch, generation, member): (&'a BatchId, i64, &'a MemberId),
    entry: &'a Entry,
) -> Result<(), LedgerError> {
    columns.batch.push(batch.as_str());
    columns.generation.push(i32::try_from(generation).unwrap_or(i32::MAX));
    columns.member.push(member.as_str());
    columns.row_no.push(entry.row_no);
    columns.site.push_option(entry.site.as_ref().map(SiteId::as_str));
    columns.month.push(entry.month.index());
    columns.scope.push(entry.scope.name());
    columns.category.push(entry.category.into());
    columns.class.push(entry.class.name());
    columns.line.push(&entry.line);
    columns.method.push(entry.method.name());
    columns.basis.push(entry.basis.name());
    columns.factor.push_option(entry.factor.as_ref().map(FactorId::as_str));
    columns.rule.push(&entry.rule);
    columns
        .counterparty
        .push_option(entry.counterparty.as_ref().map(MemberId::as_str));
    columns.co2.push(entry.gases.co2)?;
    columns.ch4_fossil.push(entry.gases.ch4_fossil)?;
    columns.ch4_biogenic.push(entry.gases.ch4_biogenic)?;
    columns.n2o.push(entry.gases.n2o)?;
    columns.co2_biogenic.push(entry.gases.co2_biogenic)?;
    columns.co2e_other.push(entry.gases.co2e_other)?;
    columns.amount_nok.push_option(entry.amount_nok)?;
    columns.mass_kg.push_option(entry.mass_kg)?;
    columns.material_part.push(&entry.material_part);
    columns.energy_kwh.push_option(entry.energy_kwh)
}

/// Entries back from columns.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<EntryRow>, LedgerError> {
    let reader = Reader::new(batch);
    let texts = |name: &str| reader.texts(name);
    let amounts = |name: &str| reader.amounts(name);
    let (batches, members, sites, lines) = (texts("batch")?, texts("member")?, texts("site")?, texts("line")?);
    let (scopes, classes) = (reader.named("scope")?, reader.named("class")?);
    let (methods, bases) = (reader.named("method")?, reader.named("basis")?);
    let (factors, rules, others) = (texts("factor")?, texts("rule")?, texts("counterparty")?);
    let parts = texts("material_part")?;
    let (generations, row_nos) = (reader.numbers("generation")?, reader.numbers("row_no")?);
    let (months, categories) = (reader.numbers("month")?, reader.numbers("category")?);
    let (co2, ch4_fossil, ch4_biogenic) = (amounts("co2")?, amounts("ch4_fossil")?, amounts("ch4_biogenic")?);
    let (n2o, co2_biogenic, co2e_other) = (amounts("n2o")?, amounts("co2_biogenic")?, amounts("co2e_other")?);
    let (nok, mass, energy) = (amounts("amount_nok")?, amounts("mass_kg")?, amounts("energy_kwh")?);
    (0..batch.num_rows())
        .map(|at| {
            let entry = Entry {
                row_no: u64::try_from(required(row_nos[at], "row_no")?).unwrap_or_default(),
                site: sites[at].clone().map(SiteId::from),
                month: month_of(required(months[at], "month")?)?,
                scope: required(scopes[at], "scope")?,
                category: u8::try_from(required(categories[at], "category")?).unwrap_or_default(),
                class: required(classes[at], "class")?,
                line: required(lines[at].clone(), "line")?,
                method: required(methods[at], "method")?,
                basis: required(bases[at], "basis")?,
                factor: factors[at].clone().map(FactorId::from),
                rule: required(rules[at].clone(), "rule")?,
                counterparty: others[at].clone().map(MemberId::from),
                gases: GasMasses {
                    co2: required(co2[at], "co2")?,
                    ch4_fossil: required(ch4_fossil[at], "ch4_fossil")?,
                    ch4_biogenic: required(ch4_biogenic[at], "ch4_biogenic")?,
                    n2o: required(n2o[at], "n2o")?,
                    co2_biogenic: required(co2_biogenic[at], "co2_biogenic")?,
                    co2e_other: required(co2e_other[at], "co2e_other")?,
                },
                amount_nok: nok[at],
                mass_kg: mass[at],
                material_part: parts[at].clone().unwrap_or_default(),
                energy_kwh: energy[at],
            };
            Ok(EntryRow {
                batch: BatchId::from(required(batches[at].clone(), "batch")?),
                generation: required(generations[at], "generation")?,
                member: MemberId::from(required(members[at].clone(), "member")?),
                entry,
            })
        })
        .collect()
}

/// The month with this index.
pub(crate) fn month_of(index: i64) -> Result<Month, LedgerError> {
    let year = i16::try_from(index.div_euclid(12)).unwrap_or_default();
    let month = i8::try_from(index.rem_euclid(12) + 1).unwrap_or_default();
    Month::new(year, month).ok_or_else(|| LedgerError::Encoding(format!("month {index} is outside the calendar")))
}
