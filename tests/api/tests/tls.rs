//! HTTPS by the server itself: `--tls-cert` and `--tls-key`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use qianbao_api::identity::{SessionView, SignIn};
use qianbao_tests_api::{House, PASSWORD, TestResult};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::header::{CONTENT_TYPE, ORIGIN, SET_COOKIE};
use reqwest::{Certificate, Client};

/// A certificate of these names and its key, in files of their own.
fn pair(folder: &Path, name: &str, names: &[&str]) -> TestResult<(PathBuf, PathBuf, String)> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
    let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    fs::write(&certificate, cert.pem())?;
    fs::write(&key, signing_key.serialize_pem())?;
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600))?;
    Ok((certificate, key, cert.pem()))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are text")
}

#[tokio::test]
async fn pages_and_sessions_work_over_https() -> TestResult {
    let house = House::seeded().await?;
    let folder = tempfile::tempdir()?;
    let (certificate, key, pem) = pair(folder.path(), "server", &["localhost", "wallet.localhost"])?;
    let mut serve = house.serve(&["--tls-cert", text(&certificate), "--tls-key", text(&key)]);
    let mut server = serve.stdout(Stdio::null()).kill_on_drop(true).spawn()?;
    // A second call finds the provider there already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let here = std::net::SocketAddr::from(([127, 0, 0, 1], house.port()));
    let client = Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .https_only(true)
        .tls_certs_only([Certificate::from_pem(pem.as_bytes())?])
        .resolve("wallet.localhost", here)
        .build()?;
    let origin = format!("https://wallet.localhost:{}", house.port());
    let deadline = Instant::now() + Duration::from_secs(30);
    let ready = loop {
        match client.get(format!("{origin}/readyz")).send().await {
            Ok(answer) if answer.status().is_success() => break answer,
            _ if Instant::now() > deadline => return Err("expected a server that is ready over HTTPS".into()),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    assert!(ready.headers()["strict-transport-security"].to_str()?.contains("max-age="));
    let sign_in = SignIn { handle: "ming".to_owned(), password: PASSWORD.to_owned(), one_time_code: None };
    let send = |origin: String| {
        let body = serde_json::to_string(&sign_in).expect("a sign-in can be printed");
        let url = format!("https://wallet.localhost:{}/v1/session", house.port());
        client.post(url).header(ORIGIN, origin).header(CONTENT_TYPE, "application/json").body(body).send()
    };
    assert_eq!(
        send(origin.replace("https", "http")).await?.status(),
        403,
        "the page of another scheme is another origin"
    );
    let answer = send(origin.clone()).await?;
    assert_eq!(answer.status(), 200);
    let cookies: Vec<String> = answer
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|cookie| Some(cookie.to_str().ok()?.to_owned()))
        .collect();
    assert!(cookies.iter().all(|cookie| cookie.starts_with("__Host-") && cookie.contains("; Secure")), "{cookies:?}");
    let _: SessionView = serde_json::from_str(&answer.text().await?)?;
    // Plain HTTP finds nobody to talk to.
    let plain = Client::builder().no_proxy().build()?;
    assert!(plain.get(format!("http://127.0.0.1:{}/readyz", house.port())).send().await.is_err());
    server.kill().await?;
    Ok(())
}

#[tokio::test]
async fn a_key_that_others_may_read_or_that_does_not_fit_is_refused() -> TestResult {
    let house = House::empty()?;
    let folder = tempfile::tempdir()?;
    let (certificate, key, _) = pair(folder.path(), "one", &["localhost"])?;
    let (_, other, _) = pair(folder.path(), "other", &["localhost"])?;
    let open = folder.path().join("open.key");
    fs::copy(&key, &open)?;
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644))?;
    let missing = folder.path().join("missing.key");
    for (certificate, key, said) in [
        (&certificate, &open, "mode 0600"),
        (&certificate, &other, "certificate and its private key"),
        (&certificate, &missing, "missing.key"),
        (&key, &key, "certificate"),
    ] {
        let refused = house.serve(&["--tls-cert", text(certificate), "--tls-key", text(key)]).output().await?;
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && error.contains(said), "{said}: {error}");
    }
    Ok(())
}
