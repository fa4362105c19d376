//! That this device was ended from another one. The page starts anew when its person goes, and the new one has to say why: so this tab notes
//! it until somebody signs in.

use qianbao_ui::kept;

const KEY: &str = "qianbao.ended";

/// Notes it. Where the browser refuses, the welcome screen says less, nothing else.
pub fn note() {
    kept::set_in_tab(KEY, Some("yes"));
}

/// Whether it is noted.
pub fn is_noted() -> bool {
    kept::get_in_tab(KEY).is_some()
}

/// Forgets it: somebody is here.
pub fn forget() {
    kept::set_in_tab(KEY, None);
}
