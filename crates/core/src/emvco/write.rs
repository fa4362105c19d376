//! Value → payload.

use super::additional::AdditionalData;
use super::crc::crc16;
use super::error::EmvcoError;
use super::object::push;
use super::value::{Account, Initiation, LocalNames, MerchantCode, Template, Tip};

impl MerchantCode {
    /// Prints the payload: objects in the order of their ids, 63 last.
    ///
    /// # Errors
    /// [`EmvcoError`] when a value does not keep its format, or the payload would be longer than 512 characters.
    pub fn to_payload(&self) -> Result<String, EmvcoError> {
        let mut payload = self.content()?;
        payload.push_str("6304");
        let checksum = format!("{:04X}", crc16(payload.as_bytes()));
        payload.push_str(&checksum);
        // The parser is the judge of formats: one set of rules, and whatever leaves here can be read.
        if Self::parse(&payload)? == *self { Ok(payload) } else { Err(EmvcoError::Misplaced) }
    }

    /// The payload without its checksum object.
    pub(crate) fn content(&self) -> Result<String, EmvcoError> {
        let mut payload = String::with_capacity(super::PAYLOAD_CHARACTERS_MAX);
        push(&mut payload, 0, "01")?;
        match self.initiation {
            Some(Initiation::Static) => push(&mut payload, 1, "11")?,
            Some(Initiation::Dynamic) => push(&mut payload, 1, "12")?,
            None => {}
        }
        for (&id, account) in &self.accounts {
            match account {
                Account::Network(value) => push(&mut payload, id, value)?,
                Account::Template(template) => push(&mut payload, id, &template.write()?)?,
            }
        }
        push(&mut payload, 52, &self.category)?;
        push(&mut payload, 53, &self.currency)?;
        optional(&mut payload, 54, self.amount.as_deref())?;
        self.push_tip(&mut payload)?;
        push(&mut payload, 58, &self.country)?;
        push(&mut payload, 59, &self.name)?;
        push(&mut payload, 60, &self.city)?;
        optional(&mut payload, 61, self.postal_code.as_deref())?;
        optional(&mut payload, 62, self.additional.as_ref().map(AdditionalData::write).transpose()?.as_deref())?;
        optional(&mut payload, 64, self.local.as_ref().map(LocalNames::write).transpose()?.as_deref())?;
        for (&id, value) in &self.reserved {
            push(&mut payload, id, value)?;
        }
        for (&id, template) in &self.templates {
            push(&mut payload, id, &template.write()?)?;
        }
        Ok(payload)
    }

    fn push_tip(&self, payload: &mut String) -> Result<(), EmvcoError> {
        match &self.tip {
            None => Ok(()),
            Some(Tip::Ask) => push(payload, 55, "01"),
            Some(Tip::Fixed(fee)) => push(payload, 55, "02").and_then(|()| push(payload, 56, fee)),
            Some(Tip::Percent(rate)) => push(payload, 55, "03").and_then(|()| push(payload, 57, rate)),
        }
    }
}

impl Template {
    pub(super) fn write(&self) -> Result<String, EmvcoError> {
        let mut value = String::new();
        push(&mut value, 0, &self.guid)?;
        for (&id, text) in &self.fields {
            push(&mut value, id, text)?;
        }
        Ok(value)
    }
}

impl LocalNames {
    fn write(&self) -> Result<String, EmvcoError> {
        let mut value = String::new();
        push(&mut value, 0, &self.language)?;
        push(&mut value, 1, &self.name)?;
        optional(&mut value, 2, self.city.as_deref())?;
        for (&id, text) in &self.reserved {
            push(&mut value, id, text)?;
        }
        Ok(value)
    }
}

fn optional(payload: &mut String, id: u8, value: Option<&str>) -> Result<(), EmvcoError> {
    value.map_or(Ok(()), |value| push(payload, id, value))
}
