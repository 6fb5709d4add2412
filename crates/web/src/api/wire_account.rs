//! What travels of the account in depth: change, consolidation, products, flows, the campaign. Decimals are strings.

use greenheart_app as app;

use super::schema::wire;
use super::wire::Figure;

wire! {
    /// Why an account changed between two years; the effects add up to `after_kg - before_kg` exactly.
    pub struct Change {
        /// Snapshot of the ledger.
        pub snapshot: String,
        /// Earlier year.
        pub from: i16,
        /// Later year.
        pub to: i16,
        /// GWP set.
        pub gwp: String,
        /// Account of bought energy: `location` or `market`.
        pub basis: String,
        /// One member; `null` is the cluster, each tonne once.
        pub member: Option<String>,
        /// Members complete in both years.
        pub panel_members: u32,
        /// The earlier year, kg CO2e.
        pub before_kg: String,
        /// The later year, kg CO2e.
        pub after_kg: String,
        /// Data and method first.
        pub effects: Vec<Effect>,
        /// The same by sector; sectors of too few members stand together.
        pub sectors: Vec<Effect>,
        /// The same by member, for members that whoever asks may see.
        pub members: Vec<Effect>,
    }
}

wire! {
    /// One effect.
    pub struct Effect {
        /// Sector or member; empty for the whole.
        pub of: String,
        /// `energy`, `process`, `freight`, `purchases`; empty for data and method.
        pub identity: String,
        /// Which link.
        pub effect: String,
        /// kg CO2e; negative where it reduced.
        pub change_kg: String,
        /// To ask `/why` with.
        pub reference: Option<String>,
    }
}

impl From<&app::ChangeView> for Change {
    fn from(view: &app::ChangeView) -> Self {
        let effects = |lines: &[app::EffectLine]| lines.iter().map(Effect::from).collect();
        Self {
            snapshot: view.snapshot.clone(),
            from: view.from,
            to: view.to,
            gwp: view.gwp.to_string(),
            basis: view.basis.to_string(),
            member: view.member.as_ref().map(ToString::to_string),
            panel_members: view.panel_members,
            before_kg: view.before_kg.to_string(),
            after_kg: view.after_kg.to_string(),
            effects: effects(&view.effects),
            sectors: effects(&view.sectors),
            members: effects(&view.members),
        }
    }
}

impl From<&app::EffectLine> for Effect {
    fn from(line: &app::EffectLine) -> Self {
        Self {
            of: line.of.clone(),
            identity: line.identity.clone(),
            effect: line.effect.clone(),
            change_kg: line.change_kg.to_string(),
            reference: Some(line.reference.to_string()),
        }
    }
}

wire! {
    /// The cluster's account without double counting, as whoever asks may see it.
    pub struct Consolidated {
        /// Snapshot of the ledger.
        pub snapshot: String,
        /// Calendar year.
        pub year: i16,
        /// GWP set.
        pub gwp: String,
        /// Account of bought energy: `location` or `market`.
        pub basis: String,
        /// How a member's emissions are shared over its sales.
        pub allocation: String,
        /// `complete` or `partial`.
        pub status: String,
        /// Members of the panel.
        pub panel_members: u32,
        /// `reported = gross + revaluation`, `gross = consolidated + elimination`; empty for those who do not lead.
        pub totals: Vec<Figure>,
        /// Parts of members.
        pub members: Vec<MemberPart>,
        /// Deliveries: all for those who lead, else those one is a party of.
        pub pairs: Vec<Pair>,
    }
}

wire! {
    /// A member's part.
    pub struct MemberPart {
        /// Who.
        pub member: String,
        /// Scope 1 and what was bought from outside, kg CO2e.
        pub own_kg: String,
        /// What its whole output carries, kg CO2e.
        pub gross_kg: String,
        /// What left the cluster with it, kg CO2e.
        pub exported_kg: String,
        /// To ask `/why` with.
        pub reference: String,
    }
}

wire! {
    /// A delivery between two members.
    pub struct Pair {
        /// Who sold.
        pub seller: String,
        /// Who bought.
        pub buyer: String,
        /// How much was delivered.
        pub quantity: String,
        /// Of what.
        pub unit: String,
        /// What it carries, kg CO2e.
        pub carried_kg: String,
        /// What the buyer's account says instead, kg CO2e.
        pub reported_kg: Option<String>,
        /// To ask `/why` with.
        pub reference: String,
    }
}

impl From<&app::ConsolidatedView> for Consolidated {
    fn from(view: &app::ConsolidatedView) -> Self {
        Self {
            snapshot: view.snapshot.clone(),
            year: view.year,
            gwp: view.gwp.to_string(),
            basis: view.basis.to_string(),
            allocation: view.allocation.clone(),
            status: view.status.to_string(),
            panel_members: view.panel_members,
            totals: view.totals.iter().map(Figure::from).collect(),
            members: view.members.iter().map(MemberPart::from).collect(),
            pairs: view.pairs.iter().map(Pair::from).collect(),
        }
    }
}

impl From<&app::MemberPartLine> for MemberPart {
    fn from(part: &app::MemberPartLine) -> Self {
        Self {
            member: part.member.to_string(),
            own_kg: part.own_kg.to_string(),
            gross_kg: part.gross_kg.to_string(),
            exported_kg: part.exported_kg.to_string(),
            reference: part.reference.to_string(),
        }
    }
}

impl From<&app::PairLine> for Pair {
    fn from(pair: &app::PairLine) -> Self {
        Self {
            seller: pair.seller.to_string(),
            buyer: pair.buyer.to_string(),
            quantity: pair.quantity.to_string(),
            unit: pair.unit.clone(),
            carried_kg: pair.carried_kg.to_string(),
            reported_kg: pair.reported_kg.map(|kg| kg.to_string()),
            reference: pair.reference.to_string(),
        }
    }
}

wire! {
    /// What a member's products carry, cradle to gate.
    pub struct Product {
        /// Whose.
        pub member: String,
        /// Calendar year.
        pub year: i16,
        /// Output.
        pub output: String,
        /// Unit of the output.
        pub unit: String,
        /// kg CO2e per unit.
        pub kg_per_unit: String,
        /// kg CO2e of the whole output.
        pub total_kg: String,
        /// Of it carried by deliveries from members, kg CO2e.
        pub from_members_kg: String,
        /// Share that rests on primary data.
        pub primary_share: String,
        /// Share of spend.
        pub spend_share: String,
        /// To ask `/why` with.
        pub reference: String,
    }
}

impl Product {
    /// A product of a year.
    pub fn of(year: i16, line: &app::ProductLine) -> Self {
        Self {
            member: line.member.to_string(),
            year,
            output: line.output.to_string(),
            unit: line.unit.clone(),
            kg_per_unit: line.kg_per_unit.to_string(),
            total_kg: line.total_kg.to_string(),
            from_members_kg: line.from_members_kg.to_string(),
            primary_share: line.primary_share.to_string(),
            spend_share: line.spend_share.to_string(),
            reference: line.reference.to_string(),
        }
    }
}

wire! {
    /// What a member delivered to another one in a month, as both sides' books tell it.
    pub struct Flow {
        /// Who delivered.
        pub seller: String,
        /// To whom.
        pub buyer: String,
        /// Which month, such as `2024-03`.
        pub month: String,
        /// NOK that both tell of.
        pub recognised_nok: String,
        /// NOK that only the seller tells of.
        pub seller_only_nok: String,
        /// NOK that only the buyer tells of.
        pub buyer_only_nok: String,
    }
}

impl From<&app::Flow> for Flow {
    fn from(flow: &app::Flow) -> Self {
        Self {
            seller: flow.seller.to_string(),
            buyer: flow.buyer.to_string(),
            month: flow.month.to_string(),
            recognised_nok: flow.recognised_nok().to_string(),
            seller_only_nok: flow.seller_only_nok.to_string(),
            buyer_only_nok: flow.buyer_only_nok.to_string(),
        }
    }
}

wire! {
    /// What a member owes of one kind of data.
    pub struct Owed {
        /// Who.
        pub member: String,
        /// Of what.
        pub kind: String,
        /// Unbroken stretches of whole months, `FIRST..LAST` day.
        pub periods: Vec<String>,
        /// `missing`, `expired` or `estimated`.
        pub state: String,
        /// Last day of the estimate.
        pub until: Option<String>,
        /// The goals that wait for it.
        pub goals: Vec<String>,
    }
}

impl From<&app::Owed> for Owed {
    fn from(owed: &app::Owed) -> Self {
        Self {
            member: owed.member.to_string(),
            kind: owed.kind.to_string(),
            periods: owed.periods.iter().map(ToString::to_string).collect(),
            state: match owed.state {
                app::OwedState::Missing => "missing",
                app::OwedState::Expired => "expired",
                app::OwedState::Estimated => "estimated",
            }
            .into(),
            until: owed.until.map(|day| day.to_string()),
            goals: owed.goals.iter().map(|goal| goal.name().to_owned()).collect(),
        }
    }
}

wire! {
    /// Months of one kind of data that a member has told in a year.
    pub struct Told {
        /// Whose.
        pub member: String,
        /// Of what.
        pub kind: String,
        /// Calendar year.
        pub year: i16,
        /// Months told at least in part, 1 to 12.
        pub months: u32,
    }
}

impl From<&app::ToldMonths> for Told {
    fn from(told: &app::ToldMonths) -> Self {
        Self {
            member: told.member.to_string(),
            kind: told.kind.to_string(),
            year: told.year,
            months: told.months,
        }
    }
}

wire! {
    /// An article of invoices that counts as nothing yet.
    pub struct OpenArticle {
        /// Whose.
        pub member: String,
        /// Organisation number or name of the seller.
        pub seller: String,
        /// The seller's number, GTIN, or `name:` and its name.
        pub article: String,
        /// Unit of its quantities.
        pub unit: String,
        /// Its name on invoices.
        pub name: String,
        /// Proposed material.
        pub item: String,
        /// Proposed use.
        pub r#use: String,
        /// Lines that name it.
        pub lines: u64,
        /// NOK of those lines.
        pub amount_nok: String,
        /// What is open: `use`, `item`, `mass`, `primary_share`.
        pub open: Vec<String>,
    }
}

impl From<&app::OpenArticle> for OpenArticle {
    fn from(line: &app::OpenArticle) -> Self {
        let (found, article) = (&line.suggestion, &line.suggestion.article);
        Self {
            member: line.member.to_string(),
            seller: article.key.seller.to_string(),
            article: article.key.article.to_string(),
            unit: article.key.unit.to_string(),
            name: article.name.to_string(),
            item: article.item.to_string(),
            r#use: article.use_as.name().to_owned(),
            lines: found.lines,
            amount_nok: found.amount_nok.to_string(),
            open: found.open.iter().map(|open| open.name().to_owned()).collect(),
        }
    }
}
