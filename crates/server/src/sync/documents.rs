//! From the name of a document to what it is now.

use qianbao_api::sync::{Document, DocumentBody};
use qianbao_core::Timestamp;
use qianbao_core::id::{OrderId, TopupId};

use super::subject::Subject;
use crate::directory::DocumentKind;
use crate::failure::FailureError;
use crate::identity::rows::person;
use crate::orders::view;
use crate::payments::parties::Parties;
use crate::realm::Realm;
use crate::wallets::balances::balances;

/// What a document of the subject is now; [`DocumentBody::Gone`] when it is no more, or never was the subject's.
///
/// # Errors
/// When a store fails.
pub async fn document(
    realm: &Realm,
    subject: &Subject,
    kind: DocumentKind,
    id: &str,
    now: Timestamp,
) -> Result<Document, FailureError> {
    let body = match kind {
        DocumentKind::Person => person(realm.directory.readers(), subject.person())
            .await?
            .filter(|person| person.id.to_string() == id)
            .map(|person| DocumentBody::Person(person.view())),
        DocumentKind::Topup => match (subject, id.parse::<TopupId>()) {
            (Subject::Wallet(person), Ok(id)) => {
                crate::funding::list::document(realm, *person, id).await?.map(DocumentBody::Topup)
            }
            _ => None,
        },
        DocumentKind::Shop => match subject {
            Subject::Desk(_, Some(shop)) => Some(DocumentBody::Shop(shop.view.clone())),
            _ => None,
        },
        DocumentKind::Order => match (subject, id.parse::<OrderId>()) {
            (Subject::Desk(_, Some(shop)), Ok(id)) => {
                let mut parties = Parties::new(realm);
                view::by_id(realm, &mut parties, shop.view.id, id, now).await?.map(DocumentBody::Order)
            }
            _ => None,
        },
    };
    Ok(Document { id: id.to_owned(), body: body.unwrap_or(DocumentBody::Gone) })
}

/// The subject's balances.
///
/// # Errors
/// When the ledger fails.
pub async fn wallets(realm: &Realm, subject: &Subject) -> Result<Vec<Document>, FailureError> {
    let Some((owner, code)) = subject.balances() else { return Ok(Vec::new()) };
    let views = balances(realm, owner, code).await?;
    let document = |wallet: qianbao_api::wallets::WalletView| Document {
        id: wallet.available.currency.code().to_owned(),
        body: DocumentBody::Wallet(wallet),
    };
    Ok(views.into_iter().map(document).collect())
}
