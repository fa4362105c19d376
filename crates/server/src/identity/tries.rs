//! Try budgets: how often a password may be guessed, counted durably before it is compared; and how many wallets one address may open.
//!
//! | subject | tries | in |
//! | --- | --- | --- |
//! | one handle | 10 | 15 min |
//! | one network address (IPv6: its /64) | 100 | 15 min |
//! | all together, a realm, but for confirming | 3,000 | 15 min |
//! | one-time codes of one person, signing in | 10 | 24 h |
//! | one-time codes of one person, confirming | 10 | 24 h |
//! | recovery codes of one handle | 10 | 15 min |
//! | recoveries of one person that begin | 3 | 24 h |
//! | signing up from one network address | 300 | 15 min |
//! | asking for the options of a new person's passkey from one network address | 300 | 15 min |
//! | confirming of one person | 10 | 15 min |
//!
//! A window starts with its first try. A right password or code gives its try back, so people who know theirs never meet a budget. A full
//! budget of a handle closes the password for it, not its open sessions and not its passkeys. Of a million codes three are good at a time: who
//! has somebody's password hits one of them in ten tries a day with a chance of 3 in 100,000. Recovery codes cannot be guessed: their budget is
//! apart from the password's, so that who is guessing passwords closes nobody's way back.

use std::net::{IpAddr, Ipv6Addr};

use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;

use super::rows::tries;
use crate::directory::{Directory, DirectoryError, Write};
use crate::problem::seconds_to_wait;

const WINDOW_S: i64 = 15 * 60;
const CODE_WINDOW_S: i64 = 24 * 3_600;
const CODE_TRIES_MAX: i64 = 10;
const HANDLE_TRIES_MAX: i64 = 10;
const ADDRESS_TRIES_MAX: i64 = 100;
const ALL_TRIES_MAX: i64 = 3_000;
const SIGN_UPS_MAX: i64 = 300;
const RECOVERY_WINDOW_S: i64 = 24 * 3_600;
const RECOVERIES_MAX: i64 = 3;

/// No try is left.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// A budget is used up.
    #[error("expected fewer tries; wait {retry_after_s} seconds")]
    Spent {
        /// Seconds until the window ends.
        retry_after_s: u32,
    },
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

/// A try that was counted.
#[derive(Debug)]
pub struct Try {
    subjects: Vec<(String, i64)>,
}

impl Try {
    /// Counts a try on `what` from `address` in every budget, or in none.
    ///
    /// # Errors
    /// [`TryError::Spent`] when a budget is used up.
    pub async fn count(
        directory: &Directory,
        what: Tried<'_>,
        address: &str,
        now: Timestamp,
    ) -> Result<Self, TryError> {
        let mut subjects =
            vec![(what.subject(), HANDLE_TRIES_MAX), (format!("address:{}", network(address)), ADDRESS_TRIES_MAX)];
        if matches!(what, Tried::Handle(_) | Tried::Recovering(_)) {
            subjects.push(("all".to_owned(), ALL_TRIES_MAX));
        }
        spend(directory, &subjects, WINDOW_S, now).await?;
        Ok(Self { subjects })
    }

    /// Counts a try of a one-time code of `person`.
    ///
    /// # Errors
    /// [`TryError::Spent`] when the budget is used up.
    pub async fn count_code(
        directory: &Directory,
        person: PersonId,
        what: Tried<'_>,
        now: Timestamp,
    ) -> Result<Self, TryError> {
        let subject = match what {
            Tried::Handle(_) | Tried::Recovering(_) => format!("code:{person}"),
            Tried::Confirming(_) => format!("confirm-code:{person}"),
        };
        let subjects = vec![(subject, CODE_TRIES_MAX)];
        spend(directory, &subjects, CODE_WINDOW_S, now).await?;
        Ok(Self { subjects })
    }

    /// Gives the try back in the transaction that opens the session.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn give_back(self, write: &mut Write) -> Result<(), DirectoryError> {
        for (subject, _) in self.subjects {
            tries::give_back(write, subject).await?;
        }
        Ok(())
    }
}

/// What a password is tried on. Whoever knows a handle can use up its budget; only who holds a session of the person that of confirming, so that
/// nobody from outside stands in the way of who wants to change a password that is being guessed.
#[derive(Clone, Copy, Debug)]
pub enum Tried<'a> {
    /// A handle, known or not.
    Handle(&'a str),
    /// The person at a session.
    Confirming(PersonId),
    /// A handle, known or not, with a recovery code.
    Recovering(&'a str),
}

impl Tried<'_> {
    fn subject(self) -> String {
        match self {
            Self::Handle(handle) => format!("handle:{handle}"),
            Self::Confirming(person) => format!("confirm:{person}"),
            Self::Recovering(handle) => format!("recover:{handle}"),
        }
    }
}

/// Counts a request for the options of a new person's passkey from `address`, which tells whether a handle is taken; never given back.
///
/// # Errors
/// [`TryError::Spent`] when the budget is used up.
pub async fn count_newcomer(directory: &Directory, address: &str, now: Timestamp) -> Result<(), TryError> {
    spend(directory, &[(format!("newcomer:{}", network(address)), SIGN_UPS_MAX)], WINDOW_S, now).await
}

/// Counts a sign-up from `address`; never given back.
///
/// # Errors
/// [`TryError::Spent`] when the budget is used up.
pub async fn count_sign_up(directory: &Directory, address: &str, now: Timestamp) -> Result<(), TryError> {
    spend(directory, &[(format!("sign-up:{}", network(address)), SIGN_UPS_MAX)], WINDOW_S, now).await
}

/// Counts that a recovery of `person` begins, in the transaction that begins it; never given back.
///
/// # Errors
/// [`TryError::Spent`] when the budget is used up; the transaction must not be committed then.
pub async fn count_recovery(write: &mut Write, person: PersonId, now: Timestamp) -> Result<(), TryError> {
    let (subject, over_at) = (format!("recovery:{person}"), now.plus_seconds(-RECOVERY_WINDOW_S));
    let (begun, started_at) = tries::spend(write, &subject, now, over_at).await?;
    let retry_after_s = seconds_to_wait(now, started_at.plus_seconds(RECOVERY_WINDOW_S));
    if begun > RECOVERIES_MAX { Err(TryError::Spent { retry_after_s }) } else { Ok(()) }
}

/// Spends one try of each budget, or none at all.
async fn spend(
    directory: &Directory,
    budgets: &[(String, i64)],
    window_s: i64,
    now: Timestamp,
) -> Result<(), TryError> {
    let mut write = directory.begin().await?;
    for (subject, tries_max) in budgets {
        let (tries, started_at) = tries::spend(&mut write, subject, now, now.plus_seconds(-window_s)).await?;
        if tries > *tries_max {
            let ends_at = started_at.plus_seconds(window_s);
            return Err(TryError::Spent { retry_after_s: seconds_to_wait(now, ends_at) });
        }
    }
    write.commit().await?;
    Ok(())
}

/// Forgets windows that are over, whichever they were. A job runs it.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, now: Timestamp) -> Result<(), DirectoryError> {
    tries::sweep(write, now.plus_seconds(-CODE_WINDOW_S)).await
}

/// One subscriber has a whole /64 of IPv6.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
            let prefix = u128::from(address) & !u128::from(u64::MAX);
            format!("{}/64", Ipv6Addr::from(prefix))
        }
        Ok(IpAddr::V6(address)) => address.to_ipv4_mapped().map_or_else(String::new, |address| address.to_string()),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_of_ipv6_is_one_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2:ffff::1"), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
