//! Long lists in parts: which part is shown, and the way to the next one.

use crate::words::Words;

/// Lines of a part.
const PER_PAGE: usize = 50;

/// One part of a list.
pub struct Pager {
    /// "51 to 100 of 2 044"; empty when the list has one part only.
    pub says: String,
    /// Address of the part before.
    pub previous: Option<String>,
    /// Address of the part after.
    pub next: Option<String>,
    first: usize,
}

impl Pager {
    /// Part `asked` (from 1; what is no part is the nearest one) of `count` lines at `address`, which ends so that
    /// `page=2` can follow.
    pub fn of(asked: Option<&str>, count: usize, address: &str, words: &Words) -> Self {
        Self::named("page", asked, count, address, words)
    }

    /// The same with another word than `page` in the address, for a second list on the same page.
    pub fn named(name: &str, asked: Option<&str>, count: usize, address: &str, words: &Words) -> Self {
        let last = count.div_ceil(PER_PAGE).max(1);
        let page = asked.and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, last);
        let first = (page - 1) * PER_PAGE;
        let number = |number: usize| crate::numbers::count(number as u64, words.tongue);
        let places = [
            ("from", &*number(first + 1)),
            ("to", &*number((first + PER_PAGE).min(count))),
            ("count", &*number(count)),
        ];
        let says = if last > 1 {
            words.with("pager-part", &places)
        } else {
            String::new()
        };
        let at = |page: usize| format!("{address}{name}={page}");
        Self {
            says,
            previous: (page > 1).then(|| at(page - 1)),
            next: (page < last).then(|| at(page + 1)),
            first,
        }
    }

    /// The lines of this part.
    pub fn cut<T>(&self, lines: impl Iterator<Item = T>) -> Vec<T> {
        lines.skip(self.first).take(PER_PAGE).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Pager;
    use crate::words::{Tongue, Words};

    #[test]
    fn parts_meet_and_end() {
        let words = Words::of(Tongue::En);
        let of = |asked| Pager::of(asked, 120, "/batches?", words);
        let parts: Vec<Vec<usize>> = ["1", "2", "3"].map(|page| of(Some(page)).cut(0..120)).into();
        assert_eq!(parts.concat(), (0..120).collect::<Vec<_>>());
        assert_eq!(of(None).previous, None);
        assert_eq!(of(Some("2")).next.as_deref(), Some("/batches?page=3"));
        for nonsense in ["0", "-1", "x", ""] {
            assert_eq!(of(Some(nonsense)).cut(0..120).first(), Some(&0), "{nonsense}");
        }
        assert_eq!(of(Some("99")).next, None);
        assert_eq!(Pager::of(None, 50, "/batches?", words).says, "");
    }
}
