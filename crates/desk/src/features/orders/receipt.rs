//! The receipt of a payment to the shop: signed by the operator, verified here, shown with its proof.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::orders::OrderLine;
use qianbao_api::payments::Receipt;
use qianbao_client::verify::VerifyError;
use qianbao_core::id::PaymentId;
use qianbao_ui::dom::{View, view};
use qianbao_ui::{Amount, Fact, Fetched, LineItem, Proof, ProofCard, ProofWords};

use crate::browser::calendar::{Style, written};
use crate::say;
use crate::state::Till;
use crate::texts::{Language, failure};

/// The receipt.
#[component]
pub fn ReceiptCard(
    /// Of which payment.
    payment: PaymentId,
) -> View {
    let (till, language) = (Till::get(), Language::get());
    let known = Fetched::new(move || async move { till.client().receipt(payment).await });
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
    let unsupported = say!(receipt_unsupported);
    let key_unknown = say!(receipt_key_unknown);
    let keys_unreached = say!(receipt_keys_unreached);
    let reason = TextProp::from(move || match known.get() {
        Some(Ok(checked)) => match checked.receipt {
            Err(VerifyError::Unsupported) => unsupported.get().to_string(),
            Err(VerifyError::UnknownKey(_)) => key_unknown.get().to_string(),
            Err(VerifyError::KeysUnreached(_)) => keys_unreached.get().to_string(),
            Err(VerifyError::Forged | VerifyError::Unreadable(_)) | Ok(_) => String::new(),
        },
        Some(Err(error)) => failure(language.locale(), &error),
        None => String::new(),
    });
    let called = ProofWords {
        title: say!(receipt),
        verified: say!(receipt_verified),
        unverified: say!(receipt_unverified),
        unchecked: say!(receipt_unchecked),
        meaning: say!(receipt_text),
        advice: say!(receipt_unverified_text),
        reason,
        again: say!(again),
    };
    let facts = move || {
        let checked = known.get()?.ok()?;
        Some(view! { <Facts receipt=checked.receipt.ok()? key=checked.signed.key /> })
    };
    view! {
        <ProofCard called=called proof=proof again=move |()| known.refetch()>
            {facts}
        </ProofCard>
    }
}

/// What it says.
#[component]
fn Facts(
    /// The receipt.
    receipt: Receipt,
    /// Which key signed it.
    key: String,
) -> View {
    let language = Language::get();
    let at = receipt.committed_at;
    let line = |line: OrderLine| {
        view! { <LineItem name=line.name quantity=line.quantity unit_price=line.unit_price /> }
    };
    let (lines, description) = receipt.order.map(|order| (order.lines, order.description)).unwrap_or_default();
    let lines = (!lines.is_empty()).then(|| {
        let lines: Vec<View> = lines.into_iter().map(line).collect();
        view! {
            <Fact label=say!(receipt_lines)>
                <ul>{lines}</ul>
            </Fact>
        }
    });
    let text = |label: TextProp, text: String| {
        view! {
            <Fact label=label>
                <bdi>{text}</bdi>
            </Fact>
        }
    };
    let description = (!description.is_empty()).then(|| text(say!(order_for), description));
    let note = receipt.note.map(|note| text(say!(receipt_note), note));
    let code = |label: TextProp, code: String| {
        view! {
            <Fact label=label>
                <span class="facts-code">{code}</span>
            </Fact>
        }
    };
    view! {
        <dl class="facts">
            {text(say!(paid_by), receipt.payer)} {text(say!(receipt_payee), receipt.payee)}
            <Fact label=say!(receipt_amount)>
                <Amount money=receipt.amount />
            </Fact>
            <Fact label=say!(paid_at)>{move || written(at, Style::Full, language.locale())}</Fact>
            {lines} {description} {note} {code(say!(payment_number), receipt.payment.to_string())}
            {code(say!(receipt_place), receipt.sequence.to_string())} {code(say!(receipt_key), key)}
        </dl>
    }
}
