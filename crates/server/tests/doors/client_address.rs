//! Whose address a try of a password counts for, with and without proxies before the server.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use qianbao_api::ProblemCode as P;
use qianbao_server::config::ServeOptions;
use qianbao_server::hosts::RealmName;
use serde_json::json;

use crate::house::{Answer, House, PASSWORD, TestResult};

const PROXY: &str = "10.0.0.7";

async fn behind(proxies: &[&str]) -> TestResult<House> {
    let trusted_proxy = proxies.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let house = House::with(ServeOptions { trusted_proxy: Some(trusted_proxy), ..ServeOptions::default() }).await?;
    house.signed_up("ming").await?;
    Ok(house)
}

/// Signs in over a connection from `peer`.
async fn sign_in(house: &House, peer: &str, lines: &[&str], password: &str) -> TestResult<Answer> {
    let peer = SocketAddr::new(peer.parse::<IpAddr>()?, 40_000);
    let mut request = Request::post("/v1/session")
        .header("origin", "http://wallet.localhost:8787")
        .header("content-type", "application/json")
        .extension(ConnectInfo(peer));
    for line in lines {
        request = request.header("X-Forwarded-For", *line);
    }
    let body = json!({ "handle": "ming", "password": password });
    house.browser("wallet.localhost:8787").send(request.body(Body::from(body.to_string()))?).await
}

/// The address that a wrong password was counted for.
async fn counted(house: &House, peer: &str, lines: &[&str]) -> TestResult<String> {
    let directory = &house.app.realm(RealmName::Live).directory;
    let count = "SELECT subject, tries FROM try_budgets WHERE subject LIKE 'address:%'";
    let before: Vec<(String, i64)> = sqlx::query_as(count).fetch_all(directory.readers()).await?;
    assert_eq!(sign_in(house, peer, lines, "wrong-wrong-wrong-2").await?.refused()?.1, P::SignInFailed);
    let after: Vec<(String, i64)> = sqlx::query_as(count).fetch_all(directory.readers()).await?;
    let more: Vec<_> = after.into_iter().filter(|row| !before.contains(row)).collect();
    let [(subject, _)] = more.as_slice() else { return Err(format!("one budget was spent: {more:?}").into()) };
    Ok(subject.replace("address:", ""))
}

#[tokio::test]
async fn only_a_trusted_proxy_says_whose_address_counts() -> TestResult {
    let house = behind(&[PROXY, "fd00:1::/64"]).await?;
    for (peer, lines, client) in [
        ("192.0.2.1", vec!["198.51.100.1"], "192.0.2.1"),
        (PROXY, vec!["198.51.100.2"], "198.51.100.2"),
        (PROXY, vec!["203.0.113.3, 198.51.100.3"], "198.51.100.3"),
        (PROXY, vec!["203.0.113.4", "198.51.100.4, fd00:1::9"], "198.51.100.4"),
        (PROXY, vec!["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        (PROXY, vec!["203.0.113.5, somebody"], PROXY),
    ] {
        assert_eq!(counted(&house, peer, &lines).await?, client, "{lines:?} from {peer}");
        house.clock.pass(15 * 60);
    }
    Ok(())
}

#[tokio::test]
async fn nobody_is_trusted_unless_the_operator_says_so() -> TestResult {
    let house = House::new().await?;
    house.signed_up("ming").await?;
    assert_eq!(counted(&house, "127.0.0.1", &["198.51.100.1"]).await?, "127.0.0.1");
    Ok(())
}

#[tokio::test]
async fn who_uses_up_their_tries_leaves_the_others_behind_the_proxy_theirs() -> TestResult {
    let house = behind(&[PROXY]).await?;
    let (attacker, other) = ("198.51.100.1", "198.51.100.2");
    assert_eq!(counted(&house, PROXY, &[attacker]).await?, attacker);
    let mut write = house.app.realm(RealmName::Live).directory.begin().await?;
    sqlx::query("UPDATE try_budgets SET tries = 100 WHERE subject = 'address:198.51.100.1'")
        .execute(write.sql())
        .await?;
    write.commit().await?;
    let spent = sign_in(&house, PROXY, &[attacker], PASSWORD).await?;
    assert_eq!(spent.refused()?, (429, P::TooManyRequests, None));
    // Nor does it help to name somebody else: that stands left of what the proxy appends.
    let spoofed = sign_in(&house, PROXY, &[&format!("{other}, {attacker}")], PASSWORD).await?;
    assert_eq!(spoofed.refused()?.0, 429);
    assert_eq!(sign_in(&house, PROXY, &[other], PASSWORD).await?.status(), 200);
    Ok(())
}
