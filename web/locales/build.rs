//! Turns the texts of this folder into a module of the app whose build runs this, so that a missing key is a compile error.

use std::error::Error;
use std::path::PathBuf;

use leptos_i18n_codegen::gen_code;
use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;

/// Writes the module with the app's own texts (`namespace`) and those of all problems, where `OUT_DIR` says.
///
/// Parser and generator are asked directly: `leptos_i18n_build` does the same and brings fifty crates for calendars and plurals of
/// all languages, which nothing here uses.
///
/// # Errors
/// When a text is missing in one language, or a file cannot be read or written.
pub fn generate(namespace: &'static str) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../web/locales/build.rs");
    let config = Config::new("zh")?
        .add_locale("en")?
        .add_namespaces([namespace, "problems"])?
        .locales_path("../../web/locales")
        .parse_options(ParseOptions::new().interpolate_display(true));
    let texts = parse_locales(None, config)?;
    for warning in texts.diag.warnings().iter() {
        println!("cargo::warning={warning}");
    }
    for error in texts.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    for file in texts.tracked_files.iter().flatten() {
        println!("cargo::rerun-if-changed={file}");
    }
    let folder = PathBuf::from(std::env::var("OUT_DIR")?).join("i18n");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("mod.rs"), gen_code(&texts, None, false, None, false)?.to_string())?;
    Ok(())
}
