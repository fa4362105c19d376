//! What a browser brings along when somebody signs in with it.

use axum::http::{HeaderMap, header};

use crate::door::cookie::{self, Cookie};

/// The browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visitor<'a> {
    /// The token of a session, which ends when another one begins.
    pub session: Option<&'a str>,
    /// The token of the device that it was before.
    pub device: Option<&'a str>,
    /// What it calls itself (`User-Agent`); only shown to its own person, and believed by nobody.
    pub agent: &'a str,
}

impl<'a> Visitor<'a> {
    /// The browser that sent `headers`.
    pub fn of(headers: &'a HeaderMap) -> Self {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            session: cookie::read(headers, Cookie::Session),
            device: cookie::read(headers, Cookie::Device),
            agent: agent.unwrap_or_default(),
        }
    }

    /// The family of the browser, such as `Firefox`; empty when it is none that is known. Browsers name those they want to be taken for too,
    /// so the rarer name counts.
    pub fn browser(&self) -> &'static str {
        first(self.agent, &BROWSERS)
    }

    /// The system it runs on, such as `Android`; empty when it is none that is known.
    pub fn system(&self) -> &'static str {
        first(self.agent, &SYSTEMS)
    }
}

const BROWSERS: [(&str, &str); 11] = [
    ("MicroMessenger/", "WeChat"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 9] = [
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Mac OS X", "macOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

fn first(agent: &str, known: &[(&str, &'static str)]) -> &'static str {
    known.iter().find(|(part, _)| agent.contains(part)).map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarer_name_counts() {
        for (agent, browser, system) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chrome",
                "Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
                "Safari",
                "iOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
                "Chrome",
                "Android",
            ),
            ("Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0", "Firefox", "Android"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 EdgiOS/150.0 Mobile/15E148 Safari/604.1",
                "Edge",
                "iOS",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chrome",
                "ChromeOS",
            ),
            ("curl/8.5.0", "", ""),
            ("", "", ""),
        ] {
            let visitor = Visitor { agent, ..Visitor::default() };
            assert_eq!((visitor.browser(), visitor.system()), (browser, system), "{agent}");
        }
    }
}
