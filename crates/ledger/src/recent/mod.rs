//! What a writer keeps in memory of what it wrote last: accounts, and ids that were used. Bounded, and never needed for
//! what is true: whatever is not here is on disk.

mod accounts;
mod names;

pub(crate) use accounts::AccountCache;
pub(crate) use names::{Lookup, RecentNames};
