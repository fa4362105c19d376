//! Trying again when another transaction was in the way: a few times, after a growing pause with chance in it.

use std::time::Duration;

use super::DirectoryError;

/// How often something is tried.
const TRIES_MAX: u32 = 5;

/// Does a whole transaction, and does it again while another one is in its way, at most five times in all. `work` begins a transaction and
/// commits it, and answers alike whenever it is done.
///
/// Where a turn is taken first (Postgres, SQLite) only taking it can meet another. Other databases may say so as late as at the commit.
///
/// # Errors
/// What `work` answers, [`DirectoryError::Conflict`] only when it stays so.
pub async fn again<T, F>(mut work: impl FnMut() -> F) -> Result<T, DirectoryError>
where
    F: Future<Output = Result<T, DirectoryError>>,
{
    let mut tries = 1;
    loop {
        match work().await {
            Err(DirectoryError::Conflict(_)) if tries < TRIES_MAX => {
                tokio::time::sleep(pause(tries)).await;
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

/// The pause after the try number `tries`: between half and the whole of 10 ms, 20 ms, 40 ms, …, so that those who were in each other's way
/// part.
pub(super) fn pause(tries: u32) -> Duration {
    let longest = Duration::from_millis(5_u64 << tries.min(6));
    let mut random = [0; 2];
    // Without randomness two processes may meet again; that is slow, not wrong.
    let _ = getrandom::fill(&mut random);
    longest / 2 + longest * u32::from(u16::from_le_bytes(random)) / (2 * u32::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        for tries in 1..20 {
            let longest = Duration::from_millis(5_u64 << tries.min(6));
            assert!((longest / 2..=longest).contains(&pause(tries)), "{tries}");
        }
    }

    #[tokio::test]
    async fn what_meets_another_is_done_again_and_nothing_else_is() {
        let conflict = || DirectoryError::Conflict(sqlx::Error::PoolTimedOut);
        let mut tries = 0;
        let met = again(|| {
            tries += 1;
            std::future::ready(if tries < 5 { Err(conflict()) } else { Ok(tries) })
        });
        assert_eq!(met.await.expect("the fifth try"), 5);
        let mut tries = 0;
        let met = again(|| {
            tries += 1;
            std::future::ready(Err::<(), _>(conflict()))
        });
        assert!(matches!(met.await, Err(DirectoryError::Conflict(_))));
        assert_eq!(tries, 5);
        let mut tries = 0;
        let failed = again(|| {
            tries += 1;
            std::future::ready(Err::<(), _>(DirectoryError::Damaged { column: "a.b" }))
        });
        assert!(matches!(failed.await, Err(DirectoryError::Damaged { .. })));
        assert_eq!(tries, 1);
    }
}
