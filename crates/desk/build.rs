//! Makes the module of this app's texts.

#[path = "../../web/locales/build.rs"]
mod locales;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    locales::generate("desk")
}
