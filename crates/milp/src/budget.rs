/// How long a method of several steps may take: a limit and the caller's way of telling how much is used.
///
/// # Units
/// Seconds of whichever clock the caller holds. Answering infinity from the clock cancels at the next step.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    seconds: f64,
    used: &'a dyn Fn() -> f64,
}

impl<'a> Budget<'a> {
    /// A budget of `seconds` of the clock `used`, which must not run backwards.
    pub fn new(seconds: f64, used: &'a dyn Fn() -> f64) -> Self {
        Self { seconds, used }
    }

    /// No limit at all: every method then ends by its own rules, the same way each time.
    pub fn unlimited() -> Budget<'static> {
        Budget {
            seconds: f64::INFINITY,
            used: &|| 0.0,
        }
    }

    /// Seconds left, never negative.
    pub fn left(&self) -> f64 {
        (self.seconds - (self.used)()).max(0.0)
    }

    /// Whether nothing is left.
    pub fn spent(&self) -> bool {
        self.left() <= 0.0
    }

    /// The same clock with at most `seconds` more.
    pub fn slice(&self, seconds: f64) -> Budget<'a> {
        Budget {
            seconds: ((self.used)() + seconds).min(self.seconds),
            used: self.used,
        }
    }
}

impl std::fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Budget of {} s, {} s left", self.seconds, self.left())
    }
}
