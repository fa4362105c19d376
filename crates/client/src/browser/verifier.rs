//! Ed25519 by `WebCrypto`.

use futures::future::LocalBoxFuture;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;

use crate::verify::{Verifier, VerifyError};

/// `crypto.subtle`.
pub(crate) struct WebCrypto;

impl Verifier for WebCrypto {
    fn verify(
        &self,
        public: [u8; 32],
        message: Vec<u8>,
        signature: [u8; 64],
    ) -> LocalBoxFuture<'static, Result<(), VerifyError>> {
        Box::pin(async move {
            // A browser without Ed25519 refuses the import; that says nothing about the signature.
            let valid = check(public, &message, signature).await.map_err(|_| VerifyError::Unsupported)?;
            if valid { Ok(()) } else { Err(VerifyError::Forged) }
        })
    }
}

async fn check(public: [u8; 32], message: &[u8], signature: [u8; 64]) -> Result<bool, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let subtle = window.crypto()?.subtle();
    let raw = Uint8Array::from(public.as_slice());
    let uses = Array::of1(&JsValue::from_str("verify"));
    let key = JsFuture::from(subtle.import_key_with_str("raw", &raw, "Ed25519", false, &uses)?).await?;
    let key: CryptoKey = key.dyn_into()?;
    let verified = subtle.verify_with_str_and_js_u8_array_and_js_u8_array(
        "Ed25519",
        &key,
        &Uint8Array::from(signature.as_slice()),
        &Uint8Array::from(message),
    )?;
    Ok(JsFuture::from(verified).await?.is_truthy())
}
