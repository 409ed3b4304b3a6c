//! What names mean in a file, and what expressions can come to there.

use crate::expression::{Expression, literal};
use crate::infra::Infra;
use crate::value::{Value, distinct};

/// A place in a file: its declarations, and the elements of the loops around the place.
#[derive(Clone)]
pub(crate) struct Scope<'a> {
    infra: &'a Infra,
    pub(crate) path: &'a str,
    loops: Vec<(&'a str, &'a Expression)>,
}

/// An expression and the place that it is read in.
#[derive(Clone)]
pub(crate) struct Found<'a> {
    pub(crate) scope: Scope<'a>,
    pub(crate) expression: &'a Expression,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(infra: &'a Infra, path: &'a str) -> Self {
        Self {
            infra,
            path,
            loops: Vec::new(),
        }
    }

    pub(crate) fn at(&self, expression: &'a Expression) -> Found<'a> {
        Found {
            scope: self.clone(),
            expression,
        }
    }
}

impl<'a> Found<'a> {
    /// What the expression can come to, as expressions that nothing more is known about.
    pub(crate) fn possible(&self) -> Vec<Self> {
        match self.expression {
            Expression::Name(name) => self.named(name),
            Expression::Sure(base) => self.scope.at(base).possible(),
            Expression::Conditional(parts) => {
                let branches = [&parts[1], &parts[2]];
                branches
                    .into_iter()
                    .flat_map(|branch| self.scope.at(branch).possible())
                    .collect()
            }
            Expression::Member(base, name) => self.scope.at(base).member(name),
            Expression::Index(base, index) => {
                let names: Vec<Value> = self.scope.at(index).values();
                let texts = names.into_iter().filter_map(|value| match value {
                    Value::Text(text) => Some(text),
                    _ => None,
                });
                texts
                    .flat_map(|name| self.scope.at(base).member(&name))
                    .collect()
            }
            Expression::For { names, over, each } => {
                let mut scope = self.scope.clone();
                scope
                    .loops
                    .extend(names.first().map(|name| (name.as_str(), &**over)));
                scope.at(each).possible()
            }
            _ => vec![self.clone()],
        }
    }

    /// An expression inside this one, where the loop of this one is known.
    pub(crate) fn within(&self, expression: &'a Expression) -> Vec<Self> {
        let each = self.possible();
        each.iter()
            .map(|found| found.scope.at(expression))
            .collect()
    }

    /// The values that it can come to.
    pub(crate) fn values(&self) -> Vec<Value> {
        let found = self.possible().into_iter();
        distinct(found.map(|found| match found.expression {
            Expression::Null => Value::Null,
            Expression::Bool(bool) => Value::Bool(*bool),
            Expression::Number(number) => Value::Number(*number),
            Expression::Text(parts) => literal(parts).map_or(Value::Unknown, Value::Text),
            _ => Value::Unknown,
        }))
    }

    /// The elements of the arrays that it can come to.
    pub(crate) fn elements(&self) -> Vec<Self> {
        let arrays = self.possible().into_iter();
        let elements = arrays.flat_map(|found| match found.expression {
            Expression::Array(elements) => {
                let scope = found.scope;
                elements.iter().map(|element| scope.at(element)).collect()
            }
            _ => vec![found],
        });
        elements.collect()
    }

    /// The objects that it can come to, those that a union consists of one by one.
    pub(crate) fn objects(&self) -> Vec<Self> {
        let possible = self.possible().into_iter();
        let objects = possible.flat_map(|found| match found.expression {
            Expression::Call(name, arguments) if name == "union" => {
                let each = arguments.iter();
                each.flat_map(|argument| found.scope.at(argument).objects())
                    .collect()
            }
            _ => vec![found],
        });
        objects.collect()
    }

    /// What the member of this name can come to. Of a union, the last object that surely has it decides.
    pub(crate) fn member(&self, name: &str) -> Vec<Self> {
        self.lookup(name).0
    }

    /// The same, and whether the member is surely there.
    fn lookup(&self, name: &str) -> (Vec<Self>, bool) {
        let (mut members, mut sure) = (Vec::new(), true);
        for found in self.possible() {
            match found.expression {
                Expression::Object(_) => {
                    let member = found.expression.member(name);
                    sure &= member.is_some();
                    members.extend(
                        member
                            .into_iter()
                            .flat_map(|member| found.scope.at(member).possible()),
                    );
                }
                Expression::Call(function, arguments) if function == "union" => {
                    let mut found_surely = false;
                    for argument in arguments.iter().rev() {
                        let (some, surely) = found.scope.at(argument).lookup(name);
                        members.extend(some);
                        found_surely = surely;
                        if surely {
                            break;
                        }
                    }
                    sure &= found_surely;
                }
                // A property of a resource, an output of a module, or what a function makes.
                _ => {
                    sure = false;
                    members.push(found);
                }
            }
        }
        (members, sure)
    }

    fn named(&self, name: &'a str) -> Vec<Self> {
        let scope = &self.scope;
        if let Some(place) = scope.loops.iter().rposition(|(known, _)| *known == name) {
            let mut outer = scope.clone();
            outer.loops.truncate(place);
            let elements = outer.at(scope.loops[place].1).elements();
            return elements
                .iter()
                .flat_map(Self::possible_of_element)
                .collect();
        }
        let Some(template) = scope.infra.file(scope.path) else {
            return vec![self.clone()];
        };
        let plain = Scope::new(scope.infra, scope.path);
        if let Some(value) = template.variables.get(name) {
            return plain.at(value).possible();
        }
        match template.parameters.get(name) {
            None => vec![self.clone()],
            Some(parameter) => match parameter.decorators.get("allowed") {
                Some(allowed) => plain.at(allowed).elements(),
                None => self.given(name, parameter.default.as_ref()),
            },
        }
    }

    /// An element that is the loop's own name would have no end.
    fn possible_of_element(&self) -> Vec<Self> {
        match self.expression {
            Expression::Name(_) | Expression::Member(..) => self.possible(),
            _ => vec![self.clone()],
        }
    }

    /// What a parameter is given: its default, what templates give to their module, what files with parameters assign.
    fn given(&self, name: &str, default: Option<&'a Expression>) -> Vec<Self> {
        let infra = self.scope.infra;
        let own = default.map(|default| Scope::new(infra, self.scope.path).at(default));
        let mut given: Vec<Self> = own.into_iter().collect();
        for (from, module) in infra.uses(self.scope.path) {
            let value = module
                .value
                .member("params")
                .and_then(|params| params.member(name));
            given.extend(value.map(|value| Scope::new(infra, from).at(value)));
        }
        for (from, file) in infra.files() {
            let is_ours = file
                .using
                .as_deref()
                .is_some_and(|path| infra.resolved(from, path) == self.scope.path);
            let value = file.assigned.get(name).filter(|_| is_ours);
            given.extend(value.map(|value| Scope::new(infra, from).at(value)));
        }
        match given.is_empty() {
            true => vec![self.clone()],
            false => given.iter().flat_map(Self::possible).collect(),
        }
    }
}
