//! A sound and a shake when money comes in.

use wasm_bindgen::{JsCast, JsValue};

use super::{call, get};

/// Two rising tones and a short vibration. Browsers stay silent until the page has been touched; nothing is wrong then.
pub fn received() {
    let navigator = get(&js_sys::global(), "navigator");
    let pattern: js_sys::Array = [60, 40, 90].into_iter().map(JsValue::from).collect();
    call(&navigator, "vibrate", &[pattern.into()]);
    // A context that the browser refuses is no failure either.
    let _ = tones(&[(880.0, 0.0), (1318.5, 0.14)]);
}

/// Plays each `(hertz, start in seconds)` for a moment.
fn tones(tones: &[(f32, f64)]) -> Option<()> {
    let context = web_sys::AudioContext::new().ok()?;
    let now = context.current_time();
    for &(hertz, start) in tones {
        let (tone, volume) = (context.create_oscillator().ok()?, context.create_gain().ok()?);
        tone.frequency().set_value(hertz);
        volume.gain().set_value_at_time(0.0001, now + start).ok()?;
        volume.gain().exponential_ramp_to_value_at_time(0.18, now + start + 0.02).ok()?;
        volume.gain().exponential_ramp_to_value_at_time(0.0001, now + start + 0.32).ok()?;
        tone.connect_with_audio_node(volume.unchecked_ref()).ok()?;
        volume.connect_with_audio_node(context.destination().unchecked_ref()).ok()?;
        tone.start_with_when(now + start).ok()?;
        tone.stop_with_when(now + start + 0.34).ok()?;
    }
    let closing = context.clone();
    leptos::prelude::set_timeout(move || drop(closing.close()), std::time::Duration::from_secs(1));
    Some(())
}
