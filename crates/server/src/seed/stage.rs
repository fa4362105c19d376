//! The people and the shop of the story, and what each step makes them do.

use std::collections::HashMap;
use std::sync::Arc;

use qianbao_api::identity::{Locale, Newcomer};
use qianbao_api::merchants::OpenShop;
use qianbao_api::orders::{CreateOrder, CreateRefund, EditOrder, OrderLine, OrderView};
use qianbao_api::payments::{PayRequest, PaymentStatus, Target};
use qianbao_core::approval::{Factor, Needed, SessionUse, decide};
use qianbao_core::id::PersonId;
use qianbao_core::intent::{Intent, Payee};
use qianbao_core::{Currency, Money};

use super::play::PlayError;
use super::script::{MENU, PEOPLE, Step, Who};
use super::{PASSWORD, PIN};
use crate::approvals::need::{Count, Moving, circumstances};
use crate::approvals::{pin, set_pin};
use crate::clock::Sources;
use crate::failure::FailureError;
use crate::identity::password::Workers;
use crate::merchants::open;
use crate::merchants::rows::{Shop, kept_shop};
use crate::orders::{cancel, create, edit, refund};
use crate::payments::pay;
use crate::realm::Realm;
use crate::{funding, identity};

/// How long an order of the story can be paid, seconds.
const ORDER_S: u32 = 900;
/// How long a payment of the story may be on its way, seconds.
const PAYMENT_S: i64 = 120;

/// The people and the shop.
pub struct Stage<'a> {
    realm: &'a Realm,
    sources: &'a Sources,
    people: HashMap<Who, PersonId>,
    shop: Arc<Shop>,
    workers: Workers,
}

impl<'a> Stage<'a> {
    /// Signs everybody up and opens the shop.
    ///
    /// # Errors
    /// When the realm is not empty.
    pub async fn set(realm: &'a Realm, sources: &'a Sources) -> Result<Self, PlayError> {
        let mut people = HashMap::new();
        for known in PEOPLE {
            let request = Newcomer {
                handle: known.handle.to_owned(),
                display_name: known.display_name.to_owned(),
                legal_name: known.legal_name.to_owned(),
                locale: if known.who == Who::Emma { Locale::En } else { Locale::Zh },
            };
            let person = identity::sign_up::enrol(realm, sources, &request, PASSWORD).await?;
            set_pin::enrol(realm, sources, person, PIN).await?;
            people.insert(known.who, person);
        }
        let request = OpenShop {
            name_zh: "云山茶铺".to_owned(),
            name_en: "Yunshan Tea".to_owned(),
            category: "5812".to_owned(),
            city: "Hangzhou".to_owned(),
            currency: Currency::CNY,
        };
        let owner = id_of(&people, Who::Chen)?;
        let opened = open::open(realm, sources, owner, &request).await?;
        let shop = kept_shop(realm, opened.id).await?;
        let shop = shop.ok_or(FailureError::Inconsistent("the shop that was just opened"))?;
        Ok(Self { realm, sources, people, shop, workers: Workers::new(1) })
    }

    /// Does one step.
    ///
    /// # Errors
    /// [`PlayError`] when the operation behind it fails.
    pub async fn step(&self, step: Step) -> Result<(), PlayError> {
        match step {
            Step::Topup(who, minor) => {
                funding::book::demo_credit(self.realm, self.sources, id_of(&self.people, who)?, yuan(minor)).await?;
            }
            Step::Buy(who, lines, note) => {
                self.buy(who, lines, note).await?;
            }
            Step::BuyAndReturn(who, lines, back, reason) => {
                let order = self.buy(who, lines, "").await?;
                let (amount, reason) = (yuan(back), reason.to_owned());
                let request = CreateRefund { id: self.sources.id(), amount, reason, approval: None };
                refund::refund(self.realm, &self.shop, order.id, &request, self.sources.now()).await?;
            }
            Step::Counter(who, minor, note) => {
                let target = Target::ShopCode { link: self.shop.link };
                self.pay(who, target, Payee::Shop(self.shop.view.id), yuan(minor), note).await?;
            }
            Step::Send(from, to, minor, note) => {
                let handle = PEOPLE.iter().find(|known| known.who == to).map_or("", |known| known.handle);
                let target = Target::Person { handle: handle.to_owned() };
                let payee = Payee::Person(id_of(&self.people, to)?);
                self.pay(from, target, payee, yuan(minor), note).await?;
            }
            Step::Cancel(lines) => {
                let order = self.order(lines).await?;
                let request =
                    EditOrder { version: 1, amount: yuan(1_000), lines: Vec::new(), description: "试饮".to_owned() };
                edit::edit(self.realm, &self.shop, order.id, &request, self.sources.now()).await?;
                cancel::cancel(self.realm, &self.shop, order.id, self.sources.now()).await?;
            }
            Step::Forget(lines) => {
                self.order(lines).await?;
            }
        }
        Ok(())
    }

    async fn order(&self, lines: &[(usize, u32)]) -> Result<OrderView, PlayError> {
        let lines: Vec<OrderLine> = lines
            .iter()
            .filter_map(|(place, quantity)| {
                let (name, price) = MENU.get(*place)?;
                Some(OrderLine { name: (*name).to_owned(), quantity: *quantity, unit_price: yuan(*price) })
            })
            .collect();
        let amount = lines.iter().map(|line| i64::from(line.quantity) * line.unit_price.minor).sum();
        let request = CreateOrder {
            id: self.sources.id(),
            amount: yuan(amount),
            lines,
            description: String::new(),
            expires_in_s: ORDER_S,
        };
        Ok(create::create(self.realm, &self.shop, &request, self.sources.now()).await?)
    }

    async fn buy(&self, who: Who, lines: &[(usize, u32)], note: &str) -> Result<OrderView, PlayError> {
        let order = self.order(lines).await?;
        let target = Target::Order { order: order.id, version: order.version };
        self.pay(who, target, Payee::Shop(self.shop.view.id), order.amount, note).await?;
        Ok(order)
    }

    async fn pay(&self, who: Who, target: Target, payee: Payee, amount: Money, note: &str) -> Result<(), PlayError> {
        let payer = id_of(&self.people, who)?;
        let (id, fee) = (self.sources.id(), yuan(0));
        let not_after = self.sources.now().plus_seconds(PAYMENT_S);
        let order = if let Target::Order { order, version } = &target { Some((*order, *version)) } else { None };
        let intent = Intent::from_wallet(id, payer, payee, amount, fee, order, not_after)?;
        let note = (!note.is_empty()).then(|| note.to_owned());
        let payee = if let Payee::Person(person) = payee { Some(person) } else { None };
        let moving = Moving { person: payer, amount: amount.minor, payee, session: SessionUse::Lately };
        let needed = decide(&circumstances(self.realm, moving, Count::Looked).await?).needed;
        let approval = match needed {
            Needed::Nothing => None,
            Needed::PinOrPasskey | Needed::Passkey => {
                pin::prove(self.realm, &self.workers, self.sources, payer, PIN).await?;
                Some(self.realm.approval_key.seal(payer, &intent.digest(), Factor::Pin, not_after))
            }
        };
        let request = PayRequest { id, target, amount, fee, note, not_after, intent: intent.digest_hex(), approval };
        let payer = pay::Payer { person: payer, session: SessionUse::Lately };
        let outcome = pay::pay(self.realm, self.sources, payer, &request).await?;
        if outcome.status == PaymentStatus::Paid { Ok(()) } else { Err(PlayError::NotPaid(Box::new(outcome))) }
    }
}

fn id_of(people: &HashMap<Who, PersonId>, who: Who) -> Result<PersonId, FailureError> {
    people.get(&who).copied().ok_or(FailureError::Inconsistent("everybody of the story to have signed up"))
}

const fn yuan(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}
