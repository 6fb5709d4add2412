//! Whether a cluster is climate-positive, and whether it pays its way. Published predicates, in decimals.

use greenheart_units::{Amount, Co2e, DecimalError, Money, Rate, Rounding};

/// Removals of one year and boundary, all positive, kgCO2e.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removals {
    /// Taken up physically within the boundary and stored for as long as durable means.
    pub durable_gross: Co2e,
    /// Emissions of doing so: energy, transport, materials.
    pub life_cycle: Co2e,
    /// Caused elsewhere by doing so.
    pub leakage: Co2e,
    /// Lost again in the year, of whatever year's removals.
    pub reversals: Co2e,
    /// Sold, or claimed by somebody else.
    pub claimed_elsewhere: Co2e,
    /// Forest uptake and carbon in products: shown, never counted.
    pub not_durable: Co2e,
}

/// The verdict, with the gross figures that must be shown beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether counted removals are at least the consolidated account.
    pub climate_positive: bool,
    /// Durable removals less life cycle, leakage, reversals and what others claim.
    pub counted: Co2e,
    /// Removals less account; negative is what is missing.
    pub margin: Co2e,
    /// The consolidated account, gross.
    pub account: Co2e,
    /// Shown, never counted.
    pub not_durable: Co2e,
}

/// Why there is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PositiveError {
    /// A part is negative.
    #[error("{what} is {value}; every part is stated as a positive amount")]
    Negative {
        /// Which.
        what: &'static str,
        /// Its value.
        value: Co2e,
    },
    /// The amounts are in different currencies.
    #[error("value added, price and carbon cost are not all in one currency")]
    Currency,
    /// Beyond the decimals of the ledger.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
}

/// The predicate: in the same year and boundary, durable removals, net and owned by members, are at least the
/// consolidated account. Credits, forest uptake and carbon in products do not count.
pub fn climate_positive(account: Co2e, removals: &Removals) -> Result<Verdict, PositiveError> {
    for (what, value) in [
        ("the account", account),
        ("durable removals", removals.durable_gross),
        ("life-cycle emissions of removals", removals.life_cycle),
        ("leakage", removals.leakage),
        ("reversals", removals.reversals),
        ("removals claimed elsewhere", removals.claimed_elsewhere),
        ("uptake that is not durable", removals.not_durable),
    ] {
        if value < Co2e::ZERO {
            return Err(PositiveError::Negative { what, value });
        }
    }
    let lost = removals.life_cycle + removals.leakage + removals.reversals + removals.claimed_elsewhere;
    let counted = removals.durable_gross - lost;
    Ok(Verdict {
        climate_positive: counted >= account && counted > Co2e::ZERO,
        counted,
        margin: counted - account,
        account,
        not_durable: removals.not_durable,
    })
}

/// Value added after a carbon price: value added minus (price times scope 1 and 2, less carbon cost already paid).
///
/// # Units
/// `price_per_t`: money per tonne of CO2e from a named path; the result is rounded half to even at the sixth decimal.
pub fn value_added_after_carbon(
    value_added: Money,
    scopes_1_and_2: Co2e,
    price_per_t: Money,
    already_paid: Money,
) -> Result<Money, PositiveError> {
    if value_added.currency != price_per_t.currency || value_added.currency != already_paid.currency {
        return Err(PositiveError::Currency);
    }
    if scopes_1_and_2 < Co2e::ZERO {
        return Err(PositiveError::Negative {
            what: "scope 1 and 2",
            value: scopes_1_and_2,
        });
    }
    let per_kg = Rate::from_mantissa(Rounding::HalfEven.divide(price_per_t.amount.to_rate()?.mantissa(), 1000));
    let cost: Amount = scopes_1_and_2.amount().times(per_kg, Rounding::HalfEven)?;
    Ok(Money {
        amount: value_added.amount - (cost - already_paid.amount),
        currency: value_added.currency,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use greenheart_units::Currency;

    fn t(tonnes: i64) -> Co2e {
        Co2e::new(Amount::from_integer(tonnes * 1000))
    }

    fn removals(durable: i64) -> Removals {
        Removals {
            durable_gross: t(durable),
            life_cycle: t(100),
            leakage: t(50),
            reversals: t(30),
            claimed_elsewhere: t(20),
            not_durable: t(1_000_000),
        }
    }

    #[test]
    fn only_durable_net_owned_removals_count() {
        let verdict = |account, durable| climate_positive(t(account), &removals(durable)).expect("a verdict");
        assert!(verdict(9_900, 10_100).climate_positive);
        let short = verdict(9_900, 10_099);
        assert_eq!((short.climate_positive, short.margin), (false, t(-1)));
        assert_eq!(short.not_durable, t(1_000_000));
        assert!(!verdict(0, 200).climate_positive, "nothing removed is not positive");
        assert!(matches!(
            climate_positive(t(-1), &removals(1)),
            Err(PositiveError::Negative { .. })
        ));
    }

    #[test]
    fn carbon_already_paid_is_not_paid_twice() {
        let nok = |amount| Money {
            amount: Amount::from_integer(amount),
            currency: Currency::NOK,
        };
        let after = value_added_after_carbon(nok(10_000_000), t(2_000), nok(1_500), nok(500_000));
        assert_eq!(after, Ok(nok(7_500_000)));
        let euros = Money {
            currency: "EUR".parse().expect("a currency"),
            ..nok(1)
        };
        assert_eq!(
            value_added_after_carbon(nok(1), t(1), euros, nok(0)),
            Err(PositiveError::Currency)
        );
    }
}
