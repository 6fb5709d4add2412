//! Letting the better evidence explain the spend on the same thing.
//!
//! Partial sums add up over batches; reconciliation does not, so it works on the sums of a snapshot.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenheart_model::{
    Finding, FindingLog, ItemClass, MemberId, Method, Month, Place, Scope2Basis, Severity, SumKey, SumValues,
};
use greenheart_units::{Amount, DecimalError};

use crate::arithmetic::{each_gas, minus, minus_gases, scale};
use crate::line::{OWN_TRANSPORT_PREFIX, SPEND_PREFIX};

/// Sums after reconciliation, member by member: what one member hands in never changes the part of another, so
/// that a new batch costs the work of its member alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciled {
    /// In the order of members, each once.
    members: Vec<Arc<MemberSums>>,
}

/// Sums of one member after reconciliation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSums {
    /// Whose.
    pub member: MemberId,
    /// What counts, by key: distinct keys in their order.
    pub sums: Vec<(SumKey, SumValues)>,
    /// What was taken out of spend, and why. `sums` plus `displaced` is what came in, exactly.
    pub displaced: Vec<Displaced>,
    /// `reconcile.*`.
    pub findings: FindingLog,
}

impl Reconciled {
    /// The members of the cluster together, but for those without sums; of a member that comes twice the last one
    /// counts.
    pub fn new(members: impl IntoIterator<Item = Arc<MemberSums>>) -> Self {
        let by_member: BTreeMap<MemberId, Arc<MemberSums>> = members
            .into_iter()
            .filter(|own| !own.sums.is_empty() || !own.displaced.is_empty())
            .map(|own| (own.member.clone(), own))
            .collect();
        Self {
            members: by_member.into_values().collect(),
        }
    }

    /// Each member's part, in the order of members.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &MemberSums> {
        self.members.iter().map(Arc::as_ref)
    }

    /// The same, as they are kept.
    pub fn kept(&self) -> &[Arc<MemberSums>] {
        &self.members
    }

    /// The part of one member.
    pub fn of(&self, member: &MemberId) -> Option<&MemberSums> {
        let at = self.members.binary_search_by(|own| own.member.cmp(member)).ok()?;
        Some(&self.members[at])
    }

    /// What counts, by key: distinct keys in their order.
    pub fn sums(&self) -> impl Iterator<Item = &(SumKey, SumValues)> {
        self.members().flat_map(|own| &own.sums)
    }

    /// What was taken out of spend, and why.
    pub fn displaced(&self) -> impl Iterator<Item = &Displaced> {
        self.members().flat_map(|own| &own.displaced)
    }
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
    // Keys begin with the member.
    let counts: Vec<usize> = sums
        .chunk_by(|(a, _), (b, _)| a.member == b.member)
        .map(<[_]>::len)
        .collect();
    let mut rows = sums.into_iter();
    let members = counts
        .into_iter()
        .filter_map(|count| {
            let own: Vec<_> = rows.by_ref().take(count).collect();
            let member = own.first()?.0.member.clone();
            Some(reconcile_own(member, own).map(Arc::new))
        })
        .collect::<Result<Vec<_>, DecimalError>>()?;
    Ok(Reconciled { members })
}

/// Reconciles the sums of one member, as [`reconcile`] does; every key is of `member`.
///
/// # Errors
/// Overflow of a sum.
pub fn reconcile_member(member: MemberId, sums: Vec<(SumKey, SumValues)>) -> Result<MemberSums, DecimalError> {
    reconcile_own(member, in_order(sums)?)
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

fn reconcile_own(member: MemberId, sums: Vec<(SumKey, SumValues)>) -> Result<MemberSums, DecimalError> {
    let mut own = MemberSums {
        member,
        sums: Vec::new(),
        displaced: Vec::new(),
        findings: FindingLog::default(),
    };
    let sums = without_own_transport(sums, &mut own);
    let evidence = gather(&sums)?;
    let is_explained = |key: &SumKey| is_spend(key) && evidence.contains_key(&group_of(key));
    if !sums.iter().any(|(key, _)| is_explained(key)) {
        own.sums = sums;
        return Ok(own);
    }
    own.sums.reserve(sums.len());
    let mut groups: BTreeMap<Group, Vec<(SumKey, SumValues)>> = BTreeMap::new();
    for (key, values) in sums {
        if is_explained(&key) {
            groups.entry(group_of(&key)).or_default().push((key, values));
        } else {
            own.sums.push((key, values));
        }
    }
    for (group, spend) in groups {
        explain(group, spend, &evidence[&group], &mut own)?;
    }
    own.sums.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(own)
}

/// Takes out deliveries with own vehicles, calculated from freight lists, in years in which the fuel of vehicles is booked:
/// the fuel was burnt on the same kilometres (rule `reconcile.own_transport@1`). Charged power stands on the meter of the
/// site in the same way.
fn without_own_transport(sums: Vec<(SumKey, SumValues)>, own: &mut MemberSums) -> Vec<(SumKey, SumValues)> {
    if !sums.iter().any(|(key, _)| is_own_transport(key)) {
        return sums;
    }
    let told: BTreeSet<(ItemClass, i16)> = sums
        .iter()
        .filter(|(key, _)| is_bound(key) && !is_spend(key) && !is_own_transport(key))
        .filter(|(key, _)| matches!(key.class, ItemClass::VehicleFuel | ItemClass::Electricity))
        .map(|(key, _)| (key.class, key.month.year()))
        .collect();
    let (gone, left): (Vec<_>, Vec<_>) = sums
        .into_iter()
        .partition(|(key, _)| is_own_transport(key) && told.contains(&(key.class, key.month.year())));
    if let Some((first, _)) = gone.first() {
        let group = (first.class, first.month);
        let detail = "own deliveries are not counted beside the fuel or power that is booked for the same year";
        note(own, "reconcile.own_transport", Severity::Note, group, detail);
    }
    let displaced = |(key, values)| Displaced {
        key,
        values,
        evidence_nok: None,
    };
    own.displaced.extend(gone.into_iter().map(displaced));
    left
}

fn is_own_transport(key: &SumKey) -> bool {
    key.line.starts_with(OWN_TRANSPORT_PREFIX)
}

fn is_bound(key: &SumKey) -> bool {
    !matches!(key.method, Method::Unbound | Method::NotApplicable)
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
    let claimed = !matches!(key.class, ItemClass::None | ItemClass::Revenue | ItemClass::Removal);
    // What others pay for is nowhere in the member's books, and charging is only a part of the power.
    let elsewhere = key.category == 9 || (key.class == ItemClass::Electricity && is_own_transport(key));
    is_bound(key) && claimed && !elsewhere && !is_spend(key) && key.basis != Scope2Basis::Market
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
    result: &mut MemberSums,
) -> Result<(), DecimalError> {
    if evidence.rows_without_nok > 0 {
        if !evidence.nok.is_zero() {
            note(
                result,
                "reconcile.partly_stated",
                Severity::Note,
                group,
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
            group,
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

fn displace_all(spend: Vec<(SumKey, SumValues)>, result: &mut MemberSums) {
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

fn note(result: &mut MemberSums, code: &str, severity: Severity, group: Group, detail: &str) {
    let (class, month) = group;
    let member = &result.member;
    result.findings.push(Finding {
        code: code.into(),
        severity,
        place: Place::default(),
        detail: format!("{member}, {class}, {month}: {detail}"),
    });
}
