//! What the compiler's linter warns of, as far as it needs no types: before a release a warning counts as a failure.

use infra_checks::{Expression, Infra, Part, Template};

/// Hosts that differ between clouds; `environment()` has them (no-hardcoded-env-urls).
const HOSTS: [&str; 8] = [
    "azuredatalakestore.net",
    "core.windows.net",
    "database.windows.net",
    "graph.windows.net",
    "login.microsoftonline.com",
    "management.azure.com",
    "management.core.windows.net",
    "vault.azure.net",
];

/// Parts of names that stand for secrets (secure-secrets-in-params).
const SECRETS: [&str; 5] = ["accountkey", "acctkey", "password", "pwd", "secret"];

pub(crate) fn problems(infra: &Infra) -> Vec<String> {
    let files = infra.files();
    files
        .flat_map(|(path, template)| {
            let problems = file_problems(template).into_iter();
            problems.map(move |problem| format!("{path}: {problem}"))
        })
        .collect()
}

fn file_problems(template: &Template) -> Vec<String> {
    let mut problems = Vec::new();
    for expression in crate::names::roots(template) {
        visit(expression, &mut |found| {
            problems.extend(expression_problem(found))
        });
    }
    for (name, parameter) in &template.parameters {
        let lower = name.to_lowercase();
        let is_secret = SECRETS.iter().any(|secret| lower.contains(secret));
        let is_plain = !parameter.decorators.contains_key("secure");
        problems.extend(
            (is_secret && is_plain)
                .then(|| format!("secure-secrets-in-params: {name} is not secure")),
        );
    }
    for (name, output) in &template.outputs {
        let mut lists = name.to_lowercase().contains("password");
        visit(
            &output.value,
            &mut |found| {
                lists |= matches!(found, Expression::Call(name, _) if name.starts_with("list"))
            },
        );
        problems.extend(lists.then(|| format!("outputs-should-not-contain-secrets: {name}")));
    }
    let resources = template
        .resources
        .iter()
        .map(|(symbol, declared)| (symbol, &declared.value));
    let modules = template
        .modules
        .iter()
        .map(|(symbol, module)| (symbol, &module.value));
    for (symbol, value) in resources.chain(modules) {
        problems.extend(member_problems(symbol, value));
    }
    problems
}

fn expression_problem(expression: &Expression) -> Option<String> {
    let Expression::Text(parts) = expression else {
        return None;
    };
    let literals = parts.iter().filter_map(|part| match part {
        Part::Literal(text) => Some(text),
        Part::Hole(_) => None,
    });
    let texts: String = literals.map(String::as_str).collect();
    let host = HOSTS.iter().find(|host| texts.contains(**host));
    let is_bare = matches!(parts.as_slice(), [Part::Hole(_)]);
    let bare = is_bare.then(|| "simplify-interpolation: a text that is one expression".to_owned());
    bare.or(host.map(|host| format!("no-hardcoded-env-urls: {host}")))
}

/// Its place, its name, and what it waits for.
fn member_problems(symbol: &str, value: &Expression) -> Vec<String> {
    let value = match value {
        Expression::For { each, .. } => each,
        value => value,
    };
    let mut problems = Vec::new();
    let location = value.member("location").and_then(Expression::as_text);
    let is_fixed = location.is_some_and(|location| location != "global");
    problems.extend(is_fixed.then(|| format!("no-hardcoded-location: {symbol}")));
    if let Some(Expression::Text(parts)) = value.member("name") {
        let is_path = parts
            .iter()
            .any(|part| matches!(part, Part::Literal(text) if text.contains('/')));
        problems.extend(is_path.then(|| format!("use-parent-property: {symbol}")));
    }
    let (Some(Expression::Array(awaited)), Expression::Object(members)) =
        (value.member("dependsOn"), value)
    else {
        return problems;
    };
    let waits = [Part::Literal("dependsOn".to_owned())];
    let others = members.iter().filter(|(key, _)| *key != waits);
    let mut used = Vec::new();
    for (_, other) in others {
        visit(other, &mut |found| used.push(found.clone()));
    }
    let needless = awaited.iter().filter(|awaited| used.contains(awaited));
    problems
        .extend(needless.map(|awaited| format!("no-unnecessary-dependson: {symbol}: {awaited:?}")));
    problems
}

/// Each expression in another one. The keys of objects are no values.
fn visit(expression: &Expression, see: &mut impl FnMut(&Expression)) {
    see(expression);
    for child in expression.children() {
        visit(child, see);
    }
}
