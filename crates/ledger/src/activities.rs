//! Activities as columns.

use datafusion::arrow::array::RecordBatch;
use greenheart_model::{
    AccountRef, Activity, BatchId, Counterparty, Identifiers, MemberId, OrgNo, Period, RowPlace, SiteId, Text,
    Treatment, WasteCode,
};
use greenheart_units::{Amount, Basis, Dimension, Reading};

use crate::LedgerError;
use crate::columns::{
    Days, Decimals, Flags, Numbers, Reader, Small, Texts, from_stream, named, record_batch, required, to_stream,
};

/// An activity with the batch and the member it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Batch.
    pub batch: BatchId,
    /// Member.
    pub member: MemberId,
    /// The activity.
    pub activity: Activity,
}

/// Encodes activities for the tail table or a spool.
pub fn encode_activities(rows: &[ActivityRow]) -> Result<Vec<u8>, LedgerError> {
    to_stream(&to_batch(rows)?)
}

/// Decodes what [`encode_activities`] wrote.
pub fn decode_activities(bytes: &[u8]) -> Result<Vec<ActivityRow>, LedgerError> {
    let mut rows = Vec::new();
    for batch in from_stream(bytes)? {
        rows.extend(from_batch(&batch)?);
    }
    Ok(rows)
}

macro_rules! columns {
    ($($name:ident: $kind:ident),* $(,)?) => {
        #[derive(Default)]
        struct Columns { $($name: $kind),* }
        impl Columns {
            fn finish(self) -> Result<RecordBatch, LedgerError> {
                record_batch(vec![$((stringify!($name), self.$name.finish())),*])
            }
        }
    };
}

columns!(
    batch: Texts, member: Texts, row_no: Numbers, file: Small, file_row: Numbers, kind: Texts, class: Texts,
    item: Texts, site: Texts, period_from: Days, period_to: Days, quantity: Decimals, dimension: Texts, basis: Texts,
    raw_quantity: Texts, amount: Decimals, currency: Texts, counterparty_org: Texts, counterparty_local: Texts,
    counterparty_name: Texts, counterparty_country: Texts, has_counterparty: Flags, account: Texts,
    grouping_category: Texts, grouping_code: Texts, tax_code: Texts, waste_code: Texts, treatment: Texts,
    primary_permille: Small, dry_permille: Small, supplier_co2e: Decimals, ambiguous_split: Flags,
    document: Texts, object: Texts, article: Texts, article_name: Texts, classification: Texts, carriage: Texts,
);

/// Columns, one row for each activity, in the given order.
pub(crate) fn to_batch(rows: &[ActivityRow]) -> Result<RecordBatch, LedgerError> {
    let mut columns = Columns::default();
    for row in rows {
        push(&mut columns, row)?;
    }
    columns.finish()
}

fn push(columns: &mut Columns, row: &ActivityRow) -> Result<(), LedgerError> {
    let activity = &row.activity;
    columns.batch.push(row.batch.as_str());
    columns.member.push(row.member.as_str());
    columns.row_no.push(activity.row_no);
    columns.file.push(activity.place.file.into());
    columns.file_row.push(activity.place.row);
    columns.kind.push(activity.kind.name());
    columns.class.push(activity.class.name());
    columns.item.push(&activity.item);
    columns.site.push_option(activity.site.as_ref().map(SiteId::as_str));
    columns.period_from.push(activity.period.from());
    columns.period_to.push(activity.period.to());
    columns
        .quantity
        .push_option(activity.quantity.map(|reading| reading.value))?;
    columns
        .dimension
        .push_option(activity.quantity.map(|reading| reading.dimension.name()));
    columns
        .basis
        .push_option(activity.quantity.map(|reading| reading.basis.name()));
    columns.raw_quantity.push_option(activity.raw_quantity.as_deref());
    columns.amount.push_option(activity.amount)?;
    columns.currency.push(activity.currency.code());
    let other = activity.counterparty.as_ref();
    columns.has_counterparty.push(other.is_some());
    columns
        .counterparty_org
        .push_option(other.and_then(|o| o.org_no.as_ref()).map(OrgNo::as_str));
    columns
        .counterparty_local
        .push_option(other.and_then(|o| o.local_id.as_deref()));
    columns
        .counterparty_name
        .push_option(other.and_then(|o| o.name.as_deref()));
    columns
        .counterparty_country
        .push_option(other.and_then(|o| o.country.as_deref()));
    let account = activity.account.as_ref();
    columns.account.push_option(account.map(|account| &*account.id));
    columns
        .grouping_category
        .push_option(account.map(|account| &*account.grouping_category));
    columns
        .grouping_code
        .push_option(account.map(|account| &*account.grouping_code));
    columns.tax_code.push_option(activity.tax_code.as_deref());
    columns
        .waste_code
        .push_option(activity.waste_code.as_ref().map(WasteCode::as_str));
    columns.treatment.push_option(activity.treatment.map(Treatment::name));
    columns
        .primary_permille
        .push_option(activity.primary_permille.map(i32::from));
    columns.dry_permille.push_option(activity.dry_permille.map(i32::from));
    columns.supplier_co2e.push_option(activity.supplier_co2e)?;
    columns.ambiguous_split.push(activity.ambiguous_split);
    let identifiers = &activity.identifiers;
    columns.document.push_option(identifiers.document.as_deref());
    columns.object.push_option(identifiers.object.as_deref());
    columns.article.push_option(identifiers.article.as_deref());
    columns.article_name.push_option(identifiers.name.as_deref());
    columns
        .classification
        .push_option(identifiers.classification.as_deref());
    let carriage = activity.carriage.as_ref().map(serde_json::to_string).transpose();
    let carriage = carriage.map_err(|error| LedgerError::Encoding(error.to_string()))?;
    columns.carriage.push_option(carriage.as_deref());
    Ok(())
}

/// Activities back from columns.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<ActivityRow>, LedgerError> {
    let reader = Reader::new(batch);
    let texts = |name: &str| reader.texts(name);
    let (batches, members, items, sites) = (texts("batch")?, texts("member")?, texts("item")?, texts("site")?);
    let (kinds, classes, currencies) = (texts("kind")?, texts("class")?, texts("currency")?);
    let (dimensions, bases, raws) = (texts("dimension")?, texts("basis")?, texts("raw_quantity")?);
    let (orgs, locals) = (texts("counterparty_org")?, texts("counterparty_local")?);
    let (names, countries) = (texts("counterparty_name")?, texts("counterparty_country")?);
    let (accounts, categories, codes) = (texts("account")?, texts("grouping_category")?, texts("grouping_code")?);
    let (tax_codes, waste_codes, treatments) = (texts("tax_code")?, texts("waste_code")?, texts("treatment")?);
    let (row_nos, files, file_rows) = (
        reader.numbers("row_no")?,
        reader.numbers("file")?,
        reader.numbers("file_row")?,
    );
    let (primaries, dries) = (reader.numbers("primary_permille")?, reader.numbers("dry_permille")?);
    let (quantities, amounts) = (reader.amounts("quantity")?, reader.amounts("amount")?);
    let supplier = reader.amounts("supplier_co2e")?;
    let (froms, tos) = (reader.dates("period_from")?, reader.dates("period_to")?);
    let (ambiguous, has_counterparty) = (reader.flags("ambiguous_split")?, reader.flags("has_counterparty")?);
    let (documents, objects) = (texts("document")?, texts("object")?);
    let (articles, article_names) = (texts("article")?, texts("article_name")?);
    let classifications = texts("classification")?;
    // A chunk of an earlier version has none.
    let carriages = reader.texts_or_none("carriage")?;
    let identical = |text: &Option<Text>| text.as_ref().map(|text| text.parse()).transpose();
    (0..batch.num_rows())
        .map(|at| {
            let period = Period::new(required(froms[at], "period_from")?, required(tos[at], "period_to")?)
                .map_err(|error| LedgerError::Encoding(error.to_string()))?;
            let counterparty = has_counterparty[at].then(|| -> Result<_, LedgerError> {
                Ok(Counterparty {
                    org_no: identical(&orgs[at])
                        .map_err(|error: greenheart_model::CodeError| LedgerError::Encoding(error.to_string()))?,
                    local_id: locals[at].clone(),
                    name: names[at].clone(),
                    country: countries[at].clone(),
                })
            });
            let activity = Activity {
                row_no: whole(row_nos[at], "row_no")?,
                place: RowPlace {
                    file: whole(files[at], "file")?,
                    row: whole(file_rows[at], "file_row")?,
                },
                kind: named(kinds[at].as_ref(), "kind")?,
                class: named(classes[at].as_ref(), "class")?,
                item: required(items[at].clone(), "item")?,
                site: sites[at].as_deref().map(SiteId::new),
                period,
                quantity: reading(quantities[at], dimensions[at].as_deref(), bases[at].as_deref())?,
                raw_quantity: raws[at].clone(),
                amount: amounts[at],
                currency: required(currencies[at].as_ref(), "currency")?
                    .parse()
                    .map_err(|_| LedgerError::Encoding("a currency is unreadable".into()))?,
                counterparty: counterparty.transpose()?,
                account: accounts[at].clone().map(|id| AccountRef {
                    id,
                    grouping_category: categories[at].clone().unwrap_or_default(),
                    grouping_code: codes[at].clone().unwrap_or_default(),
                }),
                tax_code: tax_codes[at].clone(),
                waste_code: waste_codes[at]
                    .as_ref()
                    .map(|code| code.parse::<WasteCode>())
                    .transpose()
                    .map_err(|error| LedgerError::Encoding(error.to_string()))?,
                treatment: treatments[at]
                    .as_ref()
                    .map(|name| named(Some(name), "treatment"))
                    .transpose()?,
                primary_permille: primaries[at]
                    .map(|value| whole(Some(value), "primary_permille"))
                    .transpose()?,
                dry_permille: dries[at].map(|value| whole(Some(value), "dry_permille")).transpose()?,
                supplier_co2e: supplier[at],
                ambiguous_split: ambiguous[at],
                identifiers: Identifiers {
                    document: documents[at].clone(),
                    object: objects[at].clone(),
                    article: articles[at].clone(),
                    name: article_names[at].clone(),
                    classification: classifications[at].clone(),
                },
                carriage: carriages[at]
                    .as_deref()
                    .map(serde_json::from_str)
                    .transpose()
                    .map_err(|error| LedgerError::Encoding(format!("how goods were carried: {error}")))?,
            };
            Ok(ActivityRow {
                batch: BatchId::new(required(batches[at].as_deref(), "batch")?),
                member: MemberId::new(required(members[at].as_deref(), "member")?),
                activity,
            })
        })
        .collect()
}

fn whole<T: TryFrom<i64>>(value: Option<i64>, name: &str) -> Result<T, LedgerError> {
    T::try_from(required(value, name)?).map_err(|_| LedgerError::Encoding(format!("`{name}` is out of range")))
}

fn reading(
    value: Option<Amount>,
    dimension: Option<&str>,
    basis: Option<&str>,
) -> Result<Option<Reading>, LedgerError> {
    let Some(value) = value else { return Ok(None) };
    let dimension = required(dimension.and_then(Dimension::from_name), "dimension")?;
    let basis = required(basis.and_then(Basis::from_name), "basis")?;
    Ok(Some(Reading {
        value,
        dimension,
        basis,
    }))
}
