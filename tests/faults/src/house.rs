//! The real server over HTTP: people pay until something happens to it; afterwards every acknowledged payment is asked for.

use std::sync::Arc;
use std::time::Duration;

use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView};
use qianbao_core::intent::Payee;
use qianbao_tests_api::{House, TestResult, Visitor};
use tokio::sync::Mutex;

const CALLERS: usize = 16;

/// What happens to the server while people pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// `kill -9`.
    Kill,
    /// SIGTERM: it has to answer what it took, end well and in time.
    Terminate,
    /// Its disk fails, and it has to end by itself.
    DiskFails,
}

/// What the callers know when the server is gone.
#[derive(Default)]
struct Known {
    acknowledged: Vec<PayRequest>,
    unanswered: Vec<PayRequest>,
}

/// A house, two people, and how much has been paid between them.
pub struct Payments {
    /// The house.
    pub house: House,
    ming: Visitor,
    lan: Visitor,
    before: (i64, i64),
    paid: usize,
}

/// How many payments a round has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Acknowledged before the blow.
    pub acknowledged: usize,
    /// Sent and not answered.
    pub unanswered: usize,
}

impl Payments {
    /// A server with demo people, and nothing paid yet.
    pub async fn begin() -> TestResult<Self> {
        let house = House::start().await?;
        let (ming, lan) = people(&house).await?;
        let before = (ming.balance().await?, lan.balance().await?);
        Ok(Self { house, ming, lan, before, paid: 0 })
    }

    /// People pay for `paying`, then the blow falls; the server is started again and asked for everything.
    pub async fn round(&mut self, blow: Blow, paying: Duration) -> TestResult<Round> {
        let known = self.pay_until(blow, paying).await?;
        if known.acknowledged.is_empty() {
            return Err("the blow came before the first payment, so it shows nothing".into());
        }
        self.house.open(&[]).await?;
        (self.ming, self.lan) = people(&self.house).await?;
        for request in &known.acknowledged {
            let view = self.ming.status(request).await?;
            if view.status != PaymentStatus::Paid {
                return Err(format!("LOST: {} was acknowledged and is {:?}", request.id, view.status).into());
            }
        }
        if blow == Blow::Terminate {
            none_was_taken(&self.ming, &known.unanswered).await?;
        }
        settle(&self.ming, &known.unanswered).await?;
        let round = Round { acknowledged: known.acknowledged.len(), unanswered: known.unanswered.len() };
        self.paid += round.acknowledged + round.unanswered;
        Ok(round)
    }

    /// Balances moved by what was paid, and the audit of the stopped server's data finds nothing.
    pub async fn finish(mut self) -> TestResult {
        let moved = i64::try_from(self.paid)?;
        let found = (self.ming.balance().await?, self.lan.balance().await?);
        if found != (self.before.0 - moved, self.before.1 + moved) {
            return Err(format!("{moved} were paid; balances were {:?} and are {found:?}", self.before).into());
        }
        let status = self.house.terminate().await?;
        let audit = self.house.audit().await?;
        let words = [&audit.stdout, &audit.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat();
        if audit.status.success() && status.success() {
            return Ok(());
        }
        Err(format!("the server ended with {status}; qianbao audit: {words}").into())
    }

    /// Callers pay one minor unit after another until the server is gone.
    async fn pay_until(&mut self, blow: Blow, paying: Duration) -> TestResult<Known> {
        let known = Arc::new(Mutex::new(Known::default()));
        let first = self.ming.payment_to("lan", 1).await?;
        let payee = Payee::Person(self.lan.session.as_ref().ok_or("lan is signed in")?.person.id);
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| tokio::spawn(pay_on(self.ming.clone(), first.clone(), payee, Arc::clone(&known))))
            .collect();
        match blow {
            Blow::Kill => {
                tokio::time::sleep(paying).await;
                self.house.kill().await?;
            }
            Blow::Terminate => {
                tokio::time::sleep(paying).await;
                let status = self.house.terminate().await?;
                if !status.success() {
                    return Err(format!("the server was asked to end and ended with {status}").into());
                }
            }
            Blow::DiskFails => {
                let status = self.house.wait().await?;
                if status.success() {
                    return Err("the server's disk failed and it ended as if nothing had happened".into());
                }
            }
        }
        for caller in callers {
            caller.await?;
        }
        let known = Arc::into_inner(known).ok_or("all callers have ended")?;
        Ok(known.into_inner())
    }
}

async fn people(house: &House) -> TestResult<(Visitor, Visitor)> {
    Ok((house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?))
}

async fn pay_on(ming: Visitor, first: PayRequest, payee: Payee, known: Arc<Mutex<Known>>) {
    while let Ok(request) = ming.again(&first, payee).map_err(|error| error.to_string()) {
        let answer = ming.pay(&request).await.map_err(|error| error.to_string());
        let is_gone = answer.is_err();
        let is_failing = answer.as_ref().is_ok_and(|answer| answer.status >= 500);
        let view =
            answer.map(|answer| (answer.status, answer.json::<PaymentView>().map_err(|error| error.to_string())));
        let mut known = known.lock().await;
        match view {
            Ok((_, Ok(view))) if view.status == PaymentStatus::Paid => known.acknowledged.push(request),
            // Throttled or over its load: nothing happened, and the next try has an id of its own.
            Ok((status, _)) if status < 500 || status == 503 => {}
            // A server whose ledger stops in the middle does not know either.
            Ok(_) | Err(_) => known.unanswered.push(request),
        }
        drop(known);
        if is_gone {
            return;
        }
        if is_failing {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A server that ends in order answers what it took: what got no answer had not reached the ledger.
async fn none_was_taken(ming: &Visitor, unanswered: &[PayRequest]) -> TestResult {
    for request in unanswered {
        let view = ming.status(request).await?;
        if view.status == PaymentStatus::Paid {
            return Err(format!("{} was paid while the server was ending, and nobody was told", request.id).into());
        }
    }
    Ok(())
}

/// Sends what got no answer again, under its own id: each ends paid, once.
async fn settle(ming: &Visitor, unanswered: &[PayRequest]) -> TestResult {
    for request in unanswered {
        let first: PaymentView = ming.pay(request).await?.json()?;
        let second: PaymentView = ming.pay(request).await?.json()?;
        if first.status != PaymentStatus::Paid || first.paid != second.paid {
            return Err(format!("{} was sent again and is {first:?}, then {second:?}", request.id).into());
        }
    }
    Ok(())
}
