//! Figures of circularity for a year, by their published definitions, from the rows of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::indicators::{Fate, IndicatorError, Inflow, ResourceDraw, Split, WasteFigures, WasteFlow};
use greenheart_ingest::waste::is_hazardous_number;
use greenheart_model::waste_list::{Hazard, Jurisdiction, hazard};
use greenheart_model::{Activity, ActivityKind, MemberId, Period, Text, Treatment, WasteCode};
use greenheart_units::{Amount, Dimension, Mass, Rate};
use serde::{Deserialize, Serialize};

use super::READER;
use super::infer::spoken;
use crate::circularity::Flows;
use crate::{Actor, App, AppError};

/// By what figures are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorGroups {
    /// One line for all.
    #[default]
    Cluster,
    /// One line for each member.
    Member,
    /// One line for each site of each member.
    Site,
    /// One line for each material, of all members together.
    Material,
}

/// Which figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndicatorRequest {
    /// By what they are told apart.
    pub by: IndicatorGroups,
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
    /// Circular material use rate of all together, 0 to 1; what came from other members among them is not taken in from outside.
    #[serde(default)]
    pub use_rate: Option<Amount>,
    /// Material circularity indicator of all together, 0 to 1; missing where rows lack a mass.
    #[serde(default)]
    pub circularity: Option<Amount>,
    /// The same by member, site or material, as asked; the largest first.
    #[serde(default)]
    pub groups: Vec<IndicatorLine>,
}

/// Figures of a year of a member, a site or a material, kg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorLine {
    /// Identifier of the member or site, or name of the material.
    pub key: String,
    /// Its name.
    pub name: String,
    /// ESRS E5-4: material taken in, and of it secondary.
    pub inflow_kg: Amount,
    /// Of it, secondary.
    pub secondary_kg: Amount,
    /// ESRS E5-5: all waste.
    pub waste_kg: Amount,
    /// VSME B7: of it hazardous.
    pub hazardous_kg: Amount,
    /// VSME B7: of it sent to reuse or recycling.
    pub to_reuse_or_recycling_kg: Amount,
    /// ESRS E5-5: directed to disposal.
    pub disposed_kg: Amount,
    /// Resource draw: primary material and waste lost.
    pub draw_kg: Amount,
    /// Waste that became material again.
    pub recirculated_kg: Amount,
    /// Circular material use rate, 0 to 1.
    pub use_rate: Option<Amount>,
    /// Material circularity indicator, 0 to 1; missing where rows lack a mass or nothing is taken in.
    pub circularity: Option<Amount>,
}

#[derive(Default, Clone)]
struct Gathered {
    flows: Vec<WasteFlow>,
    inflow: Mass,
    from_members: Mass,
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
        let mut gathering = Gathering {
            by: request.by,
            members: &members,
            groups: BTreeMap::new(),
            materials: BTreeMap::new(),
        };
        for member in &members {
            self.gather_year(member, year, &mut gathering).await?;
        }
        if request.member.is_none() {
            self.note_looks(actor, members.iter(), "circular.indicators").await?;
        }
        let names = self.group_names(request.by).await?;
        let groups = gathering.groups;
        let damaged = |error: IndicatorError| AppError::Damaged(error.to_string());
        let mut view = view(year, members, &whole(&groups)).map_err(damaged)?;
        if request.by != IndicatorGroups::Cluster {
            for (key, gathered) in groups {
                let name = names.get(&key).cloned().unwrap_or_else(|| key.clone());
                view.groups.push(line(key, name, &gathered).map_err(damaged)?);
            }
        }
        view.groups
            .sort_by(|a, b| (b.draw_kg, &a.key).cmp(&(a.draw_kg, &b.key)));
        Ok(view)
    }

    async fn group_names(&self, by: IndicatorGroups) -> Result<BTreeMap<String, String>, AppError> {
        Ok(match by {
            IndicatorGroups::Member => {
                let names = self.names().await?.into_iter();
                names.map(|(member, name)| (member.to_string(), name)).collect()
            }
            IndicatorGroups::Site => {
                let sites = self.store.sites().await?.into_iter();
                sites
                    .map(|site| (format!("{}/{}", site.member, site.id), site.name))
                    .collect()
            }
            IndicatorGroups::Material | IndicatorGroups::Cluster => BTreeMap::new(),
        })
    }

    async fn gather_year(&self, member: &MemberId, year: i16, gathering: &mut Gathering<'_>) -> Result<(), AppError> {
        let whole = Period::year(year);
        let register = self.register(member).await?;
        for batch in self.store.visible_of(member, self.store.head().await?.seq).await? {
            let kinds = &batch.batch.kinds;
            let tells = kinds.contains(&ActivityKind::Waste)
                || kinds.contains(&ActivityKind::MaterialInput)
                || crate::articles::names_articles(&batch);
            let meets = batch
                .batch
                .coverage
                .iter()
                .any(|coverage| coverage.period.overlaps(whole));
            if !tells || !meets {
                continue;
            }
            let kinds = ["waste", "material_input", "purchase"];
            self.each_activity(&batch, &kinds, &register, &mut |activity| {
                if activity.period.booking_month().year() == year {
                    gathering.add(member, activity);
                }
            })
            .await?;
        }
        Ok(())
    }
}

/// Rows under the keys that figures are told apart by.
struct Gathering<'a> {
    by: IndicatorGroups,
    members: &'a BTreeSet<MemberId>,
    groups: BTreeMap<String, Gathered>,
    /// Materials found for an item and a code.
    materials: BTreeMap<(Text, Option<WasteCode>), String>,
}

impl Gathering<'_> {
    fn add(&mut self, member: &MemberId, activity: &Activity) {
        let key = match self.by {
            IndicatorGroups::Cluster => String::new(),
            IndicatorGroups::Member => member.to_string(),
            IndicatorGroups::Site => match &activity.site {
                Some(site) => format!("{member}/{site}"),
                None => format!("{member}/"),
            },
            IndicatorGroups::Material => self.material(activity),
        };
        let number = activity.counterparty.as_ref().and_then(|other| other.org_no);
        let inside = number.is_some_and(|number| {
            let other = MemberId::new(number.as_str());
            other != *member && self.members.contains(&other)
        });
        self.groups.entry(key).or_default().add(activity, inside);
    }

    /// The material of the glossary that a row most clearly is, or its item.
    fn material(&mut self, activity: &Activity) -> String {
        let key = (activity.item.clone(), activity.waste_code);
        let found = self.materials.entry(key).or_insert_with(|| {
            let words = spoken(Some(&activity.item), activity.waste_code);
            let stems = READER.analyzer.stem_set(&words);
            let concept = super::clearest(READER.concepts.of(&stems, activity.waste_code));
            concept.map_or_else(|| activity.item.to_string(), str::to_owned)
        });
        found.clone()
    }
}

fn whole(groups: &BTreeMap<String, Gathered>) -> Gathered {
    let mut all = Gathered::default();
    for one in groups.values() {
        all.flows.extend(one.flows.iter().copied());
        all.inflow += one.inflow;
        all.from_members += one.from_members;
        all.secondary += one.secondary;
        all.without_mass += one.without_mass;
    }
    all
}

fn line(key: String, name: String, gathered: &Gathered) -> Result<IndicatorLine, IndicatorError> {
    let figures = WasteFigures::of(&gathered.flows)?;
    let inflow = gathered.inflow();
    let draw = ResourceDraw::of(&inflow, &gathered.flows)?;
    let b7 = figures.vsme_b7();
    let rates = gathered.rates(&draw, Mass::default());
    Ok(IndicatorLine {
        key,
        name,
        inflow_kg: inflow.total.amount(),
        secondary_kg: inflow.secondary.amount(),
        waste_kg: figures.total().amount(),
        hazardous_kg: b7.hazardous.amount(),
        to_reuse_or_recycling_kg: b7.to_reuse_or_recycling.amount(),
        disposed_kg: figures.disposed().amount(),
        draw_kg: draw.total().amount(),
        recirculated_kg: draw.recirculated.amount(),
        use_rate: rates.0,
        circularity: rates.1,
    })
}

impl Gathered {
    fn inflow(&self) -> Inflow {
        Inflow {
            total: self.inflow,
            biological_sustainable: Mass::default(),
            secondary: self.secondary,
        }
    }

    /// Circular material use rate and material circularity indicator; what came from inside the boundary is taken out of primary and
    /// secondary in proportion.
    fn rates(&self, draw: &ResourceDraw, inside: Mass) -> (Option<Amount>, Option<Amount>) {
        let outside = (self.inflow - inside).amount();
        let kept = outside.ratio(self.inflow.amount()).unwrap_or_default();
        let secondary = self
            .secondary
            .amount()
            .times(kept, greenheart_units::Rounding::HalfEven);
        let Ok(secondary) = secondary else { return (None, None) };
        let flows = Flows {
            primary: outside - secondary,
            secondary,
            recirculated: draw.recirculated.amount(),
            lost: draw.lost.amount(),
            rows_without_mass: self.without_mass,
        };
        (flows.use_rate(), flows.indicator())
    }

    fn add(&mut self, activity: &Activity, inside: bool) {
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
                if inside {
                    self.from_members += mass;
                }
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
    let inflow = gathered.inflow();
    let draw = ResourceDraw::of(&inflow, &gathered.flows)?;
    let rates = gathered.rates(&draw, gathered.from_members);
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
        use_rate: rates.0,
        circularity: rates.1,
        groups: Vec::new(),
    })
}
