//! Who is in the boundary, who has told enough, and how much of the boundary that is.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::{CoverageKind, Member, MemberId, Month, Period};
use greenheart_units::{Amount, DecimalError, Rate};

use super::books::{BookRow, OwnValueAdded, YearBooks, is_revenue};
use super::config::{FigureKind, Goal, GoalInputs};
use super::report::{CoverageShare, Gap};

/// The books of the cluster with what members have told completely.
pub(crate) struct Books<'a> {
    inputs: &'a GoalInputs<'a>,
    covered: BTreeMap<(&'a MemberId, CoverageKind), Vec<Period>>,
}

/// Who counts in a goal and year.
pub(crate) struct Panel {
    pub(crate) boundary: Vec<MemberId>,
    pub(crate) members: BTreeSet<MemberId>,
    pub(crate) gaps: Vec<Gap>,
}

impl<'a> Books<'a> {
    pub(crate) fn open(inputs: &'a GoalInputs<'a>) -> Self {
        let mut covered: BTreeMap<_, Vec<Period>> = BTreeMap::new();
        for coverage in inputs.coverage {
            let slot = covered.entry((&coverage.member, coverage.kind)).or_default();
            slot.push(coverage.period);
        }
        for periods in covered.values_mut() {
            periods.sort_unstable();
        }
        Self { inputs, covered }
    }

    /// Revenue and purchases of a member in a year by its books, inside the boundary.
    pub(crate) fn value_added(&self, member: &MemberId, year: i16) -> Result<OwnValueAdded, DecimalError> {
        self.year(member, year)
            .map_or_else(|| Ok(OwnValueAdded::default()), YearBooks::value_added)
    }

    /// NOK of goods in the books that better evidence took the place of.
    pub(crate) fn explained_goods(&self, member: &MemberId, year: i16) -> Amount {
        self.year(member, year)
            .map(|books| books.displaced_goods)
            .unwrap_or_default()
    }

    /// Sums of a member in a year, inside the boundary.
    pub(crate) fn rows(&self, member: &MemberId, year: i16) -> &'a [BookRow] {
        self.year(member, year).map_or(&[], |books| &books.rows)
    }

    fn year(&self, member: &MemberId, year: i16) -> Option<&'a YearBooks> {
        self.inputs.books.of(member)?.year(year)
    }

    /// The panel of a goal: members of the whole year with a complete base year and a complete year.
    pub(crate) fn panel(&self, goal: Goal, year: i16) -> Panel {
        let mut panel = Panel {
            boundary: Vec::new(),
            members: BTreeSet::new(),
            gaps: Vec::new(),
        };
        for member in self.boundary(goal, year) {
            let mut gaps = self.gaps(member, goal, year);
            if year != self.inputs.config.base_year {
                gaps.extend(self.gaps(member, goal, self.inputs.config.base_year));
            }
            if gaps.is_empty() {
                panel.members.insert(member.id.clone());
            }
            panel.boundary.push(member.id.clone());
            panel.gaps.extend(gaps);
        }
        panel
    }

    fn boundary(&self, goal: Goal, year: i16) -> impl Iterator<Item = &'a Member> {
        let sites = self.inputs.sites;
        let inside = move |member: &Member| {
            let mut own = sites.iter().filter(|site| site.member == member.id).peekable();
            own.peek().is_none() || own.any(|site| site.in_boundary)
        };
        self.inputs.members.iter().filter(move |member| {
            member.membership.covers(Period::year(year))
                && (goal != Goal::Revenue || member.role.in_revenue_goal())
                && inside(member)
        })
    }

    /// What a member lacks in a year for a goal.
    fn gaps(&self, member: &Member, goal: Goal, year: i16) -> Vec<Gap> {
        let gap = |code: &str, detail: String| Gap {
            code: code.to_owned(),
            member: Some(member.id.clone()),
            detail,
        };
        let mut gaps = Vec::new();
        for kind in self.inputs.config.required.get(&goal).into_iter().flatten() {
            let missing = self.missing_months(&member.id, *kind, year);
            if !missing.is_empty() {
                let months: Vec<String> = missing.iter().map(Month::to_string).collect();
                gaps.push(gap("goal.coverage_missing", format!("{kind}: {}", months.join(", "))));
            }
        }
        if self.year(&member.id, year).is_some_and(|books| books.undivided) {
            gaps.push(gap(
                "goal.no_boundary_key",
                format!("{year}: rows of the entity as a whole, sites outside, and no key"),
            ));
        }
        gaps
    }

    fn missing_months(&self, member: &MemberId, kind: CoverageKind, year: i16) -> Vec<Month> {
        let none = Vec::new();
        let periods = self.covered.get(&(member, kind)).unwrap_or(&none);
        // Most have told the whole year; only of the others is each month looked for.
        if covers(periods, Period::year(year)) {
            return Vec::new();
        }
        Period::year(year)
            .months()
            .filter(|month| !covers(periods, month.period()))
            .collect()
    }

    /// How much of the boundary the panel is, and who keeps it from being known.
    pub(crate) fn coverage(
        &self,
        panel: &Panel,
        year: i16,
        gaps: &mut Vec<Gap>,
    ) -> Result<CoverageShare, DecimalError> {
        let mut share = |kind, code: &str| -> Result<Option<Rate>, DecimalError> {
            let (mut part, mut whole, mut known) = (Amount::ZERO, Amount::ZERO, true);
            for member in &panel.boundary {
                let Some(size) = self.size(member, year, kind)? else {
                    known = false;
                    let detail = format!("{year}: its size is not known, so neither is the panel's share");
                    gaps.push(Gap {
                        code: code.to_owned(),
                        member: Some(member.clone()),
                        detail,
                    });
                    continue;
                };
                whole = whole.checked_add(size)?;
                if panel.members.contains(member) {
                    part = part.checked_add(size)?;
                }
            }
            Ok(if known { part.ratio(whole) } else { None })
        };
        Ok(CoverageShare {
            revenue: share(FigureKind::RevenueNok, "goal.revenue_unknown")?,
            employees: share(FigureKind::Employees, "goal.employees_unknown")?,
            purchases: None,
            panel_members: u32::try_from(panel.members.len()).unwrap_or(u32::MAX),
            boundary_members: u32::try_from(panel.boundary.len()).unwrap_or(u32::MAX),
        })
    }

    /// Revenue or employees of a member: from its own complete books, else from a figure elsewhere.
    pub(crate) fn size(&self, member: &MemberId, year: i16, kind: FigureKind) -> Result<Option<Amount>, DecimalError> {
        if kind == FigureKind::RevenueNok && self.missing_months(member, CoverageKind::Accounts, year).is_empty() {
            let rows = self.rows(member, year).iter();
            let revenue = rows.filter(|row| is_revenue(&row.key));
            return revenue
                .map(|row| row.values.amount_nok)
                .try_fold(Amount::ZERO, Amount::checked_add)
                .map(Some);
        }
        let stated = self.figure(member, year, kind);
        if kind == FigureKind::Employees && stated.is_none() {
            let members = &mut self.inputs.members.iter();
            let employees = members
                .find(|other| other.id == *member)
                .and_then(|member| member.employees);
            return Ok(employees.map(|people| Amount::from_integer(people.into())));
        }
        Ok(stated)
    }

    /// A figure about a member from elsewhere.
    pub(crate) fn figure(&self, member: &MemberId, year: i16, kind: FigureKind) -> Option<Amount> {
        let mut figures = self.inputs.figures.iter();
        let figure = figures.find(|figure| figure.member == *member && figure.year == year && figure.kind == kind);
        figure.map(|figure| figure.value)
    }
}

/// Whether sorted periods together cover all of `wanted`.
fn covers(periods: &[Period], wanted: Period) -> bool {
    let mut next = wanted.from();
    for period in periods.iter().filter(|period| period.overlaps(wanted)) {
        if period.from() > next {
            return false;
        }
        if period.to() >= wanted.to() {
            return true;
        }
        let after = period.to().tomorrow();
        next = next.max(after.unwrap_or(period.to()));
    }
    false
}
