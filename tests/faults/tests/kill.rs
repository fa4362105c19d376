//! The server is killed (SIGKILL) while people pay. After the restart every acknowledged payment has to be there, every
//! other id has exactly one final outcome, and the money is all there. A total of zero alone would prove nothing: a ledger
//! that forgets the last second balances too.

use std::time::Duration;

use qianbao_tests_api::TestResult;
use qianbao_tests_faults::house::{Blow, Payments};

const ROUNDS: usize = 3;
const PAYING: Duration = Duration::from_millis(700);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_payments_survive_a_kill() -> TestResult {
    let mut payments = Payments::begin().await?;
    for round in 0..ROUNDS {
        println!("round {round}: {:?}, all accounted for", payments.round(Blow::Kill, PAYING).await?);
    }
    payments.finish().await
}
