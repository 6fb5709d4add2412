//! Likely streams from what the ledger holds already: waste reports, purchases, and what a trade usually has.
//!
//! A guess stays marked as one until somebody of the member answers. What was answered is never guessed over: a stream that was
//! refused stays refused, one that was corrected stays as corrected.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::stream::{Codes, Direction, Kind, Quantities, Source, Standing, Stream};
use greenheart_ingest::tables::items;
use greenheart_ledger::{Filter, Kind as Rows};
use greenheart_model::waste_list::Jurisdiction;
use greenheart_model::{
    Activity, ActivityKind, BatchId, CoverageKind, Member, MemberId, Month, Period, Site, SiteId, Text, Treatment,
    Visibility, WasteCode, waste_list,
};
use greenheart_store::VisibleBatch;
use greenheart_units::{Amount, Basis, Dimension, Rounding};
use serde::{Deserialize, Serialize};

use super::kept::{Fate, Kept, stream_id};
use super::{READER, material_of};
use crate::articles::ArticleRegister;
use crate::{Actor, App, AppError};

/// Rows read at a time.
const PORTION: u64 = 50_000;
/// Rows that a guess names as what it rests on.
const NAMED_ROWS: usize = 8;
/// Guesses from a trade alone, in each direction.
const FROM_TRADE: usize = 4;

/// What looking through the ledger brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inferred {
    /// Members looked at.
    pub members: usize,
    /// New guesses.
    pub added: usize,
    /// Guesses that the ledger now tells otherwise.
    pub changed: usize,
    /// Guesses that the ledger no longer bears out.
    pub dropped: usize,
    /// Streams that somebody has answered, left as they are.
    pub answered: usize,
}

impl App {
    /// Looks through the ledger for streams, of one member or of all.
    pub async fn infer_streams(&self, actor: &Actor, member: Option<&MemberId>) -> Result<Inferred, AppError> {
        let right = match member {
            Some(member) => actor
                .may_write(member)
                .or_else(|denied| actor.may_administer().map_err(|_| denied)),
            None => actor.may_administer(),
        };
        self.allowed(actor, right, "circular.infer", member).await?;
        let members = match member {
            Some(id) => vec![self.member(id).await?],
            None => self.store.members().await?,
        };
        let sites = self.store.sites().await?;
        let known: BTreeSet<MemberId> = self
            .store
            .members()
            .await?
            .into_iter()
            .map(|member| member.id)
            .collect();
        let mut report = Inferred::default();
        for member in &members {
            let guesses = self.guesses(member, &sites, &known).await?;
            self.keep_guesses(member, guesses, &mut report).await?;
            report.members += 1;
        }
        self.fill(member).await?;
        let found = format!("{} new, {} changed", report.added, report.changed);
        self.note(actor, "circular.infer", member, &found, "done").await?;
        Ok(report)
    }

    async fn guesses(
        &self,
        member: &Member,
        sites: &[Site],
        known: &BTreeSet<MemberId>,
    ) -> Result<Vec<Kept>, AppError> {
        let visible = self.store.visible_of(&member.id, self.store.head().await?.seq).await?;
        let last = self.surroundings.clock.today().year() - 1;
        let register = self.register(&member.id).await?;
        let mut guesses = Vec::new();
        let shown = self.visibility(&member.id).await?.min(Visibility::Facilitator);
        let maker = Maker {
            app: self,
            member,
            sites: sites.iter().filter(|site| site.member == member.id).collect(),
            visibility: shown,
        };
        for (direction, kind) in [
            (Direction::Offer, CoverageKind::Waste),
            (Direction::Want, CoverageKind::Materials),
        ] {
            let Some(year) = last_year_of(&visible, direction, kind, last) else {
                continue;
            };
            let mut heaps = Heaps {
                year,
                direction,
                known,
                found: BTreeMap::new(),
            };
            for batch in visible.iter().filter(|batch| tells(batch, direction, year)) {
                self.gather(batch, &register, &mut heaps).await?;
            }
            let covered = covered(&visible, kind, year);
            guesses.extend(
                heaps
                    .found
                    .into_iter()
                    .map(|(key, heap)| maker.kept(direction, year, &key, heap, covered)),
            );
        }
        let of_trade = maker.of_trade(&guesses);
        guesses.extend(of_trade);
        Ok(guesses)
    }

    async fn gather(
        &self,
        batch: &VisibleBatch,
        register: &ArticleRegister,
        heaps: &mut Heaps<'_>,
    ) -> Result<(), AppError> {
        let kinds: &[&str] = match heaps.direction {
            Direction::Offer => &["waste"],
            Direction::Want => &["material_input", "purchase"],
        };
        self.each_activity(batch, kinds, register, &mut |activity| {
            heaps.add(&batch.batch.id, activity);
        })
        .await
    }

    /// Shows every row of some kinds of a batch, as the register of articles resolves it.
    pub(super) async fn each_activity(
        &self,
        batch: &VisibleBatch,
        kinds: &[&str],
        register: &ArticleRegister,
        show: &mut (dyn FnMut(&Activity) + Send),
    ) -> Result<(), AppError> {
        let sources = self.sources(Rows::Activities, &[(batch.batch.id.clone(), 0)]).await?;
        let mut from = 1;
        while from <= batch.batch.rows {
            let filter = Filter {
                rows: Some((from, from + PORTION - 1)),
                ..Filter::default()
            }
            .with_any("kind", kinds);
            for row in self.ledger.activities(&sources, &filter, usize::MAX >> 1).await? {
                let resolved = register.resolve(&[&row.activity]);
                let activity = resolved.and_then(|mut all| all.pop()).unwrap_or(row.activity);
                show(&activity);
            }
            from += PORTION;
        }
        Ok(())
    }

    async fn keep_guesses(&self, member: &Member, guesses: Vec<Kept>, report: &mut Inferred) -> Result<(), AppError> {
        let rows = self.store.streams(Some(&member.id)).await?;
        let mut before: BTreeMap<String, Kept> = BTreeMap::new();
        for row in &rows {
            before.insert(row.id.clone(), Kept::of(row)?);
        }
        for mut guess in guesses {
            match before.remove(&*guess.stream.id.0) {
                None => {
                    self.add_kept(&guess).await?;
                    report.added += 1;
                }
                Some(old) if old.is_inferred() => {
                    guess.stream.visibility = old.stream.visibility;
                    guess.stream.partners.clone_from(&old.stream.partners);
                    guess.revision = old.revision;
                    if guess != old {
                        self.put_kept(&guess).await?;
                        report.changed += 1;
                    }
                }
                Some(mut old) => {
                    report.answered += 1;
                    // The person's words stay; what the reports say of today goes on.
                    let facts = (old.today.clone(), old.paid, old.primary_kg, old.year);
                    (old.today, old.paid, old.primary_kg, old.year) =
                        (guess.today, guess.paid, guess.primary_kg, guess.year);
                    if facts != (old.today.clone(), old.paid, old.primary_kg, old.year) {
                        self.put_kept(&old).await?;
                    }
                }
            }
        }
        for mut old in before.into_values() {
            if old.is_inferred() && !old.gone {
                old.gone = true;
                self.put_kept(&old).await?;
                report.dropped += 1;
            } else if !old.is_inferred() {
                report.answered += 1;
            }
        }
        Ok(())
    }
}

/// What adds up under one key.
#[derive(Debug, Default)]
struct Heap {
    months: [Amount; 12],
    kg: Amount,
    primary_kg: Amount,
    nok: Amount,
    kg_with_nok: Amount,
    rows: Vec<String>,
    fates: BTreeMap<(Treatment, Option<Text>), Fate>,
    sites: BTreeMap<SiteId, Amount>,
    item: Option<Text>,
    code: Option<WasteCode>,
}

struct Heaps<'a> {
    year: i16,
    direction: Direction,
    known: &'a BTreeSet<MemberId>,
    found: BTreeMap<String, Heap>,
}

impl Heaps<'_> {
    fn add(&mut self, batch: &BatchId, activity: &Activity) {
        let wanted = match self.direction {
            Direction::Offer => activity.kind == ActivityKind::Waste,
            Direction::Want => activity.kind == ActivityKind::MaterialInput,
        };
        let mass = activity.quantity.filter(|reading| reading.dimension == Dimension::Mass);
        let Some(mass) = mass.filter(|_| wanted) else { return };
        let months: Vec<Month> = activity.period.months().collect();
        let here: Vec<Month> = months
            .iter()
            .copied()
            .filter(|month| month.year() == self.year)
            .collect();
        if here.is_empty() || mass.value.is_negative() {
            return;
        }
        let key = match (self.direction, activity.waste_code) {
            (Direction::Offer, Some(code)) => code.as_str().to_owned(),
            _ => activity.item.to_string(),
        };
        let heap = self.found.entry(key).or_default();
        let share = |value: Amount| divided(value, months.len());
        for month in &here {
            let slot = usize::try_from(month.month() - 1).unwrap_or(0);
            heap.months[slot] += share(mass.value);
        }
        let inside = i128::try_from(here.len()).unwrap_or(0);
        let part = |value: Amount| Amount::from_mantissa(share(value).mantissa() * inside);
        let (kg, nok) = (part(mass.value), activity.amount.map(part));
        heap.kg += kg;
        let permille = i128::from(activity.primary_permille.unwrap_or(1_000));
        heap.primary_kg += Amount::from_mantissa(Rounding::HalfEven.divide(kg.mantissa() * permille, 1_000));
        if let Some(nok) = nok {
            heap.nok += nok;
            heap.kg_with_nok += kg;
        }
        if heap.rows.len() < NAMED_ROWS {
            heap.rows.push(format!("row:{batch}/{}", activity.row_no));
        }
        if let Some(site) = &activity.site {
            *heap.sites.entry(site.clone()).or_default() += kg;
        }
        heap.item.get_or_insert_with(|| activity.item.clone());
        heap.code = heap.code.or(activity.waste_code);
        if self.direction == Direction::Offer {
            heap.add_fate(activity, kg, nok, self.known);
        }
    }
}

impl Heap {
    fn add_fate(&mut self, activity: &Activity, kg: Amount, nok: Option<Amount>, known: &BTreeSet<MemberId>) {
        let treatment = activity.treatment.unwrap_or(Treatment::Unknown);
        let other = activity.counterparty.as_ref();
        let number = other
            .and_then(|other| other.org_no)
            .map(|number| MemberId::new(number.as_str()));
        let name = other.and_then(|other| other.name.clone());
        let fate = self.fates.entry((treatment, name.clone())).or_insert_with(|| Fate {
            treatment,
            receiver: name,
            receiver_member: number.filter(|number| known.contains(number)),
            kg: Amount::ZERO,
            nok: None,
        });
        fate.kg += kg;
        if let Some(nok) = nok {
            fate.nok = Some(fate.nok.unwrap_or_default() + nok);
        }
    }
}

fn divided(value: Amount, parts: usize) -> Amount {
    Amount::from_mantissa(Rounding::HalfEven.divide(value.mantissa(), i128::try_from(parts.max(1)).unwrap_or(1)))
}

/// The last year that has ended of which a member's reports tell.
fn last_year_of(visible: &[VisibleBatch], direction: Direction, kind: CoverageKind, last: i16) -> Option<i16> {
    let mine = visible.iter().filter(|batch| holds(batch, direction));
    let periods = mine.flat_map(|batch| &batch.batch.coverage);
    periods
        .filter(|coverage| coverage.kind == kind)
        .map(|coverage| coverage.period.to().year())
        .filter(|year| *year <= last)
        .max()
}

/// Whether a batch may hold rows of this direction. Accounting files know money only.
fn holds(batch: &VisibleBatch, direction: Direction) -> bool {
    let kinds = &batch.batch.kinds;
    match direction {
        Direction::Offer => kinds.contains(&ActivityKind::Waste),
        Direction::Want => kinds.contains(&ActivityKind::MaterialInput) || crate::articles::names_articles(batch),
    }
}

fn tells(batch: &VisibleBatch, direction: Direction, year: i16) -> bool {
    let meets = batch
        .batch
        .coverage
        .iter()
        .any(|coverage| coverage.period.overlaps(Period::year(year)));
    holds(batch, direction) && meets
}

/// The months of a year that the reports of a member cover: nothing told of one of these is zero, of another it is missing.
fn covered(visible: &[VisibleBatch], kind: CoverageKind, year: i16) -> [bool; 12] {
    let periods: Vec<Period> = visible
        .iter()
        .flat_map(|batch| &batch.batch.coverage)
        .filter(|coverage| coverage.kind == kind)
        .map(|coverage| coverage.period)
        .collect();
    std::array::from_fn(|at| {
        let month = Month::new(year, i8::try_from(at + 1).unwrap_or(1));
        month.is_some_and(|month| periods.iter().any(|period| period.contains(month.period())))
    })
}

/// Makes streams of what was found of one member.
struct Maker<'a> {
    app: &'a App,
    member: &'a Member,
    sites: Vec<&'a Site>,
    visibility: Visibility,
}

impl Maker<'_> {
    fn kept(&self, direction: Direction, year: i16, key: &str, heap: Heap, covered: [bool; 12]) -> Kept {
        let largest = heap
            .sites
            .iter()
            .max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))
            .map(|(site, _)| site);
        let site = self
            .sites
            .iter()
            .find(|site| Some(&site.id) == largest)
            .or_else(|| self.sites.iter().find(|site| site.in_boundary))
            .or_else(|| self.sites.first());
        let item = heap.item.clone();
        let (kind, source) = match direction {
            Direction::Offer => (Kind::Residue, Source::WasteReports(heap.rows)),
            Direction::Want => (Kind::Material, Source::Purchases(heap.rows)),
        };
        let months = std::array::from_fn(|at| {
            let kg = heap.months[at];
            (covered[at] || !kg.is_zero()).then_some(kg)
        });
        let stream = Stream {
            place: site.and_then(|site| site.coordinates),
            site: site.map_or_else(|| SiteId::new(self.member.id.as_str()), |site| site.id.clone()),
            codes: Codes {
                waste: heap.code.filter(|_| direction == Direction::Offer),
                jurisdiction: Jurisdiction::Norway,
                cn: None,
                nace: self.member.nace.clone(),
            },
            quantities: Some(Quantities {
                dimension: Dimension::Mass,
                basis: Basis::Wet,
                months,
            }),
            ..self.blank(
                direction,
                kind,
                key,
                spoken(item.as_deref(), heap.code),
                Standing::Inferred(source),
            )
        };
        Kept {
            item,
            today: heap.fates.into_values().collect(),
            paid: (direction == Direction::Want && !heap.kg_with_nok.is_zero()).then_some((heap.nok, heap.kg_with_nok)),
            primary_kg: (direction == Direction::Want).then_some(heap.primary_kg),
            year: Some(year),
            ..Kept::entered(stream)
        }
    }

    /// What the trade usually gives off and takes in, where nothing found already is that.
    fn of_trade(&self, found: &[Kept]) -> Vec<Kept> {
        let Some(nace) = &self.member.nace else {
            return Vec::new();
        };
        let mut have: BTreeSet<(Direction, &'static str)> = BTreeSet::new();
        for kept in found {
            have.extend(material_of(&kept.stream).map(|material| (kept.stream.direction, material)));
        }
        let trades = READER.sectors.of(Some(nace), &BTreeSet::new());
        let mut guesses = Vec::new();
        for (sector, weight) in trades {
            for (direction, materials) in [(Direction::Offer, &sector.gives), (Direction::Want, &sector.takes)] {
                if weight < 1.0 {
                    continue;
                }
                let mut left = FROM_TRADE;
                for material in materials {
                    if left == 0 || !have.insert((direction, material)) {
                        continue;
                    }
                    left -= 1;
                    let standing = Standing::Inferred(Source::SectorProfile(sector.source.to_owned()));
                    let key = format!("trade:{material}");
                    let stream = self.blank(direction, kind_of(direction, material), &key, word(material), standing);
                    guesses.push(Kept::entered(stream));
                }
            }
        }
        guesses
    }

    fn blank(&self, direction: Direction, kind: Kind, key: &str, text: String, standing: Standing) -> Stream {
        let way = super::word_of(&direction);
        let site = self
            .sites
            .iter()
            .find(|site| site.in_boundary)
            .or_else(|| self.sites.first());
        Stream {
            id: stream_id(self.app.identifier("st", &[self.member.id.as_str(), &way, key])),
            member: self.member.id.clone(),
            site: site.map_or_else(|| SiteId::new(self.member.id.as_str()), |site| site.id.clone()),
            place: site.and_then(|site| site.coordinates),
            direction,
            kind,
            codes: Codes {
                nace: self.member.nace.clone(),
                ..Codes::default()
            },
            text,
            properties: Vec::new(),
            heat: None,
            quantities: None,
            price: None,
            max_distance_km: None,
            documents: Vec::new(),
            visibility: self.visibility,
            partners: Vec::new(),
            standing,
        }
    }
}

/// What an item or a code is called, in both languages, so that either finds it.
pub(super) fn spoken(item: Option<&str>, code: Option<WasteCode>) -> String {
    let by_item = item.and_then(|key| items().iter().find(|one| one.key == key));
    if let Some(item) = by_item {
        return format!("{} / {}", item.name_nb, item.name_en);
    }
    let by_code = code.and_then(|code| waste_list::name(code.as_str()));
    match (by_code, item) {
        (Some(name), _) => format!("{} / {}", name.norwegian, name.english),
        (None, Some(text)) => text.to_owned(),
        (None, None) => String::new(),
    }
}

/// The part of the name of an item, of a waste code or of a material of the glossary that is in one language; what a
/// person wrote stays as it is.
pub fn in_one_language(text: &str, norwegian: bool) -> &str {
    let Some((before, after)) = text.split_once(" / ") else {
        return text;
    };
    let is = |norwegian: &str, english: &str| norwegian == before && english == after;
    let ours = items().iter().any(|item| is(item.name_nb, item.name_en))
        || greenheart_circular::text::Concepts::list()
            .iter()
            .any(|concept| is(concept.norwegian, concept.english))
        || waste_list::names().any(|name| is(name.norwegian, name.english));
    match (ours, norwegian) {
        (false, _) => text,
        (true, true) => before,
        (true, false) => after,
    }
}

/// A material of the glossary in both languages.
fn word(material: &str) -> String {
    let list = greenheart_circular::text::Concepts::list();
    let found = list.iter().find(|concept| concept.name == material);
    found.map_or_else(
        || material.to_owned(),
        |concept| format!("{} / {}", concept.norwegian, concept.english),
    )
}

/// What a material of the glossary is, physically.
pub(super) fn kind_of(direction: Direction, material: &str) -> Kind {
    match material {
        "steam" | "waste_heat" | "hot_water" | "cooling" => Kind::Heat,
        "electricity" => Kind::Electricity,
        "process_water" | "wastewater" => Kind::Water,
        "fuel_gas" | "carbon_dioxide" | "hydrogen" | "industrial_gas" | "chlorine" => Kind::Gas,
        _ if direction == Direction::Want => Kind::Material,
        _ => Kind::Residue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_ours_is_told_in_one_language() {
        let both = spoken(None, "10 01 01".parse().ok());
        let (norwegian, english) = (in_one_language(&both, true), in_one_language(&both, false));
        assert_eq!(format!("{norwegian} / {english}"), both);
        assert_ne!(norwegian, english);
        assert_eq!(
            in_one_language("stål / aluminium, sortert", true),
            "stål / aluminium, sortert"
        );
    }
}
