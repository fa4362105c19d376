//! `GET /v1/activity` and `GET /v1/activity/{id}`.

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::payments::{PayRequest, PayeeView};
use qianbao_api::{Page, ProblemCode};

use crate::house::{House, Street, TestResult, Visitor, transfer};

async fn found(visitor: &Visitor, query: &str) -> TestResult<Vec<Entry>> {
    Ok(visitor.get(&format!("/v1/activity?{query}")).await?.ok::<Page<Entry>>()?.data)
}

/// Some history of Ming: a top-up, a tea, two transfers out, one in.
async fn history() -> TestResult<Street> {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let order = street.order(1_800).await?;
    ming.pay(&street.payment_of(ming, &order)?).await?;
    for (minor, note) in [(1_234, "火锅 Hotpot"), (5_600, "100%_'; --")] {
        let request = PayRequest { note: Some(note.to_owned()), ..transfer(ming, lan, "lan", minor)? };
        ming.pay(&request).await?;
    }
    lan.pay(&transfer(lan, ming, "ming", 200)?).await?;
    Ok(street)
}

#[tokio::test]
async fn balances_run_through_the_entries() -> TestResult {
    let street = history().await?;
    for visitor in [&street.ming, &street.lan, &street.desk] {
        let entries = visitor.entries().await?;
        assert_eq!(entries[0].balance_after.minor, visitor.balance().await?);
        for pair in entries.windows(2) {
            assert!((pair[0].sequence, &pair[0].id) > (pair[1].sequence, &pair[1].id));
            assert_eq!(pair[0].balance_after.minor, pair[1].balance_after.minor + pair[0].amount.minor);
        }
        let first = entries.last().ok_or("everybody has entries")?;
        assert_eq!(first.balance_after, first.amount);
    }
    let kinds: Vec<_> = street.ming.entries().await?.iter().map(|entry| entry.kind).collect();
    let transfer = EntryKind::Transfer;
    assert_eq!(kinds, [transfer, transfer, transfer, EntryKind::Payment, EntryKind::Topup]);
    Ok(())
}

#[tokio::test]
async fn pages_follow_each_other_with_and_without_filter() -> TestResult {
    let street = history().await?;
    let all: Vec<_> = street.ming.entries().await?.into_iter().map(|entry| entry.id).collect();
    let outgoing: Vec<_> = found(&street.ming, "direction=out").await?.into_iter().map(|entry| entry.id).collect();
    assert_eq!(outgoing.len(), 3);
    for (filter, expected) in [("", &all), ("&direction=out", &outgoing)] {
        let (mut ids, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/activity?limit=2{filter}{after}");
            let page: Page<Entry> = street.ming.get(&path).await?.ok()?;
            ids.extend(page.data.into_iter().map(|entry| entry.id));
            let Some(last) = ids.last().filter(|_| page.has_more) else { break };
            after = format!("&starting_after={last}");
        }
        assert_eq!(&ids, expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_search_finds_names_notes_and_amounts_and_nothing_else() -> TestResult {
    let street = history().await?;
    let ming = &street.ming;
    for (query, count) in [
        ("q=hotpot", 1),
        ("q=%E7%81%AB%E9%94%85", 1),
        ("q=lan", 3),
        ("q=YUNSHAN", 1),
        ("q=%E4%BA%91%E5%B1%B1", 1),
        ("q=12.34", 1),
        ("q=18", 1),
        ("q=%25_'", 1),
        ("q=%25", 1),
        ("q='%20OR%201=1%20--", 0),
        ("q=%3Cscript%3E", 0),
        ("q=", 5),
        ("q=lan&direction=in", 1),
        ("q=lan&kind=transfer&direction=out", 2),
        ("kind=payment", 1),
        ("kind=refund", 0),
        ("from=0&to=1", 0),
        ("from=9000000000000000", 0),
    ] {
        assert_eq!(found(ming, query).await?.len(), count, "{query}");
    }
    let middle = &ming.entries().await?[2];
    let at = middle.at.0;
    let exactly = found(ming, &format!("from={at}&to={}", at + 1)).await?;
    assert_eq!(exactly.iter().map(|entry| &entry.id).collect::<Vec<_>>(), [&middle.id]);
    Ok(())
}

#[tokio::test]
async fn one_entry_is_its_owners_alone() -> TestResult {
    let street = history().await?;
    for entry in street.ming.entries().await? {
        let again: Entry = street.ming.get(&format!("/v1/activity/{}", entry.id)).await?.ok()?;
        assert_eq!(again, entry);
    }
    // Sequence 1 is Ming's top-up; Lan has nothing there, and nobody has anything at these.
    let topup = street.ming.entries().await?.pop().ok_or("there is a top-up")?;
    assert!(matches!(topup.counterparty, PayeeView::Bank { .. }));
    for (visitor, id) in [
        (&street.lan, topup.id.as_str()),
        (&street.desk, topup.id.as_str()),
        (&street.ming, "1-1"),
        (&street.ming, "999-0"),
        (&street.ming, "0-0"),
        (&street.ming, "01-0"),
        (&street.ming, "x"),
        (&street.ming, "1-65535"),
        (&street.ming, "18446744073709551615-65535"),
        (&street.ming, "18446744073709551616-0"),
    ] {
        let problem = visitor.get(&format!("/v1/activity/{id}")).await?.problem()?;
        assert_eq!(problem.code, ProblemCode::NotFound, "{id}");
    }
    Ok(())
}

#[tokio::test]
async fn wrong_queries_are_said() -> TestResult {
    let street = House::street().await?;
    let long = format!("q={}", "x".repeat(101));
    for query in ["limit=0", "limit=101", "kind=gift", "direction=up", "from=now", "more=1", long.as_str()] {
        let problem = street.ming.get(&format!("/v1/activity?{query}")).await?.problem()?;
        assert_eq!(problem.code, ProblemCode::MalformedRequest, "{query:.30}");
    }
    let problem = street.ming.get("/v1/activity?starting_after=x").await?.problem()?;
    assert_eq!(problem.code, ProblemCode::NotFound);
    Ok(())
}
