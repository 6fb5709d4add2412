//! How circular each member and the cluster are: the circular material use rate and the material circularity indicator beside
//! goal 3.
//!
//! Definitions and what they assume: `docs/concepts/circularity.md`.

use greenheart_account::{MemberMaterials, panel_materials};
use greenheart_footprint::Rounded;
use greenheart_footprint::circularity::{ProductFlows, circular_material_use_rate, material_circularity};
use greenheart_model::{Derivation, MemberId, Ref, Step};
use greenheart_units::{Amount, Rate, Rounding};
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError, FigureView, GoalQuery};

/// Indicators are said to so many decimals; they rest on rounded kilograms.
const CLAIMED: f64 = 1e-6;

/// Indicators of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircularityView {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Calendar year.
    pub year: i16,
    /// The cluster as one, for those who lead; then the members that the actor may see.
    pub lines: Vec<CircularityLine>,
}

/// Indicators of a member, or of the cluster as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircularityLine {
    /// `None` for the cluster.
    pub member: Option<MemberId>,
    /// Material taken in, kg.
    pub taken_in: FigureView,
    /// Of it secondary, kg.
    pub secondary: FigureView,
    /// Waste that became material again, kg.
    pub recirculated: FigureView,
    /// Waste lost, kg.
    pub lost: FigureView,
    /// Circular material use rate, 0 to 1; missing without any material.
    pub use_rate: FigureView,
    /// Material circularity indicator, 0 to 1; missing without material taken in, or where rows lack a mass.
    pub indicator: FigureView,
}

/// Kilograms of one line.
pub(crate) struct Flows {
    pub(crate) primary: Amount,
    pub(crate) secondary: Amount,
    pub(crate) recirculated: Amount,
    pub(crate) lost: Amount,
    pub(crate) rows_without_mass: u64,
}

impl Flows {
    fn of_member(own: &MemberMaterials) -> Self {
        Self {
            primary: own.primary_kg,
            secondary: own.secondary_kg,
            recirculated: own.recirculated_kg,
            lost: own.lost_kg,
            rows_without_mass: own.rows_without_mass,
        }
    }

    /// The cluster takes in what comes from outside: deliveries between members are inside, and are taken out of primary and
    /// secondary in proportion.
    fn of_cluster(members: &[MemberMaterials]) -> Result<Self, AppError> {
        let sum = |of: fn(&MemberMaterials) -> Amount| members.iter().map(of).sum::<Amount>();
        let (primary, secondary) = (sum(|own| own.primary_kg), sum(|own| own.secondary_kg));
        let all = primary.checked_add(secondary)?;
        let outside = all - sum(|own| own.from_members_kg);
        let kept = outside.ratio(all).unwrap_or_default();
        let secondary = secondary.times(kept, Rounding::HalfEven)?;
        Ok(Self {
            primary: outside - secondary,
            secondary,
            recirculated: sum(|own| own.recirculated_kg),
            lost: sum(|own| own.lost_kg),
            rows_without_mass: members.iter().map(|own| own.rows_without_mass).sum(),
        })
    }

    fn taken_in(&self) -> Amount {
        self.primary + self.secondary
    }

    /// `U / (M + U)`.
    pub(crate) fn use_rate(&self) -> Option<Amount> {
        let rate = circular_material_use_rate(self.recirculated.to_model_f64(), self.taken_in().to_model_f64());
        rounded(rate.ok()?)
    }

    /// The material of the year as one product of average life: what is recirculated is collected for recycling, the rest is not
    /// known to come back.
    pub(crate) fn indicator(&self) -> Option<Amount> {
        if self.rows_without_mass > 0 {
            return None;
        }
        let mass = self.taken_in();
        let share = |part: Amount| part.ratio(mass).map(|share| share.min(Rate::ONE).to_model_f64());
        let indicator = material_circularity(&ProductFlows {
            mass: mass.to_model_f64(),
            recycled_share: share(self.secondary)?,
            reused_share: 0.0,
            collected_for_recycling: share(self.recirculated)?,
            collected_for_reuse: 0.0,
            recycling_efficiency: 1.0,
            feedstock_efficiency: 1.0,
            lifetime: 1.0,
            intensity: 1.0,
        });
        rounded(indicator.ok()?)
    }

    fn line(&self, member: Option<&MemberId>, year: i16, seq: i64, digest: &str) -> CircularityLine {
        let who = member.map_or("cluster", MemberId::as_str);
        let view = |name: &str, value: Option<Amount>, unit: &str| FigureView {
            reference: Ref::Figure(format!("circularity/{year}/{who}/{name}@s{seq}/{digest}")),
            name: name.into(),
            value,
            unit: unit.into(),
        };
        CircularityLine {
            member: member.cloned(),
            taken_in: view("taken_in_kg", Some(self.taken_in()), "kg"),
            secondary: view("secondary_kg", Some(self.secondary), "kg"),
            recirculated: view("recirculated_kg", Some(self.recirculated), "kg"),
            lost: view("lost_kg", Some(self.lost), "kg"),
            use_rate: view("circular_use_share", self.use_rate(), "share"),
            indicator: view("circularity_indicator_share", self.indicator(), "share"),
        }
    }
}

fn rounded(value: f64) -> Option<Amount> {
    let rate = Rounded::<Rate>::rate(value, CLAIMED).ok()?.value;
    Some(Amount::from_mantissa(
        Rounding::HalfEven.divide(rate.mantissa(), 1_000_000),
    ))
}

impl CircularityLine {
    /// Every figure of the line.
    pub fn figures(&self) -> [&FigureView; 6] {
        [
            &self.taken_in,
            &self.secondary,
            &self.recirculated,
            &self.lost,
            &self.use_rate,
            &self.indicator,
        ]
    }
}

impl App {
    /// Circularity of the panel of goal 3 in `year`, the last that has ended when absent: the cluster for those who lead, and
    /// the members that the actor may see.
    ///
    /// # Errors
    /// Of rights, catalogue and ledger.
    pub async fn circularity(
        &self,
        actor: &Actor,
        query: &GoalQuery,
        year: Option<i16>,
    ) -> Result<CircularityView, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "circularity", None)
            .await?;
        let snapshot = self.snapshot(query.at).await?;
        let mut config = self.cluster_config(snapshot.seq, query.gwp, None).await?;
        config.base_year = query.base_year.unwrap_or(config.base_year);
        let year = year.unwrap_or(config.last_year);
        let digest = self.keep_config(&config).await?;
        let materials = self
            .with_goal_inputs(&snapshot, &config, |inputs| panel_materials(inputs, year))
            .await??;
        let readable = self.readable_members(actor).await?;
        let mut lines = Vec::new();
        if actor.leads() {
            lines.push(Flows::of_cluster(&materials.members)?.line(None, year, snapshot.seq, &digest));
        }
        let shown = materials.members.iter().filter(|own| readable.contains(&own.member));
        for own in shown {
            lines.push(Flows::of_member(own).line(Some(&own.member), year, snapshot.seq, &digest));
        }
        self.note_looks(
            actor,
            lines.iter().filter_map(|line| line.member.as_ref()),
            "circularity",
        )
        .await?;
        if actor.leads() {
            self.note(actor, "circularity", None, &snapshot.name(), "done").await?;
        }
        Ok(CircularityView {
            snapshot: snapshot.name(),
            year,
            lines,
        })
    }
}

/// Why an indicator is what it is.
pub(crate) fn reason(line: &CircularityLine, figure: &FigureView, year: i16, snapshot: &str) -> Derivation {
    let (rule, says) = match figure.name.as_str() {
        "circular_use_share" => (
            "circularity.use_rate@1",
            "waste that became material again over itself and the material taken in",
        ),
        "circularity_indicator_share" => (
            "circularity.indicator@1",
            "the material of the year as one product of average life: secondary material is its recycled share, what is \
             recirculated is collected for recycling, the rest is not known to come back; recycling without loss",
        ),
        _ => (
            "circularity.mass@1",
            "kilograms of the material account, dry where stated",
        ),
    };
    let parts = [&line.taken_in, &line.secondary, &line.recirculated, &line.lost];
    let step = |part: &&FigureView| Step {
        label: part.name.trim_end_matches("_kg").replace('_', " "),
        value: format!("{} kg", part.value.unwrap_or_default()),
        refs: Vec::new(),
    };
    Derivation {
        rule: rule.into(),
        says: says.into(),
        source:
            "docs/concepts/circularity.md; Eurostat, Circular material use rate (2018); Ellen MacArthur Foundation, \
                 Circularity Indicators (2019)"
                .into(),
        snapshot: snapshot.into(),
        filter: vec![
            ("year".into(), year.to_string()),
            ("figure".into(), figure.name.clone()),
        ],
        steps: parts.iter().map(step).collect(),
        rounding: "six decimals".into(),
    }
}
