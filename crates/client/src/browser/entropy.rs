//! Randomness from the browser.

use crate::entropy::Entropy;

/// `crypto.getRandomValues`.
pub(crate) struct BrowserEntropy;

impl Entropy for BrowserEntropy {
    fn ten_bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        getrandom::fill(&mut bytes).expect("every browser that runs wasm has crypto.getRandomValues");
        bytes
    }
}
