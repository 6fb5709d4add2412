//! Lists that are no templates: the reports of waste companies, lists of shipments, the register of articles.

use std::io::{self, Write};

use greenheart_model::{Date, Month};

use crate::deals::{Deal, What};
use crate::deliveries::{self, Delivery, Payer};
use crate::ehf;
use crate::num::{push_day_first, push_fixed, push_int, push_unsigned, real, split, whole};
use crate::place::{ELSEWHERE, REGION};
use crate::plan::{Cluster, Company};
use crate::rng::Rng;
use crate::sector::{Kind, Need, Unit};

/// What a waste company calls a fraction and, where a public permit names it, its Norwegian number for waste
/// substances, by item of the catalogue.
const FRACTIONS: [(&str, &str, &str); 13] = [
    ("wood_waste", "Rent trevirke", "1141"),
    ("mixed_waste", "Restavfall", "9912"),
    ("concrete_waste", "Betong og tegl", "1614"),
    ("hazardous_waste", "Spillolje", "7011"),
    ("paper_waste", "Papp og papir", ""),
    ("plastic_waste", "Folieplast", ""),
    ("metal_waste", "Skrapmetall", ""),
    ("aluminium_waste", "Aluminiumskrap", ""),
    ("organic_waste", "Matavfall", ""),
    ("glass_waste", "Glassavfall", ""),
    ("construction_waste", "Byggavfall", ""),
    ("tyre_waste", "Kasserte dekk", ""),
    ("ash", "Bunnaske", ""),
];

/// The waste report of a year: each collection with code, number, weight and treatment.
pub(crate) fn waste_report(cluster: &Cluster, company: &Company, year: i16, out: &mut dyn Write) -> io::Result<()> {
    let head = "Hentedato;Fraksjon;Avfallsstoffnummer;EAL-kode;Mengde;Enhet;Behandling;Mottaker;Mottaker orgnr;Beløp;Veieseddel";
    let mut text = format!("{head}\n").into_bytes();
    for (deal, need) in deals_of(cluster, company, year, Kind::Waste) {
        let Some((code, treatment, _)) = need.waste else {
            continue;
        };
        let card = cluster.card_seen_by(company, deal.seller);
        push_deal_date(&mut text, &deal);
        let known = FRACTIONS.iter().find(|(item, ..)| *item == need.item);
        let (fraction, substance) = known.map_or((need.name.0, ""), |(_, fraction, number)| (*fraction, *number));
        for cell in [fraction, substance, code] {
            text.push(b';');
            text.extend_from_slice(cell.as_bytes());
        }
        text.push(b';');
        // Weights come in kilograms, large loads in tonnes, and now and then with the unit of the other.
        let in_tonnes = deal.quantity > 8_000;
        push_fixed(&mut text, deal.quantity, if in_tonnes { 3 } else { 0 }, b',');
        let slip = in_tonnes && cluster.unit_slip(company, deal.month);
        let unit = if in_tonnes && !slip { "tonn" } else { "kg" };
        let number = card.org_no.map(|number| number.to_string()).unwrap_or_default();
        for cell in [unit, treatment, &card.name, &number] {
            text.push(b';');
            text.extend_from_slice(cell.as_bytes());
        }
        text.push(b';');
        push_fixed(&mut text, deal.net, 2, b',');
        text.push(b';');
        push_unsigned(&mut text, deal.number, 1);
        text.push(b'\n');
    }
    out.write_all(&text)
}

/// What a lorry carries at most.
const MOST_KG: i64 = 31_000;

/// The shipments of a year: each freight bill as some consignments.
pub(crate) fn shipments(cluster: &Cluster, company: &Company, year: i16, out: &mut dyn Write) -> io::Result<()> {
    let head = "Sendingsnummer;Dato;Fra postnr;Til postnr;Vekt (kg);Avstand (km);Avstandsgrunnlag;Transportmiddel;Kjøretøy;Transportør;Transportør orgnr;Fraktbetaler;Beløp";
    let mut text = format!("{head}\n").into_bytes();
    let from = REGION[company.seat.place % REGION.len()].postcode;
    for (deal, _) in deals_of(cluster, company, year, Kind::Freight) {
        let card = cluster.card_seen_by(company, deal.seller);
        let number = card.org_no.map(|number| number.to_string()).unwrap_or_default();
        let mut rng = Rng::keyed(cluster.options.seed, &[80, company.at.into(), deal.number]);
        // A lorry takes thirty tonnes at most, and few tours are longer than four hundred kilometres.
        let count = (deal.quantity / 5_000 + 1).clamp(1, 40);
        let weights: Vec<f64> = (0..count).map(|_| rng.around(0.7)).collect();
        let amounts = split(deal.net, &weights);
        for (at, (work, amount)) in split(deal.quantity, &weights).into_iter().zip(amounts).enumerate() {
            let least = work * 1000 / MOST_KG;
            let km = (15 + i64::try_from(rng.below(420)).unwrap_or(0)).max(least);
            let kg = whole(real(work) * 1000.0 / real(km)).max(1);
            let to = destination(&mut rng);
            push_unsigned(&mut text, deal.number * 10 + at as u64, 1);
            text.push(b';');
            push_deal_date(&mut text, &deal);
            for cell in [from, to] {
                text.push(b';');
                text.extend_from_slice(cell.as_bytes());
            }
            text.push(b';');
            push_int(&mut text, kg);
            text.push(b';');
            push_int(&mut text, km);
            let vehicle = if kg > 12_000 { "semitrailer" } else { "lastebil" };
            for cell in ["korteste", "vei", vehicle, &card.name, &number, "bedriften"] {
                text.push(b';');
                text.extend_from_slice(cell.as_bytes());
            }
            text.push(b';');
            push_fixed(&mut text, amount, 2, b',');
            text.push(b'\n');
        }
    }
    for delivery in deliveries::of_year(cluster, company, year) {
        unbilled(&mut text, &delivery, from);
    }
    out.write_all(&text)
}

/// A row without a bill: the customer's lorry on the shortest way, the own one as its meter counted.
fn unbilled(text: &mut Vec<u8>, delivery: &Delivery, from: &str) {
    push_unsigned(text, delivery.number, 1);
    text.push(b';');
    push_day_first(text, delivery.day);
    for cell in [from, delivery.to] {
        text.push(b';');
        text.extend_from_slice(cell.as_bytes());
    }
    text.push(b';');
    push_int(text, delivery.kg);
    text.push(b';');
    push_int(text, delivery.km);
    let (basis, payer) = match delivery.payer {
        Payer::Customer => ("korteste", "kunden"),
        Payer::Own => ("kjørt", "egen bil"),
    };
    for cell in [basis, "vei", "lastebil", "", "", payer, ""] {
        text.push(b';');
        text.extend_from_slice(cell.as_bytes());
    }
    text.push(b'\n');
}

/// The register of articles that a member buys by invoice, as a person filled it in: what one unit weighs and is made
/// of. A few are left open.
pub(crate) fn articles(cluster: &Cluster, company: &Company, year: i16, out: &mut dyn Write) -> io::Result<()> {
    let head = "seller;article;unit;from;name;item;use;kg_per_unit;dry_percent;primary_percent;evidence;confirmed";
    let mut text = format!("{head}\n").into_bytes();
    for (number, need) in (0_u8..).zip(&company.needs) {
        if need.kind != Kind::Material || need.unit != Unit::Kilogram {
            continue;
        }
        for source in &company.sources[usize::from(number)] {
            let card = cluster.card(source.party);
            let Some(seller) = card.org_no else { continue };
            for (variant, suffix) in ehf::VARIANTS.iter().enumerate() {
                let article = ehf::article(What::Need(number), source.party.id(), variant);
                let (name, item, usage) = (need.name.0, need.item, usage(need));
                text.extend_from_slice(
                    format!("{seller};{article};kg;{year};{name} {suffix};{item};{usage};1;").as_bytes(),
                );
                if need.dry > 0 {
                    push_fixed(&mut text, need.dry.into(), 1, b',');
                }
                text.push(b';');
                push_fixed(&mut text, company.primary(&cluster.options, need, year).into(), 1, b',');
                let mut rng = cluster.dirt(6, company.at, &[number.into(), variant as u64]);
                let confirmed = if rng.chance(970) { "yes" } else { "" };
                text.extend_from_slice(format!(";leverandørerklæring (fiktiv);{confirmed}\n").as_bytes());
            }
        }
    }
    out.write_all(&text)
}

fn usage(need: &Need) -> &'static str {
    match need.item {
        "pallets" | "cardboard" | "paper" | "plastic" => "packaging",
        "components" | "lubricants" => "consumable",
        _ => "input",
    }
}

/// The invoices of a year for needs of one kind.
fn deals_of<'a>(
    cluster: &'a Cluster,
    company: &'a Company,
    year: i16,
    kind: Kind,
) -> impl Iterator<Item = (Deal, &'static Need)> + 'a {
    let months = (1..=12).filter_map(move |number| Month::new(year, number));
    months
        .flat_map(move |month| cluster.purchases(company, month))
        .filter_map(move |deal| {
            let What::Need(number) = deal.what else { return None };
            let need = company.needs[usize::from(number)];
            (need.kind == kind).then_some((deal, need))
        })
}

pub(crate) fn destination(rng: &mut Rng) -> &'static str {
    let at = usize::try_from(rng.below(24)).unwrap_or(0);
    REGION.get(at).unwrap_or(&ELSEWHERE[at % ELSEWHERE.len()]).postcode
}

fn push_deal_date(text: &mut Vec<u8>, deal: &Deal) {
    push_day_first(text, Date::constant(deal.month.year(), deal.month.month(), deal.day));
}
