//! What a bench reads of its own process.

/// Clock ticks of `/proc` in a second: fixed by Linux for programs, whatever the kernel counts in.
const TICKS: u64 = 100;

/// CPU time that this process has used so far, of all its threads, user and system, in milliseconds
/// (to the ten milliseconds that Linux keeps). `None` where there is no `/proc`.
pub fn cpu_ms() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    ticks(&stat).map(|ticks| ticks * 1000 / TICKS)
}

/// User and system time from a line of `/proc/<pid>/stat`: fields 14 and 15. The name of the program,
/// field 2, stands in parentheses and may hold blanks.
fn ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn reads_the_fields_behind_a_name_with_blanks() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 100 0 0 0 123 45 0 0 20 0 1 0 1 1 1";
        assert_eq!(ticks(stat), Some(168));
        assert_eq!(ticks("7 (x) S"), None);
    }
}
