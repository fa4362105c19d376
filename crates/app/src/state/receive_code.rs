//! The person's own receive code, kept in this browser so that it can be shown without a network.

use qianbao_api::identity::PersonView;
use qianbao_api::keys::LinkView;

use qianbao_ui::kept;

const KEY: &str = "qianbao.receive-code";

/// Keeps `link` as the code of `person`: `person id, link, address`, parted by spaces, which none of them holds.
pub fn keep(person: Option<&PersonView>, link: &LinkView) {
    if let Some(person) = person {
        kept::set(KEY, Some(&[person.id.to_string(), link.link.to_string(), link.url.clone()].join(" ")));
    }
}

/// The code of `person`, if it is theirs that is kept.
pub fn kept(person: Option<&PersonView>) -> Option<LinkView> {
    read(&kept::get(KEY)?, &person?.id.to_string())
}

/// Forgets it: somebody signs out.
pub fn forget() {
    kept::set(KEY, None);
}

fn read(text: &str, person: &str) -> Option<LinkView> {
    let mut parts = text.split(' ');
    let (owner, link, url) = (parts.next()?, parts.next()?, parts.next()?);
    (owner == person).then_some(())?;
    Some(LinkView { link: link.parse().ok()?, url: url.to_owned(), amount: None, note: None, expires_at: None })
}

#[cfg(test)]
mod tests {
    use qianbao_core::id::LinkId;

    use super::*;

    #[test]
    fn a_code_is_shown_to_its_owner_only() {
        let link = LinkId::from_parts(1, [3; 10]);
        let text = ["per_1", &link.to_string(), "https://wallet.localhost/#x"].join(" ");
        let view = read(&text, "per_1").expect("the owner's");
        assert_eq!((view.link, view.url.as_str()), (link, "https://wallet.localhost/#x"));
        assert_eq!(read(&text, "per_2"), None);
        assert_eq!(read("per_1 nonsense x", "per_1"), None);
        assert_eq!(read("", "per_1"), None);
    }
}
