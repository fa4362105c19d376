//! `navigator.credentials`, by the JSON forms that browsers read and print themselves.

use futures::future::LocalBoxFuture;
use js_sys::{Function, JSON, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::authenticator::{Authenticator, AuthenticatorError, Touch};
use crate::vault::cipher::Secret;

/// What the passkey's secret is asked for; each passkey has another answer.
const SECRET_OF: &[u8] = b"qianbao/what the device keeps/1";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = PublicKeyCredential, js_name = parseCreationOptionsFromJSON)]
    fn creation_options(json: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = PublicKeyCredential, js_name = parseRequestOptionsFromJSON)]
    fn request_options(json: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = PublicKeyCredential, js_name = signalUnknownCredential)]
    fn signal_unknown(options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["navigator", "credentials"], js_name = create)]
    fn create(options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["navigator", "credentials"], js_name = get)]
    fn get(options: &JsValue) -> Result<Promise, JsValue>;

    type Credential;
    #[wasm_bindgen(method, catch, js_name = toJSON)]
    fn to_json(this: &Credential) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getClientExtensionResults)]
    fn extension_results(this: &Credential) -> Result<JsValue, JsValue>;
}

/// The browser's passkeys.
pub(crate) struct Credentials;

impl Authenticator for Credentials {
    fn is_there(&self) -> bool {
        has("parseCreationOptionsFromJSON") && has("parseRequestOptionsFromJSON")
    }

    fn create(&self, options: String) -> LocalBoxFuture<'static, Result<Touch, AuthenticatorError>> {
        let is_there = self.is_there();
        Box::pin(async move {
            if !is_there {
                return Err(AuthenticatorError::Unsupported);
            }
            let made = async { answer(create(&wrapped(&creation_options(&JSON::parse(&options)?)?)?)?).await };
            made.await.map_err(|error| reason(&error))
        })
    }

    fn get(&self, options: String) -> LocalBoxFuture<'static, Result<Touch, AuthenticatorError>> {
        let is_there = self.is_there();
        Box::pin(async move {
            if !is_there {
                return Err(AuthenticatorError::Unsupported);
            }
            let used = async { answer(get(&wrapped(&request_options(&JSON::parse(&options)?)?)?)?).await };
            used.await.map_err(|error| reason(&error))
        })
    }

    fn unknown(&self, credential: &str) {
        if !has("signalUnknownCredential") {
            return;
        }
        let signalled = || -> Result<Promise, JsValue> {
            let host = web_sys::window().ok_or(JsValue::UNDEFINED)?.location().hostname()?;
            let options = Object::new();
            Reflect::set(&options, &"rpId".into(), &host.into())?;
            Reflect::set(&options, &"credentialId".into(), &credential.into())?;
            signal_unknown(&options)
        };
        if let Ok(signalled) = signalled() {
            wasm_bindgen_futures::spawn_local(async move {
                // A hint, no more: what the authenticator makes of it is its own business.
                let _ = JsFuture::from(signalled).await;
            });
        }
    }
}

fn has(function: &str) -> bool {
    let interface = Reflect::get(&js_sys::global(), &"PublicKeyCredential".into());
    interface
        .and_then(|interface| Reflect::get(&interface, &function.into()))
        .is_ok_and(|found| found.is_instance_of::<Function>())
}

/// `{publicKey: options}`, with the wish for the passkey's secret.
fn wrapped(options: &JsValue) -> Result<JsValue, JsValue> {
    let extensions = match Reflect::get(options, &"extensions".into())? {
        asked if asked.is_object() => asked,
        _ => Object::new().into(),
    };
    Reflect::set(&extensions, &"prf".into(), &object("eval", &object("first", &Uint8Array::from(SECRET_OF).into())?)?)?;
    Reflect::set(options, &"extensions".into(), &extensions)?;
    let outer = Object::new();
    Reflect::set(&outer, &"publicKey".into(), options)?;
    Ok(outer.into())
}

/// `{name: value}`.
fn object(name: &str, value: &JsValue) -> Result<JsValue, JsValue> {
    let object = Object::new();
    Reflect::set(&object, &name.into(), value)?;
    Ok(object.into())
}

async fn answer(asked: Promise) -> Result<Touch, JsValue> {
    let credential: Credential = JsFuture::from(asked).await?.unchecked_into();
    let secret = secret(&credential.extension_results()?)?;
    let json = credential.to_json()?;
    // The secret stands in the JSON as well.
    let extensions = Reflect::get(&json, &"clientExtensionResults".into())?;
    if extensions.is_object() {
        Reflect::delete_property(extensions.unchecked_ref::<Object>(), &"prf".into())?;
    }
    Ok(Touch { answer: JSON::stringify(&json)?.into(), secret })
}

/// The passkey's secret in what its extensions answered: `prf.results.first`.
fn secret(extensions: &JsValue) -> Result<Option<Secret>, JsValue> {
    let mut found = extensions.clone();
    for member in ["prf", "results", "first"] {
        if !found.is_object() {
            return Ok(None);
        }
        found = Reflect::get(&found, &member.into())?;
    }
    if !found.is_object() {
        return Ok(None);
    }
    let bytes = Uint8Array::new(&found);
    let secret = Secret::new(bytes.to_vec());
    bytes.fill(0, 0, bytes.length());
    Ok(Some(secret).filter(|secret| secret.bytes().len() >= 32))
}

/// Names of exceptions: Web Authentication Level 3, sections 5.1.3 and 5.1.4.
fn reason(error: &JsValue) -> AuthenticatorError {
    let text = |member: &str| Reflect::get(error, &member.into()).ok().and_then(|value| value.as_string());
    match text("name").as_deref() {
        Some("NotAllowedError" | "AbortError") => AuthenticatorError::Declined,
        Some("InvalidStateError") => AuthenticatorError::Known,
        Some("NotSupportedError") => AuthenticatorError::Unsupported,
        name => {
            let name = name.unwrap_or("an error without a name");
            AuthenticatorError::Failed(
                text("message").map_or_else(|| name.to_owned(), |more| [name, ": ", &more].concat()),
            )
        }
    }
}
