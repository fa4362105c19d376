//! The EMVCo merchant-presented QR code, version 1.1: a parser and a printer.
//!
//! A payload is a row of objects: two digits of id, two digits of length (01–99, in *characters*), the value. Values of
//! templates are rows of objects again. Object 00 stands first, object 63 last; it holds the CRC-16 over the UTF-8 *bytes*
//! of everything before its value. At each level an id occurs at most once. A payload has at most 512 characters.
//!
//! - [`MerchantCode::parse`]: payload → value. Phases: length → checksum → rows of objects → each object's format → rules
//!   between objects. The first thing that is wrong is the error, with its place.
//! - [`MerchantCode::to_payload`]: value → payload, objects in the order of their ids. What it returns parses back to the
//!   same value.
//!
//! Nothing is dropped: networks, objects and templates this wallet does not know are kept and printed again. The parser is
//! strict: what the specification forbids is refused, so any one changed byte of a valid payload is.
//!
//! Source: EMV QR Code Specification for Payment Systems, Merchant-Presented Mode, version 1.1, sections 3 and 4. What a
//! payload means for this wallet is `code`'s matter.

mod additional;
mod crc;
mod error;
mod format;
mod object;
mod read;
mod value;
mod write;

pub use additional::{AdditionalData, AdditionalField, Asked, ConsumerData};
pub use crc::crc16;
pub use error::{EmvcoError, Tag};
pub use value::{Account, Initiation, LocalNames, MerchantCode, Network, Template, Tip};

/// Most characters of a payload (specification, section 3.1).
pub const PAYLOAD_CHARACTERS_MAX: usize = 512;
