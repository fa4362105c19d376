//! `PATCH /v1/person`.

use qianbao_api::ProblemCode as P;
use qianbao_api::identity::{Locale, PersonView, SessionView};
use serde_json::json;

use crate::house::{House, TestResult};

#[tokio::test]
async fn name_and_language_change_alone_or_together() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let changed: PersonView = browser.ask("PATCH", "/v1/person", Some(&json!({ "locale": "en" }))).await?.is()?;
    assert_eq!((changed.display_name.as_str(), changed.locale), ("阿明", Locale::En));
    let both = json!({ "display_name": " Ming Li ", "locale": "zh" });
    let changed: PersonView = browser.ask("PATCH", "/v1/person", Some(&both)).await?.is()?;
    assert_eq!((changed.display_name.as_str(), changed.locale), ("Ming Li", Locale::Zh));
    assert_eq!(browser.get("/v1/session").await?.is::<SessionView>()?.person, changed);
    Ok(())
}

#[tokio::test]
async fn a_name_that_cannot_be_used_changes_nothing() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let request = json!({ "display_name": "a\u{2066}b", "locale": "en" });
    let refused = browser.ask("PATCH", "/v1/person", Some(&request)).await?.refused()?;
    assert_eq!(refused, (422, P::NameInvalid, Some("display_name".to_owned())));
    assert_eq!(browser.get("/v1/session").await?.is::<SessionView>()?.person.locale, Locale::Zh);
    let unknown = browser.ask("PATCH", "/v1/person", Some(&json!({ "legal_name": "王岚" }))).await?.refused()?;
    assert_eq!((unknown.0, unknown.1), (400, P::MalformedRequest), "nobody renames themselves legally");
    Ok(())
}
