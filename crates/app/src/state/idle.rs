//! When the wallet locks itself: nobody has touched it for as long as the person chose, in any tab.
//!
//! The time of the last touch is kept for all tabs, and outlives the page: who comes back to a browser that was closed meanwhile finds it
//! locked as well. It says nothing but when.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use qianbao_ui::kept;

use super::Wallet;
use super::preferences::lock_after_kept;
use crate::browser::touch;

const TOUCHED: &str = "qianbao.touched";
/// How often it is looked, and at most how often a touch is noted.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Whether the last touch was too long ago. Nobody knows where none is kept.
pub fn is_over() -> bool {
    let touched: Option<u64> = kept::get(TOUCHED).and_then(|kept| kept.parse().ok());
    touched.is_some_and(|touched| is_too_long(touched, touch::now_s(), lock_after_kept()))
}

/// A clock that was put back counts as a touch now.
fn is_too_long(touched_s: u64, now_s: u64, minutes: u32) -> bool {
    now_s.saturating_sub(touched_s) >= u64::from(minutes) * 60
}

fn note() {
    kept::set(TOUCHED, Some(&touch::now_s().to_string()));
}

/// Locks `wallet` when it was not touched for too long. Looks as soon as the page is seen again, since a sleeping device has no timers.
pub fn watch(wallet: Wallet) {
    let is_touched = StoredValue::new(true);
    let look = move || {
        if is_over() {
            let client = wallet.client();
            if client.can_lock() {
                spawn_local(async move {
                    // A payment that is under way is stayed with; the next look locks.
                    let _ = client.lock().await;
                });
            }
        } else if is_touched.get_value() {
            is_touched.set_value(false);
            note();
        }
    };
    look();
    touch::on_touch(move || {
        // A touch that comes after the time is over does not count: the lock was only late.
        if !is_over() {
            is_touched.set_value(true);
        }
    });
    // Whoever comes in, by whatever way, is here now.
    Effect::new(move |before: Option<bool>| {
        let is_here = wallet.presence().person().is_some();
        if is_here && before == Some(false) {
            note();
        }
        is_here
    });
    touch::on_seen(look);
    set_interval(look, LOOK_EVERY);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_over_when_nobody_touched_for_so_many_minutes() {
        assert!(!is_too_long(1_000, 1_000 + 299, 5));
        assert!(is_too_long(1_000, 1_000 + 300, 5));
        assert!(!is_too_long(1_000, 400, 5));
    }
}
