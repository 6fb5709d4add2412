//! How a member's reduction travels to the footprints of its customers, as far as the asker may see.

use greenheart_footprint::consolidate::{Change, ProductId, Viewer, WhatIfError, what_if};
use greenheart_model::MemberId;
use greenheart_units::{Amount, Co2e, Rate};
use serde::{Deserialize, Serialize};

use super::flows::PRODUCT;
use super::{Account, YearQuery, refused};
use crate::{Actor, App, AppError};

/// A change to what one member emits or buys from outside; output and deliveries stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfRequest {
    /// Which account.
    pub query: YearQuery,
    /// Whose emissions change.
    pub member: MemberId,
    /// Added to its scope 1, kg CO2e; negative for a reduction.
    pub direct_kg: Amount,
    /// Added to what it buys from outside, kg CO2e.
    pub upstream_kg: Amount,
}

/// What the change does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIfView {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Calendar year.
    pub year: i16,
    /// What it does to the cluster's account, kg CO2e: exactly the sum of the changes.
    pub cluster_change_kg: Amount,
    /// Products that the actor may see and whose footprint changes.
    pub products: Vec<ProductChangeLine>,
    /// Deliveries that the actor may see and whose burden changes.
    pub pairs: Vec<PairChangeLine>,
}

/// A member's product before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductChangeLine {
    /// Whose.
    pub member: MemberId,
    /// `year` for all it sells together, `energy` for what a plant sells by the kilowatt hour.
    pub product: String,
    /// Unit of its output.
    pub unit: String,
    /// kg CO2e per unit before.
    pub before_kg_per_unit: Rate,
    /// kg CO2e per unit after.
    pub after_kg_per_unit: Rate,
}

/// A delivery before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairChangeLine {
    /// Who sells.
    pub seller: MemberId,
    /// Who buys.
    pub buyer: MemberId,
    /// kg CO2e before.
    pub before_kg: Amount,
    /// kg CO2e after.
    pub after_kg: Amount,
}

impl App {
    /// Tries a change. It is for those who may read the member whose emissions change: what a change of somebody
    /// else does to one's own footprint would tell how much of theirs is in it, through whom it came.
    ///
    /// # Errors
    /// [`AppError::Input`] when the member is not in the panel or more is taken away than is there.
    pub async fn what_if(&self, actor: &Actor, request: &WhatIfRequest) -> Result<WhatIfView, AppError> {
        self.may_look(actor, &request.member, "what_if").await?;
        // A neighbour may read an open member's inventory, yet not probe how it is woven into the others.
        let own = actor.member() == Some(&request.member);
        let right = if own { Ok(()) } else { actor.may_administer() };
        self.allowed(actor, right, "what_if", Some(&request.member)).await?;
        let account = self.account(actor, &request.query).await?;
        let change = Change {
            product: ProductId::new(request.member.as_str(), PRODUCT),
            direct: Co2e::new(request.direct_kg),
            upstream: Co2e::new(request.upstream_kg),
        };
        let tried = what_if(&account.flows, &[change]).map_err(|error| match error {
            WhatIfError::Unknown(_) => AppError::input(
                format!("`{}` is not in the panel of {}", request.member, account.year),
                "`greenheart goals` says what it lacks",
            ),
            WhatIfError::MoreThanThere { reduction, there, .. } => AppError::input(
                format!("a reduction of {reduction} is more than the {there} that is there"),
                "take away less",
            ),
            WhatIfError::Account(error) => refused(account.year, &error),
        })?;
        let viewer = match actor.member() {
            Some(own) => Viewer::Member(own.clone()),
            None => Viewer::Facilitator,
        };
        let readable = self.readable_members(actor).await?;
        let products = tried
            .products_for(&viewer)
            .filter(|change| readable.contains(&change.id.member));
        let subject = format!("{} {}", account.snapshot.name(), account.year);
        self.note(actor, "what_if", Some(&request.member), &subject, "done")
            .await?;
        Ok(WhatIfView {
            snapshot: account.snapshot.name(),
            year: account.year,
            cluster_change_kg: tried.cluster_change().amount(),
            products: products
                .map(|change| ProductChangeLine {
                    member: change.id.member.clone(),
                    product: change.id.name.to_string(),
                    unit: unit_of(&account, &change.id),
                    before_kg_per_unit: change.before,
                    after_kg_per_unit: change.after,
                })
                .collect(),
            pairs: tried
                .pairs_for(&viewer)
                .map(|change| PairChangeLine {
                    seller: change.product.member.clone(),
                    buyer: change.into.member.clone(),
                    before_kg: change.before.amount(),
                    after_kg: change.after.amount(),
                })
                .collect(),
        })
    }
}

fn unit_of(account: &Account, id: &ProductId) -> String {
    let product = account.made.product(id);
    product.map_or_else(String::new, |product| product.output.dimension.base_unit().to_owned())
}
