//! The ledger's contract, stated once and run by every backend. A new backend adds one line at the end.

mod accounts;
mod auditor;
mod claims;
mod guards;
mod legs;
mod model;
mod once;
mod pending;
mod postgres_cut;
mod postgres_processes;
mod postgres_restore;
mod postgres_server;
mod reads;
mod sqlite_file;
mod sqlite_kill;
mod time;
mod world;

use qianbao_ledger::{CommitClock, Epoch, Ledger, Memory, Place, Settings, Zone};
use qianbao_tests_postgres as server;
use world::{StoppedClock, World};

/// A backend that can make an empty ledger. What it returns beside the ledger lives as long as the test.
macro_rules! conformance {
    ($backend:ident, $open:path; $($module:ident: $($case:ident),+;)+) => {
        mod $backend {
            $(mod $module {
                $(#[tokio::test]
                async fn $case() {
                    let clock = crate::StoppedClock::new();
                    let (ledger, _keep) = $open(&clock);
                    crate::$module::$case(crate::World::new(ledger, clock)).await;
                })+
            })+
        }
    };
}

macro_rules! every_backend {
    ($($cases:tt)+) => {
        conformance!(memory, crate::open_memory; $($cases)+);
        conformance!(sqlite, crate::open_sqlite; $($cases)+);
        conformance!(postgres, crate::open_postgres; $($cases)+);
    };
}

fn zone() -> Zone {
    Zone::new("Asia/Shanghai").expect("a zone of the database")
}

fn open_memory(clock: &StoppedClock) -> (Ledger, ()) {
    (Memory::new().start(clock.clock(), zone(), Epoch(7)).expect("a model starts"), ())
}

fn open_sqlite(clock: &StoppedClock) -> (Ledger, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings { clock: clock.clock(), zone: zone(), epoch: Epoch(7) };
    let ledger = Ledger::open_sqlite(&folder.path().join("ledger.db"), settings).expect("a new file opens");
    (ledger, folder)
}

/// A schema that nobody has used.
fn place() -> Place {
    Place::new(server::address(), &server::fresh_name()).expect("a place")
}

fn open_postgres(clock: &StoppedClock) -> (Ledger, ()) {
    let settings = Settings { clock: clock.clock(), zone: zone(), epoch: Epoch(7) };
    (Ledger::open_postgres(&place(), settings, CommitClock::Given).expect("a new schema opens"), ())
}

every_backend! {
    once: a_repeat_gets_the_first_answer, a_refusal_closes_the_id, another_request_is_refused,
        ids_belong_to_their_owner, one_of_many_callers_wins, the_engine_keeps_its_own_owner;
    legs: money_moves_and_nothing_is_lost, only_existing_accounts, one_asset_a_leg, the_posting_is_all_or_nothing,
        a_chain_is_judged_by_its_end, sums_have_a_limit, sixty_four_legs;
    accounts: ensures_open_once, floors_hold, ceilings_hold, ceilings_count_pending_income, states_bind,
        a_freeze_and_a_payment_have_an_order, closing_needs_zero, a_raised_floor_binds_only_debits;
    guards: budgets_hold, a_guard_is_named, a_missing_account_measures_nothing;
    claims: a_claim_is_held_once, claims_alone_are_a_posting, the_claims_of_one_posting_are_checked_in_order,
        a_void_frees_what_its_kind_says, a_refusal_takes_nothing;
    pending: it_counts_at_once_and_credits_nothing, settled_whole, settled_in_part, settled_with_further_legs, voided,
        resolved_once, expires_by_itself, an_expired_one_cannot_be_settled, without_expiry_it_waits,
        a_freeze_does_not_stop_a_settlement, only_pending_ones_are_settled, too_much_is_refused,
        pending_and_settled_in_one_batch, expired_before_it_began;
    time: one_gapless_order, too_late_is_final, stale_leaves_the_id_open, time_never_runs_backwards;
    reads: history_newest_first_by_cursor, history_oldest_first_is_history_read_backwards, history_is_entered_anywhere,
        history_of_a_busy_account, history_shows_each_step_of_a_reservation,
        the_tail_follows, a_posting_by_id, accounts_of_an_owner, limits_are_limits, the_head_is_announced,
        a_day_follows_the_zone, the_audit_agrees, postings_with_an_id;
}
