//! What can be the value of an attribute.

use std::borrow::Cow;

use leptos::oco::Oco;
use leptos::prelude::{Get, Memo, ReadSignal, RenderEffect, RwSignal, Signal, StoredValue};
use leptos::text_prop::TextProp;

/// A value that is a text, or nothing, which takes the attribute away. `true` is the empty text and `false` nothing.
pub trait Attribute {
    /// Whether the value follows signals.
    const FOLLOWS: bool = false;

    /// The value now.
    fn text(&mut self) -> Option<Cow<'static, str>>;
}

/// Tells `write` the value, and again whenever a signal that it follows has changed it.
pub(super) fn follow<A: Attribute + 'static>(mut value: A, write: impl Fn(Option<&str>) + 'static) {
    if A::FOLLOWS {
        again(Box::new(move || value.text()), Box::new(write));
    } else {
        write(value.text().as_deref());
    }
}

type Read = Box<dyn FnMut() -> Option<Cow<'static, str>>>;
type Write = Box<dyn Fn(Option<&str>)>;

/// Compiled once for all values and all ways to write them.
fn again(mut value: Read, write: Write) {
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| write(value().as_deref())));
}

impl Attribute for &'static str {
    fn text(&mut self) -> Option<Cow<'static, str>> {
        Some(Cow::Borrowed(self))
    }
}

impl Attribute for String {
    fn text(&mut self) -> Option<Cow<'static, str>> {
        Some(Cow::Owned(self.clone()))
    }
}

impl Attribute for bool {
    fn text(&mut self) -> Option<Cow<'static, str>> {
        self.then_some(Cow::Borrowed(""))
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Attribute for $number {
            fn text(&mut self) -> Option<Cow<'static, str>> {
                Some(Cow::Owned(self.to_string()))
            }
        })*
    };
}
numbers!(i32 i64 u32 usize);

impl Attribute for Cow<'static, str> {
    fn text(&mut self) -> Option<Self> {
        Some(self.clone())
    }
}

impl Attribute for Oco<'static, str> {
    fn text(&mut self) -> Option<Cow<'static, str>> {
        Some(Cow::Owned(self.as_str().to_owned()))
    }
}

impl<A: Attribute> Attribute for Option<A> {
    const FOLLOWS: bool = A::FOLLOWS;

    fn text(&mut self) -> Option<Cow<'static, str>> {
        self.as_mut().and_then(Attribute::text)
    }
}

impl<A: Attribute, F: FnMut() -> A> Attribute for F {
    const FOLLOWS: bool = true;

    fn text(&mut self) -> Option<Cow<'static, str>> {
        self().text()
    }
}

impl Attribute for TextProp {
    const FOLLOWS: bool = true;

    fn text(&mut self) -> Option<Cow<'static, str>> {
        self.get().text()
    }
}

macro_rules! signals {
    ($($signal:ident)*) => {
        $(impl<A: Attribute + Clone + Send + Sync + 'static> Attribute for $signal<A> {
            const FOLLOWS: bool = true;

            fn text(&mut self) -> Option<Cow<'static, str>> {
                self.get().text()
            }
        })*
    };
}
signals!(Signal Memo ReadSignal RwSignal);
