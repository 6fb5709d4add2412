//! Exact sums by a few columns.
//!
//! A general aggregation hashes and compares the texts of every row. Here a column becomes small
//! numbers: a text is looked at once for each dictionary it stands in, not once for each row, and a row
//! finds its group by looking numbers up in tables. The result is the same sums, exactly: a gas
//! of a row has at most eighteen digits, so an `i128` holds the sum of more rows than can be counted.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int32Type};
use greenheart_model::{GasMasses, Text};
use greenheart_units::Amount;

use crate::LedgerError;
use crate::columns::required;
use crate::query::TotalRow;

/// Gases of a row, in the order of [`GasMasses`].
pub(crate) const GASES: [&str; 6] = ["co2", "ch4_fossil", "ch4_biogenic", "n2o", "co2_biogenic", "co2e_other"];

const NONE: u32 = u32::MAX;
/// Entries of a table of pairs; where more would be needed, pairs are hashed.
const LARGEST_TABLE: usize = 1 << 22;

/// Numbers below this find their code without hashing: months from year 0 to beyond any calendar of ours.
const SMALL_NUMBERS: usize = 1 << 16;

/// How a value of a key column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// As the text it is.
    Text,
    /// As the number it is.
    Number,
    /// As the year of months counted from year 0.
    YearOfMonth,
}

/// Sums of one stream of rows, by group.
#[derive(Default)]
pub(crate) struct Grouping {
    keys: Vec<Codes>,
    /// How groups of the first columns become groups of one column more.
    pairs: Vec<Pairs>,
    sums: Vec<Sum>,
    codes: Vec<u32>,
    groups: Vec<u32>,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    gases: [i128; 6],
    rows: u64,
}

impl Grouping {
    pub(crate) fn new(kinds: &[KeyKind]) -> Self {
        Self {
            keys: kinds.iter().map(|kind| Codes::new(*kind)).collect(),
            pairs: kinds.iter().map(|_| Pairs::default()).collect(),
            ..Self::default()
        }
    }

    /// Adds rows: the key columns first, then the six gases.
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), LedgerError> {
        let rows = batch.num_rows();
        self.groups.clear();
        self.groups.resize(rows, 0);
        for (at, (key, pairs)) in self.keys.iter_mut().zip(&mut self.pairs).enumerate() {
            key.read(batch.column(at), &mut self.codes)?;
            pairs.refine(&mut self.groups, &self.codes, key.texts.len());
        }
        let groups = self.pairs.last().map_or(1, |pairs| pairs.parents.len());
        self.sums.resize(groups, Sum::default());
        let gases = gases(batch, self.keys.len())?;
        let gases = gases
            .each_ref()
            .map(|column| &column.as_primitive::<Decimal128Type>().values()[..rows]);
        add_rows(&mut self.sums, &self.groups, gases);
        Ok(())
    }

    /// The codes of a group, first column first.
    fn codes_of(&self, mut group: u32) -> Vec<u32> {
        let mut codes = vec![0; self.pairs.len()];
        for (code, pairs) in codes.iter_mut().zip(&self.pairs).rev() {
            (group, *code) = pairs.parents[group as usize];
        }
        codes
    }
}

fn add_rows(sums: &mut [Sum], groups: &[u32], gases: [&[i128]; 6]) {
    let [co2, fossil, biogenic, n2o, outside, other] = gases;
    let first = co2.iter().zip(fossil).zip(biogenic).zip(n2o).zip(outside);
    for ((group, other), ((((co2, fossil), biogenic), n2o), outside)) in groups.iter().zip(other).zip(first) {
        let sum = &mut sums[*group as usize];
        sum.rows += 1;
        sum.gases[5] += *other;
        // Most rows are spend or freight: they know CO2e and no gas by itself.
        if co2 | fossil | biogenic | n2o | outside != 0 {
            for (total, gas) in sum.gases.iter_mut().zip([co2, fossil, biogenic, n2o, outside]) {
                *total += gas;
            }
        }
    }
}

/// All groups of several streams, by the texts of their keys.
pub(crate) fn merged(parts: Vec<Grouping>, keys: usize) -> Vec<TotalRow> {
    // Ranks of texts, so that groups are ordered by comparing numbers.
    let texts: Vec<Vec<Text>> = (0..keys)
        .map(|at| {
            let all: BTreeSet<&Text> = parts.iter().flat_map(|part| &part.keys[at].texts).collect();
            all.into_iter().cloned().collect()
        })
        .collect();
    let mut rows: Vec<(Vec<u32>, Sum)> = Vec::new();
    for part in &parts {
        let ranks: Vec<Vec<u32>> = (0..keys).map(|at| ranks(&part.keys[at].texts, &texts[at])).collect();
        for (group, sum) in (0..).zip(&part.sums).filter(|(_, sum)| sum.rows > 0) {
            let codes = part.codes_of(group);
            rows.push((
                codes
                    .iter()
                    .zip(&ranks)
                    .map(|(code, ranks)| ranks[*code as usize])
                    .collect(),
                *sum,
            ));
        }
    }
    rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    rows.dedup_by(|(key, from), (kept, into)| {
        let same = key == kept;
        if same {
            into.rows += from.rows;
            for (total, more) in into.gases.iter_mut().zip(from.gases) {
                *total += more;
            }
        }
        same
    });
    rows.into_iter().map(|(key, sum)| total(&key, &texts, &sum)).collect()
}

fn ranks(own: &[Text], all: &[Text]) -> Vec<u32> {
    own.iter()
        .map(|text| {
            all.binary_search(text)
                .map_or(NONE, |at| u32::try_from(at).unwrap_or(NONE))
        })
        .collect()
}

fn total(key: &[u32], texts: &[Vec<Text>], sum: &Sum) -> TotalRow {
    let [co2, ch4_fossil, ch4_biogenic, n2o, co2_biogenic, co2e_other] = sum.gases.map(Amount::from_mantissa);
    TotalRow {
        key: key
            .iter()
            .zip(texts)
            .map(|(rank, texts)| texts[*rank as usize].clone())
            .collect(),
        gases: GasMasses {
            co2,
            ch4_fossil,
            ch4_biogenic,
            n2o,
            co2_biogenic,
            co2e_other,
        },
        rows: sum.rows,
    }
}

/// The gases of a batch; a row that lacks one counts as none of it.
fn gases(batch: &RecordBatch, from: usize) -> Result<[ArrayRef; 6], LedgerError> {
    let mut columns = Vec::with_capacity(6);
    for at in from..from + 6 {
        let column = cast(batch.column(at), &crate::columns::DECIMAL)?;
        let values = column.as_primitive::<Decimal128Type>();
        columns.push(if values.null_count() == 0 {
            column
        } else {
            let filled = values.iter().map(Option::unwrap_or_default);
            Arc::new(datafusion::arrow::array::Decimal128Array::from_iter_values(filled))
        });
    }
    <[ArrayRef; 6]>::try_from(columns).map_err(|_| LedgerError::Encoding("the gases are not six".into()))
}

/// The values of a key column as consecutive numbers.
struct Codes {
    kind: KeyKind,
    texts: Vec<Text>,
    by_text: HashMap<Text, u32>,
    /// Code of each small number that was met, at its place.
    by_small_number: Vec<u32>,
    /// The dictionary that was read last, and its codes.
    dictionary: Option<(ArrayRef, Vec<u32>)>,
}

impl Codes {
    fn new(kind: KeyKind) -> Self {
        Self {
            kind,
            texts: Vec::new(),
            by_text: HashMap::new(),
            by_small_number: Vec::new(),
            dictionary: None,
        }
    }

    fn read(&mut self, column: &ArrayRef, out: &mut Vec<u32>) -> Result<(), LedgerError> {
        out.clear();
        required((column.null_count() == 0).then_some(()), "key")?;
        match self.kind {
            KeyKind::Text => {
                let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                let column = if *column.data_type() == kind {
                    Arc::clone(column)
                } else {
                    cast(column, &kind)?
                };
                self.read_texts(column.as_dictionary::<Int32Type>(), out)
            }
            KeyKind::Number | KeyKind::YearOfMonth => {
                let column = cast(column, &DataType::Int32)?;
                self.read_numbers(column.as_primitive::<Int32Type>().values(), out);
                Ok(())
            }
        }
    }

    fn read_texts(&mut self, column: &DictionaryArray<Int32Type>, out: &mut Vec<u32>) -> Result<(), LedgerError> {
        let values = column.values();
        let known = self
            .dictionary
            .as_ref()
            .is_some_and(|(known, _)| Arc::ptr_eq(known, values));
        if !known {
            let texts = values.as_string::<i32>();
            let codes = texts
                .iter()
                .map(|text| text.map_or(NONE, |text| self.code(text)))
                .collect();
            self.dictionary = Some((Arc::clone(values), codes));
        }
        let codes = self.dictionary.as_ref().map_or(&[][..], |(_, codes)| codes);
        // A key counts places of the dictionary; the engine made both.
        out.extend(
            column
                .keys()
                .values()
                .iter()
                .map(|key| codes[usize::try_from(*key).unwrap_or_default()]),
        );
        let missing = out.contains(&NONE);
        required((!missing).then_some(()), "key")
    }

    fn read_numbers(&mut self, values: &[i32], out: &mut Vec<u32>) {
        for value in values {
            let at = usize::try_from(*value).unwrap_or(usize::MAX);
            let code = match self.by_small_number.get(at) {
                Some(code) if *code != NONE => *code,
                _ => self.number(*value),
            };
            out.push(code);
        }
    }

    fn number(&mut self, value: i32) -> u32 {
        let shown = if self.kind == KeyKind::YearOfMonth {
            value / 12
        } else {
            value
        };
        let code = self.code(&shown.to_string());
        if let Ok(at) = usize::try_from(value)
            && at < SMALL_NUMBERS
        {
            if self.by_small_number.len() <= at {
                self.by_small_number.resize(at + 1, NONE);
            }
            self.by_small_number[at] = code;
        }
        code
    }

    fn code(&mut self, text: &str) -> u32 {
        if let Some(code) = self.by_text.get(text) {
            return *code;
        }
        let code = u32::try_from(self.texts.len()).unwrap_or(NONE);
        let text = Text::from(text);
        self.texts.push(Text::clone(&text));
        self.by_text.insert(text, code);
        code
    }
}

/// Groups of some columns together with the codes of the next: each pair that occurs is a group.
#[derive(Default)]
struct Pairs {
    /// Group of the columns before and code, by group.
    parents: Vec<(u32, u32)>,
    /// Codes that the table has room for; a power of two.
    width: usize,
    /// `[group before][code]`, while it is small enough.
    table: Vec<u32>,
    /// The same where the table would be too large.
    hashed: Option<HashMap<(u32, u32), u32>>,
}

impl Pairs {
    /// Turns each row's group into that of the pair with its code.
    fn refine(&mut self, groups: &mut [u32], codes: &[u32], code_count: usize) {
        let before = groups.iter().max().map_or(0, |group| *group as usize + 1);
        self.make_room(before, code_count);
        for (group, code) in groups.iter_mut().zip(codes) {
            let pair = (*group, *code);
            let next = u32::try_from(self.parents.len()).unwrap_or(NONE);
            let place = if let Some(hashed) = &mut self.hashed {
                hashed.entry(pair).or_insert(NONE)
            } else {
                &mut self.table[*group as usize * self.width + *code as usize]
            };
            if *place == NONE {
                *place = next;
                self.parents.push(pair);
            }
            *group = *place;
        }
    }

    fn make_room(&mut self, before: usize, codes: usize) {
        if self.hashed.is_some() {
            return;
        }
        let width = codes.next_power_of_two().max(self.width);
        let size = before.next_power_of_two() * width;
        if size > LARGEST_TABLE {
            let known = self.parents.iter().zip(0..);
            self.hashed = Some(known.map(|(pair, group)| (*pair, group)).collect());
            self.table = Vec::new();
        } else if width > self.width {
            self.table = vec![NONE; size.max(self.table.len() / self.width.max(1) * width)];
            self.width = width;
            for ((group, code), pair) in self.parents.iter().zip(0..) {
                self.table[*group as usize * width + *code as usize] = pair;
            }
        } else if size > self.table.len() {
            self.table.resize(size, NONE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_TABLE, NONE, Pairs};

    /// Groups and codes that occur together get one number each, whether they lie in a table or are hashed.
    #[test]
    fn pairs_are_numbered_as_they_come_and_stay_so() {
        let mut pairs = Pairs::default();
        let mut first = [0, 1, 0, 1, 0];
        pairs.refine(&mut first, &[5, 5, 5, 6, 0], 7);
        assert_eq!(first, [0, 1, 0, 2, 3]);
        // More codes and more groups than there was room for.
        let mut second = [0, 9, 1];
        pairs.refine(&mut second, &[5, 300, 6], 301);
        assert_eq!(second, [0, 4, 2]);
        assert!(pairs.hashed.is_none());
        // More than a table should hold.
        let wide = u32::try_from(LARGEST_TABLE).unwrap();
        let mut third = [0, 9, 40, 1];
        pairs.refine(&mut third, &[5, 300, wide, 6], LARGEST_TABLE + 1);
        assert_eq!(third, [0, 4, 5, 2]);
        assert!(pairs.hashed.is_some());
        assert_eq!(pairs.parents, [(0, 5), (1, 5), (1, 6), (0, 0), (9, 300), (40, wide)]);
        assert!(!third.contains(&NONE));
    }
}
