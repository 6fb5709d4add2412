//! Which code: waste in words, and the giver's trade, to a code of the list of waste.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::codes::{CodeFinder, Coded};
use greenheart_circular::matching::{Group, Reader, fit_weights};
use greenheart_model::WasteCode;
use greenheart_model::waste_list::Jurisdiction;

use crate::data::Exchange;
use crate::score::{Answers, Table, Worth, worth};

const RIDGE: f64 = 0.01;

struct Question {
    cluster: String,
    coded: Coded,
    right: BTreeSet<WasteCode>,
}

pub fn measure(exchanges: &[Exchange], with_tables: bool, table: &mut Table) {
    let reader = Reader::new();
    let finder = CodeFinder::new(
        &reader.analyzer,
        &reader.concepts,
        &reader.sectors,
        Jurisdiction::EuropeanUnion,
    );
    let questions = questions(exchanges);
    let mut fixed: Vec<Vec<[f64; 5]>> = questions
        .iter()
        .map(|question| finder.evidence(&question.coded.text, ("", question.coded.nace.as_ref()), &[]))
        .collect();
    if !with_tables {
        for evidence in fixed.iter_mut().flatten() {
            (evidence[2], evidence[3]) = (0.0, 0.0);
        }
    }
    let likeness: Vec<Vec<f64>> = questions
        .iter()
        .map(|asked| {
            let of = |other: &Question| finder.likeness(&asked.coded.text, asked.coded.nace.as_ref(), &other.coded);
            questions.iter().map(of).collect()
        })
        .collect();
    let place: BTreeMap<WasteCode, usize> = finder.codes().iter().copied().zip(0..).collect();
    let strong: Vec<BTreeSet<usize>> = fixed.iter().map(|codes| strongest(codes)).collect();
    let group = |question: usize, out: [&str; 2]| {
        let asked = &questions[question];
        let mut firms = fixed[question].clone();
        let mut popular = vec![0.0; firms.len()];
        for (other, alike) in questions.iter().zip(&likeness[question]) {
            if let Some(code) = place
                .get(&other.coded.code)
                .filter(|_| !out.contains(&other.cluster.as_str()))
            {
                firms[*code][4] = firms[*code][4].max(*alike);
                popular[*code] += 1.0;
            }
        }
        let took = finder.codes().iter().map(|code| asked.right.contains(code)).collect();
        (Group { firms, took }, popular)
    };
    let (mut ours, mut popular, mut random) = (Vec::new(), Vec::new(), Vec::new());
    let mut mean_weights = [0.0; 5];
    let clusters: BTreeSet<&str> = questions.iter().map(|question| question.cluster.as_str()).collect();
    for held in clusters.iter().copied() {
        let others: Vec<Group<5>> = (0..questions.len())
            .filter(|question| questions[*question].cluster != held)
            .map(|question| {
                thin(
                    group(question, [held, &questions[question].cluster]).0,
                    &strong[question],
                )
            })
            .collect();
        let weights = fit_weights(&others.iter().collect::<Vec<_>>(), RIDGE);
        mean_weights
            .iter_mut()
            .zip(weights)
            .for_each(|(mean, weight)| *mean += weight / clusters.len() as f64);
        for question in (0..questions.len()).filter(|question| questions[*question].cluster == held) {
            let (group, often) = group(question, [held, held]);
            let scores: Vec<f64> = group
                .firms
                .iter()
                .map(|code| code.iter().zip(weights).map(|(value, weight)| value * weight).sum())
                .collect();
            let cluster = held.to_owned();
            ours.push((cluster.clone(), worth(&scores, &group.took)));
            popular.push((cluster, worth(&often, &group.took)));
            random.push(worth(&vec![0.0; often.len()], &group.took));
        }
    }
    println!("code: mean weights of words, spelling, glossary, origin, known: {mean_weights:.2?}");
    let how = if with_tables {
        ""
    } else {
        ", without glossary and origins"
    };
    for (name, depth) in [("hit@1", 0), ("hit@5", 1), ("hit@10", 2)] {
        let of = |all: &[(String, Worth)]| -> Answers {
            all.iter()
                .map(|(cluster, worth)| (cluster.clone(), worth.hits[depth]))
                .collect()
        };
        let chance = random.iter().map(|worth| worth.hits[depth]).sum::<f64>() / random.len() as f64;
        table.add(
            &format!("six-digit code{how}: {name}"),
            &of(&ours),
            &of(&popular),
            chance,
        );
    }
}

/// While fitting, the right codes, the ten strongest of each kind, those given before and every twentieth other will do.
fn thin(group: Group<5>, strong: &BTreeSet<usize>) -> Group<5> {
    let keep: Vec<usize> = (0..group.firms.len())
        .filter(|at| group.took[*at] || at % 20 == 0 || strong.contains(at) || group.firms[*at][4] > 0.3)
        .collect();
    Group {
        firms: keep.iter().map(|at| group.firms[*at]).collect(),
        took: keep.iter().map(|at| group.took[*at]).collect(),
    }
}

fn strongest(codes: &[[f64; 5]]) -> BTreeSet<usize> {
    (0..4)
        .flat_map(|kind| {
            let mut order: Vec<usize> = (0..codes.len()).collect();
            order.sort_by(|a, b| codes[*b][kind].total_cmp(&codes[*a][kind]));
            order.into_iter().take(10)
        })
        .collect()
}

/// One question for each different pair of words and giver; several codes on a row are all right.
fn questions(exchanges: &[Exchange]) -> Vec<Question> {
    let mut asked: BTreeMap<(String, String, BTreeSet<WasteCode>), Question> = BTreeMap::new();
    for exchange in exchanges.iter().filter(|exchange| !exchange.codes.is_empty()) {
        let right: BTreeSet<WasteCode> = exchange.codes.iter().copied().collect();
        asked
            .entry((
                exchange.text.to_lowercase(),
                exchange.giver.business.to_lowercase(),
                right.clone(),
            ))
            .or_insert_with(|| Question {
                cluster: exchange.cluster.clone(),
                coded: Coded {
                    text: exchange.text.clone(),
                    nace: exchange.giver.nace.clone(),
                    code: exchange.codes[0],
                },
                right,
            });
    }
    asked.into_values().collect()
}
