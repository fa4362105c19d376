//! Two people who pay each other one minor unit after another, so that neither runs dry.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hyper::Method;
use qianbao_api::payments::{PayRequest, Target};
use qianbao_core::id::{Id, PaymentId, PersonId};
use qianbao_core::intent::{Intent, Payee};
use qianbao_core::{Currency, Money, Timestamp};
use qianbao_tests_api::{House, Visitor};
use qianbao_tests_bench::Failure;

use crate::line::Line;
use crate::said;

/// How long a request stays payable, seconds.
const VALID_S: i64 = 120;

/// Both of them, at one server.
pub struct Payers {
    pair: [Arc<Payer>; 2],
    port: u16,
    is_real: bool,
}

/// One of them.
pub struct Payer {
    visitor: Visitor,
    host: String,
    origin: String,
    cookie: String,
    person: PersonId,
    payee: (PersonId, &'static str),
    before: i64,
    /// Received minus paid since `before`, as the answers say.
    moved: AtomicI64,
}

impl Payers {
    /// Signs in at a server on demo data and looks at what each has.
    pub async fn sign_in(house: &House) -> Result<Self, Failure> {
        Self::at(house, true).await
    }

    /// The same at a server whose ledger is none: nothing moves there.
    pub async fn at_a_peer(house: &House) -> Result<Self, Failure> {
        Self::at(house, false).await
    }

    async fn at(house: &House, is_real: bool) -> Result<Self, Failure> {
        let visitors = [
            house.visitor("wallet").sign_in("ming").await.map_err(said)?,
            house.visitor("wallet").sign_in("lan").await.map_err(said)?,
        ];
        let person = |visitor: &Visitor| visitor.session.as_ref().map(|session| session.person.id);
        let ids = [person(&visitors[0]), person(&visitors[1])].map(|id| id.ok_or("nobody is signed in"));
        let [ming, lan] = [ids[0]?, ids[1]?];
        let [first, second] = visitors;
        let pair = [
            Arc::new(Payer::new(first, ming, (lan, "lan"), is_real).await?),
            Arc::new(Payer::new(second, lan, (ming, "ming"), is_real).await?),
        ];
        Ok(Self { pair, port: house.port(), is_real })
    }

    /// The person who pays by connection `number`, and a connection.
    pub async fn caller(&self, number: usize) -> Result<Caller, Failure> {
        let (payer, other) = (&self.pair[number % 2], &self.pair[(number + 1) % 2]);
        Ok(Caller { payer: Arc::clone(payer), other: Arc::clone(other), line: Line::open(self.port).await? })
    }

    /// Payments a second from so many callers, each with one on its way.
    pub async fn rate(&self, callers: usize, length: Duration) -> Result<f64, Failure> {
        let mut lines = Vec::new();
        for number in 0..callers {
            lines.push(self.caller(number).await?);
        }
        let (count, start) = (Arc::new(AtomicU64::new(0)), Instant::now());
        let (warm, end) = (start + length / 5, start + length / 5 + length);
        let mut tasks = Vec::new();
        for mut caller in lines {
            let count = Arc::clone(&count);
            tasks.push(tokio::spawn(async move {
                loop {
                    let now = Instant::now();
                    if now >= end {
                        return Ok::<_, Failure>(());
                    }
                    caller.pay().await?;
                    // What was begun before the end of the warm-up and answered after it is counted, as one at the end is not.
                    if Instant::now() >= warm && Instant::now() < end {
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }));
        }
        for task in tasks {
            task.await??;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are far below 2^53")]
        let count = count.load(Ordering::Relaxed) as f64;
        Ok(count / length.as_secs_f64())
    }

    /// Each has what they had, and what the acknowledged payments moved.
    pub async fn gate(&self) -> Result<(), Failure> {
        for payer in self.pair.iter().filter(|_| self.is_real) {
            let (expected, found) = (payer.before + payer.moved.load(Ordering::Relaxed), payer.balance().await?);
            if expected != found {
                return Err(format!("expected {expected} in the wallet of {}, found {found}", payer.person).into());
            }
        }
        Ok(())
    }
}

impl Payer {
    async fn new(
        visitor: Visitor,
        person: PersonId,
        payee: (PersonId, &'static str),
        is_real: bool,
    ) -> Result<Self, Failure> {
        let host = visitor.host().to_owned();
        let cookie = visitor.cookie().ok_or("nobody is signed in")?.to_owned();
        let origin = format!("http://{host}");
        let moved = AtomicI64::new(0);
        let mut payer = Self { visitor, host, origin, cookie, person, payee, before: 0, moved };
        if is_real {
            payer.before = payer.balance().await?;
        }
        Ok(payer)
    }

    async fn balance(&self) -> Result<i64, Failure> {
        self.visitor.balance().await.map_err(said)
    }

    /// A fresh request that pays one minor unit, as a browser makes it.
    fn request(&self) -> Result<Vec<u8>, Failure> {
        let id = fresh_id()?;
        let (amount, fee) = (Money::new(1, Currency::CNY), Money::zero(Currency::CNY));
        let not_after = now().plus_seconds(VALID_S);
        let (payee, handle) = self.payee;
        let intent = Intent::from_wallet(id, self.person, Payee::Person(payee), amount, fee, None, not_after)?;
        let target = Target::Person { handle: handle.to_owned() };
        let intent = intent.digest_hex();
        Ok(serde_json::to_vec(&PayRequest { id, target, amount, fee, note: None, not_after, intent, approval: None })?)
    }
}

/// Somebody with a connection.
pub struct Caller {
    payer: Arc<Payer>,
    other: Arc<Payer>,
    line: Line,
}

impl Caller {
    /// Pays one minor unit and waits for the answer, which has to be "paid".
    pub async fn pay(&mut self) -> Result<(), Failure> {
        if self.try_to_pay().await? { Ok(()) } else { Err("expected paid, found that the server is overloaded".into()) }
    }

    /// The same at a server that may have too much to do. False when it turned the payment away, as it should: at once, and with the time
    /// after which to come again.
    pub async fn try_to_pay(&mut self) -> Result<bool, Failure> {
        let payer = &self.payer;
        let headers =
            [("host", payer.host.as_str()), ("origin", payer.origin.as_str()), ("cookie", payer.cookie.as_str())];
        let answer = self.line.exchange(Method::POST, "/v1/payments", &headers, payer.request()?).await?;
        let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
        match (answer.status().as_u16(), wait) {
            (200, _) if answer.body().windows(PAID.len()).any(|part| part == PAID) => {}
            (503, Some(_)) => return Ok(false),
            (status, _) => {
                let body = String::from_utf8_lossy(answer.body());
                return Err(format!("expected paid, or 503 with Retry-After, found {status} {body}").into());
            }
        }
        payer.moved.fetch_sub(1, Ordering::Relaxed);
        self.other.moved.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }
}

/// What the answer to a payment that happened says.
const PAID: &[u8] = br#""status":"paid""#;

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn fresh_id() -> Result<PaymentId, Failure> {
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(said)?;
    Ok(Id::from_parts(u64::try_from(now().millis())?, random))
}
