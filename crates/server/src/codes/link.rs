//! `POST /v1/links`: a personal receive code.
//!
//! Without amount and note it is the person's static code: made at the first request, the same for ever. Any other ends after 24 hours.
//! Its text is an address of the wallet's own host with the id in the fragment ([`qianbao_core::link`]); what it means is read when it is paid.

use axum::Json;
use qianbao_api::ProblemCode;
use qianbao_api::keys::{CreateLink, LinkView};
use qianbao_core::amount::{AmountError, PositiveAmount};
use qianbao_core::id::PersonId;
use qianbao_core::link::{LinkError, PaymentLink};
use qianbao_core::text::{Note, TextError};
use qianbao_core::{Currency, Money};

use super::rows::{self, Link};
use crate::directory::DirectoryError;
use crate::door::{Body, Call, Signed};
use crate::problem::{Refusal, Refuses};

/// A code with an amount ends after a day.
const LINK_S: i64 = 24 * 3_600;
/// Codes of one person that have not ended.
const LINKS_MAX: i64 = 200;

/// No code was made.
#[derive(Debug, thiserror::Error)]
pub enum LinksError {
    /// The amount.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The currency.
    #[error("expected the wallet's currency CNY, found {0}")]
    Currency(Currency),
    /// The note.
    #[error(transparent)]
    Note(#[from] TextError),
    /// Too many that have not ended.
    #[error("expected at most {LINKS_MAX} codes that have not ended; use one of them or wait")]
    TooMany,
    /// The wallet's own origin cannot stand in a link, which is a mistake in `--domain`.
    #[error(transparent)]
    Origin(#[from] LinkError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for LinksError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Amount(AmountError::NotPositive { .. }) => ProblemCode::AmountNotPositive,
            Self::Amount(AmountError::TooLarge { .. }) => ProblemCode::AmountTooLarge,
            Self::Currency(_) => ProblemCode::CurrencyMismatch,
            Self::Note(TextError::CardNumber) => ProblemCode::CardNumberInText,
            Self::Note(_) => ProblemCode::NoteInvalid,
            Self::TooMany => ProblemCode::TooManyRequests,
            Self::Origin(_) => ProblemCode::Internal,
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        let field = match self {
            Self::Amount(_) => "amount",
            Self::Currency(_) => "amount.currency",
            Self::Note(_) => "note",
            Self::TooMany | Self::Origin(_) | Self::Directory(_) => return None,
        };
        Some(field.to_owned())
    }

    fn retry_after_s(&self) -> Option<u32> {
        matches!(self, Self::TooMany).then_some(3_600)
    }
}

/// Makes a personal receive code, or answers the static one.
#[utoipa::path(post, path = "/v1/links", tag = "codes", request_body = CreateLink,
    responses((status = 200, body = LinkView)))]
pub async fn create(call: Call, signed: Signed, Body(request): Body<CreateLink>) -> Result<Json<LinkView>, Refusal> {
    Ok(Json(make(&call, signed.person, &request).await?))
}

/// Makes the code.
///
/// # Errors
/// [`LinksError`]; then none was made.
pub async fn make(call: &Call, person: PersonId, request: &CreateLink) -> Result<LinkView, LinksError> {
    let amount = request.amount.map(|amount| checked(call, amount)).transpose()?;
    let note = request.note.as_deref().map(Note::new).transpose()?.map(Note::into_string);
    let note = note.filter(|note| !note.is_empty());
    let link = if amount.is_none() && note.is_none() {
        static_code(call, person).await?
    } else {
        let expires_at = Some(call.now.plus_seconds(LINK_S));
        let link = Link { id: call.id(), person, amount, note, expires_at };
        let mut write = call.realm.directory.begin().await?;
        if rows::count_live(&mut write, person, call.now).await? >= LINKS_MAX {
            return Err(LinksError::TooMany);
        }
        rows::insert(&mut write, &link, call.now).await?;
        write.commit().await?;
        link
    };
    view(call, link)
}

fn checked(call: &Call, amount: Money) -> Result<Money, LinksError> {
    if amount.currency != Currency::CNY {
        return Err(LinksError::Currency(amount.currency));
    }
    Ok(PositiveAmount::up_to(amount, call.realm.limits.payment_max)?.money())
}

async fn static_code(call: &Call, person: PersonId) -> Result<Link, DirectoryError> {
    if let Some(link) = rows::static_link(call.realm.directory.readers(), person).await? {
        return Ok(link);
    }
    let link = Link { id: call.id(), person, amount: None, note: None, expires_at: None };
    let mut write = call.realm.directory.begin().await?;
    let link = rows::insert_static(&mut write, link, call.now).await?;
    write.commit().await?;
    Ok(link)
}

fn view(call: &Call, link: Link) -> Result<LinkView, LinksError> {
    let text = PaymentLink { origin: call.origin.parse()?, link: link.id };
    let Link { id, amount, note, expires_at, .. } = link;
    Ok(LinkView { link: id, url: text.to_string(), amount, note, expires_at })
}
