//! What a payment needs, for any circumstances.

#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use qianbao_core::approval::{Acquaintance, Circumstances, Factor, Has, Needed, SessionUse, decide};

fn circumstances() -> impl Strategy<Value = Circumstances> {
    let amounts = || prop_oneof![0..=3_i64, 0..=1_000_000_i64, Just(i64::MAX)];
    let payee = prop_oneof![Just(Acquaintance::Known), Just(Acquaintance::New)];
    let session = prop_oneof![Just(SessionUse::Lately), Just(SessionUse::Idle)];
    (amounts(), amounts(), prop::option::of(0..=3_u32), amounts(), payee, session).prop_map(
        |(amount, free_limit, free_left, passkey_above, payee, session)| Circumstances {
            amount,
            free_limit,
            free_left,
            passkey_above,
            payee,
            session,
        },
    )
}

proptest! {
    #[test]
    fn something_is_needed_exactly_for_a_reason(of in circumstances()) {
        let decision = decide(&of);
        prop_assert_eq!(decision.needed == Needed::Nothing, decision.reasons.is_empty());
        let strongest = decision.reasons.iter().map(|reason| reason.needs()).max();
        prop_assert_eq!(strongest.unwrap_or(Needed::Nothing), decision.needed);
        prop_assert!(decision.reasons.is_sorted_by(|one, next| one < next), "each once, the weightiest first");
    }

    #[test]
    fn worse_circumstances_never_need_less(of in circumstances(), more in 0..=1_000_000_i64) {
        let needed = decide(&of).needed;
        let worse = [
            Circumstances { amount: of.amount.saturating_add(more), ..of },
            Circumstances { free_limit: of.free_limit.saturating_sub(more), ..of },
            Circumstances { passkey_above: of.passkey_above.saturating_sub(more), ..of },
            Circumstances { free_left: of.free_left.map(|left| left.saturating_sub(1)), ..of },
            Circumstances { payee: Acquaintance::New, ..of },
            Circumstances { session: SessionUse::Idle, ..of },
        ];
        for worse in worse {
            prop_assert!(decide(&worse).needed >= needed, "{:?}", worse);
        }
    }

    #[test]
    fn nothing_goes_without_asking_above_the_limit_or_the_count(of in circumstances()) {
        if decide(&of).needed == Needed::Nothing {
            prop_assert!(of.amount <= of.free_limit && of.amount <= of.passkey_above);
            prop_assert!(of.free_left != Some(0) && of.payee == Acquaintance::Known);
        }
    }

    #[test]
    fn who_lacks_nothing_can_show_what_is_needed(of in circumstances(), pin: bool, passkey: bool) {
        let decision = decide(&of);
        let best = if passkey { Some(Factor::Passkey) } else if pin { Some(Factor::Pin) } else { None };
        prop_assert_eq!(decision.lacking(Has { pin, passkey }).is_none(), decision.needed.is_met_by(best));
    }
}
