//! Rows of objects: id, length in characters, value.

use std::fmt::Write;

use super::error::{EmvcoError, Tag};
use super::format::Format;

/// One object of a row.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    pub(super) tag: Tag,
    pub(super) id: u8,
    pub(super) value: &'a str,
    /// Where the value begins, in characters of the payload from 1.
    pub(super) position: usize,
}

impl<'a> Object<'a> {
    /// The value, when it has the format.
    pub(super) fn formatted(self, format: Format) -> Result<&'a str, EmvcoError> {
        if (format.fits)(self.value) {
            Ok(self.value)
        } else {
            Err(EmvcoError::Format { tag: self.tag, position: self.position, expected: format.expected })
        }
    }

    /// The objects inside the value of a template.
    pub(super) fn row(self) -> Result<Row<'a>, EmvcoError> {
        Row::read(self.value, self.tag, self.position)
    }
}

/// The objects of one level, each id at most once.
pub(super) struct Row<'a> {
    tag: Tag,
    objects: Vec<Object<'a>>,
}

impl<'a> Row<'a> {
    /// Reads all of `text`, which begins at `position` of the payload.
    pub(super) fn read(text: &'a str, tag: Tag, mut position: usize) -> Result<Self, EmvcoError> {
        let mut row = Self { tag, objects: Vec::new() };
        let mut rest = text;
        while !rest.is_empty() {
            let id = two_digits(rest).ok_or(EmvcoError::Id { position })?;
            let tag = tag.child(id);
            if row.find(id).is_some() {
                return Err(EmvcoError::Duplicate { tag, position });
            }
            let length = two_digits(&rest[2..]).filter(|&length| length > 0);
            let expected = usize::from(length.ok_or(EmvcoError::Length { tag, position: position + 2 })?);
            (rest, position) = (&rest[4..], position + 4);
            let end = rest.char_indices().map(|(index, _)| index).chain([rest.len()]).nth(expected);
            let Some(end) = end else {
                return Err(EmvcoError::Truncated { tag, position, expected, found: rest.chars().count() });
            };
            row.objects.push(Object { tag, id, value: &rest[..end], position });
            (rest, position) = (&rest[end..], position + expected);
        }
        Ok(row)
    }

    pub(super) fn first(&self) -> Option<&Object<'a>> {
        self.objects.first()
    }

    pub(super) fn last(&self) -> Option<&Object<'a>> {
        self.objects.last()
    }

    pub(super) fn find(&self, id: u8) -> Option<Object<'a>> {
        self.objects.iter().find(|object| object.id == id).copied()
    }

    /// The objects whose ids lie in a range, in the order of the payload.
    pub(super) fn among(&self, ids: std::ops::RangeInclusive<u8>) -> impl Iterator<Item = Object<'a>> {
        self.objects.iter().filter(move |object| ids.contains(&object.id)).copied()
    }

    /// The value of an object that may be absent.
    pub(super) fn optional(&self, id: u8, format: Format) -> Result<Option<&'a str>, EmvcoError> {
        self.find(id).map(|object| object.formatted(format)).transpose()
    }

    /// The value of an object that must be there.
    pub(super) fn required(&self, id: u8, format: Format) -> Result<&'a str, EmvcoError> {
        self.optional(id, format)?.ok_or(EmvcoError::Missing { tag: self.tag.child(id) })
    }
}

/// The number that the first two characters write, when they are digits.
fn two_digits(text: &str) -> Option<u8> {
    let digits = text.get(..2)?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Appends an object.
pub(super) fn push(payload: &mut String, id: u8, value: &str) -> Result<(), EmvcoError> {
    let found = value.chars().count();
    if !(1..=99).contains(&found) {
        return Err(EmvcoError::ValueLength { id, found });
    }
    // Writing into a text cannot fail.
    let _ = write!(payload, "{id:02}{found:02}{value}");
    Ok(())
}
