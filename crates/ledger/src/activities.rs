//! Activities as columns.

use datafusion::arrow::array::RecordBatch;
use greenheart_model::{
    AccountRef, Activity, BatchId, Counterparty, Identifiers, MemberId, OrgNo, Period, RowPlace, SiteId, Treatment,
    WasteCode,
};
use greenheart_units::{Amount, Basis, Dimension, Reading};

use crate::LedgerError;
use crate::columns::{
    Days, Decimals, Flags, Numbers, Reader, Small, Texts, from_stream, record_batch, required, to_stream,
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
    ($life:lifetime; $($name:ident: $kind:ty),* $(,)?) => {
        #[derive(Default)]
        struct Columns<$life> { $($name: $kind),* }
        impl Columns<'_> {
            fn finish(self) -> Result<RecordBatch, LedgerError> {
                record_batch(vec![$((stringify!($name), self.$name.finish()?)),*])
            }
        }
    };
}

columns!(
    'a;     batch: Texts<'a>, member: Texts<'a>, row_no: Numbers, file: Small, file_row: Numbers, kind: Texts<'a>, class: Texts<'a>,
    item: Texts<'a>, site: Texts<'a>, period_from: Days, period_to: Days, quantity: Decimals, dimension: Texts<'a>, basis: Texts<'a>,
    raw_quantity: Texts<'a>, amount: Decimals, currency: Texts<'a>, counterparty_org: Texts<'a>, counterparty_local: Texts<'a>,
    counterparty_name: Texts<'a>, counterparty_country: Texts<'a>, has_counterparty: Flags, account: Texts<'a>,
    grouping_category: Texts<'a>, grouping_code: Texts<'a>, tax_code: Texts<'a>, waste_code: Texts<'a>, treatment: Texts<'a>,
    primary_permille: Small, dry_permille: Small, supplier_co2e: Decimals, ambiguous_split: Flags,
    document: Texts<'a>, object: Texts<'a>, article: Texts<'a>, article_name: Texts<'a>, classification: Texts<'a>, carriage: Texts<'a>,
);

/// Columns, one row for each activity, in the given order.
pub(crate) fn to_batch(rows: &[ActivityRow]) -> Result<RecordBatch, LedgerError> {
    let mut columns = Columns::default();
    for row in rows {
        push(&mut columns, row)?;
    }
    columns.finish()
}

fn push<'a>(columns: &mut Columns<'a>, row: &'a ActivityRow) -> Result<(), LedgerError> {
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
    columns.carriage.push_made(carriage);
    Ok(())
}

/// Activities back from columns.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<ActivityRow>, LedgerError> {
    let reader = Reader::new(batch);
    let texts = |name: &str| reader.texts(name);
    let (batches, members, items, sites) = (texts("batch")?, texts("member")?, texts("item")?, texts("site")?);
    let (kinds, classes) = (reader.named("kind")?, reader.named("class")?);
    let currencies = reader.values("currency", |text| {
        text.parse()
            .map_err(|_| LedgerError::Encoding("a currency is unreadable".into()))
    })?;
    let dimensions = reader.values("dimension", |text| required(Dimension::from_name(text), "dimension"))?;
    let bases = reader.values("basis", |text| required(Basis::from_name(text), "basis"))?;
    let raws = texts("raw_quantity")?;
    let orgs = reader.values("counterparty_org", code)?;
    let locals = texts("counterparty_local")?;
    let (names, countries) = (texts("counterparty_name")?, texts("counterparty_country")?);
    let (accounts, categories, codes) = (texts("account")?, texts("grouping_category")?, texts("grouping_code")?);
    let tax_codes = texts("tax_code")?;
    let waste_codes: Vec<Option<WasteCode>> = reader.values("waste_code", code)?;
    let treatments: Vec<Option<Treatment>> = reader.named("treatment")?;
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
    let carriages = reader.values_or_none("carriage", |text| {
        serde_json::from_str(text).map_err(|error| LedgerError::Encoding(format!("how goods were carried: {error}")))
    })?;
    (0..batch.num_rows())
        .map(|at| {
            let period = Period::new(required(froms[at], "period_from")?, required(tos[at], "period_to")?)
                .map_err(|error| LedgerError::Encoding(error.to_string()))?;
            let counterparty = has_counterparty[at].then(|| Counterparty {
                org_no: orgs[at],
                local_id: locals[at].clone(),
                name: names[at].clone(),
                country: countries[at].clone(),
            });
            let activity = Activity {
                row_no: whole(row_nos[at], "row_no")?,
                place: RowPlace {
                    file: whole(files[at], "file")?,
                    row: whole(file_rows[at], "file_row")?,
                },
                kind: required(kinds[at], "kind")?,
                class: required(classes[at], "class")?,
                item: required(items[at].clone(), "item")?,
                site: sites[at].clone().map(SiteId::from),
                period,
                quantity: reading(quantities[at], dimensions[at], bases[at])?,
                raw_quantity: raws[at].clone(),
                amount: amounts[at],
                currency: required(currencies[at], "currency")?,
                counterparty,
                account: accounts[at].clone().map(|id| AccountRef {
                    id,
                    grouping_category: categories[at].clone().unwrap_or_default(),
                    grouping_code: codes[at].clone().unwrap_or_default(),
                }),
                tax_code: tax_codes[at].clone(),
                waste_code: waste_codes[at].clone(),
                treatment: treatments[at],
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
                carriage: carriages[at].clone(),
            };
            Ok(ActivityRow {
                batch: BatchId::from(required(batches[at].clone(), "batch")?),
                member: MemberId::from(required(members[at].clone(), "member")?),
                activity,
            })
        })
        .collect()
}

fn whole<T: TryFrom<i64>>(value: Option<i64>, name: &str) -> Result<T, LedgerError> {
    T::try_from(required(value, name)?).map_err(|_| LedgerError::Encoding(format!("`{name}` is out of range")))
}

/// A code of a list that we know.
fn code<T: std::str::FromStr<Err = greenheart_model::CodeError>>(text: &str) -> Result<T, LedgerError> {
    text.parse()
        .map_err(|error: greenheart_model::CodeError| LedgerError::Encoding(error.to_string()))
}

fn reading(
    value: Option<Amount>,
    dimension: Option<Dimension>,
    basis: Option<Basis>,
) -> Result<Option<Reading>, LedgerError> {
    let Some(value) = value else { return Ok(None) };
    let dimension = required(dimension, "dimension")?;
    let basis = required(basis, "basis")?;
    Ok(Some(Reading {
        value,
        dimension,
        basis,
    }))
}
