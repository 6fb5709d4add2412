//! Partial sums: one immutable table for each posting, and every total is a sum over them.
//!
//! Encoding, version 1: a byte 1; the texts, each once, with its length; then for each key eleven
//! numbers (indices of texts, small numbers) and eleven values, all as variable-length integers, in
//! the order of the keys.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use greenheart_model::{Category, Entry, GasMasses, MemberId, Month, Scope, SiteId, SumKey, SumValues, Text};
use greenheart_units::Amount;

use crate::LedgerError;
use crate::entries::month_of;

const VERSION: u8 = 1;

/// Sums by key.
#[derive(Debug, Clone, Default)]
pub struct PartialSums {
    rows: BTreeMap<SumKey, SumValues>,
    /// What [`PartialSums::cells`] added up; forgotten when a row is added.
    cells: OnceLock<Vec<(MemberId, i16, Cells)>>,
}

impl PartialEq for PartialSums {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl Eq for PartialSums {}

/// A total of partial sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumTotal {
    /// Whose.
    pub member: MemberId,
    /// Scope.
    pub scope: Scope,
    /// Scope 3 category or 0.
    pub category: Category,
    /// Calendar year.
    pub year: i16,
    /// kg of each gas.
    pub gases: GasMasses,
    /// Rows.
    pub rows: u64,
}

impl PartialSums {
    /// Adds entries of `member`.
    pub fn add(&mut self, member: &MemberId, entries: &[Entry]) -> Result<(), LedgerError> {
        // Entries of one row and of neighbouring rows mostly share a key.
        let mut last: Option<(SumKey, SumValues)> = None;
        for entry in entries {
            let values = SumValues::of(entry);
            match &mut last {
                Some((key, sum)) if same(key, entry) => *sum = sum.checked_add(&values)?,
                _ => {
                    if let Some((key, sum)) = last.replace((SumKey::of(member, entry), values)) {
                        self.add_row(key, &sum)?;
                    }
                }
            }
        }
        if let Some((key, sum)) = last {
            self.add_row(key, &sum)?;
        }
        Ok(())
    }

    /// Adds one row of sums.
    pub fn add_row(&mut self, key: SumKey, values: &SumValues) -> Result<(), LedgerError> {
        self.cells.take();
        let sum = self.rows.entry(key).or_default();
        *sum = sum.checked_add(values)?;
        Ok(())
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) -> Result<(), LedgerError> {
        self.cells.take();
        for (key, values) in &other.rows {
            match self.rows.get_mut(key) {
                Some(sum) => *sum = sum.checked_add(values)?,
                None => {
                    self.rows.insert(key.clone(), *values);
                }
            }
        }
        Ok(())
    }

    /// All of `parts` added up, by key: what merging one after the other gives, at a fraction of the cost.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Result<Vec<(SumKey, SumValues)>, LedgerError> {
        let mut by_member: BTreeMap<&MemberId, Vec<(&SumKey, &SumValues)>> = BTreeMap::new();
        for part in parts {
            let rows: Vec<(&SumKey, &SumValues)> = part.rows().collect();
            for own in rows.chunk_by(|(a, _), (b, _)| a.member == b.member) {
                by_member.entry(&own[0].0.member).or_default().extend_from_slice(own);
            }
        }
        let mut summed: Vec<(SumKey, SumValues)> = Vec::with_capacity(by_member.values().map(Vec::len).sum());
        for mut rows in by_member.into_values() {
            // Every part is in order already; a stable sort only has to merge them.
            rows.sort_by_key(|(key, _)| *key);
            for (key, values) in rows {
                match summed.last_mut() {
                    Some((last, sum)) if last == key => *sum = sum.checked_add(values)?,
                    _ => summed.push((key.clone(), *values)),
                }
            }
        }
        Ok(summed)
    }

    /// Exact totals of `parts` by member, scope, category and year, in the order of these; the same as
    /// the rows behind them give.
    pub fn totals<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Result<Vec<SumTotal>, LedgerError> {
        let mut cells: BTreeMap<(&MemberId, i16), Cells> = BTreeMap::new();
        for part in parts {
            for (member, year, own) in part.cells()? {
                let slot = cells.entry((member, *year)).or_default();
                for (cell, (gases, rows)) in own {
                    let (sum, count) = slot.entry(*cell).or_default();
                    *sum = sum.checked_add(gases)?;
                    *count += rows;
                }
            }
        }
        let mut totals: Vec<SumTotal> = cells
            .into_iter()
            .flat_map(|((member, year), own)| {
                own.into_iter().map(move |((scope, category), (gases, rows))| SumTotal {
                    member: member.clone(),
                    scope,
                    category,
                    year,
                    gases,
                    rows,
                })
            })
            .collect();
        totals.sort_by(|a, b| {
            let key = |total: &SumTotal| (total.scope, total.category, total.year);
            a.member.cmp(&b.member).then_with(|| key(a).cmp(&key(b)))
        });
        Ok(totals)
    }

    /// The totals of this posting alone: added up once, read for every question.
    fn cells(&self) -> Result<&[(MemberId, i16, Cells)], LedgerError> {
        if let Some(cells) = self.cells.get() {
            return Ok(cells);
        }
        let mut made: Vec<(MemberId, i16, Cells)> = Vec::new();
        for (key, values) in &self.rows {
            let year = key.month.year();
            let here = |(member, of, _): &(MemberId, i16, Cells)| *of == year && *member == key.member;
            if !made.last().is_some_and(here) {
                made.push((key.member.clone(), year, Cells::new()));
            }
            if let Some((_, _, own)) = made.last_mut() {
                let (gases, count) = own.entry((key.scope, key.category)).or_default();
                *gases = gases.checked_add(&values.gases)?;
                *count += values.rows;
            }
        }
        Ok(self.cells.get_or_init(|| made))
    }

    /// The rows, by key.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&SumKey, &SumValues)> {
        self.rows.iter()
    }

    /// The rows, by key.
    pub fn into_rows(self) -> Vec<(SumKey, SumValues)> {
        self.rows.into_iter().collect()
    }

    /// The bytes that the catalogue keeps.
    pub fn encode(&self) -> Vec<u8> {
        let mut table = TextTable::default();
        let mut body = Vec::with_capacity(self.rows.len() * 48);
        for (key, values) in &self.rows {
            encode_key(key, &mut table, &mut body);
            encode_values(values, &mut body);
        }
        let mut bytes = vec![VERSION];
        put(&mut bytes, table.texts.len() as u128);
        for text in &table.texts {
            put(&mut bytes, text.len() as u128);
            bytes.extend_from_slice(text.as_bytes());
        }
        put(&mut bytes, self.rows.len() as u128);
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Reads what [`PartialSums::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, LedgerError> {
        let mut reader = Bytes(bytes);
        if reader.byte()? != VERSION {
            return Err(broken());
        }
        let count = reader.length()?;
        let mut texts: Vec<Text> = Vec::with_capacity(count);
        for _ in 0..count {
            let length = reader.length()?;
            let text = std::str::from_utf8(reader.take(length)?).map_err(|_| broken())?;
            texts.push(Text::from(text));
        }
        // A member or site stands on many rows; each is made once.
        let members: Vec<MemberId> = texts.iter().map(MemberId::new).collect();
        let sites: Vec<SiteId> = texts.iter().map(SiteId::new).collect();
        let rows = reader.length()?;
        let mut sums = Vec::with_capacity(rows);
        for _ in 0..rows {
            sums.push(decode_row(&mut reader, &texts, &members, &sites)?);
        }
        // Rows were written in the order of keys, so that building the map is linear.
        Ok(Self {
            rows: sums.into_iter().collect(),
            cells: OnceLock::new(),
        })
    }
}

/// Gases and rows of a member and year.
type Cells = BTreeMap<(Scope, Category), (GasMasses, u64)>;

fn same(key: &SumKey, entry: &Entry) -> bool {
    key.month == entry.month
        && key.scope == entry.scope
        && key.category == entry.category
        && key.class == entry.class
        && key.method == entry.method
        && key.basis == entry.basis
        && key.line == entry.line
        && key.material_part == entry.material_part
        && key.counterparty == entry.counterparty
        && key.site == entry.site
}

#[derive(Default)]
struct TextTable {
    texts: Vec<String>,
    index: BTreeMap<String, usize>,
}

impl TextTable {
    fn index(&mut self, text: &str) -> u128 {
        if let Some(at) = self.index.get(text) {
            return *at as u128;
        }
        let at = self.texts.len();
        self.texts.push(text.to_owned());
        self.index.insert(text.to_owned(), at);
        at as u128
    }

    /// 0 for none, else one more than the index.
    fn option(&mut self, text: Option<&str>) -> u128 {
        text.map_or(0, |text| self.index(text) + 1)
    }
}

fn encode_key(key: &SumKey, table: &mut TextTable, out: &mut Vec<u8>) {
    let numbers = [
        table.index(key.member.as_str()),
        table.option(key.site.as_ref().map(SiteId::as_str)),
        u128::from(key.month.index().unsigned_abs()),
        table.index(key.scope.name()),
        key.category.into(),
        table.index(key.class.name()),
        table.index(key.method.name()),
        table.index(key.basis.name()),
        table.option(key.counterparty.as_ref().map(MemberId::as_str)),
        table.index(&key.line),
        table.index(&key.material_part),
    ];
    for number in numbers {
        put(out, number);
    }
}

fn encode_values(values: &SumValues, out: &mut Vec<u8>) {
    let gases = &values.gases;
    let amounts = [
        gases.co2,
        gases.ch4_fossil,
        gases.ch4_biogenic,
        gases.n2o,
        gases.co2_biogenic,
        gases.co2e_other,
        values.amount_nok,
        values.mass_kg,
        values.energy_kwh,
    ];
    for amount in amounts {
        put(out, zigzag(amount.mantissa()));
    }
    put(out, values.rows_without_amount.into());
    put(out, values.rows_without_mass.into());
    put(out, values.rows.into());
}

fn decode_row(
    reader: &mut Bytes<'_>,
    texts: &[Text],
    members: &[MemberId],
    sites: &[SiteId],
) -> Result<(SumKey, SumValues), LedgerError> {
    let member = members.get(reader.length()?).cloned().ok_or_else(broken)?;
    let site = option(sites, reader.length()?)?;
    let month: Month = month_of(i64::try_from(reader.length()?).map_err(|_| broken())?)?;
    let named = |reader: &mut Bytes<'_>| texts.get(reader.length()?).cloned().ok_or_else(broken);
    let key = SumKey {
        member,
        site,
        month,
        scope: named(reader)?.parse().map_err(LedgerError::Encoding)?,
        category: u8::try_from(reader.length()?).map_err(|_| broken())?,
        class: named(reader)?.parse().map_err(LedgerError::Encoding)?,
        method: named(reader)?.parse().map_err(LedgerError::Encoding)?,
        basis: named(reader)?.parse().map_err(LedgerError::Encoding)?,
        counterparty: option(members, reader.length()?)?,
        line: named(reader)?,
        material_part: named(reader)?,
    };
    let gases = GasMasses {
        co2: reader.amount()?,
        ch4_fossil: reader.amount()?,
        ch4_biogenic: reader.amount()?,
        n2o: reader.amount()?,
        co2_biogenic: reader.amount()?,
        co2e_other: reader.amount()?,
    };
    let (amount_nok, mass_kg, energy_kwh) = (reader.amount()?, reader.amount()?, reader.amount()?);
    let (rows_without_amount, rows_without_mass, rows) = (reader.count()?, reader.count()?, reader.count()?);
    Ok((
        key,
        SumValues {
            gases,
            amount_nok,
            rows_without_amount,
            mass_kg,
            rows_without_mass,
            energy_kwh,
            rows,
        },
    ))
}

fn option<T: Clone>(items: &[T], index: usize) -> Result<Option<T>, LedgerError> {
    match index.checked_sub(1) {
        None => Ok(None),
        Some(at) => items.get(at).cloned().map(Some).ok_or_else(broken),
    }
}

fn broken() -> LedgerError {
    LedgerError::Encoding("partial sums are damaged".into())
}

const fn zigzag(value: i128) -> u128 {
    (value.cast_unsigned() << 1) ^ (value >> 127).cast_unsigned()
}

/// Seven bits in each byte, the lowest first.
fn put(out: &mut Vec<u8>, mut value: u128) {
    while value >= 0x80 {
        out.push(low_bits(value) | 0x80);
        value >>= 7;
    }
    out.push(low_bits(value));
}

fn low_bits(value: u128) -> u8 {
    value.to_le_bytes()[0] & 0x7f
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn byte(&mut self) -> Result<u8, LedgerError> {
        let (first, rest) = self.0.split_first().ok_or_else(broken)?;
        self.0 = rest;
        Ok(*first)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], LedgerError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(broken)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u128, LedgerError> {
        let mut value = 0_u128;
        for shift in (0..126).step_by(7) {
            let byte = self.byte()?;
            value |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        let byte = self.byte()?;
        if byte > 3 {
            Err(broken())
        } else {
            Ok(value | u128::from(byte) << 126)
        }
    }

    fn count(&mut self) -> Result<u64, LedgerError> {
        u64::try_from(self.number()?).map_err(|_| broken())
    }

    /// A length or index; never more than what is left could hold, except small numbers.
    fn length(&mut self) -> Result<usize, LedgerError> {
        let number = usize::try_from(self.number()?).map_err(|_| broken())?;
        if number > self.0.len().max(1 << 20) {
            Err(broken())
        } else {
            Ok(number)
        }
    }

    fn amount(&mut self) -> Result<Amount, LedgerError> {
        let value = self.number()?;
        Ok(Amount::from_mantissa(
            (value >> 1).cast_signed() ^ -(value & 1).cast_signed(),
        ))
    }
}
