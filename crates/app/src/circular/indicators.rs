//! Figures of circularity for a year, by their published definitions, from the rows of the ledger.

use std::collections::BTreeSet;

use greenheart_circular::indicators::{Fate, IndicatorError, Inflow, ResourceDraw, Split, WasteFigures, WasteFlow};
use greenheart_ingest::waste::is_hazardous_number;
use greenheart_ledger::{Filter, Kind as Rows};
use greenheart_model::waste_list::{Hazard, Jurisdiction, hazard};
use greenheart_model::{Activity, ActivityKind, MemberId, Period, Treatment};
use greenheart_units::{Amount, Dimension, Mass, Rate};
use serde::{Deserialize, Serialize};

use crate::{Actor, App, AppError};

/// Which figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndicatorRequest {
    /// Calendar year; the last one that ended when absent.
    pub year: Option<i16>,
    /// One member; all that the actor may read when absent.
    pub member: Option<MemberId>,
}

/// Figures of a year, kg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorsView {
    /// Calendar year.
    pub year: i16,
    /// Members whose rows went in.
    pub members: Vec<MemberId>,
    /// ESRS E5-4: material taken in.
    pub inflow_kg: Amount,
    /// Of it, secondary.
    pub secondary_kg: Amount,
    /// Secondary over all.
    pub secondary_share: Option<Rate>,
    /// ESRS E5-5, waste by heading: name, not hazardous, hazardous.
    pub waste: Vec<(String, Amount, Amount)>,
    /// Diverted from disposal.
    pub diverted_kg: Amount,
    /// Directed to disposal.
    pub disposed_kg: Amount,
    /// Not recycled, and its share.
    pub not_recycled_kg: Amount,
    /// Over all waste.
    pub not_recycled_share: Option<Rate>,
    /// VSME B7: not hazardous, hazardous, to reuse or recycling.
    pub vsme_b7: (Amount, Amount, Amount),
    /// Resource draw: primary material, waste lost, what came back.
    pub resource_draw: (Amount, Amount, Amount),
    /// Rows of waste or material without a mass: they are in no figure.
    pub without_mass: u64,
}

#[derive(Default)]
struct Gathered {
    flows: Vec<WasteFlow>,
    inflow: Mass,
    secondary: Mass,
    without_mass: u64,
}

impl App {
    /// Waste and material figures of a year, of one member or of all that the actor may read.
    pub async fn circular_indicators(
        &self,
        actor: &Actor,
        request: &IndicatorRequest,
    ) -> Result<IndicatorsView, AppError> {
        let members: BTreeSet<MemberId> = match &request.member {
            Some(member) => {
                self.may_look(actor, member, "circular.indicators").await?;
                BTreeSet::from([member.clone()])
            }
            None => self.readable_members(actor).await?,
        };
        let year = request
            .year
            .unwrap_or_else(|| self.surroundings.clock.today().year() - 1);
        let mut gathered = Gathered::default();
        for member in &members {
            self.gather_year(member, year, &mut gathered).await?;
        }
        if request.member.is_none() {
            self.note_looks(actor, members.iter(), "circular.indicators").await?;
        }
        view(year, members, &gathered).map_err(|error| AppError::Damaged(error.to_string()))
    }

    async fn gather_year(&self, member: &MemberId, year: i16, out: &mut Gathered) -> Result<(), AppError> {
        let whole = Period::year(year);
        let register = self.register(member).await?;
        for batch in self.store.visible_of(member, self.store.head().await?.seq).await? {
            let kinds = &batch.batch.kinds;
            let tells = kinds.contains(&ActivityKind::Waste)
                || kinds.contains(&ActivityKind::MaterialInput)
                || crate::articles::names_articles(&batch);
            if !tells
                || !batch
                    .batch
                    .coverage
                    .iter()
                    .any(|coverage| coverage.period.overlaps(whole))
            {
                continue;
            }
            let sources = self.sources(Rows::Activities, &[(batch.batch.id.clone(), 0)]).await?;
            let filter = Filter::default().with_any("kind", &["waste", "material_input", "purchase"]);
            for row in self.ledger.activities(&sources, &filter, usize::MAX >> 1).await? {
                if row.activity.period.booking_month().year() == year {
                    let resolved = register.resolve(&[&row.activity]);
                    out.add(&resolved.and_then(|mut all| all.pop()).unwrap_or(row.activity));
                }
            }
        }
        Ok(())
    }
}

impl Gathered {
    fn add(&mut self, activity: &Activity) {
        let counts = matches!(activity.kind, ActivityKind::Waste | ActivityKind::MaterialInput);
        let mass = activity.quantity.filter(|reading| reading.dimension == Dimension::Mass);
        let Some(mass) = mass.map(|reading| Mass::new(reading.value)) else {
            self.without_mass += u64::from(counts);
            return;
        };
        match activity.kind {
            ActivityKind::Waste => self.flows.push(WasteFlow {
                mass,
                hazardous: is_hazardous(activity),
                fate: fate(activity.treatment),
            }),
            ActivityKind::MaterialInput => {
                self.inflow += mass;
                let secondary = 1_000 - i128::from(activity.primary_permille.unwrap_or(1_000).min(1_000));
                let part = Amount::from_mantissa(mass.amount().mantissa() * secondary / 1_000);
                self.secondary += Mass::new(part);
            }
            _ => {}
        }
    }
}

fn is_hazardous(activity: &Activity) -> bool {
    let listed = activity.waste_code.and_then(|code| hazard(code, Jurisdiction::Norway));
    let number = activity
        .identifiers
        .classification
        .as_deref()
        .and_then(|class| class.strip_prefix("ns9431:"));
    listed.is_some_and(Hazard::is_hazardous)
        || number.is_some_and(is_hazardous_number)
        || &*activity.item == "hazardous_waste"
}

/// The headings of ESRS E5-5: burning is disposal whether energy is won or not.
fn fate(treatment: Option<Treatment>) -> Fate {
    match treatment.unwrap_or(Treatment::Unknown) {
        Treatment::Reuse => Fate::Reuse,
        Treatment::Recycling | Treatment::Biological => Fate::Recycling,
        Treatment::EnergyRecovery | Treatment::Incineration => Fate::Incineration,
        Treatment::Backfill => Fate::Backfill,
        Treatment::Landfill => Fate::Landfill,
        Treatment::Unknown => Fate::Unknown,
    }
}

fn view(year: i16, members: BTreeSet<MemberId>, gathered: &Gathered) -> Result<IndicatorsView, IndicatorError> {
    let figures = WasteFigures::of(&gathered.flows)?;
    let inflow = Inflow {
        total: gathered.inflow,
        biological_sustainable: Mass::default(),
        secondary: gathered.secondary,
    };
    let draw = ResourceDraw::of(&inflow, &gathered.flows)?;
    let line = |name: &str, split: Split| (name.to_owned(), split.non_hazardous.amount(), split.hazardous.amount());
    let (not_recycled, not_recycled_share) = figures.not_recycled();
    let b7 = figures.vsme_b7();
    Ok(IndicatorsView {
        year,
        members: members.into_iter().collect(),
        inflow_kg: inflow.total.amount(),
        secondary_kg: inflow.secondary.amount(),
        secondary_share: inflow.shares()?.secondary,
        waste: vec![
            line("reuse", figures.reuse),
            line("recycling", figures.recycling),
            line("other_recovery", figures.other_recovery),
            line("incineration", figures.incineration),
            line("landfill", figures.landfill),
            line("other_disposal", figures.other_disposal),
        ],
        diverted_kg: figures.diverted().amount(),
        disposed_kg: figures.disposed().amount(),
        not_recycled_kg: not_recycled.amount(),
        not_recycled_share,
        vsme_b7: (
            b7.non_hazardous.amount(),
            b7.hazardous.amount(),
            b7.to_reuse_or_recycling.amount(),
        ),
        resource_draw: (draw.primary.amount(), draw.lost.amount(), draw.recirculated.amount()),
        without_mass: gathered.without_mass,
    })
}
