//! From series to activities: one for each metering point, direction and month.

use greenheart_model::{
    Activity, ActivityKind, Coverage, CoverageKind, Date, Identifiers, ItemClass, Month, Period, RowPlace, Text,
};
use greenheart_units::{Amount, Currency, Dimension, Reading};
use serde_json::{Value, json};

use super::series::{Direction, Key, MonthData, Series, month_of, month_start};
use super::set::Set;
use super::time::{Minutes, civil, to_local};
use crate::tables::find_item;
use crate::{ReadError, Summary};

/// Metering points shown.
const TOP: usize = 1_000;
/// Gaps told of one month of a metering point.
const MOST_GAPS: usize = 20;

/// Gives the months to the sink and sums up.
pub(super) fn finish(mut set: Set<'_>) -> Result<Summary, ReadError> {
    let keys: Vec<(Key, usize)> = std::mem::take(&mut set.keys).into_iter().collect();
    let (mut rows, mut points, mut complete) = (0, Vec::new(), Vec::new());
    let mut total = Amount::ZERO;
    if set.estimated > 0 {
        let detail = format!("{} readings", set.estimated);
        set.note("meters.estimated", 0, "", detail);
    }
    for (key, index) in keys {
        let mut series = std::mem::take(&mut set.series[index]);
        set.spread_register(&key, &mut series);
        let (first, last) = (
            series.months.keys().next().copied(),
            series.months.keys().next_back().copied(),
        );
        let mut sum = Amount::ZERO;
        let months = std::mem::take(&mut series.months);
        for (month, data) in &months {
            let inside = first.is_some_and(|first| first < *month) && last.is_some_and(|last| *month < last);
            let period = set.check_month(&key, *month, data, inside);
            let Some((period, whole)) = period else { continue };
            let kwh = Amount::from_mantissa(data.sum);
            sum += kwh;
            rows += 1;
            if whole {
                complete.push(*month);
            }
            set.sink.activity(activity(rows, &key, period, kwh, data.place))?;
        }
        missing_months(&mut set, &key, &months.keys().copied().collect::<Vec<_>>());
        total += sum;
        if points.len() < TOP {
            points.push(point(&key, first, last, months.len(), sum));
        }
    }
    let coverage = match &set.options.coverage {
        Some(stated) => stated.clone(),
        None => assumed(&mut set, complete),
    };
    Ok(Summary {
        org_no: set.options.member,
        coverage,
        control_totals: Vec::new(),
        rows,
        overview: json!({
            "readings": set.readings,
            "duplicates": set.copies,
            "contradictions": set.differing,
            "estimated": set.estimated,
            "kwh": total,
            "metering_points": points,
        }),
    })
}

fn point(key: &Key, first: Option<i64>, last: Option<i64>, months: usize, kwh: Amount) -> Value {
    json!({
        "metering_point": key.meter,
        "direction": match key.direction { Direction::Import => "import", Direction::Export => "export" },
        "item": key.item,
        "from": first.and_then(calendar),
        "to": last.and_then(calendar),
        "months": months,
        "kwh": kwh,
    })
}

fn calendar(month: i64) -> Option<Month> {
    Month::new(
        i16::try_from(month.div_euclid(12)).ok()?,
        i8::try_from(month.rem_euclid(12) + 1).ok()?,
    )
}

fn day(utc: Minutes) -> Option<Date> {
    let (year, month, day) = civil(to_local(utc).div_euclid(1440));
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

fn shown(utc: Minutes) -> String {
    let local = to_local(utc);
    let (year, month, day) = civil(local.div_euclid(1440));
    let minutes = local.rem_euclid(1440);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", minutes / 60, minutes % 60)
}

fn activity(row_no: u64, key: &Key, period: Period, kwh: Amount, place: RowPlace) -> Activity {
    let item = find_item(&key.item);
    let (kind, class, item): (_, _, Text) = match (key.direction, item) {
        (Direction::Export, _) => (ActivityKind::OtherPosting, ItemClass::None, "electricity_export".into()),
        (_, Some(item)) if matches!(item.kind, ActivityKind::Heat | ActivityKind::Fuel) => {
            (item.kind, item.class, key.item.clone())
        }
        _ => (ActivityKind::Electricity, ItemClass::Electricity, key.item.clone()),
    };
    Activity {
        row_no,
        place,
        kind,
        class,
        item,
        site: None,
        period,
        quantity: Some(Reading::new(kwh, Dimension::Energy)),
        raw_quantity: None,
        amount: None,
        currency: Currency::NOK,
        counterparty: None,
        account: None,
        tax_code: None,
        waste_code: None,
        treatment: None,
        primary_permille: None,
        dry_permille: None,
        supplier_co2e: None,
        ambiguous_split: false,
        carriage: None,
        identifiers: Identifiers {
            object: Some(key.meter.clone()),
            ..Identifiers::default()
        },
    }
}

impl Set<'_> {
    /// Tells the gaps of a month; its period and whether it is whole. A month at the end of a series may be partly
    /// covered without a gap.
    fn check_month(&mut self, key: &Key, month: i64, data: &MonthData, inside: bool) -> Option<(Period, bool)> {
        let whole = calendar(month)?.period();
        if data.count() == 0 {
            // Spread from a register, which has no readings inside.
            return Some((whole, true));
        }
        let step = data.step();
        let gaps = data.gaps(step);
        let (from, to) = data.span(step);
        let at_end = |gap: &(Minutes, Minutes, u64)| !inside && (gap.0 == data.start || gap.1 == data.end);
        for (start, end, missing) in gaps.iter().filter(|gap| !at_end(gap)).take(MOST_GAPS) {
            let detail = format!(
                "metering point {}: {missing} readings from {} to {}",
                key.meter,
                shown(*start),
                shown(*end)
            );
            self.note("meters.gap", data.place.row, "time", detail);
        }
        if gaps.is_empty() {
            return Some((whole, true));
        }
        if gaps.iter().any(at_end) {
            let detail = format!("metering point {}: from {} to {}", key.meter, shown(from), shown(to));
            self.note("meters.partial_month", data.place.row, "time", detail);
        }
        let period = Period::new(day(from)?, day(to - 1)?).ok()?;
        Some((period, false))
    }

    /// What a register counted between two readings, by month; an interval over several months is divided by time.
    fn spread_register(&mut self, key: &Key, series: &mut Series) {
        let mut states = std::mem::take(&mut series.register);
        states.sort_by_key(|(at, ..)| *at);
        states.dedup_by_key(|(at, ..)| *at);
        let mut split = false;
        for pair in states.windows(2) {
            let ((from, before, _), (to, after, place)) = (pair[0], pair[1]);
            if after < before {
                let detail = format!(
                    "metering point {}: between {} and {}",
                    key.meter,
                    shown(from),
                    shown(to)
                );
                self.note("meters.reset", place.row, "value", detail);
                continue;
            }
            let used = i128::from(after) - i128::from(before);
            split |= month_of(from) != month_of(to - 1);
            spread(series, from, to, used, place);
        }
        if split {
            self.note(
                "meters.register_split",
                0,
                "value",
                format!("metering point {}", key.meter),
            );
        }
    }
}

/// Divides `used` over the months of an interval in exact shares by time.
fn spread(series: &mut Series, from: Minutes, to: Minutes, used: i128, place: RowPlace) {
    let (mut at, mut given) = (from, 0_i128);
    while at < to {
        let month = month_of(at);
        let end = month_start(month + 1).min(to);
        let until = used * i128::from(end - from) / i128::from(to - from);
        series.spread_into(month, until - given, place);
        (given, at) = (until, end);
    }
}

/// Months inside a series that have no reading at all.
fn missing_months(set: &mut Set<'_>, key: &Key, months: &[i64]) {
    for pair in months.windows(2).filter(|pair| pair[1] > pair[0] + 1) {
        let (from, to) = (calendar(pair[0] + 1), calendar(pair[1] - 1));
        if let (Some(from), Some(to)) = (from, to) {
            let detail = format!("metering point {}: no readings from {from} to {to}", key.meter);
            set.note("meters.gap", 0, "time", detail);
        }
    }
}

/// Runs of months that are whole for every metering point with readings in them.
fn assumed(set: &mut Set<'_>, mut complete: Vec<i64>) -> Vec<Coverage> {
    complete.sort_unstable();
    complete.dedup();
    let months: Vec<Month> = complete.into_iter().filter_map(calendar).collect();
    let coverage = crate::coverage::runs(CoverageKind::Energy, &months);
    if !coverage.is_empty() {
        set.file = "".into();
        set.note("meters.coverage_assumed", 0, "", String::new());
    }
    coverage
}
