//! What a shop needs to be opened, checked before it is sent. The server checks the same again.

use qianbao_api::merchants::OpenShop;
use qianbao_core::Currency;

/// Lines of business on offer, merchant category codes of ISO 18245.
pub const CATEGORIES: [&str; 7] = ["5812", "5499", "5411", "5942", "5651", "7230", "5999"];

/// Longest Chinese name, in characters.
pub const NAME_ZH_MAX: u32 = 40;
/// Longest English name, in characters (EMVCo merchant-presented mode, tag 59).
pub const NAME_EN_MAX: u32 = 25;
/// Longest city, in characters (tag 60).
pub const CITY_MAX: u32 = 15;

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is empty.
    Missing,
    /// It holds something else than printable ASCII, which codes cannot carry.
    NotAscii,
}

/// The answers as they are typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// City.
    pub city: String,
    /// Merchant category code.
    pub category: String,
}

/// What is wrong with a text that may be anything.
pub fn wrong_text(text: &str) -> Option<Wrong> {
    text.trim().is_empty().then_some(Wrong::Missing)
}

/// What is wrong with a text that goes into a code.
pub fn wrong_ascii(text: &str) -> Option<Wrong> {
    let printable = text.chars().all(|letter| letter == ' ' || letter.is_ascii_graphic());
    wrong_text(text).or((!printable).then_some(Wrong::NotAscii))
}

impl Answers {
    /// The request, when all answers can be used.
    pub fn request(&self, currency: Currency) -> Option<OpenShop> {
        let wrong = wrong_text(&self.name_zh).or(wrong_ascii(&self.name_en)).or(wrong_ascii(&self.city));
        (wrong.is_none() && CATEGORIES.contains(&self.category.as_str())).then(|| OpenShop {
            name_zh: self.name_zh.trim().to_owned(),
            name_en: self.name_en.trim().to_owned(),
            category: self.category.clone(),
            city: self.city.trim().to_owned(),
            currency,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> Answers {
        Answers {
            name_zh: " 云山茶铺 ".to_owned(),
            name_en: "Yunshan Tea".to_owned(),
            city: "Hangzhou".to_owned(),
            category: "5812".to_owned(),
        }
    }

    #[test]
    fn complete_answers_make_a_request_without_stray_space() {
        let request = answers().request(Currency::CNY).expect("complete");
        assert_eq!(request.name_zh, "云山茶铺");
    }

    #[test]
    fn each_missing_or_wrong_answer_holds_the_request_back() {
        let broken = [
            Answers { name_zh: "  ".to_owned(), ..answers() },
            Answers { name_en: "云山".to_owned(), ..answers() },
            Answers { name_en: "Tea\u{7}".to_owned(), ..answers() },
            Answers { city: String::new(), ..answers() },
            Answers { category: "0000".to_owned(), ..answers() },
        ];
        for answers in broken {
            assert!(answers.request(Currency::CNY).is_none(), "{answers:?}");
        }
    }

    #[test]
    fn the_reason_is_precise() {
        assert_eq!(wrong_ascii(" "), Some(Wrong::Missing));
        assert_eq!(wrong_ascii("杭州"), Some(Wrong::NotAscii));
        assert_eq!(wrong_ascii("Xi'an"), None);
    }
}
