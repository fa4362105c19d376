//! Which screen an address means. The grammar is [`Route::path`]; what does not fit it is [`Route::Missing`].

use qianbao_core::id::{PaymentId, TopupId};

/// A screen with what it needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Who we are, and the way in.
    Welcome,
    /// Sign in.
    SignIn,
    /// Make a wallet.
    SignUp,
    /// Come back with a recovery code.
    Recovery,
    /// Unlock what this device keeps.
    Unlock,
    /// Balance, doors, spending, newest entries.
    Home,
    /// Read a code.
    Scan,
    /// Confirm a payment for what stands in a code, a link or a handle.
    Pay(PayFor),
    /// What became of a payment.
    Payment(PaymentId),
    /// Choose a person to pay.
    Send,
    /// Show a code to be paid.
    Receive,
    /// All entries.
    Activity,
    /// One entry, by its id.
    Entry(String),
    /// Put money in.
    TopUp,
    /// One top-up.
    TopUpDetail(TopupId),
    /// The person, settings, leaving.
    Me,
    /// No screen has this address.
    Missing,
}

/// What a payment is for, as it was read or typed. What it means is decided by `core`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayFor {
    /// The text of a code or link.
    Code(String),
    /// A person's handle.
    Handle(String),
}

impl Route {
    /// The screen of `path`, which may carry a query.
    pub fn parse(path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut steps = path.split('/').filter(|step| !step.is_empty());
        let (first, second, rest) = (steps.next(), steps.next(), steps.next());
        match (first, second, rest) {
            (None, ..) => Self::Home,
            (Some("welcome"), None, None) => Self::Welcome,
            (Some("sign-in"), None, None) => Self::SignIn,
            (Some("sign-up"), None, None) => Self::SignUp,
            (Some("recovery"), None, None) => Self::Recovery,
            (Some("unlock"), None, None) => Self::Unlock,
            (Some("scan"), None, None) => Self::Scan,
            (Some("pay"), None, None) => pay_for(query).map_or(Self::Missing, Self::Pay),
            (Some("payments"), Some(id), None) => id.parse().map_or(Self::Missing, Self::Payment),
            (Some("send"), None, None) => Self::Send,
            (Some("receive"), None, None) => Self::Receive,
            (Some("activity"), None, None) => Self::Activity,
            (Some("activity"), Some(id), None) => decode(id).map_or(Self::Missing, Self::Entry),
            (Some("top-up"), None, None) => Self::TopUp,
            (Some("top-up"), Some(id), None) => id.parse().map_or(Self::Missing, Self::TopUpDetail),
            (Some("me"), None, None) => Self::Me,
            _ => Self::Missing,
        }
    }

    /// The address of the screen; [`Route::parse`] reads it back.
    pub fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Welcome => "/welcome".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
            Self::SignUp => "/sign-up".to_owned(),
            Self::Recovery => "/recovery".to_owned(),
            Self::Unlock => "/unlock".to_owned(),
            Self::Scan => "/scan".to_owned(),
            Self::Pay(PayFor::Code(text)) => "/pay?code=".to_owned() + &encode(text),
            Self::Pay(PayFor::Handle(handle)) => "/pay?to=".to_owned() + &encode(handle),
            Self::Payment(id) => "/payments/".to_owned() + &id.to_string(),
            Self::Send => "/send".to_owned(),
            Self::Receive => "/receive".to_owned(),
            Self::Activity => "/activity".to_owned(),
            Self::Entry(id) => "/activity/".to_owned() + &encode(id),
            Self::TopUp => "/top-up".to_owned(),
            Self::TopUpDetail(id) => "/top-up/".to_owned() + &id.to_string(),
            Self::Me => "/me".to_owned(),
            Self::Missing => "/missing".to_owned(),
        }
    }

    /// The address of the screen, from which one comes on to `next` when it is done; see [`next_of`].
    pub fn path_then(&self, next: &str) -> String {
        self.path() + "?next=" + &encode(next)
    }

    /// Whether the screen is for people who are not signed in.
    pub const fn is_way_in(&self) -> bool {
        matches!(self, Self::Welcome | Self::SignIn | Self::SignUp | Self::Recovery | Self::Unlock)
    }
}

/// Where to go on to from a way in: what [`Route::path_then`] wrote, if it is a screen of this app, else home.
pub fn next_of(path: &str) -> String {
    let next = path.split_once("?next=").and_then(|(_, next)| decode(next));
    // Only addresses that are screens: another site's address would be a trap, and parses as missing.
    next.filter(|next| next.starts_with('/') && !matches!(Route::parse(next), Route::Missing))
        .unwrap_or_else(|| Route::Home.path())
}

fn pay_for(query: &str) -> Option<PayFor> {
    let (name, value) = query.split('&').next()?.split_once('=')?;
    let value = decode(value).filter(|value| !value.is_empty())?;
    match name {
        "code" => Some(PayFor::Code(value)),
        "to" => Some(PayFor::Handle(value)),
        _ => None,
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// `text` percent-encoded: every byte but the unreserved ones of RFC 3986 section 2.3.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// The text that `encode` made `encoded` of; nothing when it is not percent-encoded UTF-8.
fn decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_has_an_address_that_leads_back_to_it() {
        let payment = PaymentId::from_parts(1_700_000_000_000, [7; 10]);
        let topup = TopupId::from_parts(1_700_000_000_000, [9; 10]);
        let screens = [
            Route::Home,
            Route::Welcome,
            Route::SignIn,
            Route::SignUp,
            Route::Recovery,
            Route::Unlock,
            Route::Scan,
            Route::Pay(PayFor::Code("https://wallet.localhost/#lnk_1?&=茶".to_owned())),
            Route::Pay(PayFor::Handle("lan.w_1".to_owned())),
            Route::Payment(payment),
            Route::Send,
            Route::Receive,
            Route::Activity,
            Route::Entry("120-0".to_owned()),
            Route::TopUp,
            Route::TopUpDetail(topup),
            Route::Me,
            Route::Missing,
        ];
        for screen in screens {
            assert_eq!(Route::parse(&screen.path()), screen, "{}", screen.path());
        }
    }

    #[test]
    fn addresses_that_fit_nothing_are_missing() {
        for path in
            ["/pay", "/pay?code=", "/pay?code=%zz", "/pay?code=%e4", "/payments/ord_1", "/top-up/1", "/me/x", "/x"]
        {
            assert_eq!(Route::parse(path), Route::Missing, "{path}");
        }
    }

    #[test]
    fn signing_in_leads_on_to_a_screen_and_nowhere_else() {
        let wanted = Route::Pay(PayFor::Handle("lan".to_owned())).path();
        assert_eq!(next_of(&Route::SignIn.path_then(&wanted)), wanted);
        assert_eq!(Route::parse(&Route::SignIn.path_then(&wanted)), Route::SignIn);
        for trap in ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/nowhere"] {
            assert_eq!(next_of(&Route::SignIn.path_then(trap)), "/", "{trap}");
        }
        assert_eq!(next_of("/sign-in"), "/");
    }

    #[test]
    fn an_address_may_end_with_a_slash() {
        assert_eq!(Route::parse("/activity/"), Route::Activity);
        assert_eq!(Route::parse(""), Route::Home);
    }
}
