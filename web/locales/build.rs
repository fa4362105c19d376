//! Turns the texts of this folder into a module of the app whose build runs this, so that a missing key is a compile error.

use std::error::Error;
use std::path::PathBuf;

use leptos_i18n_build::options::CodegenOptions;
use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};

/// Writes the module with the app's own texts (`namespace`) and those of all problems, where `OUT_DIR` says.
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
    let texts = TranslationsInfos::parse(config)?;
    texts.emit_diagnostics();
    texts.rerun_if_locales_changed();
    let folder = PathBuf::from(std::env::var("OUT_DIR")?).join("i18n");
    texts.generate_i18n_module_with_options(folder, CodegenOptions::new().gen_docs(false))?;
    Ok(())
}
