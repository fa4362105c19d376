//! What every screen may read: the wallet and the preferences, each a context of its own type.

pub mod calendar;
pub mod ended;
pub mod idle;
pub mod preferences;
pub mod receive_code;
pub mod wallet;

pub use preferences::Preferences;
pub use wallet::Wallet;
