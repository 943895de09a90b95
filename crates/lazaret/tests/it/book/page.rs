//! Pages, and the commands in them.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A page of the book.
pub(super) struct Page {
    /// As seen from the root of the repository.
    pub(super) name: String,
    pub(super) text: String,
}

impl Page {
    fn read(path: &Path) -> Self {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        Self { name, text: fs::read_to_string(path).unwrap() }
    }

    /// The README and everything under `docs`, in the order of their names.
    pub(super) fn all() -> Vec<Self> {
        let mut paths = vec![root().join("README.md")];
        collect(&root().join("docs"), &mut paths);
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// The fenced blocks, in order.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<(usize, Block)> = None;
        for (line, number) in self.text.lines().zip(1..) {
            let inner = line.trim_start();
            match open.take() {
                Some((_, block)) if inner.trim_end() == "```" => blocks.push(block),
                Some((indent, mut block)) => {
                    block.text.push_str(line.get(indent..).unwrap_or_default());
                    block.text.push('\n');
                    open = Some((indent, block));
                }
                None => {
                    if let Some(info) = inner.strip_prefix("```") {
                        let (info, text) = (info.trim().to_owned(), String::new());
                        let block = Block { info, line: number, text };
                        open = Some((line.len() - inner.len(), block));
                    }
                }
            }
        }
        assert!(open.is_none(), "{}: a block does not end", self.name);
        blocks
    }

    /// The code between single backticks that begins with the program's name, outside of blocks.
    pub(super) fn inline(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut is_block = false;
        let mut prose = String::new();
        for line in self.text.lines() {
            if line.trim_start().starts_with("```") {
                is_block = !is_block;
            } else if !is_block {
                prose.push_str(line);
                prose.push('\n');
            }
        }
        for (code, index) in prose.split('`').zip(0..) {
            if index % 2 == 1 && code.starts_with("lazaret ") {
                found.push(code.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
        found
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// A fenced block.
pub(super) struct Block {
    /// What is behind the opening fence, such as `sh` or `json excerpt`.
    pub(super) info: String,
    /// The line of the fence.
    pub(super) line: usize,
    pub(super) text: String,
}

impl Block {
    pub(super) fn is_shell(&self) -> bool {
        matches!(self.info.as_str(), "sh" | "bash" | "console")
    }

    /// Whether it shows what the command before it prints.
    pub(super) fn is_excerpt(&self) -> bool {
        self.info.ends_with(" excerpt")
    }

    /// The commands of a shell block, each whole: with lines that go on, here-documents and loops.
    pub(super) fn commands(&self) -> Vec<String> {
        let mut commands = Vec::new();
        let mut command = String::new();
        let mut until: Option<String> = None;
        for line in self.text.lines() {
            // At a console, what has no prompt is what was printed.
            let line = match (self.info.as_str(), command.is_empty()) {
                ("console", true) => match line.strip_prefix("$ ") {
                    Some(line) => line,
                    None => continue,
                },
                _ => line,
            };
            command.push_str(line);
            command.push('\n');
            if let Some(end) = &until {
                if line.trim() == end {
                    until = None;
                } else {
                    continue;
                }
            } else if let Some((_, end)) = line.split_once("<<") {
                let end = end.split_whitespace().next().unwrap_or_default();
                until = Some(end.trim_matches('\'').to_owned());
                continue;
            }
            let code = line.split(" #").next().unwrap_or_default().trim_end();
            if !code.ends_with(['\\', '|']) && !code.ends_with("; do") && !is_in_loop(&command) {
                commands.push(std::mem::take(&mut command));
            }
        }
        commands.push(command);
        commands.retain(|command| !command.trim().is_empty() && !command.starts_with('#'));
        commands
    }
}

fn is_in_loop(command: &str) -> bool {
    let has = |word: &str| command.lines().any(|line| line.trim().ends_with(word));
    has("; do") && !has("done")
}

#[test]
fn a_block_is_taken_apart_into_whole_commands() {
    let text = "\
# Page
```sh
one --flag \\
  --other
two | while read -r line; do
  three \"$line\"
done
cat > file <<'END'
four
END

five  # said of it
```
  ```console
  $ six
  seven
  ```
And `lazaret eight
--nine`, `ten`.
";
    let page = Page { name: "page".to_owned(), text: text.to_owned() };
    let commands: Vec<Vec<String>> = page.blocks().iter().map(Block::commands).collect();
    let expected = [
        vec![
            "one --flag \\\n  --other\n",
            "two | while read -r line; do\n  three \"$line\"\ndone\n",
            "cat > file <<'END'\nfour\nEND\n",
            "five  # said of it\n",
        ],
        vec!["six\n"],
    ];
    assert_eq!(commands, expected);
    assert_eq!(page.inline(), ["lazaret eight --nine"]);
}
