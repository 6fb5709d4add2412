//! Who took it: ranked within the cluster, and among the firms of all clusters.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::matching::{
    FEATURES, Features, FirmView, Group, Matcher, Reader, Reason, StreamView, TakerLikeness, Tally, fit_weights,
};

use crate::data::{Exchange, cases};
use crate::score::{Answers, Table, Worth, worth};

/// Place of [`Reason::Process`].
const PROCESS: usize = 7;
/// Clusters with fewer firms are left out: there is nothing to rank.
const FEWEST_FIRMS: usize = 6;
const RIDGES: [f64; 3] = [0.003, 0.02, 0.1];
/// Parts of the other clusters that the ridge is chosen on.
const PARTS: usize = 3;

struct Firm {
    cluster: String,
    key: String,
    view: FirmView,
}

struct Question {
    cluster: String,
    giver: String,
    view: StreamView,
    took: BTreeSet<String>,
}

pub fn measure(exchanges: &[Exchange], coded_only: bool, with_process: bool, table: &mut Table) {
    let reader = Reader::new();
    let known = cases(exchanges);
    let matcher = Matcher::new(&reader, &known);
    let firms = firms(exchanges, coded_only, &reader);
    let questions = questions(exchanges, coded_only, &firms, &reader);
    let evidence = Evidence::new(&matcher, exchanges, &questions, &firms, with_process);
    let kind = if coded_only { "coded wastes" } else { "all streams" };
    for pool in [false, true] {
        let mut results = Results::default();
        let clusters: BTreeSet<&str> = questions.iter().map(|question| question.cluster.as_str()).collect();
        for held in clusters.iter().copied() {
            let group = |question: usize, thin: usize| {
                let asked = &questions[question];
                let mut group = Group {
                    firms: Vec::new(),
                    took: Vec::new(),
                };
                for (at, firm) in firms.iter().enumerate() {
                    let home = firm.cluster == asked.cluster;
                    let takes = home && asked.took.contains(&firm.key);
                    let candidate = (home || pool) && !(home && firm.key == asked.giver);
                    // While fitting, the held-out cluster's firms are unseen, and a sixth of the pool's other firms will do.
                    let unseen = thin > 1 && firm.cluster == held;
                    let skipped = thin > 1 && pool && !takes && !(at + question).is_multiple_of(thin);
                    if candidate && !unseen && !skipped {
                        group.firms.push(evidence.without(question, at, [held, &asked.cluster]));
                        group.took.push(takes);
                    }
                }
                group
            };
            let others: Vec<(usize, Group<FEATURES>)> = (0..questions.len())
                .filter(|question| questions[*question].cluster != held)
                .map(|question| (question, group(question, 6)))
                .collect();
            let weights = fit(&others, &questions);
            results.weights.push(weights);
            for question in (0..questions.len()).filter(|question| questions[*question].cluster == held) {
                let group = group(question, 1);
                results.add(held, &group, &weights);
            }
        }
        let place = if pool {
            format!("pool of {}", firms.len())
        } else {
            "within the cluster".to_owned()
        };
        let how = if with_process {
            ""
        } else {
            ", without the process table"
        };
        results.report(&format!("{kind}, {place}{how}"), table);
    }
}

/// Weights at the ridge that does best on clusters left out of the fit, three parts in turn.
fn fit(groups: &[(usize, Group<FEATURES>)], questions: &[Question]) -> Features {
    let clusters: BTreeMap<&str, usize> = groups
        .iter()
        .map(|(question, _)| questions[*question].cluster.as_str())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .zip(0..)
        .collect();
    let part = |question: usize| clusters[questions[question].cluster.as_str()] % PARTS;
    let of = |keep: &dyn Fn(usize) -> bool| -> Vec<&Group<FEATURES>> {
        groups
            .iter()
            .filter(|(question, _)| keep(*question))
            .map(|(_, group)| group)
            .collect()
    };
    let value = |ridge: f64| -> f64 {
        (0..PARTS)
            .map(|left| {
                let weights = fit_weights(&of(&|question| part(question) != left), ridge);
                of(&|question| part(question) == left)
                    .iter()
                    .map(|group| judge(group, &weights).reciprocal)
                    .sum::<f64>()
            })
            .sum()
    };
    let tried = RIDGES.map(|ridge| (value(ridge), ridge));
    let ridge = tried
        .into_iter()
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(RIDGES[0], |(_, ridge)| ridge);
    fit_weights(&of(&|_| true), ridge)
}

fn judge<const N: usize>(group: &Group<N>, weights: &[f64; N]) -> Worth {
    let scores: Vec<f64> = group
        .firms
        .iter()
        .map(|firm| firm.iter().zip(weights).map(|(value, weight)| value * weight).sum())
        .collect();
    worth(&scores, &group.took)
}

/// What each cluster's exchanges say of each firm for each question, so that any of them can be held out.
struct Evidence<'a> {
    with_process: bool,
    matcher: &'a Matcher<'a>,
    clusters: Vec<String>,
    tallies: Vec<Vec<Vec<Tally>>>,
    base: Vec<Vec<Features>>,
}

impl<'a> Evidence<'a> {
    fn new(
        matcher: &'a Matcher<'a>,
        exchanges: &[Exchange],
        questions: &[Question],
        firms: &[Firm],
        with_process: bool,
    ) -> Self {
        let mut cases: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, exchange) in exchanges.iter().enumerate() {
            cases.entry(exchange.cluster.clone()).or_default().push(at);
        }
        let takers: Vec<_> = firms.iter().map(|firm| matcher.taker_likeness(&firm.view)).collect();
        let tallies = questions
            .iter()
            .map(|question| {
                let likeness = matcher.likeness(&question.view);
                let of = |taker: &TakerLikeness| {
                    cases
                        .values()
                        .map(|rows| matcher.tally(&likeness, taker, rows.iter().copied()))
                        .collect()
                };
                takers.iter().map(of).collect()
            })
            .collect();
        let base = questions
            .iter()
            .map(|question| {
                firms
                    .iter()
                    .map(|firm| matcher.evidence(&Tally::default(), &question.view, &firm.view))
                    .collect()
            })
            .collect();
        Self {
            with_process,
            matcher,
            clusters: cases.into_keys().collect(),
            tallies,
            base,
        }
    }

    fn without(&self, question: usize, firm: usize, out: [&str; 2]) -> Features {
        let mut sum = Tally::default();
        for (cluster, tally) in self.clusters.iter().zip(&self.tallies[question][firm]) {
            if !out.contains(&cluster.as_str()) {
                sum.add(tally);
            }
        }
        let mut evidence = self.matcher.evidence_of_cases(&sum, self.base[question][firm]);
        if !self.with_process {
            evidence[PROCESS] = 0.0;
        }
        evidence
    }
}

#[derive(Default)]
struct Results {
    ours: Vec<(String, Worth)>,
    popular: Vec<(String, Worth)>,
    random: Vec<Worth>,
    weights: Vec<Features>,
    single: [f64; FEATURES],
}

impl Results {
    fn add(&mut self, cluster: &str, group: &Group<FEATURES>, weights: &Features) {
        let only = |kind: usize| {
            std::array::from_fn(|at| {
                if at == kind {
                    if kind == FEATURES - 1 { -1.0 } else { 1.0 }
                } else {
                    0.0
                }
            })
        };
        self.ours.push((cluster.to_owned(), judge(group, weights)));
        self.popular.push((cluster.to_owned(), judge(group, &only(0))));
        self.random.push(judge(group, &[0.0; FEATURES]));
        for kind in 0..FEATURES {
            self.single[kind] += judge(group, &only(kind)).reciprocal;
        }
    }

    fn report(&self, what: &str, table: &mut Table) {
        let of = |all: &[(String, Worth)], value: &dyn Fn(&Worth) -> f64| -> Answers {
            all.iter()
                .map(|(cluster, worth)| (cluster.clone(), value(worth)))
                .collect()
        };
        let values: [(&str, &dyn Fn(&Worth) -> f64); 3] = [
            ("MRR", &|worth| worth.reciprocal),
            ("hit@1", &|worth| worth.hits[0]),
            ("hit@5", &|worth| worth.hits[1]),
        ];
        for (name, value) in values {
            let random = self.random.iter().map(value).sum::<f64>() / self.random.len() as f64;
            table.add(
                &format!("{what}: {name}"),
                &of(&self.ours, value),
                &of(&self.popular, value),
                random,
            );
        }
        println!("{what}: mean weight, and MRR of each kind of evidence alone");
        for kind in 0..FEATURES {
            let weight = self.weights.iter().map(|weights| weights[kind]).sum::<f64>() / self.weights.len() as f64;
            println!(
                "  {:?} {weight:.2} {:.3}",
                Reason::ALL[kind],
                self.single[kind] / self.ours.len() as f64
            );
        }
    }
}

/// What the rows say of one firm: its industry and its words.
type Said = (Option<greenheart_model::Nace>, BTreeSet<String>);

/// The firms of each cluster that has enough, with everything that the rows say of them.
fn firms(exchanges: &[Exchange], coded_only: bool, reader: &Reader) -> Vec<Firm> {
    let mut said: BTreeMap<(String, String), Said> = BTreeMap::new();
    for exchange in exchanges {
        for party in [&exchange.giver, &exchange.taker] {
            if coded_only && !party.is_classed() {
                continue;
            }
            if let Some(key) = party.key() {
                let entry = said
                    .entry((exchange.cluster.clone(), key))
                    .or_insert_with(|| (party.nace.clone(), BTreeSet::new()));
                entry.1.insert(party.business.clone());
            }
        }
    }
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for (cluster, _) in said.keys() {
        *count.entry(cluster.clone()).or_default() += 1;
    }
    said.into_iter()
        .filter(|((cluster, _), _)| count[cluster] >= FEWEST_FIRMS)
        .map(|((cluster, key), (nace, texts))| {
            let text = texts.into_iter().collect::<Vec<_>>().join(", ");
            Firm {
                cluster,
                key,
                view: reader.firm(nace.as_ref(), &text),
            }
        })
        .collect()
}

/// One question for each different waste of a giver.
fn questions(exchanges: &[Exchange], coded_only: bool, firms: &[Firm], reader: &Reader) -> Vec<Question> {
    let known: BTreeSet<(&str, &str)> = firms
        .iter()
        .map(|firm| (firm.cluster.as_str(), firm.key.as_str()))
        .collect();
    let mut asked: BTreeMap<(String, String, String), Question> = BTreeMap::new();
    for exchange in exchanges {
        let (Some(giver), Some(taker)) = (exchange.giver.key(), exchange.taker.key()) else {
            continue;
        };
        let is_known = |key: &str| known.contains(&(exchange.cluster.as_str(), key));
        if giver == taker || !is_known(&giver) || !is_known(&taker) || (coded_only && exchange.codes.is_empty()) {
            continue;
        }
        let question = asked
            .entry((exchange.cluster.clone(), giver.clone(), exchange.text.to_lowercase()))
            .or_insert_with(|| Question {
                cluster: exchange.cluster.clone(),
                giver,
                view: reader.stream(
                    &exchange.text,
                    exchange.codes.first().copied(),
                    exchange.giver.nace.clone(),
                ),
                took: BTreeSet::new(),
            });
        question.took.insert(taker);
    }
    asked.into_values().collect()
}
