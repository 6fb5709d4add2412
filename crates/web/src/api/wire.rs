//! What travels: our promise to whoever reads the API, apart from the types inside. Decimals are strings.

use greenheart_app as app;
use greenheart_model::Ref;

use super::schema::wire;

wire! {
    /// A figure that opens to its reason.
    pub struct Figure {
        /// Stable name, its last word the unit.
        pub name: String,
        /// Decimal; `null` is missing, never zero.
        pub value: Option<String>,
        /// Unit.
        pub unit: String,
        /// To ask `/why` with.
        pub reference: String,
    }
}

impl From<&app::FigureView> for Figure {
    fn from(view: &app::FigureView) -> Self {
        Self {
            name: view.name.clone(),
            value: view.value.map(|value| value.to_string()),
            unit: view.unit.clone(),
            reference: view.reference.to_string(),
        }
    }
}

wire! {
    /// The three goals: live for those who lead, for everybody else the last release.
    pub struct Goals {
        /// Name of the cluster.
        pub cluster: String,
        /// The cluster is invented.
        pub fictional: bool,
        /// Snapshot of the ledger.
        pub snapshot: String,
        /// Base year.
        pub base_year: i16,
        /// Goal year.
        pub goal_year: i16,
        /// GWP set.
        pub gwp: String,
        /// Index of constant prices.
        pub price_index: Option<String>,
        /// `revenue`, `co2e`, `resource_draw`.
        pub goals: Vec<Goal>,
    }
}

wire! {
    /// One goal.
    pub struct Goal {
        /// Which.
        pub goal: String,
        /// Signed change from base to goal year, a share.
        pub target_change: String,
        /// From the base year to the goal year.
        pub years: Vec<GoalYear>,
        /// Where it is heading; `null` where nothing can be said.
        pub outlook: Option<Outlook>,
    }
}

wire! {
    /// Where a goal is heading in the goal year.
    pub struct Outlook {
        /// The goal year.
        pub goal_year: i16,
        /// The target there.
        pub target: Figure,
        /// At the base year's kilograms a krone or a tonne: 5, 50 and 95 of 100 lie below.
        pub baseline: Vec<Figure>,
        /// What the trend gives: 5, 50 and 95 of 100 lie below.
        pub forecast: Vec<Figure>,
        /// Probability that the trend reaches the target, 0 to 1.
        pub probability: Option<Figure>,
        /// Why something is not there.
        pub missing: Option<String>,
    }
}

wire! {
    /// Something that a goal lacks.
    pub struct Gap {
        /// Stable code, such as `goal.coverage_missing`.
        pub code: String,
        /// Whose; `null` for the cluster as a whole.
        pub member: Option<String>,
        /// The particulars.
        pub detail: String,
    }
}

wire! {
    /// One goal in one year.
    pub struct GoalYear {
        /// Calendar year.
        pub year: i16,
        /// How it stands.
        pub status: String,
        /// Too few contribute: the figures are kept back.
        pub withheld: bool,
        /// The headline.
        pub value: Figure,
        /// The same panel in the base year.
        pub base: Figure,
        /// The target line.
        pub target: Figure,
        /// `value / base - 1`, a share.
        pub change: Option<String>,
        /// Share of revenue that the panel covers.
        pub coverage_of_revenue: Option<String>,
        /// Goal 3: share of the goods bought, by value, of which it is known what they weigh or that they are no material.
        pub coverage_of_purchases: Option<String>,
        /// Estimate for members outside the panel.
        pub estimate_rest: Figure,
        /// Share of goal 2 that rests on spend.
        pub spend_share: Option<String>,
        /// Figures beside the headline.
        pub beside: Vec<Figure>,
        /// What it lacks, as far as whoever asks may know.
        pub gaps: Vec<Gap>,
    }
}

impl From<&app::GoalsView> for Goals {
    fn from(view: &app::GoalsView) -> Self {
        Self {
            cluster: view.cluster.clone(),
            fictional: view.fictional,
            snapshot: view.snapshot.clone(),
            base_year: view.base_year,
            goal_year: view.goal_year,
            gwp: view.gwp.to_string(),
            price_index: view.price_index.clone(),
            goals: view.goals.iter().map(Goal::from).collect(),
        }
    }
}

impl From<&app::GoalView> for Goal {
    fn from(goal: &app::GoalView) -> Self {
        Self {
            goal: goal.goal.name().to_owned(),
            target_change: goal.target_change.to_string(),
            years: goal.years.iter().map(GoalYear::from).collect(),
            outlook: goal.outlook.as_ref().map(Outlook::from),
        }
    }
}

impl From<&app::Outlook> for Outlook {
    fn from(outlook: &app::Outlook) -> Self {
        let band = |band: &Option<app::OutlookBand>| {
            let of = |band: &app::OutlookBand| [&band.p5, &band.p50, &band.p95].map(Figure::from).into();
            band.as_ref().map(of).unwrap_or_default()
        };
        Self {
            goal_year: outlook.goal_year,
            target: (&outlook.target).into(),
            baseline: band(&outlook.baseline),
            forecast: band(&outlook.forecast),
            probability: outlook.probability.as_ref().map(Figure::from),
            missing: outlook.missing.clone(),
        }
    }
}

impl From<&app::GoalYearView> for GoalYear {
    fn from(year: &app::GoalYearView) -> Self {
        Self {
            year: year.year,
            status: year.status.name().to_owned(),
            withheld: year.withheld,
            value: (&year.value).into(),
            base: (&year.base).into(),
            target: (&year.target).into(),
            change: year.change.map(|share| share.to_string()),
            coverage_of_revenue: year.coverage.revenue.map(|share| share.to_string()),
            coverage_of_purchases: year.coverage.purchases.map(|share| share.to_string()),
            estimate_rest: (&year.estimate_rest).into(),
            spend_share: year.spend_share.map(|share| share.to_string()),
            beside: year.beside.iter().map(Figure::from).collect(),
            gaps: year
                .gaps
                .iter()
                .map(|gap| Gap {
                    code: gap.code.clone(),
                    member: gap.member.as_ref().map(ToString::to_string),
                    detail: gap.detail.clone(),
                })
                .collect(),
        }
    }
}

wire! {
    /// An inventory of the members that whoever asks may see.
    pub struct Inventory {
        /// Snapshot of the ledger.
        pub snapshot: String,
        /// Calendar year.
        pub year: i16,
        /// Account of bought energy: `location` or `market`.
        pub basis: String,
        /// GWP set.
        pub gwp: String,
        /// Members it is of.
        pub members: Vec<String>,
        /// Scope 1, kg CO2e.
        pub scope1_co2e_kg: String,
        /// Scope 2, kg CO2e.
        pub scope2_co2e_kg: String,
        /// Scope 3, kg CO2e.
        pub scope3_co2e_kg: String,
        /// Scopes 1 to 3, kg CO2e.
        pub total_co2e_kg: String,
        /// Biogenic CO2 outside the scopes, kg.
        pub biogenic_co2_kg: String,
        /// Rows without a factor, which are not in the totals.
        pub unbound_rows: u64,
        /// Lines, by member, scope, category, line and method.
        pub lines: Vec<InventoryLine>,
    }
}

wire! {
    /// A line of an inventory.
    pub struct InventoryLine {
        /// To ask `/why` with.
        pub reference: String,
        /// Whose.
        pub member: String,
        /// 1, 2 or 3.
        pub scope: String,
        /// Category of scope 3, or 0.
        pub category: u8,
        /// What it is of.
        pub line: String,
        /// Measured, supplier-specific, activity or spend.
        pub method: String,
        /// kg CO2e; `null` where no factor was found.
        pub co2e_kg: Option<String>,
        /// NOK behind it.
        pub amount_nok: String,
        /// kWh behind it.
        pub energy_kwh: String,
        /// kg behind it.
        pub mass_kg: String,
        /// Rows behind it.
        pub rows: u64,
    }
}

impl From<&app::InventoryAnswer> for Inventory {
    fn from(answer: &app::InventoryAnswer) -> Self {
        let totals = &answer.totals;
        Self {
            snapshot: answer.snapshot.clone(),
            year: totals.year,
            basis: totals.basis.to_string(),
            gwp: totals.gwp.to_string(),
            members: answer.members.iter().map(ToString::to_string).collect(),
            scope1_co2e_kg: totals.scope1_co2e_kg.to_string(),
            scope2_co2e_kg: totals.scope2_co2e_kg.to_string(),
            scope3_co2e_kg: totals.scope3_co2e_kg.to_string(),
            total_co2e_kg: totals.total_co2e_kg.to_string(),
            biogenic_co2_kg: totals.biogenic_co2_kg.to_string(),
            unbound_rows: totals.unbound_rows,
            lines: answer.lines.iter().map(InventoryLine::from).collect(),
        }
    }
}

impl From<&app::InventoryLine> for InventoryLine {
    fn from(line: &app::InventoryLine) -> Self {
        let row = &line.row;
        Self {
            reference: line.reference.to_string(),
            member: row.member.to_string(),
            scope: row.scope.to_string(),
            category: row.category,
            line: row.line.clone(),
            method: row.method.to_string(),
            co2e_kg: row.co2e_kg.map(|kg| kg.to_string()),
            amount_nok: row.amount_nok.to_string(),
            energy_kwh: row.energy_kwh.to_string(),
            mass_kg: row.mass_kg.to_string(),
            rows: row.rows,
        }
    }
}

wire! {
    /// Why something is what it is.
    pub struct Why {
        /// What was asked.
        pub reference: String,
        /// What it is called.
        pub title: String,
        /// Its value.
        pub value: Option<String>,
        /// Its unit.
        pub unit: String,
        /// The rule and its version.
        pub rule: Option<String>,
        /// What the rule says.
        pub says: Option<String>,
        /// Where the rule comes from.
        pub source: Option<String>,
        /// What it is made of.
        pub sections: Vec<Section>,
    }
}

wire! {
    /// Parts that belong together.
    pub struct Section {
        /// What they are.
        pub heading: String,
        /// The parts.
        pub parts: Vec<Part>,
        /// How many more there are.
        pub more: u64,
    }
}

wire! {
    /// A part.
    pub struct Part {
        /// What it is.
        pub label: String,
        /// Its value.
        pub value: String,
        /// Its unit.
        pub unit: String,
        /// To ask `/why` with.
        pub reference: Option<String>,
    }
}

impl From<&app::Answer> for Why {
    fn from(answer: &app::Answer) -> Self {
        let derivation = answer.derivation.as_ref();
        let part = |part: &app::Part| Part {
            label: part.label.clone(),
            value: part.value.clone(),
            unit: part.unit.clone(),
            reference: part.reference.as_ref().map(Ref::to_string),
        };
        Self {
            reference: answer.reference.to_string(),
            title: answer.title.clone(),
            value: answer.value.map(|value| value.to_string()),
            unit: answer.unit.clone(),
            rule: derivation.map(|derivation| derivation.rule.clone()),
            says: derivation.map(|derivation| derivation.says.clone()),
            source: derivation.map(|derivation| derivation.source.clone()),
            sections: answer
                .sections
                .iter()
                .map(|section| Section {
                    heading: section.heading.clone(),
                    parts: section.parts.iter().map(part).collect(),
                    more: section.more,
                })
                .collect(),
        }
    }
}

wire! {
    /// A member.
    pub struct Member {
        /// Identifier.
        pub id: String,
        /// Organisation number.
        pub org_no: String,
        /// Name.
        pub name: String,
        /// What it does in the cluster.
        pub role: String,
        /// Industry code.
        pub nace: Option<String>,
        /// People employed, where whoever asks may see that.
        pub employees: Option<u32>,
        /// Who may see its named figures: `own`, `facilitator`, `cluster`, `public` and levels between.
        pub visibility: String,
    }
}

impl From<&app::MemberLine> for Member {
    fn from(line: &app::MemberLine) -> Self {
        let member = &line.member;
        Self {
            id: member.id.to_string(),
            org_no: member.org_no.to_string(),
            name: member.name.clone(),
            role: member.role.to_string(),
            nace: member.nace.as_ref().map(ToString::to_string),
            employees: member.employees,
            visibility: app::circular::word_of(&line.visibility),
        }
    }
}

wire! {
    /// An import set.
    pub struct Batch {
        /// Identifier.
        pub id: String,
        /// Whose.
        pub member: String,
        /// Reader and its version.
        pub importer: String,
        /// Names of its files.
        pub files: Vec<String>,
        /// What it covers: kind and period.
        pub coverage: Vec<String>,
        /// Rows.
        pub rows: i64,
        /// Whether it can be relied on.
        pub status: Option<String>,
        /// When it was taken in, ms since 1970.
        pub committed_at_ms: i64,
        /// Whether it counts.
        pub counts: bool,
    }
}

impl From<&app::BatchLine> for Batch {
    fn from(line: &app::BatchLine) -> Self {
        Self {
            id: line.id.to_string(),
            member: line.member.to_string(),
            importer: line.importer.clone(),
            files: line.files.clone(),
            coverage: line
                .coverage
                .iter()
                .map(|one| format!("{} {}", one.kind, one.period))
                .collect(),
            rows: line.rows,
            status: line.status.map(|status| status.to_string()),
            committed_at_ms: line.committed_at_ms,
            counts: line.state == app::BatchState::Visible,
        }
    }
}

wire! {
    /// How often something was found in a batch.
    pub struct Finding {
        /// In which batch.
        pub batch: String,
        /// Whose.
        pub member: String,
        /// Stable code.
        pub code: String,
        /// How often.
        pub count: u64,
        /// What it means and what to do, in English.
        pub meaning: Option<String>,
    }
}

wire! {
    /// A job.
    pub struct Job {
        /// Identifier.
        pub id: String,
        /// What kind of work.
        pub kind: String,
        /// Waiting, running, done, failed, cancelled.
        pub state: String,
        /// What is being done.
        pub stage: Option<String>,
        /// With what.
        pub subject: Option<String>,
        /// How much is done.
        pub done: Option<u64>,
        /// Of how much.
        pub total: Option<u64>,
    }
}

impl From<&app::JobView> for Job {
    fn from(job: &app::JobView) -> Self {
        let progress = job.progress.as_ref();
        Self {
            id: job.id.clone(),
            kind: job.kind.clone(),
            state: format!("{:?}", job.state).to_lowercase(),
            stage: progress.map(|progress| progress.stage.clone()),
            subject: progress.map(|progress| progress.subject.clone()),
            done: progress.map(|progress| progress.done),
            total: progress.map(|progress| progress.total),
        }
    }
}

wire! {
    /// A factor of the library.
    pub struct Factor {
        /// Identifier.
        pub id: String,
        /// What it is of.
        pub item: String,
        /// What it describes.
        pub aspect: String,
        /// English name.
        pub name_en: String,
        /// Norwegian name.
        pub name_nb: String,
        /// kg of each gas per unit.
        pub gases: std::collections::BTreeMap<String, String>,
        /// Unit of its denominator.
        pub per: String,
        /// Region.
        pub region: String,
        /// Year of its data.
        pub data_year: i16,
        /// Where the figure stands.
        pub citation: String,
        /// Under which licence.
        pub licence: String,
        /// To ask `/why` with.
        pub reference: String,
    }
}

impl From<&app::FactorLine> for Factor {
    fn from(line: &app::FactorLine) -> Self {
        Self {
            id: line.id.to_string(),
            item: line.item.clone(),
            aspect: line.aspect.clone(),
            name_en: line.name_en.clone(),
            name_nb: line.name_nb.clone(),
            gases: line
                .gases
                .iter()
                .map(|(gas, rate)| (gas.name().to_owned(), rate.to_string()))
                .collect(),
            per: line.per.clone(),
            region: line.region.clone(),
            data_year: line.data_year,
            citation: line.citation.clone(),
            licence: line.licence.clone(),
            reference: Ref::Factor(line.id.clone()).to_string(),
        }
    }
}

wire! {
    /// A release in a list.
    pub struct ReleaseLine {
        /// Its number.
        pub number: i64,
        /// When, in ms since 1970 UTC.
        pub at_ms: i64,
        /// Snapshot of the ledger.
        pub snapshot: String,
        /// Cells that show something.
        pub shown: u64,
        /// Cells that are withheld.
        pub withheld: u64,
    }
}

impl From<&app::ReleaseLine> for ReleaseLine {
    fn from(line: &app::ReleaseLine) -> Self {
        Self {
            number: line.number,
            at_ms: line.at_ms,
            snapshot: line.snapshot.clone(),
            shown: line.shown as u64,
            withheld: line.withheld as u64,
        }
    }
}

wire! {
    /// What members see of each other.
    pub struct Release {
        /// Its number.
        pub number: i64,
        /// When, in ms since 1970 UTC.
        pub at_ms: i64,
        /// Snapshot of the ledger.
        pub snapshot: String,
        /// Contributors besides the reader that a cell needed.
        pub others: u64,
        /// Percentage of a member's amount that no reader may come within.
        pub percent: u8,
        /// The tables.
        pub tables: Vec<ReleasedTable>,
    }
}

wire! {
    /// A declared table.
    pub struct ReleasedTable {
        /// Stable name.
        pub name: String,
        /// Its rows.
        pub rows: Vec<ReleasedRow>,
    }
}

wire! {
    /// A row.
    pub struct ReleasedRow {
        /// Stable name.
        pub key: String,
        /// Unit.
        pub unit: String,
        /// Its cells.
        pub cells: Vec<ReleasedCell>,
    }
}

wire! {
    /// A cell.
    pub struct ReleasedCell {
        /// Calendar year.
        pub year: i16,
        /// Decimal; `null` is withheld or empty.
        pub value: Option<String>,
        /// `published`, `kept`, `empty`, `few`, `dominated`, `negative`, `secondary`, `earlier`.
        pub state: String,
        /// The release that a kept sum is from.
        pub since: Option<i64>,
    }
}

impl From<&app::Release> for Release {
    fn from(release: &app::Release) -> Self {
        Self {
            number: release.number,
            at_ms: release.at_ms,
            snapshot: release.snapshot.clone(),
            others: release.others as u64,
            percent: release.percent,
            tables: release.tables.iter().map(ReleasedTable::from).collect(),
        }
    }
}

impl From<&app::ReleasedTable> for ReleasedTable {
    fn from(table: &app::ReleasedTable) -> Self {
        let cells = |row: &app::ReleasedRow| {
            let cells = table.columns.iter().zip(&row.cells);
            cells
                .map(|(year, cell)| ReleasedCell {
                    year: *year,
                    value: cell.value.map(|value| value.to_string()),
                    state: cell.state.name().to_owned(),
                    since: cell.since,
                })
                .collect()
        };
        Self {
            name: table.name.clone(),
            rows: table
                .rows
                .iter()
                .map(|row| ReleasedRow {
                    key: row.key.clone(),
                    unit: row.unit.clone(),
                    cells: cells(row),
                })
                .collect(),
        }
    }
}
