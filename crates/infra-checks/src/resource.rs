//! A resource that a template makes.

use crate::expression::{Expression, literal};
use crate::infra::Infra;
use crate::scope::{Found, Scope};
use crate::template::Declared;
use crate::value::{Value, distinct};

/// A resource that a template makes, or several of one declaration.
#[derive(Clone)]
pub struct Resource<'a> {
    symbol: &'a str,
    declared: &'a Declared,
    found: Found<'a>,
}

impl<'a> Resource<'a> {
    pub(crate) fn new(
        infra: &'a Infra,
        path: &'a str,
        symbol: &'a str,
        declared: &'a Declared,
    ) -> Self {
        Self {
            symbol,
            declared,
            found: Scope::new(infra, path).at(&declared.value),
        }
    }

    /// As `Microsoft.Web/sites`.
    pub fn kind(&self) -> &'a str {
        &self.declared.kind
    }

    /// Its file and symbol, for messages.
    pub fn place(&self) -> String {
        format!("{}: {}", self.found.scope.path, self.symbol)
    }

    /// The path of its template.
    pub fn path(&self) -> &'a str {
        self.found.scope.path
    }

    /// The values that a property can have, as `properties.siteConfig.http20Enabled`. `[]` stands for all elements of an array.
    /// Empty: the property is not there.
    pub fn values(&self, property: &str) -> Vec<Value> {
        distinct(self.at(property).iter().flat_map(Found::values))
    }

    /// Whether the property is there.
    pub fn has(&self, property: &str) -> bool {
        !self.at(property).is_empty()
    }

    /// The keys of the objects that a property can come to. Those of `map(items(object), …)` are those of the object.
    pub fn keys(&self, property: &str) -> Vec<String> {
        let mut keys = Vec::new();
        for found in self.at(property) {
            let object = match found.expression {
                Expression::Call(_, arguments) => match arguments.first() {
                    Some(Expression::Call(items, of)) if items == "items" => of.first(),
                    _ => None,
                },
                other => Some(other),
            };
            for found in object
                .into_iter()
                .flat_map(|object| found.scope.at(object).objects())
            {
                if let Expression::Object(members) = found.expression {
                    keys.extend(members.iter().filter_map(|(key, _)| literal(key)));
                }
            }
        }
        keys
    }

    /// The values of one key of what [`keys`](Self::keys) looks at.
    pub fn value_of_key(&self, property: &str, key: &str) -> Vec<Value> {
        let mut values = Vec::new();
        for found in self.at(property) {
            let Expression::Call(_, arguments) = found.expression else {
                continue;
            };
            if let Some(Expression::Call(_, of)) = arguments.first() {
                let members = of.first().map(|object| found.scope.at(object).member(key));
                values.extend(
                    members
                        .into_iter()
                        .flatten()
                        .flat_map(|member| member.values()),
                );
            }
        }
        distinct(values)
    }

    /// The expression of a property as it is written.
    pub fn written(&self, property: &str) -> Option<&'a Expression> {
        let each = match &self.declared.value {
            Expression::For { each, .. } => each,
            other => other,
        };
        property
            .split('.')
            .try_fold(each, |at, name| at.member(name))
    }

    /// The values that an expression can come to that is written in this resource.
    pub fn values_of(&self, expression: &'a Expression) -> Vec<Value> {
        let found = self.found.within(expression);
        distinct(found.iter().flat_map(Found::values))
    }

    fn at(&self, property: &str) -> Vec<Found<'a>> {
        let mut found = self.found.possible();
        for name in property.split('.') {
            let (name, is_array) = match name.strip_suffix("[]") {
                Some(name) => (name, true),
                None => (name, false),
            };
            let objects = found
                .iter()
                .filter(|found| matches!(found.expression, Expression::Object(_)));
            found = objects.flat_map(|found| found.member(name)).collect();
            if is_array {
                found = found.iter().flat_map(Found::elements).collect();
            }
        }
        found
    }
}
