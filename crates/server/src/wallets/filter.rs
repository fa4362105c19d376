//! Which entries of a wallet somebody looks for: the filters of `GET /v1/activity`.
//!
//! `q` is looked for in the other side's names and handle, in the note and in the amount. Text matches anywhere, without regard to
//! letter case and width (NFKC); an amount such as `18`, `¥18.00` or `1,800.00` matches an entry of exactly that amount.

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::payments::PayeeView;
use qianbao_core::{Money, Timestamp};
use unicode_normalization::UnicodeNormalization;

/// Longest `q`, bytes.
pub const QUERY_BYTES_MAX: usize = 100;

/// Which way value went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the wallet.
    In,
    /// Out of it.
    Out,
}

/// What an entry has to satisfy; absent parts let everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub(super) needle: Option<Needle>,
    /// Only this kind.
    pub kind: Option<EntryKind>,
    /// Only this way.
    pub direction: Option<Direction>,
    /// Not before this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(super) struct Needle {
    text: String,
    amount: Option<String>,
}

impl Filter {
    /// The same filter with a text to look for; an empty one looks for nothing.
    #[must_use]
    pub fn looking_for(self, query: &str) -> Self {
        let text = folded(query.trim());
        let needle = (!text.is_empty()).then(|| Needle { amount: typed_amount(&text), text });
        Self { needle, ..self }
    }

    /// Whether every entry passes.
    pub const fn is_empty(&self) -> bool {
        self.needle.is_none()
            && self.kind.is_none()
            && self.direction.is_none()
            && self.from.is_none()
            && self.to.is_none()
    }

    /// Whether the entry passes.
    pub fn matches(&self, entry: &Entry) -> bool {
        let direction = if entry.amount.minor < 0 { Direction::Out } else { Direction::In };
        self.kind.is_none_or(|kind| kind == entry.kind)
            && self.direction.is_none_or(|wanted| wanted == direction)
            && self.from.is_none_or(|from| entry.at >= from)
            && self.to.is_none_or(|to| entry.at < to)
            && self.needle.as_ref().is_none_or(|needle| needle.is_in(entry))
    }
}

impl Needle {
    fn is_in(&self, entry: &Entry) -> bool {
        let has = |text: &str| folded(text).contains(&self.text);
        let named = match &entry.counterparty {
            PayeeView::Shop(shop) => has(&shop.name_zh) || has(&shop.name_en),
            PayeeView::Person { handle, display_name, .. } => has(handle) || has(display_name),
            PayeeView::Bank { name, .. } => has(name),
        };
        named
            || entry.note.as_deref().is_some_and(has)
            || self.amount.as_ref().is_some_and(|amount| *amount == plain_amount(entry.amount))
    }
}

fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// The typed text as an amount without sign, grouping and trailing zeros of the fraction, if it is one.
fn typed_amount(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !matches!(c, '¥' | '￥' | ',' | ' ' | '+' | '-' | '元')).collect();
    let (whole, fraction) = bare.split_once('.').unwrap_or((&bare, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(joined(whole, fraction.trim_end_matches('0')))
}

fn plain_amount(amount: Money) -> String {
    let exponent = usize::from(amount.currency.exponent());
    let digits = format!("{:0>width$}", amount.minor.unsigned_abs(), width = exponent + 1);
    let (whole, fraction) = digits.split_at(digits.len() - exponent);
    joined(whole, fraction.trim_end_matches('0'))
}

fn joined(whole: &str, fraction: &str) -> String {
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use qianbao_api::merchants::ShopView;
    use qianbao_core::Currency;
    use qianbao_core::id::ShopId;

    use super::*;

    fn entry(minor: i64, note: &str) -> Entry {
        let shop = ShopView {
            id: ShopId::from_parts(1, [1; 10]),
            name_zh: "云山茶铺".to_owned(),
            name_en: "Yunshan Tea".to_owned(),
            category: "5812".to_owned(),
            city: "Hangzhou".to_owned(),
        };
        Entry {
            id: "7-0".to_owned(),
            sequence: 7,
            at: Timestamp(1_000),
            kind: EntryKind::Payment,
            amount: Money::new(minor, Currency::CNY),
            balance_after: Money::new(0, Currency::CNY),
            counterparty: PayeeView::Shop(shop),
            note: Some(note.to_owned()),
            payment: None,
            refund: None,
            order: None,
            topup: None,
        }
    }

    #[test]
    fn text_is_found_in_names_and_note_whatever_its_case_and_width() {
        let entry = entry(-1_800, "两杯 Oolong %_");
        for query in ["云山", "yunshan", "ＹＵＮ", "oolong", "%_", "", "  "] {
            assert!(Filter::default().looking_for(query).matches(&entry), "{query:?}");
        }
        for query in ["coffee", "' OR 1=1 --", "%", "18.01"] {
            assert_eq!(Filter::default().looking_for(query).matches(&entry), query == "%", "{query:?}");
        }
    }

    #[test]
    fn an_amount_is_found_however_it_is_typed() {
        for query in ["18", "18.0", "18.00", "¥18", "￥18.00", "-18", "018"] {
            assert!(Filter::default().looking_for(query).matches(&entry(-1_800, "")), "{query:?}");
        }
        assert!(Filter::default().looking_for("1,800.05").matches(&entry(180_005, "")));
        assert!(Filter::default().looking_for("0.05").matches(&entry(5, "")));
        for query in ["1.8", "180", "1800", "18.", "18.000.0"] {
            let found = Filter::default().looking_for(query).matches(&entry(-1_800, ""));
            assert_eq!(found, query == "18.", "{query:?}");
        }
    }

    #[test]
    fn kind_direction_and_time_narrow() {
        let entry = entry(-1_800, "");
        let filter = Filter { kind: Some(EntryKind::Payment), direction: Some(Direction::Out), ..Filter::default() };
        assert!(filter.matches(&entry));
        assert!(!Filter { direction: Some(Direction::In), ..filter.clone() }.matches(&entry));
        assert!(!Filter { kind: Some(EntryKind::Refund), ..filter.clone() }.matches(&entry));
        assert!(Filter { from: Some(Timestamp(1_000)), to: Some(Timestamp(1_001)), ..filter.clone() }.matches(&entry));
        assert!(!Filter { to: Some(Timestamp(1_000)), ..filter.clone() }.matches(&entry));
        assert!(!Filter { from: Some(Timestamp(1_001)), ..filter }.matches(&entry));
        assert!(Filter::default().is_empty());
    }
}
