//! What templates give to modules, read of them, and are given by files with parameters.

use std::collections::BTreeSet;

use infra_checks::{Expression, Infra, Module, Template};

/// A module gets each parameter that has no default, and no other.
pub(crate) fn module_problems(
    infra: &Infra,
    path: &str,
    symbol: &str,
    module: &Module,
) -> Vec<String> {
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

/// An output of a module that an expression reads.
pub(crate) struct Reading {
    module: String,
    output: String,
    /// Whether it is written with `!`: the module may not be made.
    is_sure: bool,
}

impl Reading {
    /// What `module.outputs.output` reads.
    pub(crate) fn of(module: &Expression, output: &str) -> Option<Self> {
        let (module, is_sure) = match module {
            Expression::Sure(module) => (&**module, true),
            module => (module, false),
        };
        match module {
            Expression::Name(module) => Some(Self {
                module: module.clone(),
                output: output.to_owned(),
                is_sure,
            }),
            _ => None,
        }
    }
}

/// An output is one that the module's file has; where the module may not be made, the compiler wants to be told that it is.
pub(crate) fn output_problems(
    infra: &Infra,
    path: &str,
    template: &Template,
    reading: &Reading,
) -> Vec<String> {
    let Reading {
        module: symbol,
        output,
        is_sure,
    } = reading;
    let Some(module) = template.modules.get(symbol) else {
        return Vec::new();
    };
    let file = infra.resolved(path, &module.path);
    let known = infra
        .file(&file)
        .is_some_and(|template| template.outputs.contains_key(output));
    let unknown = (!known).then(|| format!("expected an output {output} of {file}"));
    let unsure = module.condition.is_some() != *is_sure;
    let unsure = unsure.then(|| {
        format!("expected ! after a module that may not be made, and there alone: {symbol}")
    });
    unknown.into_iter().chain(unsure).collect()
}

/// A file with parameters assigns those that its template has, and all that have no default.
pub(crate) fn assignment_problems(infra: &Infra, path: &str, template: &Template) -> Vec<String> {
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
    for (name, value) in &template.assigned {
        let allowed = used
            .parameters
            .get(name)
            .and_then(|parameter| parameter.decorators.get("allowed"));
        if let Some(Expression::Array(allowed)) = allowed {
            problems.extend(
                (!allowed.contains(value)).then(|| format!("expected an allowed value of {name}")),
            );
        }
    }
    problems
}
