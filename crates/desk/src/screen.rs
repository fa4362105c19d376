//! The screens and their addresses.
//!
//! The address is the state: each screen has one, and the browser's history is the way back.

use qianbao_core::id::OrderId;

/// A screen of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// The keypad, `/`.
    Cashier,
    /// The code of an order, to be scanned, `/code/ord_…`.
    Code(OrderId),
    /// Orders, `/orders`.
    Orders,
    /// One order, `/orders/ord_…`.
    Order(OrderId),
    /// A payment by the printed code, by its place in the ledger, `/orders/counter/120`.
    Counter(u64),
    /// The figures of the day, `/today`.
    Today,
    /// The shop and its settings, `/shop`.
    Shop,
    /// The static code, to print, `/shop/code`.
    Poster,
    /// An address that leads nowhere.
    Unknown,
}

/// The four places of the main navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Taking money.
    Cashier,
    /// Orders.
    Orders,
    /// The day.
    Today,
    /// The shop.
    Shop,
}

impl Screen {
    /// The screen at `address` (path, with or without query).
    pub fn at(address: &str) -> Self {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Self::Cashier,
            ["code", order] => order.parse().map_or(Self::Unknown, Self::Code),
            ["orders"] => Self::Orders,
            ["orders", order] => order.parse().map_or(Self::Unknown, Self::Order),
            ["orders", "counter", sequence] => sequence.parse().map_or(Self::Unknown, Self::Counter),
            ["today"] => Self::Today,
            ["shop"] => Self::Shop,
            ["shop", "code"] => Self::Poster,
            _ => Self::Unknown,
        }
    }

    /// The address of the screen.
    pub fn path(self) -> String {
        match self {
            Self::Cashier | Self::Unknown => "/".to_owned(),
            Self::Code(order) => ["/code/", &order.to_string()].concat(),
            Self::Orders => "/orders".to_owned(),
            Self::Order(order) => ["/orders/", &order.to_string()].concat(),
            Self::Counter(sequence) => ["/orders/counter/", &sequence.to_string()].concat(),
            Self::Today => "/today".to_owned(),
            Self::Shop => "/shop".to_owned(),
            Self::Poster => "/shop/code".to_owned(),
        }
    }

    /// The place it belongs to.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::Cashier | Self::Code(_) => Some(Place::Cashier),
            Self::Orders | Self::Order(_) | Self::Counter(_) => Some(Place::Orders),
            Self::Today => Some(Place::Today),
            Self::Shop | Self::Poster => Some(Place::Shop),
            Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_is_found_at_its_own_address() {
        let order = OrderId::from_parts(1_700_000_000_000, [7; 10]);
        for screen in [
            Screen::Cashier,
            Screen::Code(order),
            Screen::Orders,
            Screen::Order(order),
            Screen::Counter(120),
            Screen::Today,
            Screen::Shop,
            Screen::Poster,
        ] {
            assert_eq!(Screen::at(&screen.path()), screen);
            assert_eq!(Screen::at(&(screen.path() + "?from=home")), screen);
        }
    }

    #[test]
    fn anything_else_leads_nowhere() {
        for address in
            ["/orders/pay_01k2m3n4p5q6r7s8t9v0w1x2y3", "/code", "/code/x", "/orders/x/y", "/orders/counter/x", "/admin"]
        {
            let screen = Screen::at(address);
            assert!(matches!(screen, Screen::Unknown), "{address} became {screen:?}");
        }
    }
}
