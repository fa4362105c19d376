//! Stored forms of what records and refusals share: heads, names, account keys, assets.

use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{
    AccountKey, Asset, AssetName, Head, LedgerDay, LimitName, Owner, Period, PostingId, PostingKind, PostingRef, Window,
};
use qianbao_core::{Currency, Timestamp};

use super::codec::RecordError;
use super::wire::{Put, Take};

pub(super) fn put_name(out: &mut Put, name: PostingRef) {
    out.fixed(&name.owner.bytes());
    out.fixed(name.id.uuid().as_bytes());
}

pub(super) fn get_name(from: &mut Take<'_>) -> Result<PostingRef, RecordError> {
    let owner = Owner::from_bytes(from.fixed("an owner")?);
    let bits = uuid::Uuid::from_bytes(from.fixed("a posting id")?);
    let id = PostingId::new(bits).map_err(|_| from.error("a posting id"))?;
    Ok(PostingRef { owner, id })
}

pub(super) fn put_head(out: &mut Put, head: &Head) {
    put_name(out, head.posting_ref());
    out.bytes(head.kind.as_str().as_bytes());
    out.bytes(head.reference.as_bytes());
    out.fixed(&head.digest);
    out.optional(head.not_after.map(|time| time.0));
    out.bytes(&head.details);
}

pub(super) fn get_head(from: &mut Take<'_>) -> Result<Head, RecordError> {
    let PostingRef { owner, id } = get_name(from)?;
    let kind = PostingKind::new(from.text(24, "a kind")?).map_err(|_| from.error("a kind"))?;
    Ok(Head {
        owner,
        id,
        kind,
        reference: from.text(Head::REFERENCE_BYTES_MAX, "a reference")?.to_owned(),
        digest: from.fixed("a digest")?,
        not_after: from.optional("a last moment")?.map(Timestamp),
        details: from.bytes(Head::DETAILS_BYTES_MAX, "details")?.to_vec(),
    })
}

pub(super) fn put_key(out: &mut Put, key: &AccountKey) {
    out.unsigned(u64::from(key.code.number()));
    out.fixed(&key.owner.bytes());
    put_asset(out, key.asset);
    match key.period.limit() {
        None => out.byte(0),
        Some(limit) => {
            let (tag, day) = window_numbers(key.period.window());
            out.byte(tag);
            out.signed(i64::from(day));
            out.bytes(limit.as_str().as_bytes());
        }
    }
}

pub(super) fn get_key(from: &mut Take<'_>) -> Result<AccountKey, RecordError> {
    let number = from.unsigned("an account code")?;
    let code = u16::try_from(number).ok().and_then(|number| AccountCode::from_number(number).ok());
    let code = code.ok_or_else(|| from.error("an account code"))?;
    let owner = Owner::from_bytes(from.fixed("an owner")?);
    let asset = get_asset(from)?;
    let period = match from.byte("a window")? {
        0 => Period::NONE,
        tag => {
            let day = i32::try_from(from.signed("a day")?).map_err(|_| from.error("a day"))?;
            let window = window_of(tag, day).ok_or_else(|| from.error("a window"))?;
            let limit = LimitName::new(from.text(32, "a limit")?).map_err(|_| from.error("a limit"))?;
            Period::of(limit, window)
        }
    };
    Ok(AccountKey { code, owner, asset, period })
}

/// The numbers under which a window is stored: a tag from 1, and a day since 1970-01-01.
pub(crate) const fn window_numbers(window: Window) -> (u8, i32) {
    match window {
        Window::Always => (1, 0),
        Window::Day(day) => (2, day.epoch_days()),
        Window::Month(day) => (3, day.epoch_days()),
        Window::Year(day) => (4, day.epoch_days()),
    }
}

/// The window with these numbers.
pub(crate) const fn window_of(tag: u8, day: i32) -> Option<Window> {
    let day = LedgerDay::from_epoch_days(day);
    Some(match tag {
        1 if day.epoch_days() == 0 => Window::Always,
        2 => Window::Day(day),
        3 => Window::Month(day),
        4 => Window::Year(day),
        _ => return None,
    })
}

pub(super) fn put_asset(out: &mut Put, asset: Asset) {
    match asset {
        Asset::Money(currency) => {
            out.byte(0);
            out.unsigned(u64::from(currency.numeric()));
        }
        Asset::Limit(currency) => {
            out.byte(1);
            out.unsigned(u64::from(currency.numeric()));
        }
        Asset::Count => out.byte(2),
        Asset::Points(name) => {
            out.byte(3);
            out.bytes(name.as_str().as_bytes());
        }
        Asset::Units(name) => {
            out.byte(4);
            out.bytes(name.as_str().as_bytes());
        }
    }
}

pub(super) fn get_asset(from: &mut Take<'_>) -> Result<Asset, RecordError> {
    Ok(match from.byte("an asset")? {
        0 => Asset::Money(get_currency(from)?),
        1 => Asset::Limit(get_currency(from)?),
        2 => Asset::Count,
        3 => Asset::Points(get_asset_name(from)?),
        4 => Asset::Units(get_asset_name(from)?),
        _ => return Err(from.error("an asset")),
    })
}

fn get_currency(from: &mut Take<'_>) -> Result<Currency, RecordError> {
    let number = from.unsigned("a currency")?;
    u16::try_from(number).ok().and_then(Currency::from_numeric).ok_or_else(|| from.error("a currency"))
}

fn get_asset_name(from: &mut Take<'_>) -> Result<AssetName, RecordError> {
    AssetName::new(from.text(16, "an asset's name")?).map_err(|_| from.error("an asset's name"))
}
