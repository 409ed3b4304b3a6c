//! Templates that use each other.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::resource::Resource;
use crate::template::{Module, Template};

/// Templates and files with parameters, by their paths.
#[derive(Clone, Debug)]
pub struct Infra {
    files: BTreeMap<String, Template>,
}

impl Infra {
    /// Reads files, given by path and text.
    ///
    /// # Errors
    ///
    /// The first fault of each file, with its path and line.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<String>> {
        let (mut read, mut problems) = (BTreeMap::new(), Vec::new());
        for (path, text) in files {
            match Template::parse(text) {
                Ok(template) => drop(read.insert(path.to_owned(), template)),
                Err(problem) => problems.push(format!("{path}: {problem}")),
            }
        }
        match problems.is_empty() {
            true => Ok(Self { files: read }),
            false => Err(problems),
        }
    }

    /// All files by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Template)> {
        self.files
            .iter()
            .map(|(path, template)| (path.as_str(), template))
    }

    /// One file.
    pub fn file(&self, path: &str) -> Option<&Template> {
        self.files.get(path)
    }

    /// The path of a file that another one names.
    pub fn resolved(&self, from: &str, path: &str) -> String {
        let joined = Path::new(from).parent().unwrap_or(Path::new("")).join(path);
        let mut plain = PathBuf::new();
        for component in joined.components() {
            match component {
                Component::ParentDir => drop(plain.pop()),
                Component::CurDir => {}
                other => plain.push(other),
            }
        }
        plain.to_string_lossy().into_owned()
    }

    /// The modules made of a file, each with the path of the template that makes it.
    pub fn uses<'a>(&'a self, path: &'a str) -> impl Iterator<Item = (&'a str, &'a Module)> {
        self.files().flat_map(move |(from, template)| {
            let modules = template.modules.values();
            let of_file = modules.filter(move |module| self.resolved(from, &module.path) == path);
            of_file.map(move |module| (from, module))
        })
    }

    /// The resources of one type that the templates make.
    pub fn resources<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = Resource<'a>> {
        self.all_resources()
            .filter(move |resource| resource.kind() == kind)
    }

    /// The resources that the templates make.
    pub fn all_resources(&self) -> impl Iterator<Item = Resource<'_>> {
        self.files().flat_map(move |(path, template)| {
            let made = template
                .resources
                .iter()
                .filter(|(_, declared)| !declared.existing);
            made.map(move |(symbol, declared)| Resource::new(self, path, symbol, declared))
        })
    }
}
