//! The question of waste law that every match carries (forurensningsloven § 27, Directive 2008/98/EC articles 5 and 6).
//!
//! The conditions are those of § 27 second and third paragraph as decided by the Storting (Lovvedtak 3 (2016–2017)) and, for the end of
//! waste, as in force since 17 June 2022, when "commonly used" became "is to be used". What is cited of other acts is where to look, not
//! what they say: which of them applies is for the person who answers. The lists of waste and their names: `data/waste/SOURCES.md`.
//!
//! Nothing becomes a by-product here by itself. A route is reached when a named person has answered every condition with yes and a
//! ground; until then a residue is waste, because that is what it is until somebody shows otherwise. What is computed is only what
//! must be asked.

use std::collections::BTreeSet;

use greenheart_model::Date;
use greenheart_model::waste_list::{self, Hazard, Jurisdiction};

use serde::{Deserialize, Serialize};

use crate::stream::{Kind, Stream};

/// A condition of one of the routes out of waste law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// By-product: it will certainly be used.
    UseIsCertain,
    /// By-product: usable directly, without processing beyond normal industrial practice.
    UsableDirectly,
    /// By-product: made as an integral part of a process whose main aim is something else.
    IntegralToProduction,
    /// By-product: it can be used in a way that is lawful.
    UseIsLawful,
    /// By-product: no appreciably higher risk to health or environment than what would otherwise be used.
    NoHarmOfUse,
    /// End of waste: it has been recovered.
    Recovered,
    /// End of waste: to be used for specific purposes (until 2022: commonly used for them).
    CommonPurpose,
    /// End of waste: a market or demand exists.
    MarketExists,
    /// End of waste: meets the technical requirements, rules and standards of products.
    MeetsProductRules,
    /// End of waste: no appreciably higher risk to health or environment than what would otherwise be used.
    NoHarmAsProduct,
    /// Still waste: the receiver's permit covers this waste and amount.
    ReceiversPermit,
    /// Still waste: declared where that is required (hazardous waste: avfallsdeklarering.no).
    Declared,
    /// Still waste: whoever carries it may.
    TransportAllowed,
}

/// The way that an exchange would be lawful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Never was waste: § 27 second paragraph.
    ByProduct,
    /// Was waste and has ceased to be: § 27 third paragraph.
    EndOfWaste,
    /// Is waste, and goes to somebody who may receive it; hazardous waste by avfallsforskriften chapter 11.
    StillWaste,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 3] = [Self::ByProduct, Self::EndOfWaste, Self::StillWaste];

    /// What must hold, all of it.
    pub const fn conditions(self) -> &'static [Condition] {
        match self {
            Self::ByProduct => &[
                Condition::UseIsCertain,
                Condition::UsableDirectly,
                Condition::IntegralToProduction,
                Condition::UseIsLawful,
                Condition::NoHarmOfUse,
            ],
            Self::EndOfWaste => &[
                Condition::Recovered,
                Condition::CommonPurpose,
                Condition::MarketExists,
                Condition::MeetsProductRules,
                Condition::NoHarmAsProduct,
            ],
            Self::StillWaste => &[
                Condition::ReceiversPermit,
                Condition::Declared,
                Condition::TransportAllowed,
            ],
        }
    }
}

/// A person's answer to a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Which condition.
    pub condition: Condition,
    /// Whether it holds.
    pub holds: bool,
    /// Why, or which document shows it.
    pub ground: String,
    /// Who answered.
    pub by: String,
    /// When.
    pub on: Date,
}

/// Another rule that the exchange may fall under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The code is hazardous in the jurisdiction: declaration, documents and a permit for hazardous waste.
    HazardousWaste,
    /// A mirror entry: its content must be assessed against the hazard properties HP 1 to HP 15 before a code is chosen.
    MirrorEntry,
    /// The two countries' lists disagree on hazard.
    HazardDiffers,
    /// Animal by-products: Regulation (EC) No 1069/2009, category 1, 2 or 3.
    AnimalByProducts,
    /// A substance or mixture once it is no longer waste: REACH registration, CLP classification, safety data sheet.
    ReachClp,
    /// A fertiliser or soil improver: gjødselvareforskriften, Regulation (EU) 2019/1009.
    Fertiliser,
    /// Spread on or put in soil: forurensningsforskriften chapter 2, limits of normverdier.
    Soil,
    /// Feed for animals: feed hygiene and, for animal matter, feed bans.
    Feed,
    /// Crosses a border: Regulation (EU) 2024/1157; green-listed with an annex VII form, otherwise notified in advance.
    CrossBorder,
}

/// What the taker would do with it, as far as the law cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Raw material of a product.
    Material,
    /// Burnt for energy.
    Fuel,
    /// Spread on land.
    OnLand,
    /// Fed to animals.
    Feed,
    /// Used as heat, power or water.
    Utility,
    /// Not said.
    Unknown,
}

/// One match seen by the law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Rules to look into.
    pub flags: BTreeSet<Flag>,
    /// Whether waste law applies at all: not to heat, power and products made on purpose.
    pub applies: bool,
    answers: Vec<Answer>,
}

/// Where a match stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Waste law does not apply.
    NotWaste,
    /// A route is open: every condition answered yes, with a ground.
    Open(Route),
    /// No route is open yet: for each, what is unanswered and what was answered no.
    Closed(Vec<Missing>),
}

/// What a route lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Which route.
    pub route: Route,
    /// Conditions nobody answered, or answered without a ground.
    pub unanswered: Vec<Condition>,
    /// Conditions that do not hold.
    pub refused: Vec<Condition>,
}

/// Why an answer was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// A yes without a ground is not an answer.
    #[error("an answer needs its ground: a document, a measurement or a reason")]
    NoGround,
    /// Nobody stands behind it.
    #[error("an answer needs the name of the person who gives it")]
    Nobody,
}

impl Gate {
    /// What must be asked of an exchange of `stream` for a use in a country, before anybody has answered.
    pub fn new(stream: &Stream, purpose: Use, receiving: Jurisdiction, crosses_border: bool) -> Self {
        let applies = match stream.kind {
            Kind::Residue => true,
            Kind::Water | Kind::Gas | Kind::Material => stream.codes.waste.is_some(),
            Kind::Heat | Kind::Electricity => false,
        };
        Self {
            flags: flags(stream, purpose, receiving, crosses_border, applies),
            applies,
            answers: Vec::new(),
        }
    }

    /// Notes an answer; a later one to the same condition replaces the earlier.
    pub fn answer(&mut self, answer: Answer) -> Result<(), AnswerError> {
        if answer.ground.trim().is_empty() {
            return Err(AnswerError::NoGround);
        }
        if answer.by.trim().is_empty() {
            return Err(AnswerError::Nobody);
        }
        self.answers.retain(|earlier| earlier.condition != answer.condition);
        self.answers.push(answer);
        Ok(())
    }

    /// The answers in force.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Where the match stands. A hazardous waste or an unassessed mirror entry cannot leave waste law as a by-product before the
    /// assessment is part of [`Condition::NoHarmOfUse`]; that is for the person who answers, and the flag tells them.
    pub fn standing(&self) -> Standing {
        if !self.applies {
            return Standing::NotWaste;
        }
        let missing: Vec<Missing> = Route::ALL.into_iter().map(|route| self.missing(route)).collect();
        let open = missing
            .iter()
            .find(|missing| missing.unanswered.is_empty() && missing.refused.is_empty());
        open.map(|missing| missing.route)
            .map_or(Standing::Closed(missing), Standing::Open)
    }

    fn missing(&self, route: Route) -> Missing {
        let answer = |condition: &Condition| self.answers.iter().find(|answer| answer.condition == *condition);
        let of = |test: &dyn Fn(Option<&Answer>) -> bool| -> Vec<Condition> {
            route
                .conditions()
                .iter()
                .copied()
                .filter(|condition| test(answer(condition)))
                .collect()
        };
        Missing {
            route,
            unanswered: of(&|answer| answer.is_none()),
            refused: of(&|answer| answer.is_some_and(|answer| !answer.holds)),
        }
    }
}

fn flags(
    stream: &Stream,
    purpose: Use,
    receiving: Jurisdiction,
    crosses_border: bool,
    applies: bool,
) -> BTreeSet<Flag> {
    let mut flags = BTreeSet::new();
    if !applies {
        return flags;
    }
    if let Some(code) = stream.codes.waste {
        let (own, theirs) = (
            waste_list::hazard(code, stream.codes.jurisdiction),
            waste_list::hazard(code, receiving),
        );
        let union = waste_list::hazard(code, Jurisdiction::EuropeanUnion);
        let is_mirror =
            |hazard: Option<Hazard>| matches!(hazard, Some(Hazard::MirrorHazardous | Hazard::MirrorNonHazardous));
        if [own, theirs].into_iter().flatten().any(Hazard::is_hazardous) {
            flags.insert(Flag::HazardousWaste);
        }
        if [own, theirs, union].into_iter().any(is_mirror) {
            flags.insert(Flag::MirrorEntry);
        }
        if own.map(Hazard::is_hazardous) != theirs.map(Hazard::is_hazardous) {
            flags.insert(Flag::HazardDiffers);
        }
        if is_animal(code.as_str()) {
            flags.insert(Flag::AnimalByProducts);
        }
    }
    match purpose {
        Use::OnLand => flags.extend([Flag::Fertiliser, Flag::Soil]),
        Use::Feed => flags.extend([Flag::Feed]),
        Use::Material => flags.extend([Flag::ReachClp]),
        // What is not said must be asked.
        Use::Unknown => flags.extend([Flag::ReachClp, Flag::Fertiliser, Flag::Soil, Flag::Feed]),
        Use::Fuel | Use::Utility => {}
    }
    if crosses_border {
        flags.insert(Flag::CrossBorder);
    }
    flags
}

/// Codes that hold or may hold matter of animals: tissue, manure, food preparation of animal origin, dairy, kitchen waste, fats.
fn is_animal(code: &str) -> bool {
    code.starts_with("0202")
        || code.starts_with("0205")
        || matches!(
            code,
            "020102" | "020106" | "200108" | "200125" | "190809" | "180102" | "180203" | "040101" | "040107" | "040221"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_streams::residue;

    fn yes(condition: Condition) -> Answer {
        Answer {
            condition,
            holds: true,
            ground: "agreement of 1 March".into(),
            by: "Kari Nordmann".into(),
            on: "2026-03-01".parse().expect("a date"),
        }
    }

    #[test]
    fn a_residue_is_waste_until_somebody_answers_every_condition() {
        let mut gate = Gate::new(
            &residue("flyveaske", Some("100102")),
            Use::Material,
            Jurisdiction::Norway,
            false,
        );
        let conditions = Route::ByProduct.conditions();
        assert_eq!(conditions.len(), 5);
        for condition in &conditions[..4] {
            gate.answer(yes(*condition)).expect("an answer");
            assert!(matches!(gate.standing(), Standing::Closed(_)));
        }
        gate.answer(yes(conditions[4])).expect("an answer");
        assert_eq!(gate.standing(), Standing::Open(Route::ByProduct));
        gate.answer(Answer {
            holds: false,
            ..yes(conditions[2])
        })
        .expect("an answer");
        let Standing::Closed(missing) = gate.standing() else {
            panic!("a no closes the route")
        };
        assert_eq!(missing[0].refused, [conditions[2]]);
        assert_eq!(gate.answers().len(), 5);
    }

    #[test]
    fn each_route_opens_by_its_own_conditions_only() {
        for route in Route::ALL {
            let mut gate = Gate::new(
                &residue("slagg", Some("100202")),
                Use::Material,
                Jurisdiction::Norway,
                false,
            );
            for condition in route.conditions() {
                gate.answer(yes(*condition)).expect("an answer");
            }
            assert_eq!(gate.standing(), Standing::Open(route));
        }
    }

    #[test]
    fn an_answer_has_a_ground_and_a_name() {
        let mut gate = Gate::new(&residue("slagg", None), Use::Unknown, Jurisdiction::Norway, false);
        let bare = |ground: &str, by: &str| Answer {
            ground: ground.into(),
            by: by.into(),
            ..yes(Condition::UseIsCertain)
        };
        assert_eq!(gate.answer(bare(" ", "Kari")), Err(AnswerError::NoGround));
        assert_eq!(gate.answer(bare("contract", "")), Err(AnswerError::Nobody));
        assert!(gate.answers().is_empty());
    }

    #[test]
    fn flags_by_code_use_and_border() {
        let check = |code: &str, purpose, to, border, expected: &[Flag]| {
            let gate = Gate::new(&residue("rest", Some(code)), purpose, to, border);
            assert_eq!(gate.flags.into_iter().collect::<Vec<_>>(), expected, "{code}");
        };
        let (norway, union) = (Jurisdiction::Norway, Jurisdiction::EuropeanUnion);
        check("100202", Use::Material, norway, false, &[Flag::ReachClp]);
        check(
            "170204",
            Use::Fuel,
            norway,
            false,
            &[Flag::HazardousWaste, Flag::MirrorEntry],
        );
        check("170201", Use::Fuel, norway, false, &[Flag::MirrorEntry]);
        check(
            "160401",
            Use::Fuel,
            union,
            true,
            &[Flag::HazardousWaste, Flag::HazardDiffers, Flag::CrossBorder],
        );
        check(
            "020202",
            Use::Feed,
            norway,
            false,
            &[Flag::AnimalByProducts, Flag::Feed],
        );
        check("190805", Use::OnLand, norway, false, &[Flag::Fertiliser, Flag::Soil]);
    }

    #[test]
    fn heat_is_not_waste() {
        let mut heat = residue("spillvarme", None);
        heat.kind = Kind::Heat;
        assert_eq!(
            Gate::new(&heat, Use::Utility, Jurisdiction::Norway, false).standing(),
            Standing::NotWaste
        );
    }
}
