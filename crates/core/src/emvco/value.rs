//! What a payload says.

use std::collections::BTreeMap;

use super::additional::AdditionalData;

/// A merchant-presented code. Field comments give the object's id; limits stand in `format.rs` and are checked when the
/// code is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerchantCode {
    /// 01: whether the code is shown again and again or made for one payment.
    pub initiation: Option<Initiation>,
    /// 02–51: where the merchant can be paid, by id; at least one.
    pub accounts: BTreeMap<u8, Account>,
    /// 52: category of ISO 18245, four digits.
    pub category: String,
    /// 53: numeric currency of ISO 4217, three digits such as `156`.
    pub currency: String,
    /// 54: the amount as written, such as `23.72`; the payer types it when absent.
    pub amount: Option<String>,
    /// 55–57: tip or convenience fee.
    pub tip: Option<Tip>,
    /// 58: country of ISO 3166-1, two capital letters.
    pub country: String,
    /// 59: the merchant's name.
    pub name: String,
    /// 60: city.
    pub city: String,
    /// 61: postal code.
    pub postal_code: Option<String>,
    /// 62: references, terminal, what the payer is asked for.
    pub additional: Option<AdditionalData>,
    /// 64: name and city in another language.
    pub local: Option<LocalNames>,
    /// 65–79: reserved by EMVCo; kept as written.
    pub reserved: BTreeMap<u8, String>,
    /// 80–99: templates of whoever issues codes.
    pub templates: BTreeMap<u8, Template>,
}

/// How often a code is meant to be paid (01).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiation {
    /// 11: the same code for many payments.
    Static,
    /// 12: made for one payment.
    Dynamic,
}

/// A place where the merchant can be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// 02–25: a value whose form the network defines.
    Network(String),
    /// 26–51: a template that names itself.
    Template(Template),
}

/// A template that names itself with a globally unique id in sub-object 00: an application id, a UUID without dashes or a
/// reverse domain name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// 00: the unique id.
    pub guid: String,
    /// 01–99: as its owner defines.
    pub fields: BTreeMap<u8, String>,
}

/// What is added to the amount (55–57).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tip {
    /// The payer is asked for a tip.
    Ask,
    /// A fixed fee, as written such as `1.50`.
    Fixed(String),
    /// A percentage of the amount, as written such as `3.00`.
    Percent(String),
}

/// Name and city in another language (64).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalNames {
    /// 00: language of ISO 639-1, such as `ZH`.
    pub language: String,
    /// 01: the merchant's name.
    pub name: String,
    /// 02: city.
    pub city: Option<String>,
    /// 03–99: reserved by EMVCo; kept as written.
    pub reserved: BTreeMap<u8, String>,
}

/// Networks with ids of their own (table 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// 02–03.
    Visa,
    /// 04–05.
    Mastercard,
    /// 06–08 and 17–25, given out by EMVCo.
    EmvCo,
    /// 09–10.
    Discover,
    /// 11–12.
    AmericanExpress,
    /// 13–14.
    Jcb,
    /// 15–16.
    UnionPay,
}

impl Network {
    /// The network that owns an id of 02–25.
    pub const fn of(id: u8) -> Option<Self> {
        Some(match id {
            2..=3 => Self::Visa,
            4..=5 => Self::Mastercard,
            6..=8 | 17..=25 => Self::EmvCo,
            9..=10 => Self::Discover,
            11..=12 => Self::AmericanExpress,
            13..=14 => Self::Jcb,
            15..=16 => Self::UnionPay,
            _ => return None,
        })
    }
}
