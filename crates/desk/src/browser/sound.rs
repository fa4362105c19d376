//! The sound of a payment: two short tones, made on the spot. Browsers let a page be heard only after a press, so the
//! cashier's press prepares it.

use std::cell::RefCell;

use leptos::prelude::window;
use web_sys::{AudioContext, OscillatorType};

thread_local! {
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// First tone and second tone, Hz: a rising fourth is heard across a counter and does not startle.
const TONES: [f32; 2] = [880.0, 1_174.66];
const TONE_S: f64 = 0.16;

/// Makes ready to be heard. To be called while a press is being handled.
pub fn prepare() {
    CONTEXT.with_borrow_mut(|context| {
        if context.is_none() {
            *context = AudioContext::new().ok();
        }
        if let Some(context) = context {
            // A refusal leaves the page silent; the screen and the reader still tell.
            let _ = context.resume();
        }
    });
}

/// Plays the sound, and lets a phone shake.
pub fn paid() {
    let _ = window().navigator().vibrate_with_duration(200);
    CONTEXT.with_borrow(|context| {
        let Some(context) = context else { return };
        let mut at = context.current_time();
        for tone in TONES {
            if play(context, tone, at).is_err() {
                return;
            }
            at += TONE_S;
        }
    });
}

fn play(context: &AudioContext, tone: f32, at: f64) -> Result<(), wasm_bindgen::JsValue> {
    let oscillator = context.create_oscillator()?;
    let gain = context.create_gain()?;
    oscillator.set_type(OscillatorType::Sine);
    oscillator.frequency().set_value(tone);
    gain.gain().set_value_at_time(0.0001, at)?;
    gain.gain().exponential_ramp_to_value_at_time(0.35, at + 0.015)?;
    gain.gain().exponential_ramp_to_value_at_time(0.0001, at + TONE_S)?;
    oscillator.connect_with_audio_node(&gain)?;
    gain.connect_with_audio_node(&context.destination())?;
    oscillator.start_with_when(at)?;
    oscillator.stop_with_when(at + TONE_S)
}
