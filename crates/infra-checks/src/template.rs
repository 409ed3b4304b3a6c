//! A template, or a file with parameters, as its declarations.

use std::collections::BTreeMap;

use crate::cursor::Parser;
use crate::expression::Expression;
use crate::token::Kind;

/// What one file declares.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// Parameters by name.
    pub parameters: BTreeMap<String, Parameter>,
    /// Variables by name.
    pub variables: BTreeMap<String, Expression>,
    /// Resources by symbol.
    pub resources: BTreeMap<String, Declared>,
    /// Modules by symbol.
    pub modules: BTreeMap<String, Module>,
    /// Outputs by name.
    pub outputs: BTreeMap<String, Output>,
    /// The template that this file has parameters for.
    pub using: Option<String>,
    /// The values of its parameters.
    pub assigned: BTreeMap<String, Expression>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// As `string`.
    pub kind: String,
    /// Its value where none is given.
    pub default: Option<Expression>,
    /// The arguments of its decorators by name.
    pub decorators: BTreeMap<String, Expression>,
}

/// A resource, or several of one declaration.
#[derive(Clone, Debug)]
pub struct Declared {
    /// As `Microsoft.Web/sites`.
    pub kind: String,
    /// As `2025-03-01`.
    pub version: String,
    /// Whether another template makes it.
    pub existing: bool,
    /// Its properties.
    pub value: Expression,
}

/// A module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its file, relative to that of the template.
    pub path: String,
    /// The condition that it is made under.
    pub condition: Option<Expression>,
    /// Its name and parameters.
    pub value: Expression,
}

/// An output.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its value.
    pub value: Expression,
}

impl Template {
    /// Reads a template or a file with parameters.
    ///
    /// # Errors
    ///
    /// The first line that is in no part of the language that the templates are written in.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser::new(text)?;
        let mut template = Self::default();
        loop {
            parser.skip_lines();
            if *parser.kind() == Kind::End {
                return Ok(template);
            }
            let decorators = decorators(&mut parser)?;
            template.declaration(&mut parser, decorators)?;
            if !matches!(parser.kind(), Kind::NewLine | Kind::End) {
                return parser.wrong("the end of the line");
            }
        }
    }

    fn declaration(
        &mut self,
        parser: &mut Parser,
        decorators: BTreeMap<String, Expression>,
    ) -> Result<(), String> {
        match parser.name()?.as_str() {
            "targetScope" => {
                parser.expect("=")?;
                parser.text()?;
                Ok(())
            }
            "using" => {
                self.using = Some(parser.text()?);
                Ok(())
            }
            "param" => self.parameter(parser, decorators),
            "var" => {
                let name = parser.name()?;
                parser.expect("=")?;
                let value = parser.expression()?;
                once(parser, &mut self.variables, name, value)
            }
            "output" => {
                let name = parser.name()?;
                parser.name()?;
                parser.expect("=")?;
                let value = parser.expression()?;
                once(parser, &mut self.outputs, name, Output { value })
            }
            "resource" => self.resource(parser),
            "module" => self.module(parser),
            _ => parser.wrong("a declaration before this"),
        }
    }

    fn parameter(
        &mut self,
        parser: &mut Parser,
        decorators: BTreeMap<String, Expression>,
    ) -> Result<(), String> {
        let name = parser.name()?;
        if parser.accept("=") {
            let value = parser.expression()?;
            return once(parser, &mut self.assigned, name, value);
        }
        let kind = parser.name()?;
        let default = parser
            .accept("=")
            .then(|| parser.expression())
            .transpose()?;
        let parameter = Parameter {
            kind,
            default,
            decorators,
        };
        once(parser, &mut self.parameters, name, parameter)
    }

    fn resource(&mut self, parser: &mut Parser) -> Result<(), String> {
        let symbol = parser.name()?;
        let typed = parser.text()?;
        let Some((kind, version)) = typed.split_once('@') else {
            return parser.wrong("a type with its version before this");
        };
        let existing = parser.accept_word("existing");
        parser.expect("=")?;
        let value = parser.expression()?;
        let declared = Declared {
            kind: kind.to_owned(),
            version: version.to_owned(),
            existing,
            value,
        };
        once(parser, &mut self.resources, symbol, declared)
    }

    fn module(&mut self, parser: &mut Parser) -> Result<(), String> {
        let symbol = parser.name()?;
        let path = parser.text()?;
        parser.expect("=")?;
        let condition = parser
            .accept_word("if")
            .then(|| parser.expression())
            .transpose()?;
        let value = parser.expression()?;
        let module = Module {
            path,
            condition,
            value,
        };
        once(parser, &mut self.modules, symbol, module)
    }
}

/// Decorators in front of a declaration, each on a line of its own.
fn decorators(parser: &mut Parser) -> Result<BTreeMap<String, Expression>, String> {
    let mut decorators = BTreeMap::new();
    while parser.accept("@") {
        let name = parser.name()?;
        parser.expect("(")?;
        // `secure()` has none.
        let argument = match parser.accept(")") {
            true => Expression::Null,
            false => {
                let argument = parser.expression()?;
                parser.expect(")")?;
                argument
            }
        };
        parser.skip_lines();
        once(parser, &mut decorators, name, argument)?;
    }
    Ok(decorators)
}

fn once<T>(
    parser: &Parser,
    known: &mut BTreeMap<String, T>,
    name: String,
    value: T,
) -> Result<(), String> {
    match known.insert(name.clone(), value) {
        None => Ok(()),
        Some(_) => Err(format!(
            "line {}: expected each name once, found {name} again",
            parser.line()
        )),
    }
}
