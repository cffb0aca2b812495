//! JSON as the contract means it: an object where the contract has an object, and no list without end.
//!
//! serde would also take an array as the fields of a struct in their order, so that two requests that
//! look nothing alike would mean the same, and a field added in the middle would change what an old
//! one means. This stands between serde and the JSON, and refuses it at every depth.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

/// The longest array that is read at all, wherever it stands. The contract's own limits are smaller
/// and are told by whoever knows them; this one bounds what is built before they are asked.
pub const ARRAY_ITEMS_MAX: usize = 2_000;

/// How [`ARRAY_ITEMS_MAX`] is told by serde, to be recognised where errors become answers.
pub const TOO_MANY_ITEMS: &str = "too many items";

/// A deserializer, or a part of one, whose structs are objects.
#[derive(Debug)]
pub struct Strict<T> {
    inner: T,
    /// Items read of an array.
    items: usize,
}

impl<T> Strict<T> {
    pub fn new(inner: T) -> Self {
        Self { inner, items: 0 }
    }
}

/// A visitor that hands on only what is strict, too.
struct Inside<V> {
    visitor: V,
    is_struct: bool,
}

impl<V> Inside<V> {
    fn any(visitor: V) -> Self {
        let is_struct = false;
        Self { visitor, is_struct }
    }

    fn structure(visitor: V) -> Self {
        let is_struct = true;
        Self { visitor, is_struct }
    }
}

/// Kinds of values that hold no others.
macro_rules! leaves {
    ($($method:ident)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        })+
    };
}

/// Kinds of values that may hold others.
macro_rules! branches {
    ($($method:ident($($argument:ident: $kind:ty),*) as $inside:ident;)+) => {
        $(fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* Inside::$inside(visitor))
        })+
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    leaves! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_identifier deserialize_ignored_any
    }

    branches! {
        deserialize_any() as any;
        deserialize_option() as any;
        deserialize_seq() as any;
        deserialize_map() as any;
        deserialize_tuple(length: usize) as any;
        deserialize_unit_struct(name: &'static str) as any;
        deserialize_newtype_struct(name: &'static str) as any;
        deserialize_tuple_struct(name: &'static str, length: usize) as any;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) as any;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) as structure;
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! visits {
    ($($method:ident($kind:ty);)+) => {
        $(fn $method<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.visitor.$method(value)
        })+
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Inside<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visits! {
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_i128(i128);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_u128(u128);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Strict::new(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Strict::new(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        if self.is_struct {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        self.visitor.visit_seq(Strict::new(inner))
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Strict::new(inner))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Strict::new(inner))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Strict::new(inner))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let next = self.inner.next_element_seed(Strict::new(seed))?;
        self.items += usize::from(next.is_some());
        if self.items > ARRAY_ITEMS_MAX {
            return Err(A::Error::custom(TOO_MANY_ITEMS));
        }
        Ok(next)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(Strict::new(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, variant) = self.inner.variant_seed(seed)?;
        Ok((value, Strict::new(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.newtype_variant_seed(Strict::new(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner.tuple_variant(length, Inside::any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner
            .struct_variant(fields, Inside::structure(visitor))
    }
}

/// Whether JSON text opens more than `max` arrays and objects inside each other.
pub fn is_deeper_than(body: &[u8], max: usize) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in body {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > max {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::value::RawValue;

    #[derive(Debug, Deserialize)]
    struct Outer {
        #[serde(default)]
        one: Option<Inner>,
        #[serde(default)]
        many: Vec<Inner>,
        #[serde(default)]
        pair: Option<(i32, Inner)>,
        #[serde(default)]
        shape: Option<Shape>,
        #[serde(default)]
        raw: Option<Box<RawValue>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        a: i32,
        b: Name,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Name(String);

    #[derive(Debug, PartialEq, Deserialize)]
    enum Shape {
        Point,
        Held(Inner),
        Box { size: Inner },
    }

    fn read(text: &str) -> Result<Outer, serde_json::Error> {
        Outer::deserialize(Strict::new(&mut serde_json::Deserializer::from_str(text)))
    }

    #[test]
    fn an_array_is_an_object_nowhere() {
        for text in [
            "[]",
            "[null, [], null, null, null]",
            r#"{"one":[1,"x"]}"#,
            r#"{"many":[{"a":1,"b":"x"},[1,"x"]]}"#,
            r#"{"pair":[1,[1,"x"]]}"#,
            r#"{"shape":{"Held":[1,"x"]}}"#,
            r#"{"shape":{"Box":[{"a":1,"b":"x"}]}}"#,
            r#"{"shape":{"Box":{"size":[1,"x"]}}}"#,
        ] {
            let refusal = read(text).expect_err(text).to_string();
            assert!(
                refusal.starts_with("invalid type: sequence, expected struct"),
                "{text}: {refusal}"
            );
            // What this is here for: serde alone takes all of them.
            assert!(
                text == "[]" || serde_json::from_str::<Outer>(text).is_ok(),
                "{text}"
            );
        }
    }

    #[test]
    fn everything_else_is_read_as_ever() {
        let text = r#"{"one":{"a":1,"b":"x"},"many":[{"a":2,"b":"\u0111"}],"pair":[1,{"a":3,"b":"z"}],
            "shape":{"Held":{"a":4,"b":"h"}},"raw":{"kept": [1, 2]}}"#;
        let read = read(text).unwrap();
        let inner = |a, b: &str| Inner {
            a,
            b: Name(b.to_owned()),
        };
        assert_eq!(read.one, Some(inner(1, "x")));
        assert_eq!(read.many, [inner(2, "đ")]);
        assert_eq!(read.pair, Some((1, inner(3, "z"))));
        assert_eq!(read.shape, Some(Shape::Held(inner(4, "h"))));
        assert_eq!(read.raw.unwrap().get(), r#"{"kept": [1, 2]}"#);
        for (text, shape) in [
            (r#"{"shape":"Point"}"#, Shape::Point),
            (
                r#"{"shape":{"Box":{"size":{"a":1,"b":""}}}}"#,
                Shape::Box { size: inner(1, "") },
            ),
        ] {
            assert_eq!(self::read(text).unwrap().shape, Some(shape));
        }
    }

    #[test]
    fn a_list_ends() {
        let list = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        let read = |text: &str| {
            Vec::<i32>::deserialize(Strict::new(&mut serde_json::Deserializer::from_str(text)))
        };
        assert_eq!(read(&list(ARRAY_ITEMS_MAX)).unwrap().len(), ARRAY_ITEMS_MAX);
        let refusal = read(&list(ARRAY_ITEMS_MAX + 1)).unwrap_err().to_string();
        assert!(refusal.starts_with(TOO_MANY_ITEMS), "{refusal}");
    }

    #[test]
    fn depth_is_counted_outside_of_text() {
        assert!(!is_deeper_than(br#"{"a":[{"b":"[[[[[\"{{{{"}]}"#, 3));
        assert!(is_deeper_than(br#"{"a":[{"b":[]}]}"#, 3));
        assert!(!is_deeper_than(b"[][][][][]", 1));
    }
}
