//! What a scanned or pasted text is.
//!
//! The wallet understands a shop's code, somebody else's EMVCo code, a personal payment link and a handle. Everything else
//! is text: it is shown and never opened. Nothing here panics, whatever the text.

use crate::code::{self, CodeError, SealedCode};
use crate::emvco::{EmvcoError, MerchantCode};
use crate::link::{Origin, PaymentLink};
use crate::text::{Handle, is_visible};

/// Longest text that is looked at, in characters.
pub const SCANNED_CHARACTERS_MAX: usize = 10_000;

/// How every EMVCo merchant-presented payload begins.
const EMVCO_START: &str = "000201";

/// What was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// A shop's code of this wallet: of an order or static. Its signature is still to be verified.
    Shop(Box<SealedCode>),
    /// A code that claims to be of this wallet and is not as its codes are, such as an unsigned one.
    Suspect(CodeError),
    /// A valid EMVCo code of another issuer.
    Foreign(Box<MerchantCode>),
    /// It begins as an EMVCo code and is none: damaged, cut or oversize.
    Damaged(EmvcoError),
    /// A personal payment link of this wallet.
    Link(PaymentLink),
    /// A personal payment link of another origin.
    OtherWallet(PaymentLink),
    /// A handle with `@` in front.
    Handle(Handle),
    /// Anything else, fit to be shown: invisible and direction-changing characters are replaced by U+FFFD.
    Text(String),
    /// More than [`SCANNED_CHARACTERS_MAX`] characters.
    TooLong,
    /// Nothing but white space.
    Empty,
}

/// Tells what `text` is, for the wallet whose page has the origin `own`.
pub fn scan(text: &str, own: &Origin) -> Scanned {
    if text.chars().nth(SCANNED_CHARACTERS_MAX).is_some() {
        return Scanned::TooLong;
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
    if text.is_empty() {
        return Scanned::Empty;
    }
    if text.starts_with(EMVCO_START) {
        return merchant_code(text);
    }
    if let Ok(link) = text.parse::<PaymentLink>() {
        return if link.origin == *own { Scanned::Link(link) } else { Scanned::OtherWallet(link) };
    }
    if text.starts_with(['@', '＠'])
        && let Ok(handle) = Handle::typed(text)
    {
        return Scanned::Handle(handle);
    }
    Scanned::Text(text.chars().map(shown).collect())
}

fn merchant_code(text: &str) -> Scanned {
    match MerchantCode::parse(text) {
        Err(error) => Scanned::Damaged(error),
        Ok(merchant) if code::is_ours(&merchant) => match SealedCode::read(text) {
            Ok(sealed) => Scanned::Shop(Box::new(sealed)),
            Err(error) => Scanned::Suspect(error),
        },
        Ok(merchant) => Scanned::Foreign(Box::new(merchant)),
    }
}

fn shown(character: char) -> char {
    if is_visible(character) || matches!(character, '\n' | '\t') { character } else { char::REPLACEMENT_CHARACTER }
}
