//! What the wire types look like to a program: JSON Schema (2020-12), as OpenAPI 3.1 wants it, from the declarations
//! themselves.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::reads::List;

/// Something that has a schema.
pub trait Schema {
    /// Its schema. What has a name is kept in `named` and referred to.
    fn schema(named: &mut Map<String, Value>) -> Value;
}

/// Declares a struct of the wire with its schema: the documentation of its fields is what the document says of them.
macro_rules! wire {
    ($(#[doc = $about:literal])+ pub struct $name:ident { $($(#[doc = $says:literal])+ pub $field:ident: $kind:ty,)+ }) => {
        $(#[doc = $about])+
        #[derive(Debug, serde::Serialize)]
        #[allow(clippy::struct_field_names, reason = "the names are those of the wire")]
        pub struct $name {
            $($(#[doc = $says])+ pub $field: $kind,)+
        }

        impl $crate::api::schema::Schema for $name {
            fn schema(named: &mut serde_json::Map<String, serde_json::Value>) -> serde_json::Value {
                let fields = [$((
                    stringify!($field),
                    <$kind as $crate::api::schema::Schema>::schema(named),
                    concat!($($says),+),
                )),+];
                $crate::api::schema::object(named, stringify!($name), concat!($($about),+), fields)
            }
        }
    };
}
pub(crate) use wire;

/// Keeps the schema of a struct and refers to it.
pub fn object<const N: usize>(
    named: &mut Map<String, Value>,
    name: &str,
    about: &str,
    fields: [(&str, Value, &str); N],
) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (field, mut schema, says) in fields {
        let field = field.trim_start_matches("r#");
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".into(), says.trim().into());
        }
        required.push(field.to_owned());
        properties.insert(field.to_owned(), schema);
    }
    let whole = json!({
        "type": "object",
        "description": about.trim(),
        "required": required,
        "properties": properties,
    });
    named.insert(name.to_owned(), whole);
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

macro_rules! plain {
    ($($kind:ty => $name:literal),+) => {
        $(impl Schema for $kind {
            fn schema(_: &mut Map<String, Value>) -> Value {
                json!({ "type": $name })
            }
        })+
    };
}
plain!(String => "string", bool => "boolean", u8 => "integer", u16 => "integer", i16 => "integer", u32 => "integer",
    i64 => "integer", u64 => "integer");

impl<T: Schema> Schema for Vec<T> {
    fn schema(named: &mut Map<String, Value>) -> Value {
        json!({ "type": "array", "items": T::schema(named) })
    }
}

impl<T: Schema> Schema for Option<T> {
    fn schema(named: &mut Map<String, Value>) -> Value {
        json!({ "anyOf": [T::schema(named), { "type": "null" }] })
    }
}

impl<T: Schema> Schema for BTreeMap<String, T> {
    fn schema(named: &mut Map<String, Value>) -> Value {
        json!({ "type": "object", "additionalProperties": T::schema(named) })
    }
}

impl<T: Schema> Schema for List<T> {
    fn schema(named: &mut Map<String, Value>) -> Value {
        json!({
            "type": "object",
            "description": "Part of a list; `next` asks for what follows and is null at the end.",
            "required": ["items", "next"],
            "properties": {
                "items": Vec::<T>::schema(named),
                "next": Option::<String>::schema(named),
            },
        })
    }
}
