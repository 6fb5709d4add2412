//! The fuzz target of the readers over small files of every format and seeded mutations of them; `make fuzz` runs longer.

use crate::readers::{CORDEAU, CVRP, ELECTRIC, LILIM, MILK, RETURNS, SOLOMON};

#[path = "../../../../fuzz/src/routing.rs"]
mod targets;

const JSON: &str = r#"{"locations": [{"name": "a", "x": 0, "y": 0}, {"name": "b", "x": 3, "y": 4}],
"jobs": [{"name": "j", "stop": {"location": "b", "windows": [[6, 9]], "service": 0.2}, "deliver": [1], "collect": [2]}],
"vehicles": [{"name": "v", "count": 2, "capacity": [4], "start": "a", "end": "a", "cost_per_distance": 1}],
"objective": {"cost": 1, "co2e": 2}}"#;

/// Words that number formats and counts stumble over.
const WORDS: [&str; 12] = [
    "-1",
    "0",
    "1e308",
    "-1e308",
    "NaN",
    "inf",
    "18446744073709551616",
    "99999999",
    "0.5",
    "\u{e9}",
    "EOF",
    "",
];

/// A generator of its own, so that a failure can be run again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

/// The text with a few words replaced, lines dropped or doubled, or cut off.
fn mutated(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
    for _ in 0..=dice.below(4) {
        let line = dice.below(lines.len());
        let word = dice.below(lines.get(line).map_or(1, Vec::len));
        match dice.below(6) {
            0 => lines.truncate(line),
            1 if line < lines.len() => drop(lines.remove(line)),
            2 if line < lines.len() => lines.insert(line, lines[line].clone()),
            _ => {
                if let Some(word) = lines.get_mut(line).and_then(|line| line.get_mut(word)) {
                    *word = WORDS[dice.below(WORDS.len())];
                }
            }
        }
    }
    let lines: Vec<String> = lines.iter().map(|words| words.join(" ")).collect();
    lines.join("\n")
}

#[test]
fn no_mutation_of_a_file_panics_or_breaks_a_rule() {
    let corpus = [CVRP, RETURNS, SOLOMON, LILIM, CORDEAU, MILK, ELECTRIC, JSON];
    let mut read = 0;
    for (number, text) in (1u64..).zip(corpus) {
        let mut dice = Dice(number);
        for _ in 0..400 {
            let text = mutated(text, &mut dice);
            let options = greenheart_routing::formats::ReadOptions::default();
            read += usize::from(greenheart_routing::formats::read(&text, options).is_ok());
            targets::routing_files(text.as_bytes());
        }
    }
    assert!(read > 100, "only {read} mutations were still problems");
}
