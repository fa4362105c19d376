//! Whatever a stranger writes is read or refused: no panic, and what was read keeps its promises.

use qianbao_core::code::SealedCode;
use qianbao_core::emvco::{MerchantCode, crc16};
use qianbao_core::link::{Origin, PaymentLink};
use qianbao_core::scan::{Scanned, scan};
use qianbao_core::text::{DisplayName, Handle, LegalName, Note};
use qianbao_core::{Currency, Money};

/// Text as it comes out of a camera or a clipboard.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn scanned() {
    let own: Origin = "https://wallet.example".parse().expect("an origin");
    bolero::check!().for_each(|bytes: &[u8]| {
        let text = text(bytes);
        match scan(&text, &own) {
            Scanned::Link(link) | Scanned::OtherWallet(link) => {
                assert_eq!(link.to_string().parse::<PaymentLink>().as_ref(), Ok(&link));
            }
            Scanned::Text(shown) => assert!(!shown.contains(['\u{202e}', '\u{200b}', '\0'])),
            _ => {}
        }
    });
}

/// Rows of objects behind a right beginning and before a right checksum, so that the checksum is no wall.
#[test]
fn merchant_codes() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let content = format!("000201{}6304", text(bytes));
        let payload = format!("{content}{:04X}", crc16(content.as_bytes()));
        if let Ok(code) = MerchantCode::parse(&payload) {
            let printed = code.to_payload().expect("what was read can be printed");
            assert_eq!(MerchantCode::parse(&printed).as_ref(), Ok(&code));
        }
        if let Ok(sealed) = SealedCode::read(&payload) {
            let again = sealed.code.seal(sealed.key, |_| sealed.signature).expect("what was read can be sealed");
            assert_eq!(again, payload);
        }
    });
}

#[test]
fn typed() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let text = text(bytes);
        if let Ok(money) = Money::parse(&text, Currency::CNY) {
            assert_eq!(Money::parse(&money.to_decimal(), Currency::CNY), Ok(money));
        }
        if let Ok(handle) = Handle::typed(&text) {
            assert_eq!(handle.as_str().parse::<Handle>().as_ref(), Ok(&handle));
        }
        // What a field keeps, it keeps again unchanged.
        for kept in
            [DisplayName::new(&text).map(DisplayName::into_string), LegalName::new(&text).map(LegalName::into_string)]
        {
            if let Ok(kept) = kept {
                assert_eq!(DisplayName::new(&kept).map(DisplayName::into_string).as_ref(), Ok(&kept));
            }
        }
        if let Ok(note) = Note::new(&text) {
            assert_eq!(Note::new(note.as_str()).as_ref(), Ok(&note));
        }
    });
}
