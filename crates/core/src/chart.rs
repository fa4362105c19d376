//! The chart of accounts: every kind of account that the wallet keeps, with its number and its normal side.

use std::fmt;

/// The side on which an account normally has its balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Assets, costs and spent budgets: debits raise the balance.
    Debit,
    /// Obligations, capital and income: credits raise the balance.
    Credit,
    /// May stand on either side (positions, clearing with a fund house). Its balance is written as debits − credits.
    Either,
}

/// The number is not in the chart of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a number of the chart of accounts such as 2001, found {found}")]
pub struct AccountCodeError {
    /// The number that was found.
    pub found: u16,
}

macro_rules! chart {
    ($($(#[$doc:meta])* $name:ident $number:literal $side:ident;)*) => {
        /// A kind of account. The number is stored; the name is for the source text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum AccountCode {
            $($(#[$doc])* $name = $number,)*
        }

        impl AccountCode {
            /// Every code, in order of number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The side on which such an account normally stands.
            pub const fn side(self) -> Side {
                match self {
                    $(Self::$name => Side::$side,)*
                }
            }

            /// The code with this number.
            pub const fn from_number(number: u16) -> Result<Self, AccountCodeError> {
                match number {
                    $($number => Ok(Self::$name),)*
                    found => Err(AccountCodeError { found }),
                }
            }
        }
    };
}

chart! {
    /// Bank settlement: client money or own money; one per bank and currency.
    BankSettlement 1001 Debit;
    /// Receivable from a card network; one per network and currency.
    CardNetworkReceivable 1002 Debit;
    /// Exchange position; one per currency.
    ExchangePosition 1003 Either;
    /// Loan principal; one per loan.
    LoanPrincipal 1101 Debit;
    /// Loan interest receivable; one per loan.
    LoanInterestReceivable 1102 Debit;
    /// Shop receivable: a shortfall after a refund or a chargeback; ceiling agreed, one per shop.
    ShopReceivable 1103 Debit;
    /// Dispute advance (provisional credit); one per dispute.
    DisputeAdvance 1104 Debit;
    /// Loan penalty receivable; one per loan.
    LoanPenaltyReceivable 1105 Debit;
    /// Settlement with a fund house, settled against bank settlement; one per fund house.
    FundHouseSettlement 1201 Either;
    /// Personal wallet: floor 0, ceiling by tier; one per person and currency.
    PersonalWallet 2001 Credit;
    /// Shop wallet: floor 0; one per shop and currency.
    ShopWallet 2002 Credit;
    /// Red packet escrow: floor 0; one per packet.
    RedPacketEscrow 2101 Credit;
    /// In transit: withdrawal, transfer out, remittance, card refund; one per connector and currency.
    InTransit 2102 Credit;
    /// Dispute hold: floor 0; one per dispute.
    DisputeHold 2103 Credit;
    /// Receipts from a bank with an unknown reference; one per bank and currency.
    UnidentifiedReceipts 2104 Credit;
    /// Fund redemption payable; one per fund.
    RedemptionPayable 2105 Credit;
    /// Card top-ups that the network has not yet settled; one per person.
    UnsettledCardTopups 2106 Credit;
    /// Tax; one per currency.
    Tax 2201 Credit;
    /// The operator's capital; one per currency.
    OperatorCapital 3001 Credit;
    /// Income from payment fees.
    FeeIncome 4001 Credit;
    /// Income from exchange spreads.
    SpreadIncome 4002 Credit;
    /// Income from loan interest.
    InterestIncome 4003 Credit;
    /// Income from penalties.
    PenaltyIncome 4004 Credit;
    /// Cost of rewards.
    RewardCost 5001 Debit;
    /// Cost of bad debt.
    BadDebtCost 5002 Debit;
    /// Cost of rounding.
    RoundingCost 5003 Debit;
    /// Network and bank fees.
    NetworkFeeCost 5004 Debit;
    /// Loss on exchange.
    ExchangeLoss 5005 Debit;
    /// Fund units held; one per person and fund.
    FundUnitsHeld 6001 Credit;
    /// Fund units issued; one per fund.
    FundUnitsIssued 6002 Debit;
    /// Points held; one per person.
    PointsHeld 7001 Credit;
    /// Points issued; one per programme.
    PointsIssued 7002 Debit;
    /// Counter-account of budgets and of what was refunded; one per asset.
    BudgetCounter 8000 Credit;
    /// Budget spent; one per subject, limit and period.
    BudgetSpent 8001 Debit;
    /// Refunded so far; one per payment.
    RefundedSoFar 8002 Debit;
}

impl AccountCode {
    /// The number in the chart, 1001–8002.
    pub const fn number(self) -> u16 {
        self as u16
    }
}

impl fmt::Display for AccountCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_and_come_back() {
        for pair in AccountCode::ALL.windows(2) {
            assert!(pair[0].number() < pair[1].number(), "{:?} stands after {:?}", pair[0], pair[1]);
        }
        for &code in AccountCode::ALL {
            assert_eq!(AccountCode::from_number(code.number()), Ok(code));
        }
        assert_eq!(AccountCode::from_number(2003), Err(AccountCodeError { found: 2003 }));
    }

    #[test]
    fn sides_follow_the_first_digit() {
        for &code in AccountCode::ALL {
            let expected = match code {
                AccountCode::ExchangePosition | AccountCode::FundHouseSettlement => Side::Either,
                AccountCode::FundUnitsIssued | AccountCode::PointsIssued => Side::Debit,
                AccountCode::BudgetCounter => Side::Credit,
                _ => match code.number() / 1000 {
                    1 | 5 | 8 => Side::Debit,
                    _ => Side::Credit,
                },
            };
            assert_eq!(code.side(), expected, "{code:?}");
        }
    }
}
