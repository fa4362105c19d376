//! What is sent: postings built like the product's, each a pure function of its number.
//!
//! Ten numbers are a block about one order: two people pay it (one of them can), its shop cancels it, two refunds of more than was
//! paid together, a reservation with its settlement or void, a transfer, a top-up, and a transfer of more than there is.

use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{
    AccountId, AccountKey, Asset, ClaimKey, Draft, Ensure, Head, LimitName, Measure, Mode, OnVoid, Owner, Period,
    Posting, PostingId, PostingKind, PostingRef, Settled, Window,
};
use qianbao_core::{Currency, Timestamp};

use crate::random::Random;

/// People with wallets.
pub const PEOPLE: u64 = 12;
/// Shops.
pub const SHOPS: u64 = 3;
/// Numbers of one block.
pub const BLOCK: u64 = 10;
/// What each person has at the beginning, minor units.
pub const FUNDS: i64 = 200_000;
/// What one person may spend of one budget, minor units. A budget lasts for 400 blocks, so it runs out now and then.
pub const BUDGET: i64 = 6_000;
/// The number of the posting with which a ledger begins.
pub const OPENING: u64 = u64::MAX;

const CNY: Currency = Currency::CNY;
const LIMIT: Asset = Asset::Limit(CNY);
/// The moment from which ids count: 2026-11-23T04:00:00Z.
const BEGIN_MS: u64 = 1_795_406_400_000;

/// The owner who starts a number's posting.
fn starter() -> Owner {
    Owner::named("faults")
}

/// The name under which a number is found.
pub fn name(number: u64) -> PostingRef {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    // Ids grow with their numbers about as they do with time; those of the opening come first.
    let ms = if number == OPENING { BEGIN_MS - 1 } else { BEGIN_MS + number / 4 };
    PostingRef { owner: starter(), id: PostingId::from_parts(ms, random) }
}

/// A head with this number and word.
pub fn head(number: u64, kind: &'static str) -> Head {
    let PostingRef { owner, id } = name(number);
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    let kind = PostingKind::new(kind).expect("the words of this file are labels");
    Head { owner, id, kind, reference: format!("number {number}"), digest, not_after: None, details: vec![7; 90] }
}

/// 2001 of a person.
pub fn wallet(person: u64) -> AccountKey {
    AccountKey::new(AccountCode::PersonalWallet, Owner::named(&format!("person {person}")), CNY)
}

/// 2002 of a shop.
pub fn shop(shop: u64) -> AccountKey {
    AccountKey::new(AccountCode::ShopWallet, Owner::named(&format!("shop {shop}")), CNY)
}

/// 1001.
pub fn bank() -> AccountKey {
    AccountKey::new(AccountCode::BankSettlement, Owner::named("bank"), CNY)
}

/// 4001.
pub fn income() -> AccountKey {
    AccountKey::new(AccountCode::FeeIncome, Owner::named("operator"), CNY)
}

/// 8000.
pub fn counter() -> AccountKey {
    AccountKey::new(AccountCode::BudgetCounter, Owner::named("operator"), LIMIT)
}

/// 8001 of a person, the `index`-th.
pub fn budget(person: u64, index: u64) -> AccountKey {
    let limit = LimitName::new(&format!("budget_{index}")).expect("a word and digits");
    AccountKey::new(AccountCode::BudgetSpent, Owner::named(&format!("person {person}")), LIMIT)
        .during(Period::of(limit, Window::Always))
}

/// 8002 of a payment.
pub fn refunded(payment: u64) -> AccountKey {
    AccountKey::new(AccountCode::RefundedSoFar, Owner::named(&format!("payment {payment}")), LIMIT)
}

/// The claim on a one-use thing of a number.
pub fn claim(word: &str, number: u64, part: u64) -> ClaimKey {
    ClaimKey::new(&format!("qianbao/test/{word}"), &[&number.to_be_bytes(), &part.to_be_bytes()])
}

/// What an account of the world may never pass: (measure, at most), whatever was sent.
pub fn bound(key: &AccountKey) -> Option<(Measure, i64)> {
    match key.code {
        AccountCode::PersonalWallet | AccountCode::ShopWallet => Some((Measure::NetDebits, 0)),
        AccountCode::BudgetSpent => Some((Measure::NetDebits, BUDGET)),
        AccountCode::RefundedSoFar => Some((Measure::NetDebits, AMOUNT_MAX)),
        _ => None,
    }
}

/// The accounts that money is on, and the budgets' counter: the whole bank but for what was refunded of single payments.
pub fn core_accounts() -> Vec<AccountId> {
    let people = (0..PEOPLE).map(|person| wallet(person).id());
    people
        .chain((0..SHOPS).map(|number| shop(number).id()))
        .chain([bank().id(), income().id(), counter().id()])
        .collect()
}

/// The posting with which a ledger begins: everybody's wallet, and money in it.
pub fn opening() -> Posting {
    let mut draft = Draft::new(head(OPENING, "opening"))
        .ensure(Ensure::open(bank()))
        .ensure(Ensure::open(income()))
        .ensure(Ensure::open(counter()));
    for person in 0..PEOPLE {
        draft = draft.ensure(Ensure::open(wallet(person)).floor(0).ceiling(1_000_000_000));
        draft = draft.leg(bank().id(), wallet(person).id(), CNY, FUNDS);
    }
    for number in 0..SHOPS {
        draft = draft.ensure(Ensure::open(shop(number)).floor(0));
    }
    draft.finish().expect("far below every limit of form")
}

/// Largest amount of an order.
pub const AMOUNT_MAX: i64 = 300;

/// What a block is about.
struct Order {
    block: u64,
    people: [u64; 2],
    shop: u64,
    amount: i64,
}

impl Order {
    fn of(block: u64) -> Self {
        let mut random = Random::new(block);
        let first = random.below(PEOPLE);
        let second = (first + 1 + random.below(PEOPLE - 1)) % PEOPLE;
        let amount = 2 + i64::try_from(random.below(AMOUNT_MAX.unsigned_abs() - 2)).unwrap_or(0);
        Self { block, people: [first, second], shop: random.below(SHOPS), amount }
    }

    fn pay(&self, number: u64, payer: u64) -> Draft {
        let (fee, spent) = (1 + self.amount / 100, budget(payer, self.block / 400));
        let to = shop(self.shop).id();
        Draft::new(head(number, "payment"))
            .ensure(Ensure::open(spent))
            .leg(wallet(payer).id(), to, CNY, self.amount)
            .leg(to, income().id(), CNY, fee)
            .leg(spent.id(), counter().id(), LIMIT, self.amount)
            .guard(spent.id(), Measure::NetDebits, BUDGET)
            .claim(claim("order", self.block, 0), OnVoid::Free)
            .claim(claim("order-version", self.block, 1), OnVoid::Free)
    }

    fn refund(&self, number: u64, part: u64) -> Draft {
        let (given, amount) = (refunded(self.block), self.amount / 2 + 1);
        Draft::new(head(number, "refund"))
            .ensure(Ensure::open(given))
            .leg(shop(self.shop).id(), wallet(self.people[0]).id(), CNY, amount)
            .leg(given.id(), counter().id(), LIMIT, amount)
            .guard(given.id(), Measure::NetDebits, self.amount)
            .claim(claim("refund", self.block, part), OnVoid::Free)
    }

    fn reserve(&self, number: u64) -> Draft {
        let [payer, _] = self.people;
        let draft = Draft::new(head(number, "authorisation"))
            .leg(wallet(payer).id(), shop(self.shop).id(), CNY, self.amount)
            .claim(claim("authorised", self.block, 0), OnVoid::Free)
            .claim(claim("code", self.block, 0), OnVoid::Keep);
        // Some would expire, far away.
        let expires_at = self.block.is_multiple_of(2).then_some(Timestamp(4_000_000_000_000_000));
        Draft { mode: Mode::Pending { expires_at }, ..draft }
    }

    fn resolve(&self, number: u64, reservation: u64) -> Draft {
        let pending = name(reservation);
        let mode = match self.block % 3 {
            0 => Mode::Settle { pending, settled: Settled::Whole },
            1 => Mode::Settle { pending, settled: Settled::Part(vec![self.amount / 2]) },
            _ => Mode::Void { pending },
        };
        Draft { mode, ..Draft::new(head(number, "resolution")) }
    }
}

/// What is sent under a number: the same, whoever sends it and however often.
pub fn posting(number: u64) -> Posting {
    if number == OPENING {
        return opening();
    }
    let (order, slot) = (Order::of(number / BLOCK), number % BLOCK);
    let [first, second] = order.people;
    let draft = match slot {
        0 => order.pay(number, first),
        1 => order.pay(number, second),
        2 => Draft::new(head(number, "order_cancel"))
            .claim(claim("order", order.block, 0), OnVoid::Free)
            .claim(claim("order-version", order.block, 1), OnVoid::Free),
        3 => order.refund(number, 1),
        4 => order.refund(number, 2),
        5 => order.reserve(number),
        6 => order.resolve(number, number - 1),
        7 => Draft::new(head(number, "transfer")).leg(wallet(first).id(), wallet(second).id(), CNY, order.amount),
        8 => Draft::new(head(number, "topup"))
            .leg(bank().id(), wallet(second).id(), CNY, order.amount)
            .claim(claim("notice", order.block, 0), OnVoid::Keep),
        _ => Draft::new(head(number, "transfer")).leg(wallet(first).id(), wallet(second).id(), CNY, 900_000_000),
    };
    draft.finish().expect("far below every limit of form")
}
