//! Objects stay objects: a JSON array is read only where the contract has a list.
//!
//! What serde derives for a struct also takes an array of the fields' values, and for a tagged enum one of the tag and the rest. The
//! contract knows neither, and nobody should come to rely on it. So a body is read a second time through [`Strict`], which gives an array
//! to nobody but who asks for a sequence. That holds for every type, however deep. Bodies without a bracket, nearly all, are spared it.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// Checks that `text`, which was read as a `T` before, has arrays only where `T` has lists.
///
/// # Errors
/// With the path to the first array that stands for an object.
pub fn check<T: DeserializeOwned>(text: &[u8]) -> Result<(), serde_path_to_error::Error<serde_json::Error>> {
    if !text.contains(&b'[') {
        return Ok(());
    }
    let value: Value = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(text))?;
    serde_path_to_error::deserialize(Strict(&value)).map(|_: T| ())
}

/// A value that is read with its arrays kept from who expects something else.
#[derive(Clone, Copy)]
struct Strict<'a>(&'a Value);

impl<'a> IntoDeserializer<'a, serde_json::Error> for Strict<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

type Members<'a> = MapDeserializer<'a, Box<dyn Iterator<Item = (&'a str, Strict<'a>)> + 'a>, serde_json::Error>;

impl<'a> Strict<'a> {
    /// The members, if it is an object.
    fn members(self) -> Option<Members<'a>> {
        let members: Box<dyn Iterator<Item = _>> =
            Box::new(self.0.as_object()?.iter().map(|(name, value)| (name.as_str(), Strict(value))));
        Some(MapDeserializer::new(members))
    }

    fn list<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, serde_json::Error> {
        let Some(items) = self.0.as_array() else { return self.deserialize_any(visitor) };
        let mut items = SeqDeserializer::new(items.iter().map(Strict));
        let value = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for Strict<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_array() {
            return Err(Error::custom(format_args!("expected {}, found an array", Expected(&visitor))));
        }
        match self.members() {
            Some(members) => visitor.visit_map(members),
            None => self.0.deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.list(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Self::Error> {
        self.list(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.list(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.members() {
            Some(members) => visitor.visit_enum(MapAccessDeserializer::new(members)),
            None => self.0.deserialize_enum(name, variants, visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct map struct identifier
    }
}

/// What a visitor says that it expects.
struct Expected<'v, V>(&'v V);

impl<'a, V: Visitor<'a>> fmt::Display for Expected<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its reading is looked at")]
    struct Whole {
        one: Option<Part>,
        list: Option<Vec<Part>>,
        pair: Option<(u8, Part)>,
        tagged: Option<Tagged>,
        outer: Option<Outer>,
        named: Option<BTreeMap<String, Part>>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its reading is looked at")]
    struct Part {
        a: u8,
        b: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its reading is looked at")]
    enum Tagged {
        Part(Part),
        Inner { part: Part },
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its reading is looked at")]
    enum Outer {
        Bare,
        Part(Part),
    }

    /// Where an array is refused; the text is one that serde alone takes.
    fn refused_at(text: &str) -> Option<String> {
        serde_json::from_str::<Whole>(text).expect("serde takes it");
        check::<Whole>(text.as_bytes()).err().map(|error| error.path().to_string())
    }

    #[test]
    fn an_array_for_an_object_is_refused_at_its_place() {
        for (text, place) in [
            (r#"{"one":[1,"x"]}"#, "one"),
            (r#"{"list":[{"a":1},[2,null]]}"#, "list[1]"),
            (r#"{"pair":[1,[2,null]]}"#, "pair[1]"),
            (r#"{"tagged":["part",1,"x"]}"#, "tagged"),
            (r#"{"tagged":{"kind":"inner","part":[1,null]}}"#, "tagged.part"),
            (r#"{"outer":{"part":[1,null]}}"#, "outer.part"),
            (r#"{"named":{"x":{"a":1},"y":[1,null]}}"#, "named.y"),
            ("[null,null,null,null,null,null]", "."),
        ] {
            assert_eq!(refused_at(text).as_deref(), Some(place), "{text}");
        }
    }

    #[test]
    fn what_the_contract_has_is_taken() {
        for text in [
            "{}",
            r#"{"one":{"a":255,"b":"[]"}}"#,
            r#"{"one":null,"list":[]}"#,
            r#"{"list":[{"a":1},{"a":2,"b":"x"}],"pair":[7,{"a":1}]}"#,
            r#"{"tagged":{"kind":"inner","part":{"a":1}},"list":[]}"#,
            r#"{"outer":"bare","list":[]}"#,
            r#"{"outer":{"part":{"a":1}},"named":{"x":{"a":1}},"list":[]}"#,
        ] {
            assert_eq!(refused_at(text), None, "{text}");
        }
    }
}
