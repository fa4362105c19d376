//! The headers that tell a browser what an answer may do.
//!
//! Sources: OWASP ASVS 5.0 section 3.4 (headers), CSP Level 3 (nonce and `strict-dynamic`), Trusted Types. The policy names no
//! host: everything comes from the answer's own origin. HSTS is sent only where the browser came over TLS, since a browser
//! ignores it otherwise.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;

/// Where browsers report a broken policy; a route of [`crate::app`].
const REPORTS: &str = "csp=\"/csp-report\"";
/// Names with a digest never change what they hold.
const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";
/// Kept, but asked for again each time.
const ASK_AGAIN: &str = "no-cache";
/// A worker's own policy: its scripts and its wasm come from here, and it may ask this origin only.
const FILE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const PERMISSIONS: &str = "camera=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), \
    payment=(self), screen-wake-lock=(self), geolocation=(), microphone=(), usb=(), serial=(), midi=()";
/// Two years, as preload lists ask.
const TLS_ONLY: &str = "max-age=63072000; includeSubDomains";

/// A nonce from 16 random bytes: 22 characters that need no escaping in HTML or in a header.
pub fn nonce_from(random: [u8; 16]) -> String {
    BASE64URL_NOPAD.encode(&random)
}

/// Headers of a page.
pub fn protect_page(mut answer: Response, nonce: &str, secure: bool) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; \
         media-src 'self' blob:; frame-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
         object-src 'none'; require-trusted-types-for 'script'; trusted-types default; report-to csp"
    );
    common(&mut answer, secure);
    set(&mut answer, header::CACHE_CONTROL, "no-store");
    set(&mut answer, HeaderName::from_static("reporting-endpoints"), REPORTS);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// Headers of a file of an app, found or not.
pub fn protect_file(mut answer: Response, path: &str, secure: bool) -> Response {
    common(&mut answer, secure);
    let kept = if crate::problem::is_refused(&answer) {
        "no-store"
    } else if has_digest(path) {
        FOR_A_YEAR
    } else {
        ASK_AGAIN
    };
    set(&mut answer, header::CACHE_CONTROL, kept);
    set(&mut answer, header::CONTENT_SECURITY_POLICY, FILE_POLICY);
    answer
}

/// Headers of everything else: answers of the API, keys, health. Nothing of it is kept unless the route said otherwise.
pub fn protect_data(mut answer: Response, secure: bool) -> Response {
    common(&mut answer, secure);
    if !answer.headers().contains_key(header::CACHE_CONTROL) {
        set(&mut answer, header::CACHE_CONTROL, "no-store");
    }
    set(&mut answer, header::CONTENT_SECURITY_POLICY, DATA_POLICY);
    answer
}

fn common(answer: &mut Response, secure: bool) {
    set(answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(answer, header::REFERRER_POLICY, "no-referrer");
    set(answer, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(answer, HeaderName::from_static("cross-origin-embedder-policy"), "require-corp");
    set(answer, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(answer, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if secure {
        set(answer, header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
}

fn set(answer: &mut Response, name: HeaderName, value: &'static str) {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
}

/// Whether a name holds a digest of what it names: a dash, up to 16 hex digits, and a dot or an underscore. Trunk writes its
/// digest as a number, so a few leading zeros may be missing.
fn has_digest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.match_indices('-').any(|(at, _)| {
        let rest = &name.as_bytes()[at + 1..];
        let digits = rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
        (12..=16).contains(&digits) && matches!(rest.get(digits), Some(b'.' | b'_'))
    })
}

#[cfg(test)]
mod tests {
    use super::has_digest;

    #[test]
    fn only_names_with_a_digest_are_kept() {
        for (path, kept) in [
            ("/qianbao-app-0123456789abcdef.js", true),
            ("/qianbao-app-0123456789abcdef_bg.wasm", true),
            ("/a/decoder-00000000ffffffff.wasm", true),
            ("/service-worker.js", false),
            ("/index.html", false),
            ("/icons/icon.svg", false),
            ("/x-0123456789abcdeg.js", false),
            ("/qianbao-desk-b162575ea803168_bg.wasm", true),
            ("/x-0123456789a.js", false),
            ("/x-0123456789abcdef0.js", false),
            ("/x-0123456789abcdef", false),
        ] {
            assert_eq!(has_digest(path), kept, "{path}");
        }
    }
}
