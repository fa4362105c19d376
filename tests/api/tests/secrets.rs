//! No secret that a visitor brings, and none that the house keeps, is found in what a serving server says, at whatever level; and those
//! that need not be known again are found nowhere in its files.

use std::fs;
use std::path::Path;

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER};
use qianbao_api::identity::{OneTimeCodes, SignIn, SignUp};
use qianbao_api::payments::PayRequest;
use qianbao_api::recovery::RecoveryCodes;
use qianbao_core::Locale;
use qianbao_core::intent::Payee;
use qianbao_core::recovery::RecoveryCode;
use qianbao_tests_api::{House, PASSWORD, TestResult, Visitor};
use serde_json::json;

const NEW_PASSWORD: &str = "canary-one-sings-at-dawn";
const REPLACED_PASSWORD: &str = "canary-five-sings-at-tea";
const WRONG_PASSWORD: &str = "canary-two-sings-at-noon";
const LEGAL_NAME: &str = "钱百灵";
const NOTE: &str = "canary-three-at-dusk";
const SEARCH: &str = "canary-four-by-night";

/// What must not be found, with the name that a failure gives it.
struct Secrets(Vec<(&'static str, Vec<u8>)>);

impl Secrets {
    fn found_in(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        let is_in = |secret: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
        self.0.iter().filter(|(_, secret)| is_in(secret)).map(|(name, _)| format!("{name} in {place}")).collect()
    }
}

#[tokio::test]
async fn nothing_that_must_stay_secret_is_logged_or_kept() -> TestResult {
    let mut house = House::seeded().await?;
    let log = tempfile::NamedTempFile::new()?;
    let mut serve = house.serve(&[]);
    serve.env("QIANBAO_LOG", "trace");
    house.open_saying(serve, log.reopen()?).await?;
    let (tokens, passwords) = visit(&house).await?;
    house.terminate().await?;

    let said = fs::read(log.path())?;
    assert!(String::from_utf8_lossy(&said).contains("/v1/payments"), "the log tells of requests, at this level");
    let mut in_log = Secrets([tokens.clone(), passwords.clone()].concat());
    in_log.0.extend(keys(&house)?);
    for (name, secret) in [("a legal name", LEGAL_NAME), ("a note", NOTE), ("a search", SEARCH)] {
        in_log.0.push((name, secret.as_bytes().to_vec()));
    }
    assert_eq!(in_log.found_in("the log", &said), Vec::<String>::new());

    // On Postgres the same rows lie in its files, which this test does not read.
    let kept = Secrets([tokens, passwords, vec![("a note", NOTE.as_bytes().to_vec())]].concat());
    let handle = Secrets(vec![("a handle", b"canary".to_vec())]);
    let (mut found, mut is_looked_at) = (Vec::new(), house.is_shared());
    each_file(&house.data(), &mut |file, bytes| {
        found.extend(kept.found_in(file, bytes));
        is_looked_at |= !handle.found_in(file, bytes).is_empty();
    })?;
    assert_eq!(found, Vec::<String>::new());
    assert!(is_looked_at, "what is no secret is found in the files");
    Ok(())
}

/// Signs up, in, wrongly and out, pays with a note, searches; answers the session tokens and the passwords.
async fn visit(house: &House) -> TestResult<(Vec<(&'static str, Vec<u8>)>, Vec<(&'static str, Vec<u8>)>)> {
    let door = house.visitor("wallet");
    let canary = SignUp {
        handle: "canary".to_owned(),
        display_name: "Canary".to_owned(),
        legal_name: LEGAL_NAME.to_owned(),
        password: Some(NEW_PASSWORD.to_owned()),
        passkey: None,
        locale: Locale::Zh,
    };
    let signed_up = door.post("/v1/people", &canary).await?;
    assert_eq!(signed_up.status, 200);
    let cookies = signed_up.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let new: Vec<&str> = cookies.filter_map(|cookie| Some(cookie.split(';').next()?.split_once('=')?.1)).collect();
    assert_eq!(new.len(), 2, "a session and a device");
    let canary = house.visitor("wallet").welcomed(&signed_up)?;
    let password = Some(json!({ "password": REPLACED_PASSWORD }).to_string());
    assert_eq!(canary.send(reqwest::Method::PUT, "/v1/password", password).await?.status, 204);
    let confirmed = canary.post("/v1/session/confirmation", &json!({ "password": REPLACED_PASSWORD })).await?;
    let canary = canary.welcomed(&confirmed)?;
    let codes: OneTimeCodes = canary.post("/v1/one-time-codes", &json!({})).await?.json()?;
    let secret = BASE32_NOPAD.decode(codes.secret.as_bytes())?;
    let recovery: RecoveryCodes = canary.post("/v1/recovery-codes", &json!({})).await?.json()?;
    let begun = door.post("/v1/recovery", &json!({ "handle": "canary", "code": recovery.codes[0] })).await?;
    assert_eq!(begun.status, 200);
    let ticket = begun.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()?.split_once('='));
    let ticket = ticket.and_then(|(_, rest)| rest.split(';').next()).ok_or("the ticket of a recovery")?.to_owned();
    // As it is read: the secret alone, in the form in which it is hashed.
    let parsed = RecoveryCode::parse(&recovery.codes[0])?.bytes().to_vec();
    let wrong = SignIn { handle: "canary".to_owned(), password: WRONG_PASSWORD.to_owned(), one_time_code: None };
    assert_eq!(door.post("/v1/session", &wrong).await?.status, 401);
    let ming = house.visitor("wallet").sign_in("ming").await?;
    let desk = house.visitor("desk").sign_in("chen").await?;
    let lan = house.visitor("wallet").sign_in("lan").await?;
    let payee = Payee::Person(lan.session.as_ref().ok_or("lan is signed in")?.person.id);
    let request = ming.payment_to("lan", 100).await?;
    let request = PayRequest { note: Some(NOTE.to_owned()), ..ming.again(&request, payee)? };
    assert_eq!(ming.post("/v1/payments", &request).await?.status, 200);
    assert_eq!(ming.get(&format!("/v1/activity?q={SEARCH}")).await?.status, 200);
    // A failing request is told of in more words than one that does not.
    assert_eq!(ming.get(&format!("/v1/activity?kind={SEARCH}")).await?.status, 400);
    let tokens = [&ming, &desk, &lan, &canary].into_iter().map(|visitor| Ok(("a session token", token(visitor)?)));
    let mut tokens = tokens.collect::<TestResult<Vec<_>>>()?;
    tokens.extend([codes.secret.into_bytes(), secret].map(|secret| ("a secret of one-time codes", secret)));
    tokens.push(("the ticket of a recovery", ticket.into_bytes()));
    tokens.push(("a recovery code", parsed));
    tokens.extend(recovery.codes.into_iter().map(|code| ("a recovery code", code.into_bytes())));
    tokens.extend(new.iter().map(|token| ("a token of a session or device", token.as_bytes().to_vec())));
    assert_eq!(desk.send(reqwest::Method::DELETE, "/v1/session", Some("{}".to_owned())).await?.status, 204);
    let passwords = [PASSWORD, NEW_PASSWORD, REPLACED_PASSWORD, WRONG_PASSWORD];
    Ok((tokens, passwords.into_iter().map(|password| ("a password", password.as_bytes().to_vec())).collect()))
}

fn token(visitor: &Visitor) -> TestResult<Vec<u8>> {
    let (_, token) = visitor.cookie().and_then(|cookie| cookie.split_once('=')).ok_or("a session cookie")?;
    Ok(token.as_bytes().to_vec())
}

/// The keys of both realms, raw and as text would show them.
fn keys(house: &House) -> TestResult<Vec<(&'static str, Vec<u8>)>> {
    let mut keys = Vec::new();
    for realm in ["live", "test"] {
        for file in fs::read_dir(house.data().join(realm).join("keys"))? {
            let key = HEXLOWER.decode(fs::read_to_string(file?.path())?.trim().as_bytes())?;
            let listed = format!("{key:?}");
            let texts = [HEXLOWER.encode(&key), BASE64.encode(&key), BASE64URL_NOPAD.encode(&key), listed];
            keys.extend(texts.into_iter().map(|text| ("a key of the house", text.into_bytes())));
            keys.push(("a key of the house", key));
        }
    }
    Ok(keys)
}

fn each_file(folder: &Path, look: &mut impl FnMut(&str, &[u8])) -> TestResult {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            each_file(&entry.path(), look)?;
        } else {
            look(&entry.path().display().to_string(), &fs::read(entry.path())?);
        }
    }
    Ok(())
}
