//! Letting the better evidence explain the spend on the same thing.
//!
//! Partial sums add up over batches; reconciliation does not, so it works on the sums of a snapshot.

use std::borrow::Cow;
use std::collections::BTreeMap;

use greenheart_model::{
    Finding, FindingLog, ItemClass, MemberId, Method, Month, Place, Scope2Basis, Severity, SumKey, SumValues,
};
use greenheart_units::{Amount, DecimalError};

use crate::arithmetic::{each_gas, minus, minus_gases, scale};
use crate::line::SPEND_PREFIX;

/// Sums after reconciliation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciled {
    /// What counts, by key: distinct keys in their order.
    pub sums: Vec<(SumKey, SumValues)>,
    /// What was taken out of spend, and why. `sums` plus `displaced` is what came in, exactly.
    pub displaced: Vec<Displaced>,
    /// `reconcile.*`.
    pub findings: FindingLog,
}

/// A part of spend that better evidence explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Displaced {
    /// The spend it was taken from.
    pub key: SumKey,
    /// What was taken out. Rows are counted here only when nothing of them is left.
    pub values: SumValues,
    /// NOK that the better evidence states for this member, class and month; `None` when it states
    /// none (or not for every row) and explains all of it.
    pub evidence_nok: Option<Amount>,
}

/// Reconciles partial sums of a snapshot (rule `reconcile@1`).
///
/// Per member, class and month: where the better evidence states NOK for all its rows, spend keeps only
/// the unexplained rest, scaled in proportion; where it does not, it explains all spend of that class
/// and month. Spend on a member is explained first by evidence from that member, so that what is
/// eliminated between members stays what it was. Evidence that no factor was found for explains
/// nothing: it would replace an estimate by a hole. Market-based entries repeat the NOK of the
/// location-based ones and are not counted again.
///
/// # Units
/// kg, NOK and kWh as in the sums; scaling rounds once, half to even, and the last key takes the rest.
/// # Errors
/// Overflow of a sum.
pub fn reconcile<'a>(sums: impl Into<Cow<'a, [(SumKey, SumValues)]>>) -> Result<Reconciled, DecimalError> {
    let sums = in_order(sums.into().into_owned())?;
    // Evidence speaks for its own member only, and keys begin with the member.
    let members = sums.chunk_by(|(a, _), (b, _)| a.member == b.member);
    let evidence: Vec<(usize, BTreeMap<Group, Evidence>)> = members
        .map(|own| Ok((own.len(), gather(own)?)))
        .collect::<Result<_, DecimalError>>()?;
    let mut result = Reconciled::default();
    result.sums.reserve(sums.len());
    let mut rows = sums.into_iter();
    for (count, evidence) in evidence {
        reconcile_member(rows.by_ref().take(count), &evidence, &mut result)?;
    }
    Ok(result)
}

/// Distinct keys in their order: as they are, when they are so already.
fn in_order(sums: Vec<(SumKey, SumValues)>) -> Result<Vec<(SumKey, SumValues)>, DecimalError> {
    if sums.is_sorted_by(|(a, _), (b, _)| a < b) {
        return Ok(sums);
    }
    let mut merged: BTreeMap<SumKey, SumValues> = BTreeMap::new();
    for (key, values) in sums {
        let slot = merged.entry(key).or_default();
        *slot = slot.checked_add(&values)?;
    }
    Ok(merged.into_iter().collect())
}

fn reconcile_member(
    sums: impl Iterator<Item = (SumKey, SumValues)>,
    evidence: &BTreeMap<Group, Evidence>,
    result: &mut Reconciled,
) -> Result<(), DecimalError> {
    let begin = result.sums.len();
    let mut groups: BTreeMap<Group, Vec<(SumKey, SumValues)>> = BTreeMap::new();
    for (key, values) in sums {
        let group = group_of(&key);
        if is_spend(&key) && evidence.contains_key(&group) {
            groups.entry(group).or_default().push((key, values));
        } else {
            result.sums.push((key, values));
        }
    }
    if groups.is_empty() {
        return Ok(());
    }
    for (group, spend) in groups {
        explain(group, spend, &evidence[&group], result)?;
    }
    result.sums[begin..].sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(())
}

/// What speaks for one another, among the sums of one member.
type Group = (ItemClass, Month);

#[derive(Default)]
struct Evidence {
    nok: Amount,
    rows_without_nok: u64,
    by_member: BTreeMap<MemberId, Amount>,
}

fn group_of(key: &SumKey) -> Group {
    (key.class, key.month)
}

/// Rows of the books that know only money.
pub(crate) fn is_spend(key: &SumKey) -> bool {
    key.line.starts_with(SPEND_PREFIX)
}

fn explains(key: &SumKey) -> bool {
    let bound = !matches!(key.method, Method::Unbound | Method::NotApplicable);
    let claimed = !matches!(key.class, ItemClass::None | ItemClass::Revenue | ItemClass::Removal);
    bound && claimed && !is_spend(key) && key.basis != Scope2Basis::Market
}

fn gather(sums: &[(SumKey, SumValues)]) -> Result<BTreeMap<Group, Evidence>, DecimalError> {
    let mut gathered: BTreeMap<Group, Evidence> = BTreeMap::new();
    for (key, values) in sums.iter().filter(|(key, _)| explains(key)) {
        let evidence = gathered.entry(group_of(key)).or_default();
        evidence.nok = evidence.nok.checked_add(values.amount_nok)?;
        evidence.rows_without_nok += values.rows_without_amount;
        if let Some(other) = &key.counterparty {
            let slot = evidence.by_member.entry(other.clone()).or_default();
            *slot = slot.checked_add(values.amount_nok)?;
        }
    }
    Ok(gathered)
}

/// Takes out of `spend` what `evidence` explains.
fn explain(
    group: Group,
    spend: Vec<(SumKey, SumValues)>,
    evidence: &Evidence,
    result: &mut Reconciled,
) -> Result<(), DecimalError> {
    let Some(member) = spend.first().map(|(key, _)| key.member.clone()) else {
        return Ok(());
    };
    if evidence.rows_without_nok > 0 {
        if !evidence.nok.is_zero() {
            note(
                result,
                "reconcile.partly_stated",
                Severity::Note,
                (&member, group),
                "some evidence states no NOK; it explains all spend",
            );
        }
        displace_all(spend, result);
        return Ok(());
    }
    // First what is bought of each member, then the rest.
    let mut left = evidence.nok;
    let mut pool = Vec::new();
    let mut by_member: BTreeMap<MemberId, Vec<(SumKey, SumValues)>> = BTreeMap::new();
    for (key, values) in spend {
        match key
            .counterparty
            .clone()
            .filter(|other| evidence.by_member.contains_key(other))
        {
            Some(other) => by_member.entry(other).or_default().push((key, values)),
            None => pool.push((key, values)),
        }
    }
    let mut taken: BTreeMap<SumKey, SumValues> = BTreeMap::new();
    for (other, own) in by_member {
        let explained = evidence.by_member[&other]
            .min(total(&own)?)
            .max(Amount::ZERO)
            .min(left.max(Amount::ZERO));
        left = minus(left, explained)?;
        pool.extend(take(own, explained, &mut taken)?);
    }
    let available = total(&pool)?;
    if left > available.max(Amount::ZERO) {
        let over = minus(left, available.max(Amount::ZERO))?;
        note(
            result,
            "reconcile.negative_rest",
            Severity::Warning,
            (&member, group),
            &format!("evidence states {over} NOK more than the books"),
        );
    }
    let explained = left.min(available).max(Amount::ZERO);
    let kept = take(pool, explained, &mut taken)?;
    for (key, values) in kept {
        if values != SumValues::default() {
            result.sums.push((key, values));
        }
    }
    let evidence_nok = Some(evidence.nok);
    result
        .displaced
        .extend(taken.into_iter().map(|(key, values)| Displaced {
            key,
            values,
            evidence_nok,
        }));
    Ok(())
}

fn displace_all(spend: Vec<(SumKey, SumValues)>, result: &mut Reconciled) {
    let all = spend.into_iter().map(|(key, values)| Displaced {
        key,
        values,
        evidence_nok: None,
    });
    result.displaced.extend(all);
}

fn total(spend: &[(SumKey, SumValues)]) -> Result<Amount, DecimalError> {
    spend
        .iter()
        .try_fold(Amount::ZERO, |sum, (_, values)| sum.checked_add(values.amount_nok))
}

/// Takes `explained` NOK out of `spend` in proportion; what is taken is added to `taken`, what is left
/// is returned. The last key takes the rest of the rounding.
fn take(
    spend: Vec<(SumKey, SumValues)>,
    explained: Amount,
    taken: &mut BTreeMap<SumKey, SumValues>,
) -> Result<Vec<(SumKey, SumValues)>, DecimalError> {
    let whole = total(&spend)?;
    if explained.is_zero() || whole.is_zero() {
        return Ok(spend);
    }
    let rest = minus(whole, explained)?;
    let mut to_keep = rest;
    let last = spend.len() - 1;
    let mut kept = Vec::with_capacity(spend.len());
    for (at, (key, values)) in spend.into_iter().enumerate() {
        let mut part = scaled(&values, rest, whole)?;
        if at == last {
            part.amount_nok = to_keep;
        }
        to_keep = minus(to_keep, part.amount_nok)?;
        let out = difference(&values, &part)?;
        let slot = taken.entry(key.clone()).or_default();
        *slot = slot.checked_add(&out)?;
        kept.push((key, part));
    }
    Ok(kept)
}

fn scaled(values: &SumValues, rest: Amount, whole: Amount) -> Result<SumValues, DecimalError> {
    let step = |value: Amount| scale(value, rest.mantissa(), whole.mantissa());
    let gone = rest.is_zero();
    Ok(SumValues {
        gases: each_gas(&values.gases, step)?,
        amount_nok: step(values.amount_nok)?,
        rows_without_amount: if gone { 0 } else { values.rows_without_amount },
        mass_kg: step(values.mass_kg)?,
        rows_without_mass: if gone { 0 } else { values.rows_without_mass },
        energy_kwh: step(values.energy_kwh)?,
        rows: if gone { 0 } else { values.rows },
    })
}

fn difference(values: &SumValues, part: &SumValues) -> Result<SumValues, DecimalError> {
    Ok(SumValues {
        gases: minus_gases(&values.gases, &part.gases)?,
        amount_nok: minus(values.amount_nok, part.amount_nok)?,
        rows_without_amount: values.rows_without_amount - part.rows_without_amount,
        mass_kg: minus(values.mass_kg, part.mass_kg)?,
        rows_without_mass: values.rows_without_mass - part.rows_without_mass,
        energy_kwh: minus(values.energy_kwh, part.energy_kwh)?,
        rows: values.rows - part.rows,
    })
}

fn note(result: &mut Reconciled, code: &str, severity: Severity, of: (&MemberId, Group), detail: &str) {
    let (member, (class, month)) = of;
    result.findings.push(Finding {
        code: code.into(),
        severity,
        place: Place::default(),
        detail: format!("{member}, {class}, {month}: {detail}"),
    });
}
