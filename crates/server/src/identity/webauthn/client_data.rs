//! What the browser told the authenticator (Level 3, section 5.8.1).

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::AnswerError;

/// What an answer answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A passkey was made.
    Create,
    /// A passkey was used.
    Get,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

/// Client data of the expected kind and page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientData {
    /// What the page was asked to have answered.
    pub challenge: Vec<u8>,
    json: Vec<u8>,
}

/// Members that are looked at; browsers may add others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<serde_json::Value>,
}

impl ClientData {
    /// Reads `json`, which has to be of this kind, for a page of `origin` that is in no page of another origin.
    pub(super) fn read(json: Vec<u8>, kind: Kind, origin: &str) -> Result<Self, AnswerError> {
        const MEMBER: &str = "response.clientDataJSON";
        let unreadable = |expected| AnswerError::Unreadable { member: MEMBER, expected };
        let members: Members = serde_json::from_slice(&json).map_err(|_| unreadable("the JSON of client data"))?;
        if members.kind != kind.word() {
            return Err(AnswerError::Kind { expected: kind.word(), found: cut(&members.kind, 40) });
        }
        if members.origin != origin {
            return Err(AnswerError::Origin { expected: origin.to_owned(), found: cut(&members.origin, 120) });
        }
        if members.cross_origin || members.top_origin.is_some() {
            return Err(AnswerError::Framed);
        }
        let challenge =
            BASE64URL_NOPAD.decode(members.challenge.as_bytes()).map_err(|_| unreadable("a challenge in base64url"))?;
        Ok(Self { challenge, json })
    }

    /// What the authenticator signed of it.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.json).into()
    }
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}
