//! Template 62: additional data.

use std::collections::BTreeMap;

use super::error::EmvcoError;
use super::format::{ANS_25, CONSUMER, TEXT_99};
use super::object::{Object, push};
use super::value::Template;

/// Additional data (62).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdditionalData {
    /// 01–08: references and labels.
    pub fields: BTreeMap<AdditionalField, Asked>,
    /// 09: what the payer's app is asked to send along.
    pub consumer: Option<ConsumerData>,
    /// 10–49: reserved by EMVCo; kept as written.
    pub reserved: BTreeMap<u8, String>,
    /// 50–99: templates of payment systems.
    pub templates: BTreeMap<u8, Template>,
}

/// A reference or label of additional data; the number is its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum AdditionalField {
    /// 01: bill number.
    Bill = 1,
    /// 02: mobile number.
    Mobile = 2,
    /// 03: store label.
    Store = 3,
    /// 04: loyalty number.
    Loyalty = 4,
    /// 05: reference label.
    Reference = 5,
    /// 06: customer label.
    Customer = 6,
    /// 07: terminal label.
    Terminal = 7,
    /// 08: purpose of the transaction.
    Purpose = 8,
}

impl AdditionalField {
    const ALL: [Self; 8] = [
        Self::Bill,
        Self::Mobile,
        Self::Store,
        Self::Loyalty,
        Self::Reference,
        Self::Customer,
        Self::Terminal,
        Self::Purpose,
    ];
}

/// A value that the merchant gives or asks the payer for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// `***`: the payer is asked.
    Payer,
    /// The merchant's value.
    Given(String),
}

/// What the payer's app is asked to send along (62-09).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsumerData {
    /// `A`: the payer's address.
    pub address: bool,
    /// `M`: the payer's mobile number.
    pub mobile: bool,
    /// `E`: the payer's email address.
    pub email: bool,
}

impl AdditionalData {
    pub(super) fn read(object: Object<'_>) -> Result<Self, EmvcoError> {
        object.formatted(TEXT_99)?;
        let row = object.row()?;
        let mut data = Self::default();
        for field in AdditionalField::ALL {
            if let Some(value) = row.optional(field as u8, ANS_25)? {
                let asked = if value == "***" { Asked::Payer } else { Asked::Given(value.to_owned()) };
                data.fields.insert(field, asked);
            }
        }
        data.consumer = row.optional(9, CONSUMER)?.map(|letters| ConsumerData {
            address: letters.contains('A'),
            mobile: letters.contains('M'),
            email: letters.contains('E'),
        });
        if let Some(zero) = row.find(0) {
            return Err(EmvcoError::Id { position: zero.position - 4 });
        }
        data.reserved.extend(row.among(10..=49).map(|object| (object.id, object.value.to_owned())));
        for object in row.among(50..=99) {
            data.templates.insert(object.id, Template::read(object, TEXT_99)?);
        }
        Ok(data)
    }

    pub(super) fn write(&self) -> Result<String, EmvcoError> {
        let mut value = String::new();
        for (&field, asked) in &self.fields {
            let text = match asked {
                Asked::Payer => "***",
                Asked::Given(text) => text,
            };
            push(&mut value, field as u8, text)?;
        }
        if let Some(consumer) = self.consumer {
            let letters = [(consumer.address, 'A'), (consumer.mobile, 'M'), (consumer.email, 'E')];
            let letters: String = letters.into_iter().filter_map(|(wanted, letter)| wanted.then_some(letter)).collect();
            push(&mut value, 9, &letters)?;
        }
        for (&id, text) in &self.reserved {
            push(&mut value, id, text)?;
        }
        for (&id, template) in &self.templates {
            push(&mut value, id, &template.write()?)?;
        }
        Ok(value)
    }
}
