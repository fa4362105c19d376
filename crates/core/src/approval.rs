//! Which factor something that moves value needs, and why: decided here, for the server that enforces it and for everybody who shows it before.
//!
//! | circumstance | needs at least |
//! | --- | --- |
//! | more than `passkey_above` | a passkey |
//! | more than the person lets go without asking, or they let nothing go | PIN or passkey |
//! | the day's number of payments without asking is used up | PIN or passkey |
//! | a person who is paid for the first time | PIN or passkey |
//! | the session was not used for a while | PIN or passkey |
//! | none of these | nothing |
//!
//! What is needed never depends on what the person has: whoever has neither PIN nor passkey sets one up ([`Decision::lacking`]), and pays then.
//! A shop that is paid for the first time is no reason: the operator knows it and has signed its code.

use serde::{Deserialize, Serialize};

/// What has to be shown. The order is that of strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Needed {
    /// Nothing: the press is enough.
    Nothing,
    /// The payment PIN or a passkey.
    PinOrPasskey,
    /// A passkey.
    Passkey,
}

/// Why something is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The amount is above what a PIN is enough for.
    LargeAmount,
    /// The person wants to be asked each time.
    AlwaysAsk,
    /// The amount is above what the person lets go without being asked.
    AboveFreeLimit,
    /// As many payments as a day may have went without asking already.
    FreeCountSpent,
    /// This person was never paid before.
    NewPayee,
    /// The session was not used for a while.
    Idle,
}

/// A factor that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Factor {
    /// The payment PIN.
    Pin,
    /// A passkey, whose authenticator has verified the person.
    Passkey,
}

/// Who gets the money, as far as the payer knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquaintance {
    /// A shop, or a person who was paid before.
    Known,
    /// A person who was never paid before.
    New,
}

/// How lately the session was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionUse {
    /// Within the idle limit.
    Lately,
    /// Longer ago.
    Idle,
}

/// What is known when something is to move value. Amounts are minor units of the wallet's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// What moves, above 0.
    pub amount: i64,
    /// What the person lets go without being asked, each time; 0 when they want to be asked always.
    pub free_limit: i64,
    /// How many more may go without asking today; nothing where that is not counted, or is counted later.
    pub free_left: Option<u32>,
    /// Above this a PIN is not enough.
    pub passkey_above: i64,
    /// Who gets it.
    pub payee: Acquaintance,
    /// How lately the session was used.
    pub session: SessionUse,
}

/// What the person can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Has {
    /// A PIN, locked or not.
    pub pin: bool,
    /// A passkey of the host that asks.
    pub passkey: bool,
}

/// What has to be set up first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// A PIN or a passkey.
    PinOrPasskey,
    /// A passkey.
    Passkey,
}

/// What is needed, and every reason for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What has to be shown.
    pub needed: Needed,
    /// Why, the weightiest first; empty when nothing is needed.
    pub reasons: Vec<Reason>,
}

impl Reason {
    /// What it asks for.
    pub const fn needs(self) -> Needed {
        match self {
            Self::LargeAmount => Needed::Passkey,
            Self::AlwaysAsk | Self::AboveFreeLimit | Self::FreeCountSpent | Self::NewPayee | Self::Idle => {
                Needed::PinOrPasskey
            }
        }
    }
}

impl Needed {
    /// Whether `shown` is enough.
    pub fn is_met_by(self, shown: Option<Factor>) -> bool {
        match (self, shown) {
            (Self::Nothing, _) | (Self::PinOrPasskey, Some(_)) | (Self::Passkey, Some(Factor::Passkey)) => true,
            (Self::PinOrPasskey | Self::Passkey, None) | (Self::Passkey, Some(Factor::Pin)) => false,
        }
    }
}

impl Decision {
    /// What has to be set up before this can be shown.
    pub const fn lacking(&self, has: Has) -> Option<Lacking> {
        match self.needed {
            Needed::PinOrPasskey if !has.pin && !has.passkey => Some(Lacking::PinOrPasskey),
            Needed::Passkey if !has.passkey => Some(Lacking::Passkey),
            Needed::Nothing | Needed::PinOrPasskey | Needed::Passkey => None,
        }
    }
}

/// What is needed in these circumstances.
pub fn decide(of: &Circumstances) -> Decision {
    let is_above = of.amount > of.free_limit;
    let asks = [
        (Reason::LargeAmount, of.amount > of.passkey_above),
        (Reason::AlwaysAsk, of.free_limit <= 0),
        (Reason::AboveFreeLimit, of.free_limit > 0 && is_above),
        (Reason::FreeCountSpent, of.free_limit > 0 && !is_above && of.free_left == Some(0)),
        (Reason::NewPayee, of.payee == Acquaintance::New),
        (Reason::Idle, of.session == SessionUse::Idle),
    ];
    let reasons: Vec<Reason> = asks.into_iter().filter(|(_, holds)| *holds).map(|(reason, _)| reason).collect();
    let needed = reasons.iter().map(|reason| reason.needs()).max().unwrap_or(Needed::Nothing);
    Decision { needed, reasons }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Circumstances = Circumstances {
        amount: 20_000,
        free_limit: 20_000,
        free_left: Some(1),
        passkey_above: 500_000,
        payee: Acquaintance::Known,
        session: SessionUse::Lately,
    };

    #[test]
    fn each_circumstance_asks_for_its_factor() {
        use Needed::{Nothing, Passkey, PinOrPasskey};
        use Reason::{AboveFreeLimit, AlwaysAsk, FreeCountSpent, Idle, LargeAmount, NewPayee};
        let cases: [(Circumstances, Needed, &[Reason]); 13] = [
            (SMALL, Nothing, &[]),
            (Circumstances { amount: 1, ..SMALL }, Nothing, &[]),
            (Circumstances { free_left: None, ..SMALL }, Nothing, &[]),
            (Circumstances { amount: 20_001, ..SMALL }, PinOrPasskey, &[AboveFreeLimit]),
            (Circumstances { free_limit: 0, ..SMALL }, PinOrPasskey, &[AlwaysAsk]),
            (Circumstances { free_left: Some(0), ..SMALL }, PinOrPasskey, &[FreeCountSpent]),
            (Circumstances { payee: Acquaintance::New, ..SMALL }, PinOrPasskey, &[NewPayee]),
            (Circumstances { session: SessionUse::Idle, ..SMALL }, PinOrPasskey, &[Idle]),
            (Circumstances { amount: 500_000, ..SMALL }, PinOrPasskey, &[AboveFreeLimit]),
            (Circumstances { amount: 500_001, ..SMALL }, Passkey, &[LargeAmount, AboveFreeLimit]),
            (Circumstances { amount: 2, passkey_above: 1, ..SMALL }, Passkey, &[LargeAmount]),
            (
                Circumstances { amount: 20_001, free_left: Some(0), ..SMALL },
                PinOrPasskey,
                // It would not have gone without asking anyway.
                &[AboveFreeLimit],
            ),
            (
                Circumstances {
                    amount: i64::MAX,
                    free_limit: 0,
                    free_left: Some(0),
                    payee: Acquaintance::New,
                    session: SessionUse::Idle,
                    ..SMALL
                },
                Passkey,
                &[LargeAmount, AlwaysAsk, NewPayee, Idle],
            ),
        ];
        for (of, needed, reasons) in cases {
            assert_eq!(decide(&of), Decision { needed, reasons: reasons.to_vec() }, "{of:?}");
        }
    }

    #[test]
    fn what_is_shown_meets_what_is_needed_or_less() {
        let shown = [None, Some(Factor::Pin), Some(Factor::Passkey)];
        for (needed, met) in [
            (Needed::Nothing, [true, true, true]),
            (Needed::PinOrPasskey, [false, true, true]),
            (Needed::Passkey, [false, false, true]),
        ] {
            assert_eq!(shown.map(|shown| needed.is_met_by(shown)), met, "{needed:?}");
        }
    }

    #[test]
    fn who_has_nothing_to_show_is_told_what_to_set_up() {
        let lacking = |needed, pin, passkey| Decision { needed, reasons: Vec::new() }.lacking(Has { pin, passkey });
        assert_eq!(lacking(Needed::Nothing, false, false), None);
        assert_eq!(lacking(Needed::PinOrPasskey, false, false), Some(Lacking::PinOrPasskey));
        assert_eq!(lacking(Needed::PinOrPasskey, true, false), None);
        assert_eq!(lacking(Needed::PinOrPasskey, false, true), None);
        assert_eq!(lacking(Needed::Passkey, true, false), Some(Lacking::Passkey));
        assert_eq!(lacking(Needed::Passkey, false, true), None);
    }
}
