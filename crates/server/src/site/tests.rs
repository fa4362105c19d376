//! What a browser gets from a built app, asked as a browser asks.

use std::io;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;

use super::{Site, SiteError};

const NONCE: &str = "AAAAAAAAAAAAAAAAAAAAAA";
const PAGE: &str =
    "<!doctype html><html><script nonce=\"{{__TRUNK_NONCE__}}\" src=\"/start-0123456789abcdef.js\"></script></html>";

fn built() -> io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    write("index.html", PAGE)?;
    write("start-0123456789abcdef.js", "plain")?;
    write("start-0123456789abcdef.js.br", "packed")?;
    write("app-0123456789abcdef_bg.wasm", "wasm")?;
    write("service-worker.js", "worker")?;
    Ok(folder)
}

async fn ask(site: &Site, path: &str, headers: &[(&str, &str)]) -> (Response<()>, String) {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("the test's request is well formed");
    let (head, body) = site.answer(request, NONCE, false).await.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a small file");
    (Response::from_parts(head, ()), String::from_utf8_lossy(&body).into_owned())
}

fn header<'a>(answer: &'a Response<()>, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

#[tokio::test]
async fn a_navigation_gets_the_page_with_one_nonce_in_page_and_policy() -> io::Result<()> {
    let folder = built()?;
    let site = Site::open(folder.path()).expect("the page is there");
    for path in ["/", "/activity", "/pay/result"] {
        let (answer, page) = ask(&site, path, &[("sec-fetch-mode", "navigate"), ("accept", "text/html")]).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert!(page.contains(&format!("nonce=\"{NONCE}\"")), "{page}");
        let policy = header(&answer, "content-security-policy");
        assert!(policy.contains(&format!("'nonce-{NONCE}' 'strict-dynamic'")), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "cross-origin-opener-policy"), "same-origin");
        assert_eq!(header(&answer, "strict-transport-security"), "");
    }
    Ok(())
}

#[tokio::test]
async fn a_missing_file_is_never_the_page() -> io::Result<()> {
    let folder = built()?;
    let site = Site::open(folder.path()).expect("the page is there");
    for path in ["/start-ffffffffffffffff.js", "/nothing.css", "/activity", "/../Cargo.toml", "/%2e%2e/Cargo.toml"] {
        let (answer, body) = ask(&site, path, &[]).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(!body.contains("html") && !body.contains("workspace"), "{path}: {body}");
        assert_eq!(header(&answer, "cache-control"), "no-store", "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn files_come_packed_where_the_browser_takes_it_and_are_kept_by_their_name() -> io::Result<()> {
    let folder = built()?;
    let site = Site::open(folder.path()).expect("the page is there");
    let path = "/start-0123456789abcdef.js";
    let (packed, body) = ask(&site, path, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((body.as_str(), header(&packed, "content-encoding")), ("packed", "br"));
    let (plain, body) = ask(&site, path, &[]).await;
    assert_eq!((body.as_str(), header(&plain, "content-encoding")), ("plain", ""));
    assert_eq!(header(&plain, "cache-control"), "public, max-age=31536000, immutable");
    assert!(header(&plain, "content-type").contains("javascript"));
    let (wasm, _) = ask(&site, "/app-0123456789abcdef_bg.wasm", &[]).await;
    assert_eq!(header(&wasm, "content-type"), "application/wasm");
    let (worker, _) = ask(&site, "/service-worker.js", &[]).await;
    assert_eq!(header(&worker, "cache-control"), "no-cache");
    assert!(header(&worker, "content-security-policy").contains("connect-src 'self'"));
    Ok(())
}

#[tokio::test]
async fn a_new_build_is_served_without_a_restart_and_half_a_page_never() -> io::Result<()> {
    let folder = built()?;
    let site = Site::open(folder.path()).expect("the page is there");
    let page = folder.path().join("index.html");
    let change = |text: &str, seconds: u64| -> io::Result<()> {
        std::fs::write(&page, text)?;
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(seconds);
        std::fs::File::options().write(true).open(&page)?.set_modified(later)
    };
    change("<!doctype html><html>half of a new pa", 10)?;
    assert!(ask(&site, "/", &[]).await.1.contains("start-0123456789abcdef"));
    change("<!doctype html><html>new</html>", 20)?;
    assert_eq!(ask(&site, "/", &[]).await.1, "<!doctype html><html>new</html>");
    Ok(())
}

#[test]
fn a_folder_without_a_page_is_refused_with_what_to_do() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let error = Site::open(folder.path()).expect_err("the folder is empty");
    assert!(matches!(error, SiteError::NoPage { .. }));
    assert!(error.to_string().contains("cargo xtask run"), "{error}");
    Ok(())
}
