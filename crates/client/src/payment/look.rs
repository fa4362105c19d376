//! What a text asks for, and why it may not be paid.

use qianbao_api::payments::Target;
use qianbao_core::Timestamp;
use qianbao_core::code::{CodeError, SealedCode, ShopCode};
use qianbao_core::emvco::{EmvcoError, MerchantCode};
use qianbao_core::link::{Origin, PaymentLink};
use qianbao_core::scan::{Scanned, scan};

use crate::error::ClientError;

/// A text that can be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Whom or what for.
    pub target: Target,
    /// The code it came from; its signature is still to be checked.
    pub code: Option<Box<SealedCode>>,
}

/// Why a text is not paid. No money moved, and nothing was sent but a question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// Nothing was scanned.
    #[error("expected a code, found nothing")]
    Empty,
    /// Longer than any code.
    #[error("expected a code, found a text longer than any code")]
    TooLong,
    /// Not a user name, where one was typed.
    #[error("expected a user name, found another text")]
    Handle,
    /// Not a code: show the text, never open it.
    #[error("expected a code, found another text")]
    Text(String),
    /// A code that is damaged, cut or oversize.
    #[error("the code is damaged: {0}")]
    Damaged(EmvcoError),
    /// A valid code of another issuer: show whose.
    #[error("expected a code of this wallet, found one of another issuer")]
    Foreign(Box<MerchantCode>),
    /// A personal link of another wallet: show whose.
    #[error("expected a link of this wallet, found one of {}", .0.origin)]
    OtherWallet(PaymentLink),
    /// It claims to be a code of this wallet and is not as such codes are, such as an unsigned one.
    #[error("expected a code as this wallet makes them, found another: {0}")]
    Suspect(CodeError),
    /// The signature does not belong to the code: a forgery.
    #[error("the signature does not belong to this code")]
    Forged,
    /// The signature could not be checked now; the same code may be genuine: try again.
    #[error("the signature could not be checked now, try again: {0}")]
    Unchecked(ClientError),
    /// The order's code is over.
    #[error("the order of this code is over")]
    Expired,
    /// The server says something else than the signed code does.
    #[error("the server says something else than the signed code does")]
    Differs,
    /// The server refused the question, or could not be asked.
    #[error(transparent)]
    Refused(ClientError),
}

impl Stop {
    /// The keys for the signature could not be fetched because of `error`.
    pub(super) fn unchecked(error: ClientError) -> Self {
        if error.is_signed_out() { Self::Refused(error) } else { Self::Unchecked(error) }
    }
}

/// What `text` asks for, in the wallet of the origin `own`, at the server's time `now`.
///
/// # Errors
/// [`Stop`] for everything that is not a code, link or handle of this wallet, and for an order's code that is over.
pub fn look(text: &str, own: &Origin, now: Timestamp) -> Result<Looked, Stop> {
    match scan(text, own) {
        Scanned::Shop(code) => of_code(code, now),
        Scanned::Link(PaymentLink { link, .. }) => Ok(Looked { target: Target::PersonLink { link }, code: None }),
        Scanned::Handle(handle) => {
            Ok(Looked { target: Target::Person { handle: handle.as_str().to_owned() }, code: None })
        }
        Scanned::Suspect(error) => Err(Stop::Suspect(error)),
        Scanned::Foreign(code) => Err(Stop::Foreign(code)),
        Scanned::Damaged(error) => Err(Stop::Damaged(error)),
        Scanned::OtherWallet(link) => Err(Stop::OtherWallet(link)),
        Scanned::Text(text) => Err(Stop::Text(text)),
        Scanned::TooLong => Err(Stop::TooLong),
        Scanned::Empty => Err(Stop::Empty),
    }
}

fn of_code(code: Box<SealedCode>, now: Timestamp) -> Result<Looked, Stop> {
    let target = match &code.code {
        ShopCode::Order(order) if now > order.expires_at => return Err(Stop::Expired),
        ShopCode::Order(order) => Target::Order { order: order.order, version: order.version },
        ShopCode::Static(fixed) => Target::ShopCode { link: fixed.link },
    };
    Ok(Looked { target, code: Some(code) })
}
