//! The receipt of a payment: signed by the operator, verified here, shown with its proof.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::payments::Receipt;
use qianbao_client::ClientError;
use qianbao_client::verify::VerifyError;
use qianbao_core::id::PaymentId;
use qianbao_ui::dom::{View, view};
use qianbao_ui::{Amount, Fact, Fetched, Proof, ProofCard, ProofWords};

use super::{Trouble, order};
use crate::browser::calendar::{Style, written};
use crate::state::Wallet;
use crate::words::{Words, said, say, words};

/// The receipt.
#[component]
pub fn ReceiptCard(
    /// Of which payment.
    payment: PaymentId,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let known = Fetched::new(move || async move { wallet.client().receipt(payment).await });
    let proof = Signal::derive(move || {
        Some(match known.get()? {
            Ok(checked) => match checked.receipt {
                Ok(_) => Proof::Verified,
                Err(VerifyError::Unsupported) => Proof::Uncheckable,
                Err(error) if error.is_unchecked() => Proof::Unchecked,
                Err(_) => Proof::Unverified,
            },
            Err(_) => Proof::Missing,
        })
    });
    let reason = TextProp::from(move || match known.get() {
        Some(Ok(checked)) => checked.receipt.err().map(|error| why_unchecked(words, &error)).unwrap_or_default(),
        Some(Err(error)) => why_missing(words, error),
        None => String::new(),
    });
    let called = ProofWords {
        title: say!(words, receipt),
        verified: say!(words, receipt_verified),
        unverified: say!(words, receipt_unverified),
        unchecked: say!(words, receipt_unchecked),
        meaning: say!(words, receipt_text),
        advice: say!(words, receipt_unverified_text),
        reason,
        again: say!(words, try_again),
    };
    let facts = move || {
        let checked = known.get()?.ok()?;
        Some(facts(words, checked.receipt.ok()?, checked.signed.key))
    };
    view! {
        <ProofCard called=called proof=proof again=move |()| known.refetch()>
            {facts}
        </ProofCard>
    }
}

/// Why there is no receipt to be shown.
fn why_missing(words: Words, error: ClientError) -> String {
    match error {
        ClientError::Offline | ClientError::Timeout { .. } => said!(words, receipt_missing),
        error => Trouble::Request(error).sentences(words),
    }
}

/// Why nothing is known of a receipt's signature; empty where something is.
fn why_unchecked(words: Words, error: &VerifyError) -> String {
    match error {
        VerifyError::Unsupported => said!(words, receipt_unsupported),
        VerifyError::UnknownKey(_) => said!(words, receipt_key_unknown),
        VerifyError::KeysUnreached(_) => said!(words, receipt_keys_unreached),
        VerifyError::Forged | VerifyError::Unreadable(_) => String::new(),
    }
}

fn facts(words: Words, receipt: Receipt, key: String) -> View {
    let (amount, at) = (receipt.amount, receipt.committed_at);
    let note = receipt.note.map(|note| {
        view! {
            <Fact label=say!(words, note)>
                <bdi>{note}</bdi>
            </Fact>
        }
    });
    let order = receipt.order.map(|paid| {
        let number = paid.id.to_string();
        let number = view! {
            <Fact label=say!(words, order_number)>
                <span class="facts-code">{number}</span>
            </Fact>
        };
        (order::facts(words, paid), number)
    });
    let (order, order_number) = order.unzip();
    let place = receipt.sequence.to_string();
    view! {
        <dl class="facts">
            <Fact label=say!(words, payer)>
                <bdi>{receipt.payer.clone()}</bdi>
            </Fact>
            <Fact label=say!(words, payee)>
                <bdi>{receipt.payee.clone()}</bdi>
            </Fact>
            <Fact label=say!(words, amount)>
                <Amount money=Signal::stored(amount) />
            </Fact>
            <Fact label=say!(words, time)>{move || written(at, Style::Full, words.get_locale())}</Fact>
            {order}
            {note}
            <Fact label=say!(words, payment_number)>
                <span class="facts-code">{receipt.payment.to_string()}</span>
            </Fact>
            {order_number}
            <Fact label=say!(words, ledger_place)>
                <span class="facts-code">{place}</span>
            </Fact>
            <Fact label=say!(words, signing_key)>
                <span class="facts-code">{key}</span>
            </Fact>
        </dl>
    }
}
