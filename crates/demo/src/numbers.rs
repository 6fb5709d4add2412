//! Numbers that identify companies, sub-units and metering points: valid by their check digits, and
//! from ranges that no real one has.

use greenheart_model::OrgNo;

/// The `index`-th fictional organisation number.
///
/// The register in Brønnøysund hands out numbers that begin with 8 or 9. These begin with 31, as made-up test
/// companies do, and keep the check digit, so that every reader accepts them.
pub(crate) fn org_no(index: u32) -> OrgNo {
    let mut serial = 31_000_000 + index * 10;
    loop {
        let text = format!("{serial:08}");
        // A check digit of ten does not exist; the next serial has another one.
        if let Some(digit) = check_digit(&text)
            && let Ok(number) = format!("{text}{digit}").parse()
        {
            return number;
        }
        serial += 1;
    }
}

fn check_digit(eight: &str) -> Option<u32> {
    let weights = [3, 2, 7, 6, 5, 4, 3, 2];
    let digits = eight.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    let digit = (11 - sum % 11) % 11;
    (digit < 10).then_some(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisation_numbers_are_valid_and_distinct() {
        let mut seen = std::collections::BTreeSet::new();
        for index in 0..2_000 {
            let number = org_no(index);
            assert!(number.as_str().starts_with('3'), "{number}");
            assert!(seen.insert(number), "{number} twice");
        }
    }
}
