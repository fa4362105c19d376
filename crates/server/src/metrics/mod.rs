//! Metrics for Prometheus, where `--metrics-listen` asks for them.
//!
//! Counters and histograms are kept as things happen; what is a state (queues, streams, flags, how far the audit is) is read when somebody asks
//! for the text. Labels are routes as they are written in the code, realms, results and classes of status: few, and never a person's id, a name,
//! a note or an amount. Without the option nothing is kept, and a request costs one look at an empty place.
//!
//! | metric | what |
//! | --- | --- |
//! | `qianbao_http_requests_total{method,route,status}` | answers; `status` is `2xx` … `5xx` |
//! | `qianbao_http_seconds{route}` | time to answer |
//! | `qianbao_payments_total{realm,result}` | payments by `paid`, `refused` or the problem's code |
//! | `qianbao_refunds_total{realm,result}` | refunds by `refunded` or the problem's code |
//! | `qianbao_value_in_flight`, `…_limit`, `qianbao_value_turned_away_total` | what moves value: worked on now, let in at most, not let in |
//! | `qianbao_ledger_postings_total{realm,result}` | postings by `posted` and `refused` |
//! | `qianbao_ledger_batch_postings{realm}` | postings that a batch came with |
//! | `qianbao_ledger_commit_seconds{realm}` | from the beginning of a batch until it was on the disk |
//! | `qianbao_ledger_batches_given_up_total{realm}` | batches whose callers were told to try again, or that stopped the writer |
//! | `qianbao_ledger_queue_postings{realm}`, `qianbao_ledger_sequence{realm}` | postings that wait, the last posting |
//! | `qianbao_documents_behind_postings{realm}` | postings that mirrors have yet to hear of |
//! | `qianbao_event_streams` | open event streams |
//! | `qianbao_audit_sequence{realm}`, `qianbao_audit_findings_total{realm}` | how far the audit is, differences found since the start |
//! | `qianbao_audit_compared_timestamp_seconds{realm}` | when all balances were compared last; 0 before the first time |
//! | `qianbao_payouts_halted{realm,reason}` | 1 while nothing goes out |
//! | `qianbao_disk_free_bytes` | room on the disk of the data |

mod listen;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use qianbao_api::ProblemCode;
use qianbao_ledger::{BatchDone, Observer};

use crate::app::App;
use crate::directory::DirectoryError;
use crate::halt::Reason;
use crate::health;
use crate::hosts::RealmName;
use crate::problem;
use crate::projections::{self, Documents, Projection};
use crate::realm::Realm;

pub use listen::{ListenError, bind, serve};

/// Upper ends of the buckets of times, seconds.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0];
/// Upper ends of the buckets of batches, postings.
const POSTINGS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Where metrics are kept; nowhere unless they were asked for. Clones share it.
#[derive(Clone, Default)]
pub struct Metrics(Option<Arc<Kept>>);

struct Kept {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Metrics").field(&self.0.is_some()).finish()
    }
}

impl Metrics {
    /// A place that keeps them.
    ///
    /// # Errors
    /// Never with the buckets of this file: there is at least one of each.
    pub fn kept() -> Result<Self, metrics_exporter_prometheus::BuildError> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
            .set_buckets_for_metric(Matcher::Suffix("_batch_postings".to_owned()), &POSTINGS)?
            .build_recorder();
        let handle = recorder.handle();
        Ok(Self(Some(Arc::new(Kept { recorder, handle }))))
    }

    /// Keeps what `work` tells by the macros of the crate `metrics`.
    fn keep(&self, work: impl FnOnce()) {
        if let Some(kept) = &self.0 {
            metrics::with_local_recorder(&kept.recorder, work);
        }
    }

    /// An answer to a request. `route` is the route as it is written in the code.
    pub fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        self.keep(|| {
            let status = format!("{}xx", status / 100);
            let route = route.to_owned();
            counter!("qianbao_http_requests_total", "method" => method, "route" => route.clone(), "status" => status)
                .increment(1);
            histogram!("qianbao_http_seconds", "route" => route).record(took.as_secs_f64());
        });
    }

    /// What became of a request to pay.
    pub fn paid(&self, realm: RealmName, result: Result<&'static str, ProblemCode>) {
        self.keep(|| {
            let result = result.map_or_else(problem::word, ToOwned::to_owned);
            counter!("qianbao_payments_total", "realm" => realm.folder(), "result" => result).increment(1);
        });
    }

    /// What became of a request to give back.
    pub fn refunded(&self, realm: RealmName, result: Result<(), ProblemCode>) {
        self.keep(|| {
            let result = result.map_or_else(problem::word, |()| "refunded".to_owned());
            counter!("qianbao_refunds_total", "realm" => realm.folder(), "result" => result).increment(1);
        });
    }

    /// A request that was not let in.
    pub fn turned_away(&self) {
        self.keep(|| counter!("qianbao_value_turned_away_total").increment(1));
    }

    /// How far the audit is, what it found just now, and when it had compared everything, seconds since 1970.
    pub fn audited(&self, realm: RealmName, sequence: u64, findings: usize, compared_s: u64) {
        self.keep(|| {
            let realm = realm.folder();
            gauge!("qianbao_audit_sequence", "realm" => realm).set(number(sequence));
            counter!("qianbao_audit_findings_total", "realm" => realm).increment(findings as u64);
            gauge!("qianbao_audit_compared_timestamp_seconds", "realm" => realm).set(number(compared_s));
        });
    }

    /// Lets the ledgers of both realms tell of their batches.
    pub fn observe(&self, app: &App) {
        if self.0.is_none() {
            return;
        }
        for name in RealmName::ALL {
            app.realm(name).ledger.observe(Arc::new(OfRealm { metrics: self.clone(), realm: name.folder() }));
        }
    }

    /// The text that Prometheus reads, states read now. What a directory does not tell is left as it was told last.
    pub async fn text(&self, app: &App) -> String {
        for name in RealmName::ALL {
            let realm = app.realm(name);
            self.keep(|| {
                let label = name.folder();
                gauge!("qianbao_ledger_queue_postings", "realm" => label).set(number(realm.ledger.waiting() as u64));
                gauge!("qianbao_ledger_sequence", "realm" => label).set(number(*realm.ledger.head().borrow()));
            });
            if let Err(error) = self.directory_states(realm).await {
                tracing::warn!(realm = %name, %error, "the directory's states are not in the metrics");
            }
        }
        self.keep(|| {
            gauge!("qianbao_event_streams").set(number(u64::from(app.streams.open())));
            gauge!("qianbao_value_in_flight").set(f64::from(app.admission.in_flight()));
            gauge!("qianbao_value_in_flight_limit").set(f64::from(app.admission.limit()));
            if let Ok(free) = health::free_bytes(&app.config.data) {
                gauge!("qianbao_disk_free_bytes").set(number(free));
            }
        });
        self.0.as_ref().map_or_else(String::new, |kept| kept.handle.render())
    }

    /// States that only the directory knows.
    async fn directory_states(&self, realm: &Realm) -> Result<(), DirectoryError> {
        let behind = projections::behind(realm, Documents::NAME).await?;
        let halted = realm.halt().reasons().await?;
        self.keep(|| {
            let label = realm.name.folder();
            gauge!("qianbao_documents_behind_postings", "realm" => label).set(number(behind));
            for reason in Reason::ALL {
                let is_up = halted.iter().any(|halted| halted.reason == reason);
                gauge!("qianbao_payouts_halted", "realm" => label, "reason" => reason.word())
                    .set(f64::from(u8::from(is_up)));
            }
        });
        Ok(())
    }

    /// Folds what histograms have gathered; without it they grow until the next text.
    fn fold(&self) {
        if let Some(kept) = &self.0 {
            kept.handle.run_upkeep();
        }
    }
}

/// The observer of one realm's ledger.
struct OfRealm {
    metrics: Metrics,
    realm: &'static str,
}

impl Observer for OfRealm {
    fn batch(&self, done: &BatchDone) {
        let realm = self.realm;
        self.metrics.keep(|| {
            if done.is_given_up {
                counter!("qianbao_ledger_batches_given_up_total", "realm" => realm).increment(1);
            }
            counter!("qianbao_ledger_postings_total", "realm" => realm, "result" => "posted")
                .increment(done.posted as u64);
            counter!("qianbao_ledger_postings_total", "realm" => realm, "result" => "refused")
                .increment(done.refused as u64);
            histogram!("qianbao_ledger_batch_postings", "realm" => realm).record(number(done.postings as u64));
            histogram!("qianbao_ledger_commit_seconds", "realm" => realm).record(done.took.as_secs_f64());
        });
    }
}

#[expect(clippy::cast_precision_loss, reason = "a metric is read by people and graphs; counts are below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}
