//! Why a transport cannot be calculated.

/// A named refusal; no emission is returned with it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TransportError {
    /// A quantity that must be positive is not.
    #[error("{what} is {value}, and must be above zero")]
    NotPositive {
        /// Which quantity.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A quantity that must not be negative is, or is no number.
    #[error("{what} is {value}, and must be zero or more")]
    Negative {
        /// Which quantity.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// Something that the calculation needs is not stated.
    #[error("{0} is not stated")]
    Missing(&'static str),
    /// A great circle by a mode for which nothing general says how much longer the way is.
    #[error("{mode} legs are given on the great circle, and nothing says how much longer the way is")]
    NoDetour {
        /// Which mode.
        mode: &'static str,
    },
    /// A product does not fit.
    #[error("the quantities are too large")]
    TooLarge,
    /// There is nothing to calculate.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// One mode of a chain is given on two kinds of distance.
    #[error(
        "{mode} legs are given on shortest feasible and on great-circle distance; the standard allows one kind a mode"
    )]
    MixedDistance {
        /// Which mode.
        mode: &'static str,
    },
    /// A mode must use one kind of distance.
    #[error("{mode} legs use {needed} distance")]
    WrongDistance {
        /// Which mode.
        mode: &'static str,
        /// Which kind it needs.
        needed: &'static str,
    },
    /// Tank-to-wheel is more than well-to-wheel.
    #[error("tank-to-wheel ({ttw}) is more than well-to-wheel ({wtw})")]
    MoreThanAll {
        /// Tank-to-wheel.
        ttw: f64,
        /// Well-to-wheel.
        wtw: f64,
    },
    /// Secondary data without the reason that the standard asks for.
    #[error("`{parameter}` is not primary data and says not why")]
    Unjustified {
        /// Which parameter.
        parameter: String,
    },
    /// Degrees that are nowhere on earth.
    #[error("latitude {latitude}, longitude {longitude} is no place on earth")]
    NoPlace {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
    /// Parts do not add up to their whole.
    #[error("the parts add up to {parts}, the whole is {whole}")]
    NotClosed {
        /// Sum of the parts.
        parts: f64,
        /// The whole.
        whole: f64,
    },
}

/// `value`, if above zero.
pub(crate) fn positive(what: &'static str, value: f64) -> Result<f64, TransportError> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(TransportError::NotPositive { what, value })
    }
}

/// `value`, if zero or more.
pub(crate) fn not_negative(what: &'static str, value: f64) -> Result<f64, TransportError> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(TransportError::Negative { what, value })
    }
}
