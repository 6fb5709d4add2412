//! One-time codes from a shared secret and the time.
//!
//! # Source
//! RFC 6238 (time steps of 30 seconds), RFC 4226 (truncation to six digits); HMAC-SHA-1, which every authenticator knows.

use ring::hmac;
use subtle::ConstantTimeEq;
use url::form_urlencoded::byte_serialize;

use crate::base32;

/// Length of a time step.
const STEP_MS: i64 = 30_000;
/// Steps before and after the present one that are taken: a telephone's clock is not exact, and typing takes time.
const LEEWAY: i64 = 1;

/// The time step of a moment.
pub fn step_at(now_ms: i64) -> i64 {
    now_ms.div_euclid(STEP_MS)
}

/// The six digits of a time step.
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes[bytes.len() - 1] & 0xf);
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[offset..offset + 4]);
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// The time step that a code belongs to, when it is one of now. Spaces in the code do not count.
pub fn matching_step(secret: &[u8], typed: &str, now_ms: i64) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let now = step_at(now_ms);
    let mut found = None;
    for step in now - LEEWAY..=now + LEEWAY {
        let same: bool = code(secret, step).as_bytes().ct_eq(typed.as_bytes()).into();
        if same {
            found = Some(step);
        }
    }
    found
}

/// The secret as a person types it, in groups of four.
pub fn spelled(secret: &[u8]) -> String {
    let text = base32::encode(secret);
    let groups: Vec<&str> = text
        .as_bytes()
        .chunks(4)
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(" ")
}

/// A code of letters and digits from random bytes, for a lost telephone.
pub fn recovery(random: &[u8]) -> String {
    base32::encode(random).to_lowercase()
}

/// What an authenticator reads from a picture.
pub fn uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let quoted = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!(
        "otpauth://totp/{}:{}?secret={}&issuer={}",
        quoted(issuer),
        quoted(account),
        base32::encode(secret),
        quoted(issuer)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: SHA-1, the last six of eight digits.
    #[test]
    fn the_vectors_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, expect) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, step_at(seconds * 1_000)), expect, "{seconds}");
        }
    }

    #[test]
    fn a_code_holds_a_little_before_and_after() {
        let secret = b"12345678901234567890";
        let now = 1_111_111_109_000;
        for (shift, holds) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(secret, step_at(now) + shift);
            assert_eq!(matching_step(secret, &typed, now).is_some(), holds, "{shift}");
        }
        assert_eq!(matching_step(secret, "081 804", now), Some(step_at(now)));
        for wrong in ["", "08180", "0818041", "o81804"] {
            assert_eq!(matching_step(secret, wrong, now), None);
        }
    }

    #[test]
    fn an_authenticator_can_read_it() {
        assert_eq!(
            uri("Grønn klynge", "kari@example.no", b"foobar"),
            "otpauth://totp/Gr%C3%B8nn%20klynge:kari%40example.no?secret=MZXW6YTBOI&issuer=Gr%C3%B8nn%20klynge"
        );
        assert_eq!(spelled(b"foobar"), "MZXW 6YTB OI");
    }
}
