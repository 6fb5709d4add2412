//! What travels of the cluster itself: sites, people, the trail, factors in use, tried changes. Decimals are strings.

use greenheart_app as app;
use greenheart_model::Site as ModelSite;

use super::schema::wire;

wire! {
    /// A site of a member.
    pub struct Site {
        /// Its identifier.
        pub id: String,
        /// Whose.
        pub member: String,
        /// Its name.
        pub name: String,
        /// Its sub-unit number (underenhet).
        pub sub_unit: Option<String>,
        /// Four-digit municipality number.
        pub municipality: Option<String>,
        /// Degrees north, WGS 84.
        pub latitude_deg: Option<String>,
        /// Degrees east, WGS 84.
        pub longitude_deg: Option<String>,
        /// Whether it lies inside the boundary of the goals.
        pub in_boundary: bool,
    }
}

impl From<&ModelSite> for Site {
    fn from(site: &ModelSite) -> Self {
        let degrees = |micro: i32| greenheart_units::Amount::from_mantissa(micro.into()).to_string();
        let at = site.coordinates.as_ref();
        Self {
            id: site.id.to_string(),
            member: site.member.to_string(),
            name: site.name.clone(),
            sub_unit: site.sub_unit.map(|number| number.to_string()),
            municipality: site.municipality.clone(),
            latitude_deg: at.map(|at| degrees(at.latitude_microdegrees)),
            longitude_deg: at.map(|at| degrees(at.longitude_microdegrees)),
            in_boundary: site.in_boundary,
        }
    }
}

wire! {
    /// An account of a person.
    pub struct Person {
        /// Its name.
        pub name: String,
        /// In which capacity it acts, such as `facilitator` or `admin:310000000`.
        pub capacity: String,
        /// Somebody has chosen a password.
        pub active: bool,
        /// It may not log in.
        pub disabled: bool,
        /// Its login asks for a code.
        pub codes: bool,
    }
}

impl From<&app::AccountLine> for Person {
    fn from(line: &app::AccountLine) -> Self {
        Self {
            name: line.name.clone(),
            capacity: line.capacity.to_string(),
            active: line.active,
            disabled: line.disabled,
            codes: line.codes,
        }
    }
}

wire! {
    /// A token of one's own account; its secret is shown nowhere again.
    pub struct OwnToken {
        /// Identifier.
        pub id: String,
        /// What its owner calls it.
        pub name: String,
        /// `read`, `import`.
        pub scopes: Vec<String>,
        /// When it was made, ms since 1970 UTC.
        pub created_at_ms: i64,
        /// Until when it holds, ms since 1970 UTC.
        pub until_ms: i64,
        /// When it was last used, ms since 1970 UTC.
        pub used_at_ms: Option<i64>,
    }
}

impl From<&app::TokenLine> for OwnToken {
    fn from(line: &app::TokenLine) -> Self {
        Self {
            id: line.id.clone(),
            name: line.name.clone(),
            scopes: line.scopes.iter().map(ToString::to_string).collect(),
            created_at_ms: line.created_at_ms,
            until_ms: line.until_ms,
            used_at_ms: line.used_at_ms,
        }
    }
}

wire! {
    /// One deed or look.
    pub struct Trail {
        /// When, ms since 1970 UTC.
        pub at_ms: i64,
        /// Account.
        pub actor: String,
        /// In which capacity.
        pub capacity: String,
        /// What, such as `import`.
        pub verb: String,
        /// The member it concerns by name.
        pub member: Option<String>,
        /// To what.
        pub subject: String,
        /// `done`, `denied`, `refused`.
        pub outcome: String,
    }
}

impl From<&app::AuditLine> for Trail {
    fn from(line: &app::AuditLine) -> Self {
        Self {
            at_ms: line.at_ms,
            actor: line.actor.clone(),
            capacity: line.capacity.clone(),
            verb: line.verb.clone(),
            member: line.member.clone(),
            subject: line.subject.clone(),
            outcome: line.outcome.clone(),
        }
    }
}

wire! {
    /// A confirmed article of a member's register.
    pub struct Article {
        /// Who sells it.
        pub seller: String,
        /// Its number there.
        pub article: String,
        /// Unit it is counted in.
        pub unit: String,
        /// First day that this holds of it; `null` is from the beginning.
        pub from: Option<String>,
        /// Its name on invoices.
        pub name: String,
        /// Material class.
        pub item: String,
        /// `input`, `packaging`, `fuel` and others.
        pub r#use: String,
        /// kg for each unit.
        pub kg_per_unit: Option<String>,
        /// Dry content, thousandths.
        pub dry_permille: Option<u16>,
        /// Share of primary material, thousandths; `null` is unknown and counts as primary.
        pub primary_permille: Option<u16>,
        /// What the share rests on.
        pub evidence: String,
    }
}

impl From<&app::Article> for Article {
    fn from(article: &app::Article) -> Self {
        Self {
            seller: article.key.seller.to_string(),
            article: article.key.article.to_string(),
            unit: article.key.unit.to_string(),
            from: article.from.map(|day| day.to_string()),
            name: article.name.to_string(),
            item: article.item.to_string(),
            r#use: article.use_as.name().to_owned(),
            kg_per_unit: article.kg_per_unit.map(|rate| rate.to_string()),
            dry_permille: article.dry_permille,
            primary_permille: article.primary_permille,
            evidence: article.evidence.to_string(),
        }
    }
}

wire! {
    /// Which factors are used, and what binding again would change.
    pub struct FactorUse {
        /// Sets of the library.
        pub sets: Vec<UsedSet>,
        /// Years that keep their factors.
        pub seals: Vec<SealedYear>,
        /// What binding again would change; `null` where nothing waits, and for those who do not lead.
        pub pending: Option<Rebinding>,
        /// Accepted ones, the first one first; empty for those who do not lead.
        pub accepted: Vec<Rebinding>,
    }
}

wire! {
    /// A set of the library.
    pub struct UsedSet {
        /// Its version.
        pub version: String,
        /// New postings are made with it.
        pub current: bool,
        /// Factors in it.
        pub factors: u64,
    }
}

impl From<&app::FactorSetLine> for UsedSet {
    fn from(line: &app::FactorSetLine) -> Self {
        Self {
            version: line.version.clone(),
            current: line.current,
            factors: line.factors as u64,
        }
    }
}

wire! {
    /// A sealed year.
    pub struct SealedYear {
        /// Calendar year.
        pub year: i16,
        /// When, ms since 1970 UTC.
        pub at_ms: i64,
        /// Who.
        pub by: String,
        /// The factor set in use on that day.
        pub factor_set: String,
    }
}

impl From<(&i16, &app::Seal)> for SealedYear {
    fn from((year, seal): (&i16, &app::Seal)) -> Self {
        Self {
            year: *year,
            at_ms: seal.at_ms,
            by: seal.by.clone(),
            factor_set: seal.factor_set.clone(),
        }
    }
}

wire! {
    /// Binding to other factors: an effect of method, never a reduction.
    pub struct Rebinding {
        /// The factor set.
        pub factor_set: String,
        /// Who accepted it; `null` while it waits.
        pub by: Option<String>,
        /// Batches posted.
        pub batches: u64,
        /// By year, scope and category.
        pub lines: Vec<MethodLine>,
    }
}

wire! {
    /// What binding again does to a category in a year.
    pub struct MethodLine {
        /// Calendar year.
        pub year: i16,
        /// Scope.
        pub scope: String,
        /// Scope 3 category or 0.
        pub category: u8,
        /// kg CO2e before.
        pub before_kg: String,
        /// kg CO2e after.
        pub after_kg: String,
        /// The difference.
        pub method_effect_kg: String,
    }
}

impl Rebinding {
    /// As it travels; `by` accepted it.
    pub fn of(report: &app::RepostReport, by: Option<&str>) -> Self {
        Self {
            factor_set: report.factor_set.clone(),
            by: by.map(str::to_owned),
            batches: report.batches as u64,
            lines: report
                .categories
                .iter()
                .map(|line| MethodLine {
                    year: line.year,
                    scope: line.scope.to_string(),
                    category: line.category,
                    before_kg: line.before_co2e_kg.to_string(),
                    after_kg: line.after_co2e_kg.to_string(),
                    method_effect_kg: line.method_effect_kg.to_string(),
                })
                .collect(),
        }
    }
}

wire! {
    /// What a change at one member does to the cluster, as far as whoever asks may see.
    pub struct WhatIf {
        /// Snapshot of the ledger.
        pub snapshot: String,
        /// Calendar year.
        pub year: i16,
        /// What it does to the cluster's account, kg CO2e.
        pub cluster_change_kg: String,
        /// Products whose footprint changes.
        pub products: Vec<ProductChange>,
        /// Deliveries whose burden changes.
        pub pairs: Vec<PairChange>,
    }
}

wire! {
    /// A member's product before and after.
    pub struct ProductChange {
        /// Whose.
        pub member: String,
        /// kg CO2e a krone before.
        pub before_kg_per_nok: String,
        /// kg CO2e a krone after.
        pub after_kg_per_nok: String,
    }
}

wire! {
    /// A delivery before and after.
    pub struct PairChange {
        /// Who sells.
        pub seller: String,
        /// Who buys.
        pub buyer: String,
        /// kg CO2e before.
        pub before_kg: String,
        /// kg CO2e after.
        pub after_kg: String,
    }
}

impl From<&app::WhatIfView> for WhatIf {
    fn from(view: &app::WhatIfView) -> Self {
        Self {
            snapshot: view.snapshot.clone(),
            year: view.year,
            cluster_change_kg: view.cluster_change_kg.to_string(),
            products: view
                .products
                .iter()
                .map(|line| ProductChange {
                    member: line.member.to_string(),
                    before_kg_per_nok: line.before_kg_per_unit.to_string(),
                    after_kg_per_nok: line.after_kg_per_unit.to_string(),
                })
                .collect(),
            pairs: view
                .pairs
                .iter()
                .map(|line| PairChange {
                    seller: line.seller.to_string(),
                    buyer: line.buyer.to_string(),
                    before_kg: line.before_kg.to_string(),
                    after_kg: line.after_kg.to_string(),
                })
                .collect(),
        }
    }
}

wire! {
    /// What is left over today and where it goes.
    pub struct TodayFlow {
        /// Who gives it off.
        pub giver: String,
        /// Who takes it, as the reports name it.
        pub receiver: Option<String>,
        /// The receiver, when it is a member.
        pub receiver_member: Option<String>,
        /// What it is, in words.
        pub text: String,
        /// Code of the list of waste.
        pub waste_code: Option<String>,
        /// What becomes of it.
        pub treatment: String,
        /// kg in the year.
        pub kg: String,
        /// NOK in the year.
        pub nok: Option<String>,
        /// Calendar year.
        pub year: Option<i16>,
    }
}

impl From<&app::circular::TodayFlow> for TodayFlow {
    fn from(flow: &app::circular::TodayFlow) -> Self {
        Self {
            giver: flow.giver.to_string(),
            receiver: flow.receiver.as_ref().map(ToString::to_string),
            receiver_member: flow.receiver_member.as_ref().map(ToString::to_string),
            text: flow.text.clone(),
            waste_code: flow.waste_code.map(|code| code.to_string()),
            treatment: flow.treatment.name().to_owned(),
            kg: flow.kg.to_string(),
            nok: flow.nok.map(|nok| nok.to_string()),
            year: flow.year,
        }
    }
}

wire! {
    /// A table to fill in.
    pub struct Template {
        /// Kind of data.
        pub kind: String,
        /// Where its Norwegian file lies.
        pub nb: String,
        /// Where its English file lies.
        pub en: String,
    }
}
