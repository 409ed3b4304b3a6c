//! The blocks of commands of a page, and what becomes of them.

/// A fenced block of commands.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    /// The line of the page that opens it, from 1.
    pub(crate) line: usize,
    info: &'a str,
    pub(crate) text: &'a str,
}

/// What becomes of a block.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Fate<'a> {
    /// Its commands are run here.
    Run,
    /// Its first line says what it needs that no test has.
    Needs(&'a str),
    /// It says which test runs it.
    RunBy(&'a str),
    /// Neither: a mistake.
    Unmarked,
}

/// What a block may need: everything else is run.
const NEEDED: [&str; 5] = [
    "Azure",
    "Core Tools",
    "PowerShell",
    "a deployed app",
    "the repository",
];

/// The languages of commands.
const LANGUAGES: [&str; 5] = ["bash", "console", "powershell", "shell", "sh"];

/// The blocks of commands of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, &str, usize)> = None;
    let mut start = 0;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let end = start + line.len();
        if let Some(info) = line.trim().strip_prefix("```") {
            open = match open {
                None => Some((number + 1, info, end)),
                Some((line, info, from)) => {
                    blocks.push(Block {
                        line,
                        info,
                        text: &page[from..start],
                    });
                    None
                }
            };
        }
        start = end;
    }
    assert!(open.is_none(), "a block is not closed");
    blocks.retain(|block| LANGUAGES.contains(&block.language()));
    blocks
}

impl<'a> Block<'a> {
    fn language(&self) -> &'a str {
        self.info.split(' ').next().unwrap()
    }

    pub(crate) fn fate(&self) -> Fate<'a> {
        if let Some(test) = self
            .info
            .split(' ')
            .find_map(|word| word.strip_prefix("test="))
        {
            return Fate::RunBy(test);
        }
        let first = self.text.lines().next().unwrap_or_default();
        match first.strip_prefix("# Needs ") {
            Some(what) if NEEDED.contains(&what) => Fate::Needs(what),
            None if self.language() == "sh" => Fate::Run,
            _ => Fate::Unmarked,
        }
    }
}

#[test]
fn a_block_is_run_unless_it_says_what_it_needs_or_who_runs_it() {
    let fates = [
        ("```sh\nmtls functions\n```\n", Fate::Run),
        (
            "```sh\n# Needs Azure\naz login\n```\n",
            Fate::Needs("Azure"),
        ),
        ("```sh test=a_name\nmtls init\n```\n", Fate::RunBy("a_name")),
        ("```sh\n# Needs luck\nmtls init\n```\n", Fate::Unmarked),
        ("```console\n$ mtls init\n```\n", Fate::Unmarked),
    ];
    for (page, fate) in fates {
        assert_eq!(blocks(page)[0].fate(), fate, "{page}");
    }
    assert!(blocks("```json\n{}\n```\n").is_empty());
}
