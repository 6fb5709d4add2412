//! Which files tell of what, so that nothing is told twice by design, and the dirt that real files have.
//!
//! In the small cluster tables tell everything. In the full one power comes from meters or grid invoices, some
//! members hand in invoices for what they buy at home, some the reports of their waste companies, some lists of
//! their shipments; the table then leaves that out.

use greenheart_model::Month;

use crate::deals::{Deal, What};
use crate::outside::Card;
use crate::plan::{Cluster, Company, Party, Size};
use crate::rng::Rng;
use crate::sector::{Kind, Need, Unit};
use crate::tables::TableKind;

/// What proves the power a member used in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PowerBy {
    Table,
    Meters,
    Invoices,
}

impl Cluster {
    fn is_full(&self) -> bool {
        self.options.size == Size::Full
    }

    /// Whether a member hands in its invoices of a year: some do, from the third year on.
    pub(crate) fn invoiced(&self, company: &Company, year: i16) -> bool {
        self.is_full()
            && matches!(company.at % 9, 1 | 5 | 7)
            && company.makes_goods()
            && year >= self.options.first_year + 2
    }

    pub(crate) fn power_by(&self, company: &Company, year: i16) -> PowerBy {
        match (self.is_full(), self.invoiced(company, year)) {
            (false, _) => PowerBy::Table,
            (true, true) => PowerBy::Invoices,
            (true, false) => PowerBy::Meters,
        }
    }

    /// Whether the waste companies' report stands in for the table.
    pub(crate) fn waste_reported(&self, company: &Company) -> bool {
        self.is_full() && company.at.is_multiple_of(3)
    }

    /// Whether a list of shipments stands in for the table.
    pub(crate) fn shipments_listed(&self, company: &Company) -> bool {
        self.is_full() && company.at % 4 == 2 && has(company, TableKind::Transport)
    }

    /// Whether an invoice is handed in as a document of its own.
    pub(crate) fn is_document(&self, company: &Company, deal: &Deal) -> bool {
        let What::Need(number) = deal.what else { return false };
        let need = company.needs[usize::from(number)];
        let kind = match need.kind {
            Kind::Material => need.unit == Unit::Kilogram,
            Kind::Service | Kind::Capital | Kind::Electricity => true,
            _ => false,
        };
        kind && !foreign(deal.seller) && self.invoiced(company, deal.month.year())
    }

    /// Whether a need from this seller stands in the table.
    pub(crate) fn in_table(&self, company: &Company, need: &Need, seller: Party, year: i16) -> bool {
        match need.kind {
            Kind::Electricity => self.power_by(company, year) == PowerBy::Table,
            Kind::Material if need.unit == Unit::Kilogram => foreign(seller) || !self.invoiced(company, year),
            _ => true,
        }
    }

    /// Whether a table is handed in at all.
    pub(crate) fn has_table(&self, company: &Company, kind: TableKind, year: i16) -> bool {
        match kind {
            TableKind::Waste if self.waste_reported(company) => false,
            TableKind::Transport if self.shipments_listed(company) => false,
            TableKind::Energy if self.power_by(company, year) != PowerBy::Table => company
                .needs
                .iter()
                .any(|need| matches!(need.kind, Kind::Heat | Kind::StationaryFuel | Kind::VehicleFuel)),
            _ => has(company, kind),
        }
    }

    /// Months that a table lacks, as a member's own tables do now and then; never in the first year, which
    /// would take the member out of every later one.
    pub(crate) fn missing_months(&self, company: &Company, year: i16, kind: TableKind) -> std::ops::Range<i8> {
        let mut rng = self.dirt(1, company.at, &[year.unsigned_abs().into(), kind as u64]);
        if !self.is_full() || year == self.options.first_year || !rng.chance(28) {
            return 0..0;
        }
        let first = i8::try_from(rng.between(1, 11)).unwrap_or(1);
        first..first + i8::try_from(rng.between(1, 2)).unwrap_or(1)
    }

    /// Whether a row of waste in tonnes is labelled kg.
    pub(crate) fn unit_slip(&self, company: &Company, month: Month) -> bool {
        let mut rng = self.dirt(2, company.at, &[month.index().unsigned_abs().into()]);
        self.is_full() && rng.chance(6)
    }

    /// Whether the buyer books an invoice of a member a month late.
    pub(crate) fn late(&self, deal: &Deal) -> bool {
        let member = matches!((deal.seller, deal.buyer), (Party::Member(_), Party::Member(_)));
        let mut rng = self.dirt(3, deal.buyer.id(), &[deal.number]);
        self.is_full() && member && deal.day > 20 && rng.chance(60)
    }

    /// How a party stands in the files of `viewer`: some spell its name their own way, some lack its number.
    pub(crate) fn card_seen_by(&self, viewer: &Company, party: Party) -> Card {
        let mut card = self.card(party);
        if !self.is_full() {
            return card;
        }
        let mut rng = self.dirt(4, viewer.at, &[party.id().into()]);
        if rng.chance(180) {
            card.name = spelled_otherwise(&card.name, rng.below(3));
        }
        if rng.chance(70) {
            card.org_no = None;
        }
        card
    }

    pub(crate) fn dirt(&self, what: u64, company: u16, key: &[u64]) -> Rng {
        let mut full = vec![90 + what, company.into()];
        full.extend_from_slice(key);
        Rng::keyed(self.options.seed, &full)
    }
}

fn foreign(party: Party) -> bool {
    matches!(party, Party::Outside(outside) if outside.is_foreign())
}

fn has(company: &Company, kind: TableKind) -> bool {
    let made = kind == TableKind::Materials && company.makes_goods();
    made || company
        .needs
        .iter()
        .any(|need| crate::tables::table_of(need.kind) == Some(kind))
}

/// The mark stays: a variant of an invented name is invented too.
fn spelled_otherwise(name: &str, way: u64) -> String {
    let bare = name.strip_suffix(crate::outside::MARK).unwrap_or(name).trim_end();
    let other = match way {
        0 => bare.to_uppercase(),
        1 => bare.replace('å', "aa").replace('ø', "o").replace('æ', "ae"),
        _ => bare.replace(" AS", " A/S"),
    };
    format!("{other} {}", crate::outside::MARK)
}
