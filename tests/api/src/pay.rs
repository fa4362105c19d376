//! What people do with money: look at it, pay with it, ask how a payment stands.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use qianbao_api::payments::{PayRequest, PayeeView, PaymentView, Preview, PreviewRequest, Target};
use qianbao_api::wallets::WalletView;
use qianbao_core::id::{Id, Kind, PaymentId};
use qianbao_core::intent::{Intent, Payee};
use qianbao_core::{Currency, Money, Timestamp};

use crate::{Answer, TestResult, Visitor};

impl Visitor {
    /// Minor units of CNY that the visitor's wallet has.
    pub async fn balance(&self) -> TestResult<i64> {
        let wallets: Vec<WalletView> = self.get("/v1/wallets").await?.json()?;
        let cny = wallets.iter().find(|wallet| wallet.available.currency == Currency::CNY);
        Ok(cny.ok_or("expected a wallet in CNY")?.available.minor)
    }

    /// The request that pays `minor` CNY to `handle`, as a browser makes it after the confirm sheet.
    pub async fn payment_to(&self, handle: &str, minor: i64) -> TestResult<PayRequest> {
        let target = Target::Person { handle: handle.to_owned() };
        let amount = Money::new(minor, Currency::CNY);
        let ask = PreviewRequest { target: target.clone(), amount: Some(amount) };
        let preview: Preview = self.post("/v1/payments/preview", &ask).await?.json()?;
        let payee = match preview.payee {
            PayeeView::Person { id, .. } => Payee::Person(id),
            PayeeView::Shop(shop) => Payee::Shop(shop.id),
            PayeeView::Bank { .. } => return Err("a bank account cannot be paid".into()),
        };
        let not_after = preview.server_time.plus_seconds(120);
        self.request(fresh_id()?, target, payee, amount, preview.fee, not_after)
    }

    /// The same payment under another id.
    pub fn again(&self, request: &PayRequest, payee: Payee) -> TestResult<PayRequest> {
        self.request(fresh_id()?, request.target.clone(), payee, request.amount, request.fee, request.not_after)
    }

    /// The same payment under another id, with two minutes from now.
    pub fn again_later(&self, request: &PayRequest, payee: Payee) -> TestResult<PayRequest> {
        let not_after = Timestamp(i64::try_from(since_epoch()?.as_micros())?).plus_seconds(120);
        self.request(fresh_id()?, request.target.clone(), payee, request.amount, request.fee, not_after)
    }

    fn request(
        &self,
        id: PaymentId,
        target: Target,
        payee: Payee,
        amount: Money,
        fee: Money,
        not_after: Timestamp,
    ) -> TestResult<PayRequest> {
        let payer = self.session.as_ref().ok_or("nobody is signed in")?.person.id;
        let order = if let Target::Order { order, version } = target { Some((order, version)) } else { None };
        let intent = Intent::from_wallet(id, payer, payee, amount, fee, order, not_after)?.digest_hex();
        Ok(PayRequest { id, target, amount, fee, note: None, not_after, intent, approval: None })
    }

    /// The request that pays `amount` to a target whose payee is known.
    pub async fn payment(&self, target: Target, payee: Payee, amount: Money) -> TestResult<PayRequest> {
        let ask = PreviewRequest { target: target.clone(), amount: Some(amount) };
        let preview: Preview = self.post("/v1/payments/preview", &ask).await?.json()?;
        self.request(fresh_id()?, target, payee, amount, preview.fee, preview.server_time.plus_seconds(120))
    }

    /// Sends a payment.
    pub async fn pay(&self, request: &PayRequest) -> TestResult<Answer> {
        self.post("/v1/payments", request).await
    }

    /// What becomes of a payment that got no answer: sent again, or, when its time is over, asked for.
    pub async fn settled(&self, request: &PayRequest) -> TestResult<PaymentView> {
        match self.pay(request).await?.json() {
            Ok(view) => Ok(view),
            Err(_) => self.status(request).await,
        }
    }

    /// How a payment stands.
    pub async fn status(&self, request: &PayRequest) -> TestResult<PaymentView> {
        self.get(&format!("/v1/payments/{}?not_after={}", request.id, request.not_after.0)).await?.json()
    }
}

/// A fresh id, made from the clock and the system's randomness.
pub fn fresh_id<K: Kind>() -> TestResult<Id<K>> {
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(|error| error.to_string())?;
    Ok(Id::from_parts(u64::try_from(since_epoch()?.as_millis())?, random))
}

fn since_epoch() -> TestResult<Duration> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?)
}
