//! `GET /v1/sync`.

use qianbao_api::ProblemCode;
use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::orders::OrderStatus;
use qianbao_api::sync::{DocumentBody, SyncPage};

use crate::house::{House, TestResult, Visitor, transfer, yuan};

async fn page(visitor: &Visitor, query: &str) -> TestResult<SyncPage> {
    visitor.get(&format!("/v1/sync{query}")).await?.ok()
}

/// Balance of the page's document, if it has one.
fn balance(page: &SyncPage) -> Option<i64> {
    page.documents.iter().find_map(|document| match &document.body {
        DocumentBody::Wallet(wallet) => Some(wallet.available.minor),
        _ => None,
    })
}

#[tokio::test]
async fn a_mirror_starts_with_everything_and_goes_on_with_what_changed() -> TestResult {
    let street = House::street().await?;
    let first = page(&street.ming, "").await?;
    assert!(!first.reset && !first.more);
    assert_eq!(first.entries.iter().map(|entry| entry.kind).collect::<Vec<_>>(), [EntryKind::Topup]);
    assert_eq!(balance(&first), Some(100_000));
    assert!(first.documents.iter().any(|document| matches!(document.body, DocumentBody::Person(_))));

    let quiet = page(&street.ming, &format!("?after={}", first.next)).await?;
    assert_eq!((quiet.entries.len(), quiet.documents.len(), quiet.more), (0, 0, false));

    street.ming.pay(&transfer(&street.ming, &street.lan, "lan", 250)?).await?;
    let second = page(&street.ming, &format!("?after={}", quiet.next)).await?;
    assert_eq!(second.entries.iter().map(|entry| entry.amount).collect::<Vec<_>>(), [yuan(-250)]);
    assert_eq!(balance(&second), Some(99_750));
    // The same token answers the same again: nothing is lost with an answer.
    assert_eq!(page(&street.ming, &format!("?after={}", quiet.next)).await?.entries, second.entries);
    Ok(())
}

#[tokio::test]
async fn pages_of_any_size_add_up_to_the_history() -> TestResult {
    let street = House::street().await?;
    for minor in 1..=7 {
        street.ming.pay(&transfer(&street.ming, &street.lan, "lan", minor)?).await?;
    }
    let mut history = street.ming.entries().await?;
    history.reverse();
    for limit in [1, 2, 3, 256] {
        let (mut found, mut after): (Vec<Entry>, String) = (Vec::new(), String::new());
        loop {
            let page = page(&street.ming, &format!("?limit={limit}{after}")).await?;
            found.extend(page.entries);
            after = format!("&after={}", page.next);
            if !page.more {
                break;
            }
        }
        assert_eq!(found, history, "limit {limit}");
    }
    Ok(())
}

#[tokio::test]
async fn the_desk_sees_its_order_change_with_the_payment() -> TestResult {
    let street = House::street().await?;
    let start = page(&street.desk, "").await?;
    let order = street.order(1_800).await?;
    let opened = page(&street.desk, &format!("?after={}", start.next)).await?;
    let status = |page: &SyncPage| {
        page.documents.iter().find_map(|document| match &document.body {
            DocumentBody::Order(view) if view.id == order.id => Some(view.status),
            _ => None,
        })
    };
    assert_eq!(status(&opened), Some(OrderStatus::Open));
    street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    let paid = page(&street.desk, &format!("?after={}", opened.next)).await?;
    assert_eq!(status(&paid), Some(OrderStatus::Paid));
    let kinds: Vec<_> = paid.entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::Payment, EntryKind::Fee]);
    assert_eq!(balance(&paid), Some(1_800 - 11));
    Ok(())
}

#[tokio::test]
async fn a_token_of_another_life_starts_anew() -> TestResult {
    let street = House::street().await?;
    let first = page(&street.ming, "").await?;
    let epoch = street.house.realm().ledger.epoch().0;
    for token in [format!("{}.5.5", epoch + 1), "garbage".to_owned(), "%27%3B--".to_owned()] {
        let anew = page(&street.ming, &format!("?after={token}")).await?;
        assert!(anew.reset, "{token}");
        assert_eq!((&anew.entries, balance(&anew)), (&first.entries, balance(&first)));
    }
    Ok(())
}

#[tokio::test]
async fn a_token_opens_nobody_elses_wallet() -> TestResult {
    let street = House::street().await?;
    street.lan.pay(&transfer(&street.lan, &street.ming, "ming", 100)?).await?;
    let token = format!("{}.0.0", street.house.realm().ledger.epoch().0);
    let page = page(&street.desk, &format!("?after={token}")).await?;
    assert!(page.entries.is_empty(), "{:?}", page.entries);
    assert_eq!(balance(&page), Some(0));
    Ok(())
}

#[tokio::test]
async fn a_limit_out_of_range_is_refused() -> TestResult {
    let street = House::street().await?;
    for limit in ["0", "257", "-1", "many"] {
        let problem = street.ming.get(&format!("/v1/sync?limit={limit}")).await?.problem()?;
        assert_eq!(problem.code, ProblemCode::MalformedRequest, "{limit}");
        assert_eq!(problem.param.as_deref(), Some("limit"), "{limit}");
    }
    Ok(())
}
