//! The bank's page for people: one form, one page that says it is done. No script, one style sheet.
//!
//! Whatever comes from a request is escaped where it is put into the page ([`Html::text`] is the only way in).

mod words;

use std::fmt::Write;

use qianbao_connectors::sandbox::wire::Trouble;
use qianbao_core::{Locale, Money};

use words::Words;

/// The style sheet.
pub const STYLE: &str = include_str!("bank.css");

/// What stands in the form.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// Number of the account.
    pub account: &'a str,
    /// Amount as typed.
    pub amount: &'a str,
    /// Reference as typed.
    pub reference: &'a str,
    /// Payer's name as typed.
    pub name: &'a str,
    /// What is to go wrong.
    pub trouble: Trouble,
}

/// Why a transfer was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nobody has the account.
    Account,
    /// The amount cannot be read or is out of range.
    Amount,
    /// Reference or name is missing or too long.
    Text,
}

/// A transfer that was made.
#[derive(Clone, Copy, Debug)]
pub struct Done<'a> {
    /// How much.
    pub amount: Money,
    /// The bank's id of it.
    pub entry: &'a str,
}

/// The language tag.
pub const fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::Zh => "zh",
        Locale::En => "en",
    }
}

/// The page with the form.
pub fn transfer(locale: Locale, form: &Form<'_>, problem: Option<Problem>) -> String {
    let words = words::of(locale);
    let mut page = Html::begin(locale, words.title);
    if let Some(problem) = problem {
        page.raw("<p class=\"problem\" role=\"alert\">").text(words.problem(problem)).raw("</p>");
    }
    page.raw("<form method=\"post\" action=\"/transfer\"><input type=\"hidden\" name=\"lang\" value=\"");
    page.text(tag(locale)).raw("\">");
    page.field(words.account, "account", &grouped(form.account), "inputmode=\"numeric\" maxlength=\"40\"");
    page.field(words.amount, "amount", form.amount, "inputmode=\"decimal\" maxlength=\"20\"");
    page.field(words.reference, "reference", form.reference, "maxlength=\"140\" autocapitalize=\"characters\"");
    let name = if form.name.is_empty() { words.demo_name } else { form.name };
    page.field(words.name, "name", name, "maxlength=\"60\"");
    page.troubles(words, form.trouble);
    page.raw("<button type=\"submit\">").text(words.send).raw("</button></form>");
    page.end(words)
}

/// The page after a transfer.
pub fn done(locale: Locale, done: &Done<'_>) -> String {
    let words = words::of(locale);
    let mut page = Html::begin(locale, words.done);
    page.raw("<p class=\"sum\">").text(&done.amount.to_text(locale)).raw("</p><p>").text(words.told).raw("</p>");
    page.raw("<p class=\"quiet\">").text(words.entry).raw(" <bdi>").text(done.entry).raw("</bdi></p>");
    page.end(words)
}

/// A page being written.
struct Html(String);

impl Html {
    fn begin(locale: Locale, title: &str) -> Self {
        let mut page = Self("<!doctype html><html lang=\"".to_owned());
        page.text(if locale == Locale::Zh { "zh-CN" } else { "en" });
        page.raw(
            "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
        );
        page.raw("<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/bank.css\"><title>");
        let words = words::of(locale);
        page.text(title).raw(" · ").text(words.bank).raw("</title></head><body><header><b>").text(words.bank);
        page.raw("</b><span>").text(words.demo).raw("</span></header><main><h1>").text(title).raw("</h1>");
        page
    }

    fn end(mut self, words: &Words) -> String {
        self.raw("</main><footer>").text(words.no_money).raw("</footer></body></html>");
        self.0
    }

    /// Text of this program, which may hold markup.
    fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text from anywhere, escaped for content and for quoted attributes.
    fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.0.push(character),
            }
        }
        self
    }

    fn field(&mut self, label: &str, name: &'static str, value: &str, attributes: &'static str) {
        self.raw("<label>").text(label).raw("<input required autocomplete=\"off\" name=\"").raw(name).raw("\" ");
        self.raw(attributes).raw(" value=\"").text(value).raw("\"></label>");
    }

    fn troubles(&mut self, words: &Words, chosen: Trouble) {
        self.raw("<details");
        if chosen != Trouble::None {
            self.raw(" open");
        }
        self.raw("><summary>").text(words.trouble).raw("</summary><label>").text(words.trouble_label);
        self.raw("<select name=\"trouble\">");
        for trouble in Trouble::ALL {
            // Writing into a text cannot fail.
            let _ = write!(self.0, "<option value=\"{}\"", trouble.word());
            if trouble == chosen {
                self.raw(" selected");
            }
            self.raw(">").text(words.trouble(trouble)).raw("</option>");
        }
        self.raw("</select></label></details>");
    }
}

/// Groups of four, as people compare numbers.
fn grouped(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(|c| !c.is_whitespace()).take(40).collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_escaped() {
        let nasty = "\"><script>alert('x')</script>&";
        let form = Form { account: nasty, amount: nasty, reference: nasty, name: nasty, trouble: Trouble::None };
        for locale in [Locale::Zh, Locale::En] {
            let page = transfer(locale, &form, Some(Problem::Amount));
            assert!(!page.contains("<script"), "{page}");
            assert!(page.contains("&quot;&gt;&lt;script&gt;"), "{page}");
            let page = done(locale, &Done { amount: Money::new(1, qianbao_core::Currency::CNY), entry: nasty });
            assert!(!page.contains("<script"), "{page}");
        }
    }

    #[test]
    fn every_trouble_can_be_chosen_in_both_languages() {
        let form = Form { account: "6209121234", amount: "", reference: "", name: "", trouble: Trouble::Late };
        for locale in [Locale::Zh, Locale::En] {
            let page = transfer(locale, &form, None);
            assert_eq!(page.matches("<option").count(), Trouble::ALL.len());
            assert!(page.contains("value=\"late\" selected"));
            assert!(page.contains("6209 1212 34"));
        }
    }
}
