//! Icons: one path each on a grid of 24, drawn with the colour of the text around them. They carry no meaning alone and
//! are hidden from screen readers.

use crate::dom::{View, view};
use leptos::prelude::*;

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// An exclamation mark in a triangle.
    Alert,
    /// An arrow to the left.
    Back,
    /// A bank's house.
    Bank,
    /// A barcode.
    Barcode,
    /// A backspace key.
    Backspace,
    /// A payment card.
    Card,
    /// A tick.
    Check,
    /// A tick in a circle.
    Done,
    /// A chevron to the right.
    Chevron,
    /// A clock.
    Clock,
    /// A cross.
    Close,
    /// Two sheets.
    Copy,
    /// A cross in a circle.
    Failed,
    /// An eye.
    Eye,
    /// An eye, crossed out.
    EyeOff,
    /// A funnel.
    Filter,
    /// A globe.
    Globe,
    /// A house.
    Home,
    /// A picture.
    Image,
    /// An i in a circle.
    Info,
    /// An arrow into a tray.
    Install,
    /// A key.
    Key,
    /// A keyboard.
    Keyboard,
    /// A padlock.
    Lock,
    /// A moon.
    Moon,
    /// A cloud, crossed out.
    Offline,
    /// A clipboard.
    Paste,
    /// A person.
    Person,
    /// A plus.
    Plus,
    /// A printer.
    Print,
    /// A code of squares.
    Qr,
    /// An arrow down to a line.
    Receive,
    /// A till receipt.
    Receipt,
    /// An arrow that turns back.
    Refund,
    /// A circle of arrows.
    Refresh,
    /// A viewfinder.
    Scan,
    /// A magnifying glass.
    Search,
    /// A paper plane.
    Send,
    /// An arrow out of a box.
    Share,
    /// A shield with a tick.
    Shield,
    /// A shop front.
    Shop,
    /// A door with an arrow.
    SignOut,
    /// A turning arc.
    Spinner,
    /// A sun.
    Sun,
    /// A screen.
    System,
    /// A torch.
    Torch,
    /// Two arrows.
    Transfer,
}

impl Glyph {
    /// The path on a grid of 24.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 4 2.8 19.5h18.4zM12 10v4M12 17h.01",
            Self::Back => "M19 12H5M11 6l-6 6 6 6",
            Self::Bank => "M3 10 12 4l9 6zM5 10v8M10 10v8M14 10v8M19 10v8M3 20h18",
            Self::Barcode => "M4 6v12M8 6v12M11 6v12M15 6v12M18 6v12M20 6v12",
            Self::Backspace => "M9 6h11v12H9l-6-6zM12 10l4 4M16 10l-4 4",
            Self::Card => "M5 6h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2zM3 10h18",
            Self::Check => "M20 6 9 17l-5-5",
            Self::Done => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM16 9.5l-5 5-3-3",
            Self::Chevron => "m9 6 6 6-6 6",
            Self::Clock => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Copy => "M9 9h9a1 1 0 0 1 1 1v10H10a1 1 0 0 1-1-1zM15 9V5H5v10h4",
            Self::Failed => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9 9l6 6M15 9l-6 6",
            Self::Eye => "M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
            Self::EyeOff => {
                "M4 4l16 16M9.9 5.2A10 10 0 0 1 12 5c6.5 0 10 7 10 7a17 17 0 0 1-3.2 4M6.5 6.7C3.6 8.6 2 12 2 12s3.5 7 10 7a10 10 0 0 0 4.8-1.2M10 10.2a3 3 0 0 0 4 4"
            }
            Self::Filter => "M4 6h16M7 12h10M10 18h4",
            Self::Globe => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3.5 4 3.5 14 0 18M12 3c-3.5 4-3.5 14 0 18"
            }
            Self::Home => "M4 11 12 4l8 7v8a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1z",
            Self::Image => "M4 5h16v14H4zM4 16l4.5-4.5L13 16l3-3 4 4M15.5 9h.01",
            Self::Info => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8h.01",
            Self::Install => "M12 3v11M8 10l4 4 4-4M4 16v4h16v-4",
            Self::Key => "M8 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 12h9M17 12v3M21 12v4",
            Self::Keyboard => "M3 7h18v10H3zM7 10.5h.01M11 10.5h.01M15 10.5h.01M8 14h8",
            Self::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
            Self::Moon => "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
            Self::Offline => "M4 4l16 16M8.5 8.5A5 5 0 0 0 7 18h10M11 6.2a5.5 5.5 0 0 1 6 4.8 3.7 3.7 0 0 1 3 5.5",
            Self::Paste => "M8 5H5v16h14V5h-3M9 3h6v4H9zM9 12h6M9 16h4",
            Self::Person => "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c1-5 4-7 8-7s7 2 8 7",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Print => "M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z",
            Self::Qr => "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
            Self::Receive => "M12 4v12M7 11l5 5 5-5M4 20h16",
            Self::Receipt => "M5 4h14v16l-3-2-2 2-2-2-2 2-2-2-3 2zM9 9h6M9 13h6",
            Self::Refund => "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
            Self::Refresh => "M20 11a8 8 0 0 0-14-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14 4l2-2M20 20v-5h-5",
            Self::Scan => {
                "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M4 12h16"
            }
            Self::Search => "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20",
            Self::Send => "M21 3 10 14M21 3l-7 18-4-7-7-4z",
            Self::Share => "M12 15V3M8 7l4-4 4 4M6 11H4v10h16V11h-2",
            Self::Shield => "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4",
            Self::Shop => {
                "M4 9 5.5 4h13L20 9M4 9a2.7 2.7 0 0 0 5.3 0 2.7 2.7 0 0 0 5.4 0A2.7 2.7 0 0 0 20 9M5 12v8h14v-8M10 20v-5h4v5"
            }
            Self::SignOut => "M10 4H4v16h6M9 12h12M17 8l4 4-4 4",
            Self::Spinner => "M12 3a9 9 0 0 1 9 9",
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M5 19l1.5-1.5M17.5 6.5 19 5"
            }
            Self::System => "M4 5h16v11H4zM9 20h6M12 16v4",
            Self::Torch => "M8 3h8v4l-2 4v10h-4V11L8 7zM8 7h8M12 14v2",
            Self::Transfer => "M7 7h13l-3-3M17 17H4l3 3",
        }
    }
}

/// How large an icon is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IconSize {
    /// 24 px.
    #[default]
    Normal,
    /// 16 px, beside small text.
    Small,
}

/// An icon.
#[component]
pub fn Icon(
    /// Which.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// How large.
    #[prop(optional)]
    size: IconSize,
) -> View {
    let class = match size {
        IconSize::Normal => "icon",
        IconSize::Small => "icon icon-s",
    };
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true">
            <path d=move || glyph.get().path()></path>
        </svg>
    }
}
