//! From what was scanned or typed to what can be paid, or why it cannot.

use qianbao_api::payments::Target;
use qianbao_core::code::{SealedCode, ShopCode};
use qianbao_core::link::Origin;
use qianbao_core::scan::{Scanned, scan};
use qianbao_core::text::Handle;

use crate::route::PayFor;

/// Something that can be paid, as far as its text tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whom or what for.
    pub target: Target,
    /// The code whose signature is to be checked before the sheet shows anything of it.
    pub sealed: Option<Box<SealedCode>>,
}

/// Why nothing can be paid with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadingError {
    /// It claims to be a code of this wallet, and is not as those are: unsigned, or changed.
    Suspect,
    /// A code of another payment service; the name on it, which nobody has checked.
    Foreign(String),
    /// It begins as a payment code and is damaged, cut or oversize.
    Damaged,
    /// A payment link of another wallet; its address.
    OtherWallet(String),
    /// Other text, fit to be shown, never to be opened.
    Text(String),
    /// Too long for any code.
    TooLong,
    /// Not a handle.
    Handle,
}

/// Longest piece of foreign text that is shown, in characters.
const SHOWN_MAX: usize = 200;

/// Reads `what` for the wallet at `own`.
pub fn read(what: PayFor, own: &Origin) -> Result<Reading, ReadingError> {
    let text = match what {
        PayFor::Handle(handle) => {
            return Handle::typed(&handle).map(|handle| person(&handle)).map_err(|_| ReadingError::Handle);
        }
        PayFor::Code(text) => text,
    };
    let unsealed = |target| Ok(Reading { target, sealed: None });
    match scan(&text, own) {
        Scanned::Shop(sealed) => {
            let target = match &sealed.code {
                ShopCode::Order(order) => Target::Order { order: order.order, version: order.version },
                ShopCode::Static(code) => Target::ShopCode { link: code.link },
            };
            Ok(Reading { target, sealed: Some(sealed) })
        }
        Scanned::Link(link) => unsealed(Target::PersonLink { link: link.link }),
        Scanned::Handle(handle) => Ok(person(&handle)),
        Scanned::Suspect(_) => Err(ReadingError::Suspect),
        Scanned::Foreign(code) => Err(ReadingError::Foreign(cut(&code.name))),
        Scanned::Damaged(_) => Err(ReadingError::Damaged),
        Scanned::OtherWallet(link) => Err(ReadingError::OtherWallet(link.origin.as_str().to_owned())),
        Scanned::Text(text) => Err(ReadingError::Text(cut(&text))),
        Scanned::TooLong => Err(ReadingError::TooLong),
        Scanned::Empty => Err(ReadingError::Text(String::new())),
    }
}

fn person(handle: &Handle) -> Reading {
    Reading { target: Target::Person { handle: handle.to_string() }, sealed: None }
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN_MAX).collect()
}

#[cfg(test)]
mod tests {
    use qianbao_core::id::LinkId;

    use super::*;

    fn own() -> Origin {
        "https://wallet.example".parse().expect("an origin")
    }

    fn code(text: &str) -> Result<Reading, ReadingError> {
        read(PayFor::Code(text.to_owned()), &own())
    }

    #[test]
    fn people_are_paid_by_handle_and_by_link() {
        let lan = Target::Person { handle: "lan".to_owned() };
        assert_eq!(read(PayFor::Handle("@Lan".to_owned()), &own()).map(|reading| reading.target), Ok(lan.clone()));
        assert_eq!(code("@lan").map(|reading| reading.target), Ok(lan));
        let link = LinkId::from_parts(1, [5; 10]);
        let url = ["https://wallet.example/#/p/", &link.to_string()].concat();
        assert_eq!(code(&url).map(|reading| reading.target), Ok(Target::PersonLink { link }));
    }

    #[test]
    fn what_cannot_be_paid_says_why() {
        let link = LinkId::from_parts(1, [5; 10]);
        let other = ["https://evil.example/#/p/", &link.to_string()].concat();
        assert_eq!(code(&other), Err(ReadingError::OtherWallet("https://evil.example".to_owned())));
        assert_eq!(code("00020101021263041234"), Err(ReadingError::Damaged));
        assert_eq!(code("https://example.com/pay"), Err(ReadingError::Text("https://example.com/pay".to_owned())));
        assert_eq!(code(&"x".repeat(10_001)), Err(ReadingError::TooLong));
        assert_eq!(read(PayFor::Handle("<script>".to_owned()), &own()), Err(ReadingError::Handle));
    }

    #[test]
    fn foreign_text_is_shown_in_part_only() {
        let Err(ReadingError::Text(shown)) = code(&"茶".repeat(9_000)) else { panic!("it is text") };
        assert_eq!(shown.chars().count(), SHOWN_MAX);
    }
}
