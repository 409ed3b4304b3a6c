//! What the compiler says without its types: names that nothing declares, and declarations that nothing uses.

use std::collections::BTreeSet;

use infra_checks::{Expression, Infra, Template};

use crate::modules::{Reading, assignment_problems, module_problems, output_problems};

/// Functions that the templates call.
const FUNCTIONS: [&str; 24] = [
    "any",
    "concat",
    "empty",
    "environment",
    "guid",
    "items",
    "join",
    "json",
    "length",
    "listKeys",
    "loadTextContent",
    "map",
    "readEnvironmentVariable",
    "replace",
    "resourceGroup",
    "startsWith",
    "string",
    "subscriptionResourceId",
    "tenant",
    "toLower",
    "toObject",
    "union",
    "uniqueString",
    "resourceId",
];

pub(crate) fn problems(infra: &Infra) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, template) in infra.files() {
        problems.extend(
            file_problems(infra, path, template)
                .into_iter()
                .map(|problem| format!("{path}: {problem}")),
        );
        let used =
            path == "main.bicep" || template.using.is_some() || infra.uses(path).next().is_some();
        problems.extend(
            (!used).then(|| format!("{path}: expected a template that makes a module of it")),
        );
    }
    problems
}

fn file_problems(infra: &Infra, path: &str, template: &Template) -> Vec<String> {
    let mut walk = Walk::default();
    for expression in roots(template) {
        walk.expression(expression, &[]);
    }
    let mut problems = walk.problems;
    let unknown = walk.used.iter().filter(|name| !declares(template, name));
    problems.extend(unknown.map(|name| format!("expected a declaration of {name}")));
    let existing = template
        .resources
        .iter()
        .filter(|(_, declared)| declared.existing)
        .map(|(symbol, _)| symbol);
    let needed = template
        .parameters
        .keys()
        .chain(template.variables.keys())
        .chain(existing);
    let unused = needed.filter(|name| !walk.used.contains(name.as_str()));
    problems.extend(unused.map(|name| format!("expected a use of {name}")));
    let undescribed = template
        .parameters
        .iter()
        .filter(|(_, parameter)| !parameter.decorators.contains_key("description"));
    problems.extend(undescribed.map(|(name, _)| format!("expected a description of {name}")));
    for (symbol, module) in &template.modules {
        problems.extend(module_problems(infra, path, symbol, module));
    }
    for reading in &walk.outputs {
        problems.extend(output_problems(infra, path, template, reading));
    }
    problems.extend(assignment_problems(infra, path, template));
    problems
}

/// The expressions of a file.
pub(crate) fn roots(template: &Template) -> Vec<&Expression> {
    let defaults = template
        .parameters
        .values()
        .filter_map(|parameter| parameter.default.as_ref());
    let modules = template.modules.values();
    let conditions = template
        .modules
        .values()
        .filter_map(|module| module.condition.as_ref());
    let all = defaults
        .chain(template.variables.values())
        .chain(template.resources.values().map(|declared| &declared.value))
        .chain(modules.map(|module| &module.value))
        .chain(conditions)
        .chain(template.outputs.values().map(|output| &output.value))
        .chain(template.assigned.values());
    all.collect()
}

fn declares(template: &Template, name: &str) -> bool {
    template.parameters.contains_key(name)
        || template.variables.contains_key(name)
        || template.resources.contains_key(name)
        || template.modules.contains_key(name)
}

/// What expressions name.
#[derive(Default)]
struct Walk {
    used: BTreeSet<String>,
    outputs: Vec<Reading>,
    problems: Vec<String>,
}

impl Walk {
    fn expression<'a>(&mut self, expression: &'a Expression, locals: &[&'a str]) {
        let mut inner = locals.to_vec();
        match expression {
            Expression::Name(name) if !locals.contains(&name.as_str()) => {
                self.used.insert(name.clone());
            }
            Expression::Call(name, _) if !FUNCTIONS.contains(&name.as_str()) => {
                self.problems
                    .push(format!("expected a function, found {name}"));
            }
            Expression::Member(base, output) => {
                if let Expression::Member(module, outputs) = &**base
                    && outputs == "outputs"
                {
                    self.outputs.extend(Reading::of(module, output));
                }
            }
            Expression::For { names, over, each } => {
                self.expression(over, locals);
                inner.extend(names.iter().map(String::as_str));
                return self.expression(each, &inner);
            }
            Expression::Lambda(name, _) => inner.push(name),
            _ => {}
        }
        for child in expression.children() {
            self.expression(child, &inner);
        }
    }
}
