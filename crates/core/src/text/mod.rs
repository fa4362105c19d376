//! Text that people type and others read: one rule for server and browser.
//!
//! Each field is a newtype that can only be made from text that keeps its rule, so a value that exists is fit to show:
//! normalised to NFC, trimmed, white space folded into single spaces, without control characters, without characters
//! that turn the reading direction or show nothing, and without the number of a payment card. Names moreover do not mix
//! scripts that hold look-alikes. Whoever shows them still isolates them (`<bdi>`) and keeps verified marks apart.
//!
//! - [`Handle`]: the public name by which a person is found.
//! - [`DisplayName`], [`LegalName`], [`ShopNameZh`], [`ShopNameEn`], [`City`], [`CategoryCode`]: who somebody is.
//! - [`Note`], [`Description`], [`LineName`]: what something is for.
//! - [`mask_legal_name`]: what others see of a legal name before they pay.

mod card;
mod fields;
mod handle;
mod mask;
mod rule;
mod script;

pub use card::has_card_number;
pub use fields::{CategoryCode, City, Description, DisplayName, LegalName, LineName, Note, ShopNameEn, ShopNameZh};
pub use handle::{Handle, HandleError};
pub use mask::mask_legal_name;
pub(crate) use rule::is_visible;
pub use rule::{TextError, Unit};
