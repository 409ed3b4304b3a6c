//! What the compiler says without its types: names that nothing declares, and declarations that nothing uses.

use std::collections::BTreeSet;

use infra_checks::{Expression, Infra, Module, Template};

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
    for (module, output) in walk.outputs {
        problems.extend(output_problem(infra, path, template, &module, &output));
    }
    problems.extend(assignment_problems(infra, path, template));
    problems
}

/// The expressions of a file.
fn roots(template: &Template) -> Vec<&Expression> {
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

/// A module gets each parameter that has no default, and no other.
fn module_problems(infra: &Infra, path: &str, symbol: &str, module: &Module) -> Vec<String> {
    let file = infra.resolved(path, &module.path);
    let Some(template) = infra.file(&file) else {
        return vec![format!("{symbol}: expected the file {file}")];
    };
    let given: BTreeSet<String> = match module.value.member("params") {
        Some(Expression::Object(members)) => members
            .iter()
            .filter_map(|(key, _)| Expression::Text(key.clone()).as_text())
            .collect(),
        _ => BTreeSet::new(),
    };
    let unknown = given
        .iter()
        .filter(|name| !template.parameters.contains_key(*name));
    let mut problems: Vec<String> = unknown
        .map(|name| format!("{symbol}: {file} has no parameter {name}"))
        .collect();
    let needed = template
        .parameters
        .iter()
        .filter(|(_, parameter)| parameter.default.is_none());
    let missing = needed.filter(|(name, _)| !given.contains(*name));
    problems.extend(missing.map(|(name, _)| format!("{symbol}: expected the parameter {name}")));
    problems
}

fn output_problem(
    infra: &Infra,
    path: &str,
    template: &Template,
    module: &str,
    output: &str,
) -> Option<String> {
    let module = template.modules.get(module)?;
    let file = infra.resolved(path, &module.path);
    let known = infra
        .file(&file)
        .is_some_and(|template| template.outputs.contains_key(output));
    (!known).then(|| format!("expected an output {output} of {file}"))
}

/// A file with parameters assigns those that its template has, and all that have no default.
fn assignment_problems(infra: &Infra, path: &str, template: &Template) -> Vec<String> {
    let Some(using) = &template.using else {
        return Vec::new();
    };
    let Some(used) = infra.file(&infra.resolved(path, using)) else {
        return vec![format!("expected the file {using}")];
    };
    let unknown = template
        .assigned
        .keys()
        .filter(|name| !used.parameters.contains_key(*name));
    let mut problems: Vec<String> = unknown
        .map(|name| format!("{using} has no parameter {name}"))
        .collect();
    let needed = used
        .parameters
        .iter()
        .filter(|(_, parameter)| parameter.default.is_none());
    let missing = needed.filter(|(name, _)| !template.assigned.contains_key(*name));
    problems.extend(missing.map(|(name, _)| format!("expected a value of {name}")));
    problems
}

/// What expressions name.
#[derive(Default)]
struct Walk {
    used: BTreeSet<String>,
    outputs: Vec<(String, String)>,
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
                    && let Expression::Name(module) = &**module
                    && outputs == "outputs"
                {
                    self.outputs.push((module.clone(), output.clone()));
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
