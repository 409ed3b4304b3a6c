//! From the text of a `function.json` to a function, with every problem on the way.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::binding::{Binding, Direction};
use super::function::{Declaration, Function, HttpTrigger, Output, RequestShape, Trigger};
use super::shape::shape;
use crate::host::contract::{FUNCTION_JSON, FUNCTION_NAME_LENGTH};
use crate::host::found::{found, quoted, shortened};
use crate::host::host_json::HostJson;
use crate::host::json;
use crate::host::marker::{self, Marker};
use app_settings::Problem;

impl Function {
    /// Reads the text of `<name>/function.json`, under the prefix and the flags of `host`.
    ///
    /// # Errors
    ///
    /// Every problem at once, each at `<name>/function.json: <key>`.
    pub fn parse(name: &str, text: &[u8], host: &HostJson) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader {
            name,
            problems: Vec::new(),
        };
        let function = reader.function(text, host);
        match function {
            Some(function) if reader.problems.is_empty() => Ok(function),
            _ => Err(reader.problems),
        }
    }
}

/// A function that an HTTP request starts and that cannot answer it: the host reports a success to the caller, whatever
/// the decision was.
const NO_HTTP_OUTPUT: &str = "expected an http output, found none: the host would deliver the function by JSON envelope \
    and answer every caller with a success, a refused one as well; add {\"type\": \"http\", \"direction\": \"out\", \
    \"name\": \"res\"}";

/// The function's name, for the places of the problems, and the problems.
struct Reader<'a> {
    name: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn function(&mut self, text: &[u8], host: &HostJson) -> Option<Function> {
        self.refuse_name();
        let root = match json::parse_caseless(text) {
            Ok(Value::Object(root)) => root,
            Ok(other) => {
                return self.refuse(
                    "",
                    format!(
                        "expected an object, found {}; write {{\"bindings\": […]}}",
                        found(&other)
                    ),
                );
            }
            Err(error) => {
                return self.refuse(
                    "",
                    format!("expected JSON, found a mistake at {error}; correct the file"),
                );
            }
        };
        let marker = self.marker(&root);
        let list = self.list(&root)?;
        let bindings = self.bindings(list);
        self.refuse_repeated_names(&bindings);
        self.refuse_marker_inside(&bindings);
        let trigger = self.trigger(&bindings)?;
        let output = self.http_output(&bindings);
        if output.is_none() && trigger.is_http_trigger() && bindings.len() == list.len() {
            self.refuse::<()>("", NO_HTTP_OUTPUT);
        }
        let trigger = if trigger.is_http_trigger() {
            let shape = shape(&bindings, host);
            Trigger::Http(self.http(trigger, host, marker, shape, output)?)
        } else {
            self.other(trigger, &root)
        };
        Some(Function {
            name: self.name.to_owned(),
            declaration: Declaration::Folder,
            trigger,
            outputs: outputs(&bindings),
        })
    }

    fn other(&mut self, trigger: &Binding<'_>, root: &Map<String, Value>) -> Trigger {
        if root.contains_key(marker::KEY) {
            let text = format!(
                "expected no marker on a function that {} starts, since it has no caller; remove it",
                shortened(trigger.kind)
            );
            self.refuse::<()>(marker::KEY, text);
        }
        Trigger::Other {
            kind: trigger.kind.to_owned(),
            binding: trigger.name.to_owned(),
        }
    }

    fn refuse_name(&mut self) {
        let name = self.name;
        let good = name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.len() <= FUNCTION_NAME_LENGTH
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
            && !name.eq_ignore_ascii_case("host");
        if !good {
            let text = "expected a folder name of a letter and up to 127 letters, digits, _ or -, and not host, since \
                the host skips any other; rename the folder";
            self.refuse::<()>("", text);
        }
    }

    fn marker(&mut self, root: &Map<String, Value>) -> Option<Marker> {
        for key in root.keys().filter(|key| marker::is_misspelt(key)) {
            let text = format!(
                "expected the key {0}, found {1}; did you mean {0}?",
                marker::KEY,
                quoted(key)
            );
            self.refuse::<()>(&shortened(key), text);
        }
        match Marker::parse(root.get(marker::KEY)) {
            Ok(marker) => Some(marker),
            Err(text) => self.refuse(marker::KEY, text),
        }
    }

    fn list<'a>(&mut self, root: &'a Map<String, Value>) -> Option<&'a Vec<Value>> {
        match root.get("bindings") {
            Some(Value::Array(list)) if !list.is_empty() => Some(list),
            Some(_) => self.refuse(
                "bindings",
                "expected an array with a trigger, found another value; add the trigger",
            ),
            None => self.refuse(
                "bindings",
                "expected an array with a trigger, found no such key; add it, in lower case",
            ),
        }
    }

    fn bindings<'a>(&mut self, list: &'a [Value]) -> Vec<Binding<'a>> {
        let mut bindings = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            let mut wrong = Vec::new();
            bindings.extend(Binding::parse(value, &mut wrong));
            for (key, text) in wrong {
                let at = format!("bindings[{index}].{key}");
                self.refuse::<()>(at.trim_end_matches('.'), text);
            }
        }
        bindings
    }

    fn refuse_repeated_names(&mut self, bindings: &[Binding<'_>]) {
        let mut known = HashSet::new();
        for binding in bindings {
            if !known.insert(binding.name.to_ascii_lowercase()) {
                let text = format!(
                    "expected each name once, found \"{}\" again; rename one",
                    binding.name
                );
                self.refuse::<()>("bindings", text);
            }
        }
    }

    /// Inside a binding the key would be ignored, and the function would not be what its author believes.
    fn refuse_marker_inside(&mut self, bindings: &[Binding<'_>]) {
        for binding in bindings {
            for key in binding
                .keys()
                .filter(|key| *key == marker::KEY || marker::is_misspelt(key))
            {
                let at = format!("bindings.{}.{}", binding.name, shortened(key));
                let text = format!(
                    "expected {} at the top level of the file, found it in a binding; move it",
                    marker::KEY
                );
                self.refuse::<()>(&at, text);
            }
        }
    }

    fn trigger<'a, 'b>(&mut self, bindings: &'b [Binding<'a>]) -> Option<&'b Binding<'a>> {
        let mut triggers = bindings.iter().filter(|binding| binding.is_trigger());
        let trigger = triggers.next();
        let more = triggers.count();
        match trigger {
            Some(trigger) if more == 0 && trigger.direction == Direction::In => Some(trigger),
            Some(trigger) if more == 0 => {
                let at = format!("bindings.{}.direction", trigger.name);
                self.refuse(
                    &at,
                    "expected in for a trigger, found another direction; write \"in\"",
                )
            }
            Some(_) => self.refuse(
                "bindings",
                format!("expected one trigger, found {}; keep one", more + 1),
            ),
            None => self.refuse(
                "bindings",
                "expected one trigger, found none that can be read; add one",
            ),
        }
    }

    fn http(
        &mut self,
        trigger: &Binding<'_>,
        host: &HostJson,
        marker: Option<Marker>,
        shape: RequestShape,
        output: Option<String>,
    ) -> Option<HttpTrigger> {
        let at = |key: &str| format!("bindings.{}.{key}", trigger.name);
        let route = trigger
            .route(self.name)
            .map(|route| route.below(&host.route_prefix));
        let mut keep = |(key, text): (&'static str, String)| self.refuse::<()>(&at(key), text);
        let route = route.map_err(&mut keep).ok();
        let methods = trigger.methods().map_err(&mut keep).ok();
        let auth_level = trigger.auth_level().map_err(&mut keep).ok();
        Some(HttpTrigger {
            binding: trigger.name.to_owned(),
            route: route?,
            methods: methods?,
            marker: marker?,
            auth_level: auth_level?,
            shape,
            output: output?,
        })
    }

    fn http_output(&mut self, bindings: &[Binding<'_>]) -> Option<String> {
        let mut outputs = bindings.iter().filter(|binding| binding.is_http_output());
        let output = outputs.next()?;
        if let Some(other) = outputs.next() {
            let text = format!(
                "expected one http output, found \"{}\" and \"{}\"; keep one",
                output.name, other.name
            );
            self.refuse::<()>("bindings", text);
        }
        Some(output.name.to_owned())
    }

    fn refuse<T>(&mut self, key: &str, text: impl Into<String>) -> Option<T> {
        let at = match key {
            "" => format!("{}/{FUNCTION_JSON}", self.name),
            _ => format!("{}/{FUNCTION_JSON}: {key}", self.name),
        };
        self.problems.push(Problem::new(at, text));
        None
    }
}

fn outputs(bindings: &[Binding<'_>]) -> Vec<Output> {
    let others = bindings
        .iter()
        .filter(|binding| binding.direction.is_output() && !binding.is_http_output());
    let outputs = others.map(|binding| Output {
        name: binding.name.to_owned(),
        kind: binding.kind.to_owned(),
        is_binary: binding.is_binary(),
    });
    outputs.collect()
}
