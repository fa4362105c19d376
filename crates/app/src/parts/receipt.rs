//! The receipt of a payment: signed by the operator, verified here, shown with its proof.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::payments::Receipt;
use qianbao_client::ClientError;
use qianbao_client::verify::VerifyError;
use qianbao_core::id::PaymentId;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Amount, Button, ButtonKind, Fact, Fetched, Glyph, Skeleton, Tag, Tone};

use super::{Trouble, order};
use crate::browser::calendar::{Style, written};
use crate::state::Wallet;
use crate::words::{Words, say, words};

/// What is known of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    /// The operator signed it; with the id of the key.
    Verified(Box<Receipt>, String),
    /// It is not what the operator signed, or that cannot be found out.
    Unverified(VerifyError),
    /// It could not be fetched.
    Missing(ClientError),
}

async fn fetch(wallet: Wallet, payment: PaymentId) -> Known {
    let client = wallet.client();
    let signed = match client.signed_receipt(payment).await {
        Ok(signed) => signed,
        Err(error) => return Known::Missing(error),
    };
    match client.verify_receipt(&signed).await {
        Ok(receipt) => Known::Verified(Box::new(receipt), signed.key),
        Err(error) => Known::Unverified(error),
    }
}

/// The receipt.
#[component]
pub fn ReceiptCard(
    /// Of which payment.
    payment: PaymentId,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let known = Fetched::new(move || fetch(wallet, payment));
    let tag = move || match known.get() {
        Some(Known::Verified(..)) => {
            view! { <Tag text=say!(words, receipt_verified) tone=Tone::Jade glyph=Glyph::Shield /> }
        }
        Some(Known::Unverified(_)) => {
            view! { <Tag text=say!(words, receipt_unverified) tone=Tone::Cinnabar glyph=Glyph::Alert /> }
        }
        Some(Known::Missing(_)) | None => ().built(),
    };
    let content = move || match known.get() {
        None => view! { <Skeleton lines=3 /> },
        Some(Known::Verified(receipt, key)) => proof(words, *receipt, key),
        Some(Known::Unverified(_)) => view! { <p>{text(say!(words, receipt_unverified_text))}</p> },
        Some(Known::Missing(error)) => view! {
            <p class="quiet">{text(why_missing(words, error))}</p>
            <Button text=say!(words, try_again) kind=ButtonKind::Plain press=move |()| known.refetch() />
        },
    };
    view! {
        <section class="card receipt">
            <div class="card-head">
                <h2>{text(say!(words, receipt))}</h2>
                {tag}
            </div>
            {content}
        </section>
    }
}

/// Why there is no receipt to be shown.
fn why_missing(words: Words, error: ClientError) -> TextProp {
    match error {
        ClientError::Offline | ClientError::Timeout { .. } => say!(words, receipt_missing),
        error => TextProp::from(move || Trouble::Request(error.clone()).sentences(words)),
    }
}

fn proof(words: Words, receipt: Receipt, key: String) -> View {
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
        <p class="quiet">{text(say!(words, receipt_text))}</p>
    }
}
