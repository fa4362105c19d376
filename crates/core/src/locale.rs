//! Languages the wallet speaks.

use serde::{Deserialize, Serialize};

/// A language of texts and numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}
