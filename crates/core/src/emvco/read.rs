//! Payload → value.

use std::collections::BTreeMap;

use super::PAYLOAD_CHARACTERS_MAX;
use super::additional::AdditionalData;
use super::crc::crc16;
use super::error::{EmvcoError, Tag};
use super::format::{self, Format};
use super::object::{Object, Row};
use super::value::{Account, Initiation, LocalNames, MerchantCode, Template, Tip};

impl MerchantCode {
    /// Reads a payload.
    ///
    /// # Errors
    /// [`EmvcoError`]: the first thing that is wrong, with its place.
    pub fn parse(payload: &str) -> Result<Self, EmvcoError> {
        // Counting stops early, so that a text of any size is refused at the same price.
        let found = payload.chars().take(PAYLOAD_CHARACTERS_MAX * 20).count();
        if found > PAYLOAD_CHARACTERS_MAX {
            return Err(EmvcoError::TooLong { found });
        }
        check_crc(payload)?;
        let row = Row::read(payload, Tag::ROOT, 1)?;
        if row.first().is_none_or(|object| object.id != 0) {
            return Err(EmvcoError::NotFirst);
        }
        if row.last().is_none_or(|object| object.id != 63) {
            return Err(EmvcoError::NoChecksum);
        }
        row.required(0, format::VERSION)?;
        let initiation = row.optional(1, format::INITIATION)?.map(|value| match value {
            "11" => Initiation::Static,
            _ => Initiation::Dynamic,
        });
        let owned = |value: &str| value.to_owned();
        Ok(Self {
            initiation,
            accounts: accounts(&row)?,
            category: row.required(52, format::DIGITS_4)?.to_owned(),
            currency: row.required(53, format::DIGITS_3)?.to_owned(),
            amount: row.optional(54, format::AMOUNT)?.map(owned),
            tip: tip(&row)?,
            country: row.required(58, format::COUNTRY)?.to_owned(),
            name: row.required(59, format::ANS_25)?.to_owned(),
            city: row.required(60, format::ANS_15)?.to_owned(),
            postal_code: row.optional(61, format::ANS_10)?.map(owned),
            additional: row.find(62).map(AdditionalData::read).transpose()?,
            local: row.find(64).map(local_names).transpose()?,
            reserved: texts(row.among(65..=79))?,
            templates: templates(row.among(80..=99))?,
        })
    }
}

/// The last object must be 63 with the checksum of all before its value.
fn check_crc(payload: &str) -> Result<(), EmvcoError> {
    let (content, found) =
        payload.len().checked_sub(4).and_then(|end| payload.split_at_checked(end)).unwrap_or(("", ""));
    let hex = found.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    if !content.ends_with("6304") || !hex {
        return Err(EmvcoError::NoChecksum);
    }
    let computed = crc16(content.as_bytes());
    if u16::from_str_radix(found, 16) == Ok(computed) {
        Ok(())
    } else {
        Err(EmvcoError::Checksum { computed, found: found.to_owned() })
    }
}

fn accounts(row: &Row<'_>) -> Result<BTreeMap<u8, Account>, EmvcoError> {
    let mut accounts = BTreeMap::new();
    for object in row.among(2..=25) {
        accounts.insert(object.id, Account::Network(object.formatted(format::ANS_99)?.to_owned()));
    }
    for object in row.among(26..=51) {
        accounts.insert(object.id, Account::Template(Template::read(object, format::ANS_99)?));
    }
    if accounts.is_empty() { Err(EmvcoError::NoAccount) } else { Ok(accounts) }
}

/// 56 goes with flag 02 only, 57 with flag 03 only, and each flag wants its own.
fn tip(row: &Row<'_>) -> Result<Option<Tip>, EmvcoError> {
    let flag = row.optional(55, format::TIP)?;
    let conflict =
        [(56, "02"), (57, "03")].into_iter().find_map(|(id, wanted)| row.find(id).filter(|_| flag != Some(wanted)));
    if let Some(Object { tag, position, .. }) = conflict {
        return Err(EmvcoError::TipConflict { tag, position });
    }
    Ok(match flag {
        None => None,
        Some("01") => Some(Tip::Ask),
        Some("02") => Some(Tip::Fixed(row.required(56, format::AMOUNT)?.to_owned())),
        Some(_) => Some(Tip::Percent(row.required(57, format::PERCENT)?.to_owned())),
    })
}

fn local_names(object: Object<'_>) -> Result<LocalNames, EmvcoError> {
    object.formatted(format::TEXT_99)?;
    let row = object.row()?;
    Ok(LocalNames {
        language: row.required(0, format::LANGUAGE)?.to_owned(),
        name: row.required(1, format::TEXT_25)?.to_owned(),
        city: row.optional(2, format::TEXT_15)?.map(str::to_owned),
        reserved: texts(row.among(3..=99))?,
    })
}

fn texts<'a>(objects: impl Iterator<Item = Object<'a>>) -> Result<BTreeMap<u8, String>, EmvcoError> {
    let mut texts = BTreeMap::new();
    for object in objects {
        texts.insert(object.id, object.formatted(format::TEXT_99)?.to_owned());
    }
    Ok(texts)
}

fn templates<'a>(objects: impl Iterator<Item = Object<'a>>) -> Result<BTreeMap<u8, Template>, EmvcoError> {
    let mut templates = BTreeMap::new();
    for object in objects {
        templates.insert(object.id, Template::read(object, format::TEXT_99)?);
    }
    Ok(templates)
}

impl Template {
    pub(super) fn read(object: Object<'_>, format: Format) -> Result<Self, EmvcoError> {
        object.formatted(format)?;
        let row = object.row()?;
        let guid = row.required(0, format::GUID)?.to_owned();
        let mut fields = BTreeMap::new();
        fields.extend(row.among(1..=99).map(|field| (field.id, field.value.to_owned())));
        Ok(Self { guid, fields })
    }
}
